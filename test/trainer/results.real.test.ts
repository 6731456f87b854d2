/** What a job trained on a real model, opened by PEFT and transformers: the logits are those that Tunesmith computes. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openBaseModel } from "../../src/engine/model/base.ts";
import type { TunedModel } from "../../src/engine/model/tuned-model.ts";
import { openSafetensors, readTensorFloat32 } from "../../src/files/safetensors.ts";
import { openAdapter } from "../../src/methods/index.ts";
import { none } from "../../src/methods/none.ts";
import { createRun } from "../../src/runs/directory.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { loadChatModel } from "../../src/text/chat-model.ts";
import { evaluateModel } from "../../src/trainer/evaluating.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { relativeError } from "../support/fixtures.ts";
import { logitsOf } from "../support/logits.ts";
import { runPeer, smollm2, withoutPython, withoutSmolLM2 } from "../support/peers.ts";
import { finish } from "./finish.ts";

const texts = ["Where is my card? It should have been here a week ago.", "The capital of France is"];

describe("two steps of a job on SmolLM2", { skip: withoutSmolLM2 || withoutPython }, () => {
  it("leave an adapter that PEFT loads", async (t) => {
    const { run, validationLoss } = await tune({ name: "lora", rank: 4 }, 1e-2);
    const adapter = join(run, "adapter");
    await expectLoss(smollm2, adapter, validationLoss);
    const { config, weights } = await openBaseModel(smollm2);
    const ids = await inFile();
    const out = join(run, "logits.safetensors");
    await runPeer("test/peers/check_peft.py", [adapter, smollm2, ids.file, out]);
    await compare(t, { config, weights, ...(await openAdapter(adapter, config)) }, ids.rows, out);
  });

  it("leave a fine-tuned model that transformers loads", async (t) => {
    const { run, validationLoss } = await tune({ name: "full" }, 1e-4);
    const folder = join(run, "model");
    await expectLoss(folder, undefined, validationLoss);
    const { config, weights } = await openBaseModel(folder);
    const ids = await inFile();
    const out = join(run, "logits.safetensors");
    await runPeer("test/peers/check_hf.py", [folder, ids.file, out]);
    await compare(t, { config, weights, method: none, arrays: new Map() }, ids.rows, out);
  });
});

const folder = temporaryFolder();
const rows = (name: string, prompts: string[]): string => {
  const file = join(folder, name);
  const row = (prompt: string) => ({ prompt: `I have ${prompt}`, completion: prompt.replaceAll(" ", "_") });
  writeFileSync(file, prompts.map((prompt) => JSON.stringify(row(prompt))).join("\n"));
  return file;
};
const train = rows("train.jsonl", ["lost my card", "a card declined", "a new PIN", "a failed top up"]);
const validation = rows("validation.jsonl", ["a stolen card", "a wrong exchange rate"]);

async function tune(
  method: { name: string; rank?: number },
  learningRate: number,
): Promise<{ run: string; validationLoss: number }> {
  const recipe = resolveRecipe(
    {
      model: smollm2,
      data: { train, validation, test: 0 },
      method,
      train: { steps: 2, batchSize: 2, gradientAccumulation: 1, learningRate, warmupSteps: 0, maxLength: 64 },
    },
    folder,
  );
  const run = await finish(createRun(method.name, recipe, { directory: join(folder, method.name) }));
  assert.equal(run.state, "done", JSON.stringify(run.history.ended?.error));
  assert.equal(run.history.steps.length, 2);
  const { validationLoss } = run.result as { validationLoss: number };
  return { run: run.directory, validationLoss };
}

/** The files hold the model that was trained: read back, it has the loss that the run had measured. */
async function expectLoss(model: string, adapter: string | undefined, expected: number): Promise<void> {
  const { loss } = await evaluateModel({ model, adapter, data: validation, limit: undefined });
  assert.ok(relativeError([loss], [expected]) <= 1e-5, `loss ${loss}, the run had ${expected}`);
}

/** Our logits against the peer's; both must have left the base model's far behind, or nothing was loaded. */
async function compare(
  t: { diagnostic(text: string): void },
  model: TunedModel,
  rows: readonly ArrayLike<number>[],
  out: string,
): Promise<void> {
  const base = await openBaseModel(smollm2);
  const untuned = { config: base.config, weights: base.weights, method: none, arrays: new Map() };
  const peer = await openSafetensors(out);
  for (const [i, row] of rows.entries()) {
    const expected = await readTensorFloat32(peer.get(`logits.${i}`)!);
    const error = relativeError(await logitsOf(model, row), expected);
    const moved = relativeError(await logitsOf(untuned, row), expected);
    t.diagnostic(
      `relative error ${error.toExponential(1)}; training moved the logits by ${moved.toFixed(3)}`,
    );
    assert.ok(moved > 0.01, `${texts[i]}: the logits are the base model's`);
    assert.ok(error <= 1e-4, `${texts[i]}: relative error ${error}`);
  }
}

async function inFile(): Promise<{ rows: ArrayLike<number>[]; file: string }> {
  const { tokenizer } = await loadChatModel(smollm2);
  const rows = (await tokenizer.encodeBatch(texts)).map((ids) => Array.from(ids));
  const file = join(folder, "ids.json");
  writeFileSync(file, JSON.stringify(rows));
  return { rows, file };
}
