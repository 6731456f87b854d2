/** `events.jsonl`: what happened, one event a line (see checked-lines.ts). */
import { join } from "node:path";
import { decodeLine, encodeLine, LineWriter, newline } from "./checked-lines.ts";
import { readFrom } from "./durable.ts";
import { files } from "./layout.ts";
import { type EventType, type NewEvent, parseEvent, type RunEvent } from "./schema.ts";

/** Events after which the file must be on the disk: what follows builds on them. */
const syncedTypes: readonly EventType[] = ["attempt", "started", "checkpoint", "ended"];

export function encodeEvent(event: NewEvent, time: number): string {
  const { type, ...body } = event;
  return encodeLine({ type, time, ...body });
}

/** @throws Error saying what is wrong; undefined for a type this version does not know */
export function decodeEvent(line: string): RunEvent | undefined {
  return parseEvent(decodeLine(line));
}

/** Appends events. */
export class EventWriter {
  readonly #lines: LineWriter;

  constructor(directory: string) {
    this.#lines = new LineWriter(join(directory, files.events));
  }

  /** @throws `disk-full`; the file then ends with the last whole event */
  write(event: NewEvent, time = Date.now()): void {
    this.#lines.write(encodeEvent(event, time), syncedTypes.includes(event.type));
  }

  close(): void {
    this.#lines.close();
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
