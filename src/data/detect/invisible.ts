/** Characters that nobody sees, where they do nothing for the text that they stand in. */

/** Control characters but for the tab and line ends, format characters, and fillers. */
const suspectCodes: readonly (readonly [first: number, last: number])[] = [
  [0, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffc],
];
/** By character code: a table is read faster than a pattern is matched. Tags are told by their first half. */
const isSuspect = new Uint8Array(0x10000);
for (const [first, last] of suspectCodes) isSuspect.fill(1, first, last + 1);
const tagHalf = 0xdb40;
isSuspect[tagHalf] = 1;

export interface Invisible {
  start: number;
  end: number;
  /** In words: "a zero width space". */
  name: string;
  /** What to write instead. */
  instead: string;
}

/** Each stretch of characters of one kind. */
export function invisibleIn(text: string): Invisible[] {
  const found: Invisible[] = [];
  for (let at = 0; at < text.length; at++) {
    if (isSuspect[text.charCodeAt(at)] === 0) continue;
    const code = text.codePointAt(at)!;
    const end = at + (code > 0xffff ? 2 : 1);
    const isTag = code >= 0xe0000 && code <= 0xe007f;
    if ((code <= 0xffff ? code !== tagHalf : isTag) && !isNeeded(code, text, at)) {
      const [name, instead] = described(code, text.charCodeAt(end));
      const last = found.at(-1);
      if (last?.end === at && last.name === name) {
        last.end = end;
        last.instead += instead;
      } else found.push({ start: at, end, name, instead });
    }
    at = end - 1;
  }
  return found;
}

function described(code: number, next: number): [name: string, instead: string] {
  if (code === 0x85 || code === 0x2028 || code === 0x2029) return ["a line separator", "\n"];
  const isLetterNext = next >= 0x61 && next <= 0x7a;
  // "\\beta" and "\\frac" in a string whose backslashes nobody has doubled.
  if (code === 0x08 && isLetterNext) return ["a backspace, where \\b was meant,", "\\b"];
  if (code === 0x0c && isLetterNext) return ["a form feed, where \\f was meant,", "\\f"];
  if (code === 0x0b || code === 0x0c) return [`the control character ${inHex(code)}`, "\n"];
  if (code < 0xa0) return [`the control character ${inHex(code)}`, ""];
  if (code >= 0xe0000) return ["a tag character, in which texts can be hidden", ""];
  const name = names.get(code);
  if (name !== undefined) return [name, ""];
  const isDirection = code === 0x061c || code === 0x200e || code === 0x200f || code < 0x2030 || code > 0x2065;
  return [`${isDirection ? "the direction mark" : "the invisible character"} ${inHex(code)}`, ""];
}

const names = new Map([
  [0xad, "a soft hyphen"],
  [0x180e, "a Mongolian vowel separator"],
  [0x200b, "a zero width space"],
  [0x200c, "a zero width non-joiner"],
  [0x200d, "a zero width joiner"],
  [0x2060, "a word joiner"],
  [0x3164, "a Hangul filler"],
  [0xfeff, "a byte order mark"],
  [0xfffc, "a place of an object that is not there"],
]);

function inHex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|\ud802|\ud803|\ud83a/;
/** They are written without spaces; a zero width space shows where a line may end. */
const withoutSpaces =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}\p{Script=Balinese}\p{Script=Tai_Tham}]/u;
/** Their letters do not join, or stand alone anyway. */
const unjoined =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}\p{P}\p{Z}\s]/u;
const emoji = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\ufe0f|\u20e3/u;

/** Whether a character is one that its neighbours are written with. */
function isNeeded(code: number, text: string, at: number): boolean {
  switch (code) {
    case 0x200b:
      return withoutSpaces.test(before(text, at)) || withoutSpaces.test(after(text, at + 1));
    case 0x200c:
    case 0x200d: {
      const [left, right] = [before(text, at), after(text, at + 1)];
      if (code === 0x200d && emoji.test(left) && /\p{Extended_Pictographic}/u.test(right)) return true;
      // Between letters that join: Persian, Arabic, the scripts of India.
      return left !== "" && !unjoined.test(left) && !emoji.test(left);
    }
    case 0x180e:
      return /\p{Script=Mongolian}/u.test(before(text, at));
    case 0x202d:
    case 0x202e:
      return false;
    default:
      break;
  }
  const isDirection =
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202c) ||
    (code >= 0x2066 && code <= 0x2069);
  if (isDirection) return rightToLeft.test(text);
  // The flags of England, Scotland and Wales are spelled with tags.
  return code >= 0xe0000 && /\u{1f3f4}[\u{e0020}-\u{e007e}]*$/u.test(text.slice(Math.max(0, at - 16), at));
}

/** The character before, without the marks that combine with it; "" where there is none. */
function before(text: string, at: number): string {
  const left = /(\P{M})\p{M}*$/u.exec(text.slice(Math.max(0, at - 8), at));
  return left?.[1] ?? "";
}

function after(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}
