/**
 * `answers.jsonl`: what a comparison was answered so far, one line an answer, appended as they come, so that it can go on
 * where it was and be shown at any time. A line torn by a kill counts as not there.
 */
import { closeSync, constants, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../evaluate/comparison.ts";
import { isJsonObject } from "../json/object.ts";
import { asRunWriteError, readFrom, writeFully } from "./durable.ts";
import { files } from "./layout.ts";

/** An answer, and what was asked (`answerKey`). */
export interface KeyedAnswer {
  key: string;
  answer: Answer;
}

const newline = 0x0a;

/** Follows the file: each look adds the lines that are new. One that is still being written waits. */
export class AnswerTail {
  readonly #path: string;
  readonly #answers = new Map<string, Answer>();
  /** Bytes of the whole lines read so far. */
  #length = 0;
  #lines = 0;

  constructor(directory: string) {
    this.#path = join(directory, files.answers);
  }

  get answers(): ReadonlyMap<string, Answer> {
    return this.#answers;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * @returns how many answers were added, and damaged lines, each said with its number; they are skipped
   * @throws Error when the file is there but cannot be read
   */
  read(): { added: number; problems: string[] } {
    const known = this.#answers.size;
    const problems: string[] = [];
    const bytes = readFrom(this.#path, this.#length);
    // Line by line: all of them may be longer than a string can be.
    for (let start = 0, end: number; ; start = end + 1) {
      end = bytes.indexOf(newline, start);
      if (end < 0) break;
      this.#length += end + 1 - start;
      this.#lines++;
      const line = parseLine(bytes.toString("utf8", start, end));
      if (line) this.#answers.set(line.key, line.answer);
      else problems.push(`${files.answers}, line ${this.#lines} is damaged and left out`);
    }
    return { added: this.#answers.size - known, problems };
  }
}

/** Appends answers. Opening reads those there are, and cuts a torn last line. */
export class AnswerLog {
  readonly #path: string;
  readonly #tail: AnswerTail;
  readonly #file: number;

  constructor(directory: string) {
    this.#path = join(directory, files.answers);
    this.#tail = new AnswerTail(directory);
    try {
      this.#file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o644);
      this.#tail.read();
      ftruncateSync(this.#file, this.#tail.length);
    } catch (error) {
      throw asRunWriteError(error, this.#path);
    }
  }

  get answers(): ReadonlyMap<string, Answer> {
    return this.#tail.answers;
  }

  /** @throws `disk-full`; the file then ends with the last answer it had before */
  add(answers: readonly KeyedAnswer[]): void {
    const { length } = this.#tail;
    try {
      writeFully(this.#file, answers.map((line) => `${JSON.stringify(line)}\n`).join(""), length);
      this.#tail.read();
    } catch (error) {
      ftruncateSync(this.#file, length);
      throw asRunWriteError(error, this.#path);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function parseLine(text: string): KeyedAnswer | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isJsonObject(line) && typeof line.key === "string" && isAnswer(line.answer)
      ? { key: line.key, answer: line.answer }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAnswer(value: unknown): value is Answer {
  if (!isJsonObject(value)) return false;
  const numbers = [value.promptTokens, value.outputTokens, value.seconds, value.shotsDropped];
  const { text, prompt, ended, shots, loss } = value;
  return (
    typeof text === "string" &&
    typeof prompt === "string" &&
    typeof ended === "boolean" &&
    numbers.every(Number.isFinite) &&
    Array.isArray(shots) &&
    shots.every((shot) => typeof shot === "string") &&
    (loss === undefined ||
      (isJsonObject(loss) && [loss.nats, loss.tokens, loss.bytes].every(Number.isFinite)))
  );
}
