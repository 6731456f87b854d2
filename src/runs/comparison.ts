/**
 * What a comparison's directory says of it at any time: the record of the rows answered so far while it goes on or was
 * stopped, all of it once it is finished. Whatever is damaged is said, never thrown.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { ComparisonRecord } from "../evaluate/comparison.ts";
import { type ComparisonPlan, recordOf } from "../evaluate/plan.ts";
import { AnswerTail } from "./answers.ts";
import { parsePlan, parseRecord } from "./comparison-check.ts";
import { readJson } from "./durable.ts";
import { files } from "./layout.ts";

export interface ComparisonNow {
  /** Null until the comparison has said what it will ask. */
  record: ComparisonRecord | null;
  /** The record is the finished one, as it will stay. */
  finished: boolean;
  /** The record is another one than at the last look. */
  changed: boolean;
  /** What was found damaged so far, in words. */
  problems: readonly string[];
}

/** Follows a comparison; each look reads only what was added. Rows keep their places while others come. */
export class ComparisonTail {
  readonly #directory: string;
  readonly #answers: AnswerTail;
  readonly #problems = new Set<string>();
  #plan: ComparisonPlan | undefined;
  #record: ComparisonRecord | null = null;
  /** Time and size of the `result.json` that was read, so that it is read once. */
  #result = "";

  constructor(directory: string) {
    this.#directory = directory;
    this.#answers = new AnswerTail(directory);
  }

  /** Never throws. */
  read(): ComparisonNow {
    const before = this.#record;
    const finished = this.#readResult() || this.#readSoFar();
    return {
      record: this.#record,
      finished,
      changed: this.#record !== before,
      problems: [...this.#problems],
    };
  }

  /** Whether there is a finished record. */
  #readResult(): boolean {
    const found = statSync(join(this.#directory, files.result), { throwIfNoEntry: false });
    if (!found) return false;
    const version = `${found.mtimeMs} ${found.size}`;
    if (version === this.#result) return this.#record !== null;
    const record = this.#attempt(() => parseRecord(readJson(join(this.#directory, files.result))));
    if (!record) return false;
    this.#result = version;
    this.#record = record;
    return true;
  }

  #readSoFar(): false {
    this.#plan ??= this.#attempt(() => {
      const plan = readJson(join(this.#directory, files.plan));
      return plan === undefined ? undefined : parsePlan(plan);
    });
    const read = this.#attempt(() => this.#answers.read());
    for (const problem of read?.problems ?? []) this.#problems.add(problem);
    const plan = this.#plan;
    if (plan && (this.#record === null || (read?.added ?? 0) > 0))
      this.#record = recordOf(plan, this.#answers.answers);
    return false;
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#problems.add(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
