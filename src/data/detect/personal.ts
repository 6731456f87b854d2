/** What points to a person: mail, cards, accounts, numbers of people, phones and machines. */
import type { Severity } from "../rules/rule.ts";
import { cardsIn } from "./card.ts";
import { emailsIn } from "./email.ts";
import { ibansIn } from "./iban.ts";
import { ipAddressesIn, macAddressesIn } from "./machine-address.ts";
import { phonesIn, socialSecurityNumbersIn } from "./person-number.ts";
import { suspicion } from "./suspicion.ts";

/** In UTF-16 units of the text. */
export interface PersonalStretch {
  start: number;
  end: number;
}

export interface PersonalKind {
  /** What stands there: "an email address". */
  name: string;
  /** What is put in its place, with a number: `[EMAIL_1]`. */
  label: string;
  severity: Severity;
  /** Without one of these suspicions nobody need look. */
  suspicion: number;
  find(text: string): readonly PersonalStretch[];
}

const { at, numbers, colons } = suspicion;

/** The surest first: where two find the same characters, the first is right. */
export const personalKinds: readonly PersonalKind[] = [
  { name: "an email address", label: "EMAIL", severity: "warning", suspicion: at, find: emailsIn },
  { name: "a bank account (IBAN)", label: "IBAN", severity: "warning", suspicion: numbers, find: ibansIn },
  { name: "a payment card's number", label: "CARD", severity: "warning", suspicion: numbers, find: cardsIn },
  {
    name: "a US social security number",
    label: "SSN",
    severity: "warning",
    suspicion: numbers,
    find: socialSecurityNumbersIn,
  },
  { name: "a phone number", label: "PHONE", severity: "info", suspicion: numbers, find: phonesIn },
  { name: "an IP address", label: "IP", severity: "info", suspicion: numbers | colons, find: ipAddressesIn },
  {
    name: "a network card's address",
    label: "MAC",
    severity: "info",
    suspicion: numbers | colons,
    find: macAddressesIn,
  },
];

export const personalSuspicion = at | numbers | colons;
