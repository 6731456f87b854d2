/**
 * `rows.jsonl`: how well each row was known each time it was trained on. An attempt begins with a line of its own, the
 * first one names the rows there, in columns; then comes one line an optimizer step, which speaks of them by their place.
 * Lines are checked as those of events.jsonl are, and an attempt supersedes what earlier ones did after the checkpoint it
 * goes on from.
 */
import { join } from "node:path";
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { decodeLine, encodeLine, LineWriter, newline } from "./checked-lines.ts";
import { readFrom } from "./durable.ts";
import { files } from "./layout.ts";

/** The rows that are trained on, in columns. */
export interface NamedRows {
  /** Absolute path of the dataset file. */
  path: string;
  /** First line of the row's record in that file when the run began, from 1. */
  lines: number[];
  /** What the row said (`rowHash`): an edited row is another one. */
  hashes: string[];
  /** Its trained tokens in one epoch, which for a long text are spread over several examples. */
  tokens: number[];
}

/** What one optimizer step saw, in columns; a row may come several times. */
export interface SeenRows {
  /** The step, from 1, and the epoch, from 0. */
  step: number;
  epoch: number;
  /** Places in `NamedRows`. */
  rows: number[];
  /** Negative log-likelihood in nats, summed over the trained tokens. */
  nll: number[];
  tokens: number[];
  /** Of these, those that got more than half of the probability. */
  sure: number[];
}

/** Digits that a sum of float32 numbers can have. */
const digits = 7;

export class RowLog {
  readonly #lines: LineWriter;

  /**
   * Opens the file for an attempt that goes on after `resumedStep`. Rows may change until there is a checkpoint to go on
   * from, and are named anew until then.
   */
  constructor(directory: string, attempt: number, resumedStep: number, rows: NamedRows) {
    this.#lines = new LineWriter(join(directory, files.rows));
    const areNamed = resumedStep > 0 && namesRows(directory);
    try {
      const line = { type: "attempt", attempt, resumedStep, ...(!areNamed && { rows }) };
      this.#lines.write(encodeLine(line), true);
    } catch (error) {
      this.#lines.close();
      throw error;
    }
  }

  /** @throws `disk-full`; the file then ends with the last whole line */
  write(seen: SeenRows): void {
    const nll = seen.nll.map((value) => Number(value.toPrecision(digits)));
    this.#lines.write(encodeLine({ type: "step", ...seen, nll }));
  }

  /** Before a checkpoint: what it goes on from must not lack what was seen on the way there. */
  sync(): void {
    this.#lines.sync();
  }

  close(): void {
    this.#lines.close();
  }
}

/** What cannot be believed is for the reader to say; a run goes on all the same. */
function namesRows(directory: string): boolean {
  try {
    return readRowLog(directory).rows !== undefined;
  } catch {
    return false;
  }
}

/** What a file of rows holds. */
export interface RowLogContent {
  /** Undefined where no whole line names them. */
  rows: NamedRows | undefined;
  /** Those that count, in the order of steps. */
  steps: SeenRows[];
  /** Whole lines that are damaged; they are left out. */
  damaged: number;
}

/**
 * Reads the file; a line that is still being written is not there yet.
 * @throws Error when the file cannot be read, or says what cannot be although its checksums fit
 */
export function readRowLog(directory: string): RowLogContent {
  const content: RowLogContent = { rows: undefined, steps: [], damaged: 0 };
  const bytes = readFrom(join(directory, files.rows), 0);
  // Line by line: all of them may be longer than a string can be.
  for (let start = 0, end: number; ; start = end + 1) {
    end = bytes.indexOf(newline, start);
    if (end < 0) break;
    let line: unknown;
    try {
      line = decodeLine(bytes.toString("utf8", start, end));
    } catch {
      content.damaged++;
      continue;
    }
    add(content, line);
  }
  const count = content.rows?.lines.length ?? 0;
  if (content.rows && content.steps.some(({ rows }) => rows.some((row) => row >= count)))
    throw new Error("a step speaks of rows that are not named");
  return content;
}

function add(content: RowLogContent, line: unknown): void {
  const { type } = line as { type?: unknown };
  if (type === "attempt") {
    const { resumedStep, rows } = line as Record<string, unknown>;
    if (!isCount(resumedStep)) throw new Error("an attempt does not say where it went on");
    forgetAfter(content.steps, resumedStep);
    if (rows === undefined) return;
    if (!isNamedRows(rows)) throw new Error("an attempt does not name its rows in full");
    content.rows = rows;
  } else if (type === "step") {
    if (!isSeenRows(line)) throw new Error("a step is incomplete");
    // The line of an attempt may be among the damaged ones.
    forgetAfter(content.steps, line.step - 1);
    content.steps.push(line);
  }
}

function forgetAfter(steps: SeenRows[], step: number): void {
  while (steps.length > 0 && steps.at(-1)!.step > step) steps.pop();
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === "string";

/** Whether each is a list of what is wanted, all of one length. */
function areColumns(line: JsonObject, columns: Record<string, (value: unknown) => boolean>): boolean {
  const lists = Object.entries(columns).map(([name, check]) => {
    const list = line[name];
    return Array.isArray(list) && list.every(check) ? list.length : undefined;
  });
  return lists[0] !== undefined && lists.every((length) => length === lists[0]);
}

function isNamedRows(rows: unknown): rows is NamedRows {
  return (
    isJsonObject(rows) &&
    isText(rows.path) &&
    areColumns(rows, { lines: isCount, hashes: isText, tokens: isCount })
  );
}

function isSeenRows(line: unknown): line is SeenRows {
  const columns = line as JsonObject;
  const checks = { rows: isCount, nll: Number.isFinite, tokens: isCount, sure: isCount };
  return isCount(columns.step) && isCount(columns.epoch) && areColumns(columns, checks);
}
