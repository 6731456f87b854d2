/** As `decode`, of a file that comes in parts: what is cut off a character at a part's end waits for the next. */
import { isUtf8 } from "node:buffer";
import { brokenIn, encodingOf, firstBrokenLine, isWhole, type Origin } from "./decode.ts";

export class PartDecoder {
  readonly #encoding: Origin["encoding"];
  readonly #byteOrderMark: boolean;
  #brokenLine: number | undefined;
  #isFirst = true;
  #tail = Buffer.alloc(0);
  /** Of the next part's first character, from 1. */
  #line = 1;

  /** @param first the first part, which shows the encoding */
  constructor(first: Buffer) {
    this.#encoding = encodingOf(first);
    this.#byteOrderMark =
      this.#encoding !== "utf-8" || (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf);
  }

  /** As far as the parts have shown. */
  get origin(): Origin {
    return {
      encoding: this.#encoding,
      byteOrderMark: this.#byteOrderMark,
      ...(this.#brokenLine !== undefined && { brokenLine: this.#brokenLine }),
    };
  }

  decode(part: Buffer, isEnd: boolean): string {
    const bytes = this.#tail.length > 0 ? Buffer.concat([this.#tail, part]) : part;
    const end = isEnd ? bytes.length : wholeEnd(bytes, this.#encoding);
    const whole = bytes.subarray(0, end);
    this.#tail = Buffer.from(bytes.subarray(end));
    const text = textOf(whole, this.#encoding);
    if (this.#brokenLine === undefined) this.#lookForBroken(whole, text);
    const isMarked = this.#isFirst && text.startsWith("\uFEFF");
    if (whole.length > 0) this.#isFirst = false;
    return isMarked ? text.slice(1) : text;
  }

  #lookForBroken(bytes: Buffer, text: string): void {
    if (text.includes("\uFFFD")) {
      const isUnicode = this.#encoding === "utf-8" ? isUtf8(bytes) : isWhole(bytes, this.#encoding);
      if (!isUnicode) {
        const inPart = this.#encoding === "utf-8" ? firstBrokenLine(bytes) : brokenIn(text).brokenLine;
        this.#brokenLine = this.#line + inPart - 1;
      }
    }
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
  }
}

function textOf(bytes: Buffer, encoding: Origin["encoding"]): string {
  if (encoding === "utf-8") return bytes.toString("utf8");
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

/** Behind the last character that is there with all of its bytes. */
function wholeEnd(bytes: Buffer, encoding: Origin["encoding"]): number {
  const { length } = bytes;
  if (encoding !== "utf-8") {
    const even = length - (length % 2);
    const high = even < 2 ? 0 : bytes[encoding === "utf-16le" ? even - 1 : even - 2]!;
    return high >= 0xd8 && high <= 0xdb ? even - 2 : even;
  }
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needed ? length - back : length;
  }
  return length;
}
