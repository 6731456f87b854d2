/** Payment cards: the check digit of ISO/IEC 7812 (Luhn), the makers' prefixes and lengths. */
import type { PersonalStretch } from "./personal.ts";

/** Four and four, Amex' and Diners' groups, or no groups. */
const written =
  /(?<![\w.,:#$€£+-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3\d{3}([ -])\d{6}\2\d{4,5}|\d{14,16})(?![\w%]|[.,:-]\d)/g;

const makers =
  /^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14})$/;

/** From the documentation of Stripe, Adyen, PayPal and Braintree. */
const ofDocumentation = new Set([
  "4111111111111111",
  "4242424242424242",
  "4000056655665556",
  "4012888888881881",
  "4012000033330026",
  "4000000000000002",
  "4000000000009995",
  "4000002500003155",
  "4000002760003184",
  "4917610000000000",
  "4444333322221111",
  "4532015112830366",
  "4539578763621486",
  "4716059487654321",
  "5555555555554444",
  "5105105105105100",
  "5200828282828210",
  "5425233430109903",
  "5454545454545454",
  "2223003122003222",
  "2223000048400011",
  "378282246310005",
  "371449635398431",
  "378734493671000",
  "370000000000002",
  "6011111111111117",
  "6011000990139424",
  "6011000000000004",
  "6200000000000005",
  "3530111333300000",
  "3566002020360505",
  "30569309025904",
  "38520000023237",
  "3056930009020004",
]);

export function cardsIn(text: string): PersonalStretch[] {
  return [...text.matchAll(written)]
    .filter(([number]) => {
      const digits = number.replace(/\D/g, "");
      return (
        makers.test(digits) && hasLuhnDigit(digits) && !ofDocumentation.has(digits) && !isMonotone(digits)
      );
    })
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

/** Every second digit from the right counts twice; the sum of all digits is a multiple of ten. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const counted = i % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** 4000 0000 0000 0002: made up. */
function isMonotone(digits: string): boolean {
  return new Set(digits).size <= 3;
}
