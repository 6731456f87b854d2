/** Training speed and memory: LoRA r = 8 on all linear layers, full rows, beside PyTorch + PEFT. */
import { type Benchmark, flags } from "./benchmark.ts";
import { ours, python } from "./processes.ts";

export const training: Benchmark = {
  name: "training",
  title: "LoRA r = 8 on all linear layers, batch 4 × 256, every token trained",
  needs: ["python"],
  async sides(setting) {
    const { model, threads, quick } = setting;
    const work = quick
      ? { batch: 2, length: 64, steps: 2, warmup: 1 }
      : { batch: 4, length: 256, steps: 10, warmup: 2 };
    const peer = (dtype: string) => ({
      name: `PEFT ${dtype}`,
      command: python(setting, "train_peft.py", [model, ...flags({ dtype, ...work })]),
    });
    return [ours("training", [model, ...flags({ threads, ...work })]), peer("float32"), peer("bfloat16")];
  },
  asked: [
    {
      figure: "tokensPerSecond",
      label: "tokens/s",
      unit: "per second",
      peer: "PEFT float32",
      atLeast: 1.6,
    },
    { figure: "tokensPerSecond", label: "tokens/s", unit: "per second", peer: "PEFT bfloat16", atLeast: 1 },
    { figure: "peakBytes", label: "peak memory", unit: "bytes", peer: "PEFT float32", atMost: 0.6 },
    { figure: "peakBytes", label: "peak memory", unit: "bytes", peer: "PEFT bfloat16" },
  ],
};
