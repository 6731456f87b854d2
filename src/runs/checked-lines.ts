/**
 * Files that grow by whole lines: JSON, each line closed by the CRC-32 of what precedes it, so that a torn or altered one
 * is recognised instead of believed: `{"type":"notice",…,"crc":"0f3a77c1"}`. Only the holder of the lock appends.
 */
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { crc32 } from "node:zlib";
import { asRunWriteError, readFully, writeFully } from "./durable.ts";

export const newline = 0x0a;

/** @param value an object with at least one key */
export function encodeLine(value: object): string {
  const open = JSON.stringify(value).slice(0, -1);
  return `${open},"crc":"${checksum(open)}"}\n`;
}

/** @throws Error saying what is wrong */
export function decodeLine(line: string): unknown {
  const match = /^(\{.*),"crc":"([0-9a-f]{8})"\}$/.exec(line);
  if (!match) throw new Error("it has no checksum");
  if (checksum(match[1]!) !== match[2]) throw new Error("its checksum does not fit");
  return JSON.parse(`${match[1]}}`);
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** Appends lines. Opening cuts a torn last line, which a killed process may have left. */
export class LineWriter {
  readonly #path: string;
  readonly #file: number;
  /** Bytes of whole lines: where the next one goes. */
  #length: number;

  constructor(path: string) {
    this.#path = path;
    try {
      // Not opened for appending: on Windows such a file cannot be cut.
      this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
      this.#length = endOfLastLine(this.#file);
      ftruncateSync(this.#file, this.#length);
    } catch (error) {
      throw asRunWriteError(error, path);
    }
  }

  /** @throws `disk-full`; the file then ends with the last whole line */
  write(line: string, sync = false): void {
    try {
      writeFully(this.#file, line, this.#length);
      if (sync) fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw asRunWriteError(error, this.#path);
    }
    this.#length += Buffer.byteLength(line);
  }

  /** Returns once all lines are on the disk. */
  sync(): void {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw asRunWriteError(error, this.#path);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Offset behind the last newline of a file, read from its end; 0 if there is none. */
function endOfLastLine(file: number): number {
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = fstatSync(file).size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const length = readFully(file, chunk.subarray(0, end - start), start);
    const at = chunk.subarray(0, length).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}
