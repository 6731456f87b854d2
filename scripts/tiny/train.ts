/**
 * Trains the bundled model, `assets/tiny`, from nothing, with Tunesmith's own engine:
 *
 *   node --import tsx scripts/tiny/train.ts [--steps 9000] [--seed 1] [--rate 2e-3] [--threads 0] [--out assets/tiny]
 *
 * The curriculum goes on to twice the words, then to the next stage, whenever the current one is learned.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readDecoderConfig } from "../../src/architectures/config.ts";
import { noWeights } from "../../src/engine/runtime/session.ts";
import { countTargets, type MicroBatch } from "../../src/engine/train/batches.ts";
import { Trainer } from "../../src/engine/train/trainer.ts";
import { float32ToBfloat16 } from "../../src/files/half.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { full } from "../../src/methods/full.ts";
import { Random } from "../../src/random/random.ts";
import { episode, stages } from "./episodes.ts";
import { initialWeights } from "./initial.ts";
import { chatTemplate, endToken, idOf, padToken, tokenizerJson, vocabulary } from "./tokenizer.ts";
import { allContent } from "./words.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "9000" },
    seed: { type: "string", default: "1" },
    out: { type: "string", default: "assets/tiny" },
    rate: { type: "string", default: "2e-3" },
    threads: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);
const steps = Number(values.steps);

const configJson = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: Math.ceil(vocabulary.length / 8) * 8,
  hidden_size: 128,
  intermediate_size: 384,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: 32,
  hidden_act: "silu",
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  attention_bias: false,
  mlp_bias: false,
  bos_token_id: idOf.get(endToken)!,
  eos_token_id: idOf.get(endToken)!,
  pad_token_id: idOf.get(padToken)!,
  torch_dtype: "bfloat16",
};
const config = readDecoderConfig(configJson, "the bundled model");

const initial = initialWeights(config, seed);
const trainer = await Trainer.create({
  config,
  method: full.create({ name: "full" }),
  weights: noWeights,
  readBase: async (name) => initial(name),
  settings: {
    seed,
    totalSteps: steps,
    learningRate: Number(values.rate),
    schedule: "cosine",
    warmupSteps: 100,
    maxGradientNorm: 1,
    gradientCheckpointing: false,
    threads: Number(values.threads),
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.01,
  },
});

const tokensPerStep = 2048;
let stage = 0;
let pool = 32;
let average = 4;
let sinceChange = 0;
let tokens = 0;
const began = Date.now();
const random = new Random(seed, "episodes");

while (trainer.step < steps) {
  // Mostly the current stage; earlier ones stay alive. One batch in ten also learns to end.
  const now = stage === 0 || random.uniform() < 0.6 ? stage : random.integer(stage);
  const current = stages[now]!;
  const trainEnds = random.uniform() < 0.1;
  const count = Math.floor(tokensPerStep / current.tokens);
  const rows = Array.from({ length: count }, () => episode(random, current, pool, trainEnds));
  const targets = Math.ceil(rows.reduce((sum, row) => sum + countTargets(row), 0) / 128) * 128;
  const batch: MicroBatch = {
    rows: [...rows.keys()],
    shape: { rows: count, tokens: current.tokens, targets },
  };
  const report = await trainer.update(rows, [batch]);
  tokens += count * current.tokens;
  sinceChange += 1;
  if (now === stage && !trainEnds) average = 0.95 * average + 0.05 * report.loss;
  if (report.step % 200 === 0) say(`loss ${average.toFixed(3)}`);
  if (average < stages[stage]!.learned && sinceChange > 40) advance();
}
await save();
await trainer.release();

function advance(): void {
  if (pool < allContent.length) pool = Math.min(allContent.length, pool * 2);
  else if (stage < stages.length - 1) stage += 1;
  else return;
  average = Math.max(average, 1.5);
  sinceChange = 0;
  say("next");
}

function say(what: string): void {
  const minutes = ((Date.now() - began) / 60_000).toFixed(1);
  console.log(
    `${minutes} min, step ${trainer.step}, ${(tokens / 1e6).toFixed(2)} M tokens, ${stages[stage]!.name}, ${pool} words: ${what}`,
  );
}

async function save(): Promise<void> {
  const out = values.out;
  mkdirSync(out, { recursive: true });
  const json = (name: string, value: object) =>
    writeFileSync(join(out, name), `${JSON.stringify(value, null, 2)}\n`);
  json("config.json", configJson);
  json("generation_config.json", { eos_token_id: idOf.get(endToken)!, pad_token_id: idOf.get(padToken)! });
  json("tokenizer.json", tokenizerJson());
  json("tokenizer_config.json", {
    tokenizer_class: "PreTrainedTokenizerFast",
    eos_token: endToken,
    pad_token: padToken,
  });
  writeFileSync(join(out, "chat_template.jinja"), chatTemplate);
  const tensors = [...trainer.state.tensors()].map(([name, { shape, data }]) => ({
    name,
    dtype: "BF16" as const,
    shape,
    data: float32ToBfloat16(data),
  }));
  await writeSafetensors(join(out, "model.safetensors"), tensors, { metadata: { format: "pt" } });
  say(`saved to ${out}`);
}
