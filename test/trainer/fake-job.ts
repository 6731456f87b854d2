/**
 * A job process whose training is a chain of hashes, so that two runs agree only if every step of both was the same.
 * `fake.json` in the run directory says how it behaves. Everything around the training is the real thing.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { bestOf, listCheckpoints } from "../../src/runs/checkpoints.ts";
import { runJob } from "../../src/trainer/attempt.ts";
import type { JobContext, TuneJob } from "../../src/trainer/job-contract.ts";

export interface FakeBehaviour {
  stepMs?: number;
  checkpointEvery?: number;
  failAt?: number;
  failure?: "user" | "internal" | "stray" | "environment";
}

/** What a checkpoint holds: as much as makes writing it take a while. */
const checkpointBytes = 400_000;

const fakeTraining: TuneJob = {
  async environment() {
    if (behaviour.failure === "environment")
      throw new TunesmithError("out-of-memory", "no engine today", "Try tomorrow.");
    return { device: "cpu", threads: 1, runtimeVersion: "fake" };
  },

  async run(context, { train }) {
    const total = train.steps!;
    let { step, state } = restore(context) ?? { step: 0, state: String(train.seed) };
    context.write({
      type: "started",
      totalSteps: total,
      stepsPerEpoch: total,
      parameters: 1,
      trainableParameters: 1,
      predictedMemoryBytes: 1,
    });
    const save = (loss: number | null) =>
      context.checkpoint(step, loss, (folder) => {
        writeFileSync(join(folder, "state.json"), JSON.stringify({ step, state }));
        writeFileSync(join(folder, "padding.bin"), Buffer.alloc(checkpointBytes, state));
      });
    while (step < total) {
      if (context.shouldStop()) return finish(context, state, "stopped");
      if (context.shouldPause()) {
        if (!listCheckpoints(context.directory).some((checkpoint) => checkpoint.step === step))
          await save(null);
        return "paused";
      }
      await block(behaviour.stepMs ?? 1);
      step += 1;
      state = createHash("sha256").update(`${state} ${step}`).digest("hex");
      const loss = Number.parseInt(state.slice(0, 6), 16) / 2 ** 24;
      context.write({
        type: "step",
        step,
        epoch: step / total,
        loss,
        learningRate: 0,
        gradientNorm: 0,
        tokensPerSecond: 1,
        trainedTokens: 1,
        paddingShare: 0,
        seconds: 0.001,
        memoryBytes: 1,
      });
      if (step === behaviour.failAt) await fail();
      if (step % (behaviour.checkpointEvery ?? 5) === 0) {
        context.write({ type: "validation", step, loss, tokens: 1 });
        await save(loss);
      }
    }
    return finish(context, state, "done");
  },
};

function restore({ resumeFrom }: JobContext): { step: number; state: string } | undefined {
  return resumeFrom && JSON.parse(readFileSync(join(resumeFrom.path, "state.json"), "utf8"));
}

function finish(context: JobContext, state: string, outcome: "done" | "stopped"): typeof outcome {
  context.writeResult({ state, best: bestOf(listCheckpoints(context.directory))?.step ?? null });
  return outcome;
}

async function fail(): Promise<void> {
  if (behaviour.failure === "user")
    throw new TunesmithError("loss-not-finite", "step 3: the loss is NaN", "Lower it.");
  if (behaviour.failure === "internal") throw new TypeError("x is not a function");
  if (behaviour.failure === "stray")
    setTimeout(() => {
      throw new Error("from nowhere");
    });
  await sleep(10_000);
}

/** Like a run of an ONNX session: begun from the event loop, and then nothing else in this process goes on. */
async function block(ms: number): Promise<void> {
  await new Promise(setImmediate);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const directory = process.argv[2]!;
const behaviour: FakeBehaviour = JSON.parse(readFileSync(join(directory, "fake.json"), "utf8"));
console.log(
  `NODE_OPTIONS ${process.env.NODE_OPTIONS} VSCODE_PID ${process.env.VSCODE_PID} HF_TOKEN ${process.env.HF_TOKEN}`,
);
process.exit(await runJob(directory, { tune: async () => fakeTraining, compare: async () => assertNever() }));

function assertNever(): never {
  throw new Error("the fake only tunes");
}
