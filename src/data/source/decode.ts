/** From the bytes of a dataset file to its text, and back. */
import { isUtf8 } from "node:buffer";
import { TunesmithError } from "../../protocol/errors.ts";

/** How a file came from the disk. */
export interface Origin {
  encoding: "utf-8" | "utf-16le" | "utf-16be";
  byteOrderMark: boolean;
  /** The first line, from 1, with bytes that its encoding does not know. */
  brokenLine?: number;
}

export interface Decoded extends Origin {
  /** Without the byte order mark, as editors have it. */
  text: string;
}

const mark = "\uFEFF";

/**
 * UTF-8, or UTF-16 with its byte order mark, as spreadsheets write it. Bytes that cannot be read become U+FFFD.
 *
 * @throws `dataset-invalid` where the text would be too long for a string; `path` names the file in it
 */
export function decode(bytes: Buffer, path: string): Decoded {
  const encoding = encodingOf(bytes);
  if (encoding !== "utf-8") {
    const text = new TextDecoder(encoding).decode(bytes);
    return { text, encoding, byteOrderMark: true, ...(!isWhole(bytes, encoding) && brokenIn(text)) };
  }
  const decoded = utf8(bytes, path);
  const byteOrderMark = decoded.startsWith(mark);
  const text = byteOrderMark ? decoded.slice(1) : decoded;
  return { text, encoding, byteOrderMark, ...(!isUtf8(bytes) && { brokenLine: firstBrokenLine(bytes) }) };
}

/** As `decode`. @throws `dataset-invalid`, too, where bytes of UTF-8 cannot be read */
export function decodeStrictly(bytes: Buffer, path: string): Decoded {
  const decoded = decode(bytes, path);
  if (decoded.brokenLine === undefined) return decoded;
  throw new TunesmithError(
    "dataset-invalid",
    `${path} is not ${decoded.encoding === "utf-8" ? "UTF-8" : "UTF-16"} text; the first byte that cannot be read is in line ${decoded.brokenLine}`,
    "Save the file as UTF-8 (a spreadsheet calls it CSV UTF-8).",
  );
}

/** The bytes that `decode` makes such a text of. */
export function encode(text: string, { encoding, byteOrderMark }: Origin): Buffer {
  const whole = byteOrderMark ? mark + text : text;
  if (encoding === "utf-8") return Buffer.from(whole);
  const bytes = Buffer.from(whole, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

/** By the first bytes. */
export function encodingOf([first, second]: Buffer): Origin["encoding"] {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

function utf8(bytes: Buffer, path: string): string {
  try {
    return bytes.toString("utf8");
  } catch (error) {
    throw new TunesmithError(
      "dataset-invalid",
      `${path} is too large to read at once: ${bytes.length} bytes`,
      "Split the file; half a gigabyte is the most that one file can hold.",
      { cause: error },
    );
  }
}

/** The line, from 1, with the first bytes that are not UTF-8. */
export function firstBrokenLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (newline < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

export function isWhole(bytes: Buffer, encoding: Origin["encoding"]): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The line with the first character that stands for what could not be read. */
export function brokenIn(text: string): { brokenLine: number } {
  return { brokenLine: text.slice(0, text.indexOf("\uFFFD")).split("\n").length };
}
