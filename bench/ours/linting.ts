/**
 * The linter as the editor meets it: the worker of the bundle, told of a file of 100 000 rows and of edits to it; and
 * the command line on a file of a gigabyte. Arguments: LINT_WORKER CLI FOLDER.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import {
  type LintHostContract,
  type LintReport,
  type LintWorkerContract,
  lintHostContract,
  lintWorkerContract,
} from "../../src/contracts/lint.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { Random } from "../../src/random/random.ts";
import { median, options, report } from "./common.ts";
import { writeRows } from "./rows.ts";

const { positionals, values } = options({ rows: 100_000, edits: 500, streamRows: 2_000_000 });
const [program, cli, folder] = positionals as [string, string, string];
const path = join(folder, `rows-${values.rows}.jsonl`);
if (!existsSync(path)) writeRows(path, values.rows);
const large = join(folder, `rows-${values.streamRows}.jsonl`);
if (!existsSync(large)) writeRows(large, values.streamRows);

const check = () => null;
const uri = `file://${path}`;

function started() {
  const worker = new Worker(program);
  let told: (report: LintReport) => void = () => {};
  const channel: Channel<LintHostContract, LintWorkerContract> = new Channel(
    { post: (message) => worker.postMessage(message), listen: (receive) => worker.on("message", receive) },
    { own: { contract: lintHostContract, check }, other: { contract: lintWorkerContract, check } },
    { report: (value: LintReport) => told(value) },
  );
  const until = (isIt: (report: LintReport) => boolean) =>
    new Promise<number>((resolve) => {
      told = (value) => {
        if (isIt(value)) resolve(performance.now());
      };
    });
  return { worker, channel, until };
}

const text = readFileSync(path, "utf8");
const lines = text.split("\n");
const asked = { uri, path, eol: "\n" as const, version: 1, lines: lines.length, length: text.length };

// The worker is there before the first dataset is opened only if another was: its own start counts.
const { worker, channel, until } = started();
const marks: Partial<Record<"first" | "rows" | "set" | "all", number>> = {};
const began = performance.now();
const done = until(({ problems, pending }) => {
  const now = performance.now() - began;
  if (problems.length > 0) marks.first ??= now;
  if (pending !== "rows") marks.rows ??= now;
  if (pending !== "rows" && pending !== "set") marks.set ??= now;
  if (pending === undefined) marks.all ??= now;
  return pending === undefined;
});
await channel.request("open", asked);
await done;

// Typing: a letter into a content somewhere, with the pauses that people make, so that some letters come while all rows are
// looked at, and some while tokens are counted; the report of that version is what the editor waits for.
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const random = new Random(5, "pauses");
const keys: number[] = [];
const sets: number[] = [];
const starts: number[] = [];
for (let at = 0, i = 0; i < lines.length; at += lines[i]!.length + 1, i++) starts.push(at);
for (let edit = 0; edit < values.edits; edit++) {
  const row = (edit * 7919) % (lines.length - 1);
  const start = starts[row]! + lines[row]!.length - 8;
  const version = edit + 2;
  const pause = edit % 25 === 0;
  await new Promise((resolve) => setTimeout(resolve, 300 * random.uniform()));
  const at = performance.now();
  const seen = until((value) => value.version === version);
  channel.emit("change", { uri, version, changes: [{ start, end: start, text: "x" }] });
  keys.push((await seen) - at);
  for (let i = row + 1; i < starts.length; i++) starts[i]!++;
  lines[row] += "x";
  if (pause) sets.push((await until((value) => value.version === version && value.pending !== "set")) - at);
}
delay.disable();
await worker.terminate();
keys.sort((a, b) => a - b);

/** The largest resident size of the command line while it lints a file. */
async function streamed(): Promise<{ seconds: number; peakBytes: number }> {
  const from = performance.now();
  const child = spawn(process.execPath, [cli, "lint", large, "--format", "json"], { stdio: "ignore" });
  let peakBytes = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peakBytes = Math.max(peakBytes, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 20);
  await new Promise((resolve) => child.on("exit", resolve));
  clearInterval(timer);
  return { seconds: (performance.now() - from) / 1000, peakBytes };
}
const stream = await streamed();

report({
  threads: values.threads,
  bytes: statSync(path).size,
  firstProblemsSeconds: marks.first! / 1000,
  rowsSeconds: marks.rows! / 1000,
  setSeconds: marks.set! / 1000,
  allSeconds: marks.all! / 1000,
  keyMedianSeconds: median(keys) / 1000,
  keyP99Seconds: keys[Math.floor(keys.length * 0.99)]! / 1000,
  setFollowsSeconds: Math.max(...sets) / 1000,
  hostHeldSeconds: delay.max / 1e9,
  streamBytes: statSync(large).size,
  streamSeconds: stream.seconds,
  streamPeakBytes: stream.peakBytes,
});
