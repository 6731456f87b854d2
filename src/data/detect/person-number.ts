/** Numbers that belong to one person: US social security numbers and phones. */
import type { PersonalStretch } from "./personal.ts";

const stretches = (matches: Iterable<RegExpMatchArray>): PersonalStretch[] =>
  Array.from(matches, (match) => ({ start: match.index!, end: match.index! + match[0].length }));

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 have never been given out. */
const securityNumber = /(?<![\w.,+-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w]|[.,-]\d|-)/g;
/** Published in advertisements, or the first that everybody makes up. */
const knownNumbers = new Set(["078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111", "111-22-3333"]);

export function socialSecurityNumbersIn(text: string): PersonalStretch[] {
  return stretches([...text.matchAll(securityNumber)].filter(([number]) => !knownNumbers.has(number)));
}

/** With the country's code (E.164), which no other number has in front. */
const phone = /(?<![\w.,*/^=)+-])(?<!\d )\+[1-9](?:[ .()-]{0,2}\d){7,14}(?![\w%]|[.,:]\d)/g;

export function phonesIn(text: string): PersonalStretch[] {
  return stretches([...text.matchAll(phone)].filter(([number]) => !isMadeUp(number.replace(/\D/g, ""))));
}

/** Numbers for films and documentation (US 555-01xx and whole 555, UK Ofcom's), and rows of digits. */
function isMadeUp(digits: string): boolean {
  return (
    /^1(?:\d{3})?555/.test(digits) ||
    /^44(?:7700900|1632960|20794608|8081570)/.test(digits) ||
    /(\d)\1{4}|12345|23456|34567|45678|56789|98765|87654/.test(digits)
  );
}
