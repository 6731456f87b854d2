/** How soon the linter says what is wrong with a large file, and what a keystroke in it costs. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Benchmark, flags } from "./benchmark.ts";
import { ours, root } from "./processes.ts";

export const linting: Benchmark = {
  name: "linting",
  title:
    "a JSONL file of 100 000 rows (50 MB) in the editor's worker; one of 2 000 000 rows (1 GB) as a stream",
  needs: ["linux"],
  async sides({ cache, threads, quick }) {
    mkdirSync(cache, { recursive: true });
    const programs = [join(root, "dist", "lint.js"), join(root, "dist", "cli.js"), cache];
    const sizes: Record<string, number> = quick ? { rows: 1000, edits: 20, streamRows: 120_000 } : {};
    return [ours("linting", [...programs, ...flags({ threads, ...sizes })])];
  },
  asked: [
    { figure: "firstProblemsSeconds", label: "first problems are shown", unit: "seconds", atMost: 0.3 },
    { figure: "setSeconds", label: "all rules without the tokenizer", unit: "seconds", atMost: 2 },
    { figure: "allSeconds", label: "all rules with the tokenizer", unit: "seconds", atMost: 30 },
    { figure: "keyMedianSeconds", label: "a keystroke, median", unit: "seconds" },
    { figure: "keyP99Seconds", label: "a keystroke, 99th percentile", unit: "seconds", atMost: 0.01 },
    {
      figure: "setFollowsSeconds",
      label: "set rules follow a keystroke, longest",
      unit: "seconds",
      atMost: 0.3,
    },
    { figure: "hostHeldSeconds", label: "the other thread is held, longest", unit: "seconds", atMost: 0.02 },
    { figure: "streamSeconds", label: "1 GB as a stream", unit: "seconds" },
    { figure: "streamPeakBytes", label: "memory of that", unit: "bytes", atMost: 300 * 2 ** 20 },
  ],
};
