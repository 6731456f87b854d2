/** International bank account numbers (ISO 13616): a country's length, and the check digits of ISO 7064, mod 97. */
import type { PersonalStretch } from "./personal.ts";

/** Characters of an account by country, from the IBAN registry of SWIFT. */
const lengths = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 " +
    "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 " +
    "LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 " +
    "SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Examples of the registry and of banks, which documentation shows. */
const ofDocumentation = new Set([
  "AT611904300234573201",
  "BE68539007547034",
  "BE71096123456769",
  "CH9300762011623852957",
  "CH5604835012345678009",
  "DE89370400440532013000",
  "DE91100000000123456789",
  "DE75512108001245126199",
  "DK5000400440116243",
  "ES9121000418450200051332",
  "ES7921000813610123456789",
  "FI2112345600000785",
  "FR1420041010050500013M02606",
  "FR7630006000011234567890189",
  "GB29NWBK60161331926819",
  "GB33BUKB20201555555555",
  "GB82WEST12345698765432",
  "GR1601101250000000012300695",
  "IE29AIBK93115212345678",
  "IE64IRCE92050112345678",
  "IT60X0542811101000000123456",
  "LU280019400644750000",
  "NL91ABNA0417164300",
  "NL02ABNA0123456789",
  "NO9386011117947",
  "PL61109010140000071219812874",
  "PT50000201231234567890154",
  "SE4550000000058398257466",
]);

const written =
  /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])/g;

export function ibansIn(text: string): PersonalStretch[] {
  return [...text.matchAll(written)].flatMap((match) => {
    const length = lengths.get(match[0].slice(0, 2));
    if (length === undefined) return [];
    const end = endOf(match[0], length);
    if (end === undefined) return [];
    const account = match[0].slice(0, end).replaceAll(" ", "");
    if (!hasIbanDigits(account) || ofDocumentation.has(account)) return [];
    return [{ start: match.index, end: match.index + end }];
  });
}

/** Where so many characters end, blanks not counted; what follows may be the sentence's next word. */
function endOf(written: string, length: number): number | undefined {
  let seen = 0;
  for (let i = 0; i < written.length; i++) {
    if (written[i] !== " ") seen++;
    if (seen === length) return written.length === i + 1 || written[i + 1] === " " ? i + 1 : undefined;
  }
  return undefined;
}

/** The first four characters go to the end, letters count as 10 to 35; the remainder by 97 is 1. */
export function hasIbanDigits(account: string): boolean {
  let remainder = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
