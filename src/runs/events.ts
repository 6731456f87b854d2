/**
 * `events.jsonl`: JSON Lines, one event a line, each closed by the CRC-32 of what precedes it, so that a torn or altered
 * line is recognised instead of believed: `{"type":"notice",…,"crc":"0f3a77c1"}`. Only the holder of the lock appends.
 */
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { asRunWriteError, readFrom, readFully, writeFully } from "./durable.ts";
import { files } from "./layout.ts";
import { type EventType, type NewEvent, parseEvent, type RunEvent } from "./schema.ts";

/** Events after which the file must be on the disk: what follows builds on them. */
const syncedTypes: readonly EventType[] = ["attempt", "started", "checkpoint", "ended"];

const newline = 0x0a;

export function encodeEvent(event: NewEvent, time: number): string {
  const { type, ...body } = event;
  const open = JSON.stringify({ type, time, ...body }).slice(0, -1);
  return `${open},"crc":"${checksum(open)}"}\n`;
}

/** @throws Error saying what is wrong; undefined for a type this version does not know */
export function decodeEvent(line: string): RunEvent | undefined {
  const match = /^(\{.*),"crc":"([0-9a-f]{8})"\}$/.exec(line);
  if (!match) throw new Error("it is no event");
  if (checksum(match[1]!) !== match[2]) throw new Error("its checksum does not fit");
  return parseEvent(JSON.parse(`${match[1]}}`));
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

/** Appends events. Opening cuts a torn last line, which a killed process may have left. */
export class EventWriter {
  readonly #path: string;
  readonly #file: number;
  /** Bytes of whole lines: where the next one goes. */
  #length: number;

  constructor(directory: string) {
    this.#path = join(directory, files.events);
    try {
      // Not opened for appending: on Windows such a file cannot be cut.
      this.#file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o644);
      this.#length = endOfLastLine(this.#file);
      ftruncateSync(this.#file, this.#length);
    } catch (error) {
      throw asRunWriteError(error, this.#path);
    }
  }

  /** @throws `disk-full`; the file then ends with the last whole event */
  write(event: NewEvent, time = Date.now()): void {
    const line = encodeEvent(event, time);
    try {
      writeFully(this.#file, line, this.#length);
      if (syncedTypes.includes(event.type)) fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#length);
      throw asRunWriteError(error, this.#path);
    }
    this.#length += Buffer.byteLength(line);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** What a look at the file brought. */
export interface NewLines {
  events: RunEvent[];
  /** Damaged lines, each said with its number; they are skipped. */
  problems: string[];
}

/** Follows the file: each look gives what was added since the last one. A line that is still being written waits. */
export class EventTail {
  readonly #path: string;
  #offset = 0;
  #lines = 0;

  constructor(directory: string) {
    this.#path = join(directory, files.events);
  }

  /** @throws Error when the file is there but cannot be read */
  read(): NewLines {
    const found: NewLines = { events: [], problems: [] };
    const added = readFrom(this.#path, this.#offset);
    const end = added.lastIndexOf(newline) + 1;
    if (end === 0) return found;
    this.#offset += end;
    for (const line of added.toString("utf8", 0, end - 1).split("\n")) {
      this.#lines++;
      try {
        const event = decodeEvent(line);
        if (event) found.events.push(event);
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        found.problems.push(`${files.events}, line ${this.#lines} is damaged and left out: ${what}`);
      }
    }
    return found;
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
