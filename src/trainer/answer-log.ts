/**
 * The answers a comparison has so far, one line each, appended as they come: a comparison that is stopped or killed goes
 * on where it was, and can be judged again without asking again. A line torn by a kill is asked again.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Answer } from "../evaluate/comparison.ts";
import { asRunWriteError } from "../runs/durable.ts";

interface Line {
  /** What was asked: part of the comparison, way and row. */
  key: string;
  answer: Answer;
}

export class AnswerLog {
  readonly #path: string;
  readonly #answers = new Map<string, Answer>();

  constructor(path: string) {
    this.#path = path;
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    const whole: string[] = [];
    for (const text of lines) {
      const line = parse(text);
      if (!line) continue;
      this.#answers.set(line.key, line.answer);
      whole.push(text);
    }
    if (lines.length > 0) writeFileSync(path, whole.map((text) => `${text}\n`).join(""));
  }

  get(key: string): Answer | undefined {
    return this.#answers.get(key);
  }

  /** @throws `disk-full` */
  add(answers: readonly Line[]): void {
    try {
      appendFileSync(this.#path, answers.map((line) => `${JSON.stringify(line)}\n`).join(""));
    } catch (error) {
      throw asRunWriteError(error, this.#path);
    }
    for (const { key, answer } of answers) this.#answers.set(key, answer);
  }
}

function parse(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null && "key" in line && "answer" in line
      ? (line as Line)
      : undefined;
  } catch {
    return undefined;
  }
}
