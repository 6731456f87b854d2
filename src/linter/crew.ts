/**
 * Threads that look at the rows of a large file beside the lint worker, which begins at the file's other end: they are
 * there while a file is looked at for the first time, or again under other rules, and gone afterwards.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Claim, LintDocument } from "../data/lint/document.ts";
import type { RowBatch, RowFindings } from "../data/lint/row-batch.ts";

/** Fewer rows are looked at in less time than a thread takes to start. */
const fewestRowsHelped = 20_000;
/** Of one batch: so many take some fifty milliseconds. */
const batchRows = 1500;
/** More of them would only wait for whoever takes what they find. */
const mostThreads = 3;

/** One that checks batches, one at a time. */
export interface Helper {
  check(batch: RowBatch): Promise<RowFindings>;
  stop(): void;
}

export class Crew {
  readonly #start: () => Helper;
  readonly #threads: number;
  readonly #fewestRows: number;
  #helpers: Helper[] = [];
  /** It has failed, or cannot help: until all is looked at anew, it is not tried again. */
  #isOff = false;

  /** @param start makes a helper: a thread, but in tests */
  constructor(
    start: () => Helper,
    {
      threads = Math.min(mostThreads, availableParallelism() - 1),
      fewestRows = fewestRowsHelped,
    }: { threads?: number; fewestRows?: number } = {},
  ) {
    this.#start = start;
    this.#threads = threads;
    this.#fewestRows = fewestRows;
  }

  /** Claims rows of the document, batch by batch, until none wait. @param taken something was found, or given back */
  help(document: LintDocument, taken: () => void): void {
    if (this.#helpers.length > 0 || this.#isOff || document.pending < this.#fewestRows) return;
    for (let i = 0; i < this.#threads; i++) {
      const claim = document.claim(batchRows);
      this.#isOff = !claim;
      if (!claim) return;
      const helper = this.#start();
      this.#helpers.push(helper);
      void this.#work(helper, claim, document, taken);
    }
  }

  /** What is claimed then is never heard of: for a document that nobody looks at any more. */
  stop(): void {
    for (const helper of this.#helpers) helper.stop();
    this.#helpers = [];
    this.#isOff = false;
  }

  async #work(helper: Helper, first: Claim, document: LintDocument, taken: () => void): Promise<void> {
    for (let claim: Claim | undefined = first; claim; ) {
      try {
        document.take(claim, await helper.check(claim.batch));
      } catch {
        // Whatever became of the thread: the rows are looked at here.
        this.#isOff ||= this.#helpers.includes(helper);
        document.giveBack(claim);
        this.#dismiss(helper);
      }
      taken();
      claim = this.#helpers.includes(helper) ? document.claim(batchRows) : undefined;
    }
    this.#dismiss(helper);
  }

  #dismiss(helper: Helper): void {
    helper.stop();
    this.#helpers = this.#helpers.filter((each) => each !== helper);
  }
}

/** @param program that of crew-worker.ts */
export function threadHelper(program: URL): Helper {
  const worker = new Worker(program, { name: "tunesmith-lint-rows", execArgv: [] });
  let fail: (error: unknown) => void = () => {};
  let answer: (findings: RowFindings) => void = () => {};
  worker.on("message", (findings: RowFindings) => answer(findings));
  worker.on("error", (error) => fail(error));
  let hasEnded = false;
  worker.on("exit", () => {
    hasEnded = true;
    fail(new Error("the thread has ended"));
  });
  return {
    check: (batch) =>
      new Promise((resolve, reject) => {
        answer = resolve;
        fail = reject;
        if (hasEnded) reject(new Error("the thread has ended"));
        else worker.postMessage(batch);
      }),
    stop: () => void worker.terminate(),
  };
}
