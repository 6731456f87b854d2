/** Addresses of machines on the open internet; private, local and documentation's are nobody's. */
import type { PersonalStretch } from "./personal.ts";

const four = /(?<![\w.+-]|(?<!\/)\/|[Vv]ersion |[Ss]ection |§ ?)(?:\d{1,3}\.){3}\d{1,3}(?!\w|\/\d|\.\d|-\d)/g;
const six = /(?<![\w:.])[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,35}(?![\w:]|\.\w)/g;
const mac = /(?<![\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![\w]|[:-]\w)/g;

/** Resolvers that everybody knows. */
const known = new Set([
  "8.8.8.8",
  "8.8.4.4",
  "1.1.1.1",
  "1.0.0.1",
  "9.9.9.9",
  "208.67.222.222",
  "208.67.220.220",
]);

export function ipAddressesIn(text: string): PersonalStretch[] {
  const found: PersonalStretch[] = [];
  for (const match of text.matchAll(four)) {
    if (isPublic(match[0])) found.push({ start: match.index, end: match.index + match[0].length });
  }
  for (const match of text.matchAll(six)) {
    const address = match[0].replace(/:$/, "");
    if (isPublicSix(address)) found.push({ start: match.index, end: match.index + address.length });
  }
  return found;
}

function isPublic(address: string): boolean {
  const parts = address.split(".").map(Number);
  const [a, b, c, d] = parts as [number, number, number, number];
  if (parts.some((part) => part > 255) || /(?:^|\.)0\d/.test(address)) return false;
  // Numbers as small as these are a version's or a section's; a 0 at the end names a network.
  if (parts.every((part) => part < 32) || d === 0 || d === 255) return false;
  if (known.has(address) || address === "1.2.3.4") return false;
  const isSpecial =
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113);
  return !isSpecial;
}

/** In 2000::/3, which is all that has been given out, without 2001:db8::/32 and 3fff::/20. */
function isPublicSix(address: string): boolean {
  const [head, tail, more] = address.split("::");
  if (more !== undefined) return false;
  const groups = [head!, ...(tail === undefined ? [] : [tail])].flatMap((half) =>
    half === "" ? [] : half.split(":"),
  );
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  if (tail === undefined ? groups.length !== 8 : groups.length > 7 || groups.length < 3) return false;
  if (/^(?:2001:0?db8|3fff)(?::|$)/i.test(address)) return false;
  return !/^(?:2001:4860:4860:|2606:4700:4700:|2620:fe:)/i.test(address);
}

/** Documentation's (RFC 7042), several machines' at once, and those that everybody makes up. */
const madeUpMac =
  /^(?:00005e0053|001122334455|0123456789|aabbccddeeff|001a2b3c4d5e|deadbeef|112233445566|1a2b3c4d5e)/;

export function macAddressesIn(text: string): PersonalStretch[] {
  const found: PersonalStretch[] = [];
  for (const match of text.matchAll(mac)) {
    const digits = match[0].replace(/[:-]/g, "").toLowerCase();
    const isGroup = Number.parseInt(digits.slice(0, 2), 16) % 2 === 1;
    if (isGroup || !/[a-f]/.test(digits) || !/\d/.test(digits) || madeUpMac.test(digits)) continue;
    found.push({ start: match.index, end: match.index + match[0].length });
  }
  return found;
}
