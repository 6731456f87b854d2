/** A comparison in a real directory, answered by the test row after row as its job would. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ComparisonRecord } from "../../src/evaluate/comparison.ts";
import { answerKey, type ComparisonPlan, recordOf } from "../../src/evaluate/plan.ts";
import { AnswerTail } from "../../src/runs/answers.ts";
import { createComparison, createRun } from "../../src/runs/directory.ts";
import { writeJsonDurably } from "../../src/runs/durable.ts";
import { EventWriter } from "../../src/runs/events.ts";
import { files } from "../../src/runs/layout.ts";
import { RunLock } from "../../src/runs/lock.ts";
import type { Outcome } from "../../src/runs/schema.ts";
import { attemptEvent, sampleRecipe } from "../runs/temporary.ts";

export class ComparisonFolder {
  readonly run: string;
  readonly directory: string;
  readonly plan: ComparisonPlan;
  readonly #record: ComparisonRecord;
  #lock: RunLock | undefined;
  #events: EventWriter | undefined;
  #answered = 0;

  /** @param root a folder of runs. @param record all that will be answered */
  constructor(root: string, record: ComparisonRecord) {
    this.run = createRun("banking", sampleRecipe(root), { root });
    this.directory = createComparison({ run: this.run, shots: [0, 1, 4], limit: null, test: null });
    this.#record = record;
    const { title, made, task, ways, tuned, trainingSeconds, integrity, shots } = record;
    this.plan = {
      format: "tunesmith-comparison-plan-1",
      ...{ title, made, task, ways, tuned, integrity, shots },
      ...(trainingSeconds !== undefined && { trainingSeconds }),
      validation: [],
      rows: record.rows.map(({ answers: _, ...row }) => row),
      sampling: { rows: 0, answers: 0, temperature: 1 },
    };
  }

  begin(): void {
    this.#lock = RunLock.acquire(this.directory);
    this.#events = new EventWriter(this.directory);
    this.#events.write(attemptEvent(this.#lock.attempt, 0));
  }

  writePlan(): void {
    writeJsonDurably(join(this.directory, files.plan), this.plan);
  }

  /** So many rows more, each in all ways. */
  answer(rows: number): void {
    const end = Math.min(this.#record.rows.length, this.#answered + rows);
    let lines = "";
    for (; this.#answered < end; this.#answered++) {
      for (const { id } of this.plan.ways) {
        const { samples: _, ...answer } = this.#record.rows[this.#answered]!.answers[id]!;
        lines += `${JSON.stringify({ key: answerKey.test(id, this.#answered), answer })}\n`;
      }
    }
    appendFileSync(join(this.directory, files.answers), lines);
    const [done, total] = [this.#answered, this.#record.rows.length];
    this.#events?.write({ type: "progress", phase: "asking", done, total, unit: "rows" });
  }

  end(outcome: Outcome): void {
    if (outcome === "done") {
      const tail = new AnswerTail(this.directory);
      tail.read();
      writeJsonDurably(join(this.directory, files.result), recordOf(this.plan, tail.answers));
    }
    this.#events!.write({ type: "ended", attempt: this.#lock!.attempt, outcome, error: null });
    this.#events!.close();
    this.#lock!.release();
  }

  /** As it lies when all is over. */
  static finished(root: string, record: ComparisonRecord): ComparisonFolder {
    const folder = new ComparisonFolder(root, record);
    folder.begin();
    folder.writePlan();
    folder.answer(record.rows.length);
    folder.end("done");
    return folder;
  }

  damage(file: "plan" | "notes"): void {
    writeFileSync(join(this.directory, files[file]), "{ no JSON");
  }
}
