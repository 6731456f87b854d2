/** Entry of a thread that checks rows for the lint worker. */
import { parentPort } from "node:worker_threads";
import { BatchChecker, type RowBatch } from "../data/lint/row-batch.ts";
import { rules } from "../data/rules/index.ts";

const port = parentPort!;
const checker = new BatchChecker(rules);

port.on("message", (batch: RowBatch) => {
  const findings = checker.check(batch);
  const { numbers, words, sketches, has } = findings.digests;
  const columns = [numbers, words, sketches, has];
  port.postMessage(
    findings,
    columns.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
