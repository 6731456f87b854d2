/** How soon the command line answers, and how soon a run trains. */
import { join } from "node:path";
import { type Benchmark, flags } from "./benchmark.ts";
import { ours, root } from "./processes.ts";

export const startup: Benchmark = {
  name: "startup",
  title: "from the command to the first step of training on banking77's 10 003 rows, batch 4; and `--help`",
  needs: ["data"],
  async sides({ model, data, threads, quick }) {
    const cli = join(root, "dist", "cli.js");
    const rows = join(data, "banking77", "train.csv");
    return [ours("startup", [cli, model, rows, ...flags({ threads, helps: quick ? 3 : 10 })])];
  },
  asked: [
    { figure: "firstStartSeconds", label: "first start, weights to convert", unit: "seconds", atMost: 5 },
    { figure: "secondStartSeconds", label: "second start", unit: "seconds", atMost: 5 },
    { figure: "helpSeconds", label: "`--help`, median of 10", unit: "seconds", atMost: 0.15 },
  ],
};
