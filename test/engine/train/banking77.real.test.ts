/**
 * LoRA of SmolLM2-135M-Instruct on banking77 against PyTorch and PEFT: the same batches, settings and initial adapter.
 * The whole form is an epoch of 1 000 rows; the short one its first 12 batches. Without the dataset, rows made here.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type BaseModel, openBaseModel } from "../../../src/engine/model/base.ts";
import { chooseLengths, countTargets, type TokenizedRow } from "../../../src/engine/train/batches.ts";
import { Scorer } from "../../../src/engine/train/scorer.ts";
import { Trainer } from "../../../src/engine/train/trainer.ts";
import { createMethod, openAdapter } from "../../../src/methods/index.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { realData, runPeer, short, smollm2, withoutPython, withoutSmolLM2 } from "../../support/peers.ts";

/** As bench/peers/banking77_batches.py writes them. */
interface PeerRow {
  ids: number[];
  promptTokens: number;
}
interface PeerBatches {
  settings: { rank: number; alpha: number; learningRate: number; betas: [number, number]; epsilon: number };
  batches: PeerRow[][];
  validation: PeerRow[];
}

const steps = short ? 12 : 125;
const validationRows = short ? 40 : 200;
/** Steps whose losses are compared one by one. Later ones are left to the validation: Adam enlarges rounding. */
const compared = 12;

const rowsFrom = realData === undefined ? "generated rows" : "banking77";
const skip = withoutSmolLM2 || withoutPython;

test(`LoRA on ${rowsFrom} learns as PEFT does: ${steps} steps`, { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const dataset = realData === undefined ? generatedRows(folder) : join(realData, "banking77");
  const [file, peerFolder] = [join(folder, "batches.json"), join(folder, "peft")];
  const validation = ["--validation", String(validationRows)];
  await runPeer("bench/peers/banking77_batches.py", [smollm2, dataset, file, ...validation]);
  const theirs = (await runPeer("bench/peers/banking77_peft.py", [
    smollm2,
    file,
    peerFolder,
    "--steps",
    String(steps),
  ])) as { validationLossBefore: number; validationLoss: number; seconds: number };
  const theirCurve: number[] = JSON.parse(readFileSync(join(peerFolder, "curve.json"), "utf8"));

  const { settings, batches, validation: held } = JSON.parse(readFileSync(file, "utf8")) as PeerBatches;
  const base = await openBaseModel(smollm2);
  const trainer = await trainerFrom(join(peerFolder, "initial"), base, settings);
  const scorer = new Scorer(trainer.model(), { batchSize: 8 });
  const validate = async () => (await scorer.meanLoss(held.map(asRow))).loss;

  const before = await validate();
  const began = performance.now();
  const curve: number[] = [];
  for (const rows of inFewShapes(batches.slice(0, steps))) {
    const report = await trainer.update(rows.rows, [rows.batch]);
    curve.push(report.loss);
  }
  const seconds = (performance.now() - began) / 1000;
  const after = await validate();
  await scorer.release();
  await trainer.release();

  const apart = curve.map((loss, i) => Math.abs(loss / theirCurve[i]! - 1));
  const largest = Math.max(...apart.slice(0, compared));
  t.diagnostic(
    `validation loss ${before.toFixed(4)} → ${after.toFixed(4)}, PEFT ${theirs.validationLossBefore.toFixed(4)} → ${theirs.validationLoss.toFixed(4)}; ` +
      `training losses apart by at most ${largest.toExponential(1)} in the first ${compared} steps, ${Math.max(...apart).toExponential(1)} in all; ` +
      `${seconds.toFixed(0)} s, PEFT ${theirs.seconds.toFixed(0)} s`,
  );
  assert.equal(theirCurve.length, steps);
  assert.ok(after < 0.8 * before, "something was learned");
  assert.ok(Math.abs(before / theirs.validationLossBefore - 1) <= 1e-4, "validation loss before");
  assert.ok(largest <= 1e-4, `training losses: ${apart.map((each) => each.toExponential(1))}`);
  assert.ok(Math.abs(after / theirs.validationLoss - 1) <= 0.02, "validation loss after");
});

/** A trainer that starts from an adapter of PEFT's. */
async function trainerFrom(adapter: string, base: BaseModel, settings: PeerBatches["settings"]) {
  const { rank, alpha, learningRate, epsilon } = settings;
  const [beta1, beta2] = settings.betas;
  const trainer = await Trainer.create({
    config: base.config,
    method: createMethod({ name: "lora", rank, alpha, dropout: 0, targets: "all-linear", rsLora: false }),
    weights: base.weights,
    readBase: base.read,
    settings: {
      seed: 1,
      totalSteps: steps,
      learningRate,
      schedule: "cosine",
      warmupSteps: Math.ceil(0.05 * steps),
      maxGradientNorm: 1,
      gradientCheckpointing: false,
      threads: 0,
      beta1,
      beta2,
      epsilon,
      weightDecay: 0.01,
    },
  });
  const { arrays } = await openAdapter(adapter, base.config);
  assert.deepEqual([...arrays.keys()].sort(), [...trainer.state.arrays.keys()].sort());
  for (const [name, data] of arrays) trainer.state.view(trainer.state.parameters, name).set(data);
  return trainer;
}

const asRow = ({ ids, promptTokens }: PeerRow): TokenizedRow => ({
  ids,
  trained: ids.map((_, i) => (i < promptTokens ? 0 : 1)),
});

/** The peer's batches, padded to one of three lengths, so that only three graphs are compiled. */
function inFewShapes(batches: readonly PeerRow[][]) {
  const longest = batches.map((rows) => Math.max(...rows.map(({ ids }) => ids.length)));
  const lengths = chooseLengths(longest, 3);
  const all = batches.map((rows) => rows.map(asRow));
  const targets = Math.max(...all.map((rows) => rows.reduce((sum, row) => sum + countTargets(row), 0)));
  return all.map((rows, i) => {
    const tokens = lengths.find((length) => length >= longest[i]!)!;
    return { rows, batch: { rows: [...rows.keys()], shape: { rows: rows.length, tokens, targets } } };
  });
}

/** Customers' questions, each under its intent, in banking77's form: every place of a question has a few wordings. */
function generatedRows(folder: string): string {
  const intents: Record<string, string[]> = {
    card_arrival: [
      "when will my X card arrive",
      "I still wait for my X card",
      "how long does the X card take",
    ],
    lost_or_stolen_card: ["I lost my X card", "somebody stole my X card", "my X card is gone, block it"],
    change_pin: ["how do I change the PIN of my X card", "I want a new PIN for my X card"],
    top_up_failed: ["my top-up with the X card failed", "the X top-up did not go through"],
    exchange_rate: ["which rate do I get for X", "is the rate for X fixed", "the rate for X looks wrong"],
  };
  const subjects =
    "debit credit virtual disposable business travel metal gold junior second euro dollar".split(" ");
  const openings = ["Hello,", "Hi there,", "Please help:", "Sorry to bother you, but", "Quick question:"];
  const ends = [
    "",
    " Thanks.",
    " It is urgent.",
    " I am abroad now.",
    " I asked last week already.",
    " What now?",
    " Kind regards.",
  ];
  const rows = Object.entries(intents).flatMap(([intent, questions]) =>
    questions.flatMap((question) =>
      subjects.flatMap((subject) =>
        openings.flatMap((opening) =>
          ends.map((end) => `"${opening} ${question.replace("X", subject)}?${end}",${intent}`),
        ),
      ),
    ),
  );
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "train.csv"), `text,category\n${rows.join("\n")}\n`);
  return join(folder, "data");
}
