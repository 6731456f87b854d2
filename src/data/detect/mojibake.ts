/**
 * UTF-8 that was read as Windows-1252, and so stored: "cafÃ©". Each character is a byte of what was meant; a text is taken
 * for such only if all its characters beyond ASCII are, and give valid UTF-8 together, which chance does not do.
 */

/** The bytes of characters that Windows-1252 has beyond Latin-1. */
const bytesOf = new Map(
  [..."€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"].map((character, i) => [
    character,
    // Five bytes of the row 0x80–0x9f mean nothing.
    [
      0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92, 0x93, 0x94,
      0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f,
    ][i]!,
  ]),
);

const beyondAscii = /[^\0-\x7f]+/g;
export interface Misread {
  start: number;
  end: number;
  /** What was meant. */
  meant: string;
}

export function mojibakeIn(text: string): Misread[] {
  if (!isBegun(text)) return [];
  const found: Misread[] = [];
  for (const { 0: characters, index } of text.matchAll(beyondAscii)) {
    const meant = readAgain(characters);
    if (meant === undefined) return [];
    found.push({ start: index, end: index + characters.length, meant });
  }
  return found;
}

/** Whether a byte that begins a character in UTF-8 stands before one that can follow it. */
function isBegun(text: string): boolean {
  for (let at = 0; at < text.length - 1; at++) {
    const code = text.charCodeAt(at);
    if (code < 0xc2 || code > 0xf4) continue;
    const next = text.charCodeAt(at + 1);
    if ((next >= 0x80 && next <= 0xbf) || (next > 0xff && bytesOf.has(text[at + 1]!))) return true;
  }
  return false;
}

const strictly = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readAgain(characters: string): string | undefined {
  const bytes: number[] = [];
  for (const character of characters) {
    const byte = bytesOf.get(character) ?? character.codePointAt(0)!;
    if (byte > 0xff) return undefined;
    bytes.push(byte);
  }
  try {
    return strictly.decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
