/** Training on short rows of real lengths: banking77, loss on the answers, beside TRL's SFTTrainer. */
import { join } from "node:path";
import { type Benchmark, flags } from "./benchmark.ts";
import { ours, python, run } from "./processes.ts";

const batch = 8;

export const banking77: Benchmark = {
  name: "banking77",
  title: "banking77 in chat format, batch 8, each side's own batches and padding of the same tokenized rows",
  needs: ["python", "data"],
  async sides(setting) {
    const { model, data, cache, threads, quick } = setting;
    const rows = quick ? 24 : 200;
    const batches = join(cache, `banking77-${rows}.json`);
    const making = [model, join(data, "banking77"), batches, ...flags({ rows, validation: 0, batch })];
    await run(python(setting, "banking77_batches.py", making));
    const warmup = quick ? 1 : 3;
    return [
      ours("banking77", [model, batches, ...flags({ threads, batch })]),
      {
        name: "TRL float32",
        // As many steps as the epoch has.
        command: python(setting, "train_trl.py", [
          model,
          batches,
          ...flags({ batch, steps: Math.ceil(rows / batch), warmup }),
        ]),
      },
    ];
  },
  asked: [
    {
      figure: "examplesPerSecond",
      label: "examples/s",
      unit: "per second",
      peer: "TRL float32",
      atLeast: 2,
    },
    { figure: "padding", label: "padding", unit: "share", peer: "TRL float32" },
    { figure: "peakBytes", label: "peak memory", unit: "bytes", peer: "TRL float32" },
  ],
};
