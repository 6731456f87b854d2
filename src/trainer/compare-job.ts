/**
 * A comparison: zero-, one- and few-shot prompting of the base model and the fine-tuned model, on test rows that neither
 * training nor the choice of a checkpoint has seen. The best way of prompting is chosen on the validation rows; the test
 * rows decide between it and the fine-tuned model.
 *
 * The rows go through all ways in blocks, so that what was answered so far is always a small comparison of its own.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readDataset } from "../data/read.ts";
import { findOverlap } from "../data/split.ts";
import { runtimeEnvironment } from "../engine/runtime/environment.ts";
import type { Way } from "../evaluate/comparison.ts";
import {
  answerKey,
  type ComparisonPlan,
  type PlannedRow,
  promptingWays,
  recordOf,
} from "../evaluate/plan.ts";
import { buildPrompt, type shotDrawer } from "../evaluate/prompting.ts";
import { summarise } from "../evaluate/summarise.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { AnswerLog } from "../runs/answers.ts";
import { parsePlan } from "../runs/comparison-check.ts";
import type { ComparisonSettings } from "../runs/directory.ts";
import { readJson, writeJsonDurably } from "../runs/durable.ts";
import { files } from "../runs/layout.ts";
import { openRun } from "../runs/reader.ts";
import type { Recipe } from "../runs/recipe.ts";
import type { Outcome } from "../runs/schema.ts";
import { tunedRun } from "../runs/tuned-run.ts";
import {
  asExample,
  batchSize,
  blocksOf,
  drawerFor,
  examples,
  isSamePlan,
  type Limits,
  planComparison,
  sha256,
} from "./comparison-plan.ts";
import { type LocatedRow, locate, readTuningData, skippedInWords, type TuningData } from "./data.ts";
import { recordInputs, requireSameInputs, tuningInputs } from "./inputs.ts";
import type { CompareJob, JobContext } from "./job-contract.ts";
import { modelFingerprint, openModel, openResult, tunedModel } from "./models.ts";
import { Responder, type SentPrompt } from "./responder.ts";

export const compareJob: CompareJob = {
  environment: async ({ run }) => {
    const { recipe } = openRun(run);
    return runtimeEnvironment(recipe?.device ?? "cpu", recipe?.train.threads ?? 0);
  },

  async run(context, settings) {
    const comparison = await Comparing.begin(context, settings);
    try {
      return await comparison.toTheEnd();
    } finally {
      await comparison.release();
    }
  },
};

/** Rows that are answered together, one way; always the same ones, so that going on gives what was to come. */
interface Batch {
  part: "validation" | "test" | "samples";
  way: Way;
  /** Places in the part's rows. */
  rows: number[];
  /** Which sample, from 0, in the part "samples". */
  sample: number;
}

interface Prompted {
  sent: SentPrompt;
  /** Ids of the shots shown. */
  shots: string[];
}

class Comparing {
  readonly #context: JobContext;
  readonly #plan: ComparisonPlan;
  readonly #responders: Record<Way["model"], Responder>;
  readonly #drawShots: ReturnType<typeof shotDrawer>;
  readonly #log: AnswerLog;
  readonly #limits: Limits;

  private constructor(options: {
    context: JobContext;
    plan: ComparisonPlan;
    responders: Record<Way["model"], Responder>;
    drawShots: ReturnType<typeof shotDrawer>;
    limits: Limits;
  }) {
    this.#context = options.context;
    this.#plan = options.plan;
    this.#responders = options.responders;
    this.#drawShots = options.drawShots;
    this.#limits = options.limits;
    this.#log = new AnswerLog(options.context.directory);
  }

  static async begin(context: JobContext, settings: ComparisonSettings): Promise<Comparing> {
    const { recipe, folder, trainingSeconds, began } = tunedRun(settings.run);
    const trained = readTuningData(recipe);
    const data = withTestFile(trained, settings.test, recipe);
    for (const message of data.skipped) context.write({ type: "notice", level: "warning", message });
    const report = (phase: string, done: number, total: number) =>
      context.progress(phase, done, total, "bytes");
    const base = await openModel(recipe.model, report, began);
    const baseHash = await modelFingerprint(base.base.folder.path);
    const inputs = tuningInputs(settings.run, trained, { name: base.name, hash: baseHash });
    requireSameInputs(settings.run, inputs);
    const tuned = await openResult(base, join(settings.run, folder), report, began);
    const tunedHash = await modelFingerprint(join(settings.run, folder));
    const asked = Object.fromEntries(data.files.map(({ path, fingerprint }) => [path, fingerprint]));
    const own = { ...inputs, ...asked, "the fine-tuned model": tunedHash };
    // Answers that are kept from an earlier attempt must be to the same questions, by the same models.
    if (existsSync(join(context.directory, files.inputs))) requireSameInputs(context.directory, own);
    else recordInputs(context.directory, own);
    const options = { threads: recipe.train.threads, batchSize };
    const responders = {
      base: new Responder(base.chat, await tunedModel(base), options),
      "fine-tuned": new Responder(tuned.model.chat, tuned.tuned, options),
    };
    const answers = [...examples(data.train), ...examples(data.test)].map(({ answer }) => answer);
    const maxTokens = await roomForAnswers(answers, (texts) => base.chat.tokenizer.encodeBatch(texts));
    const limits: Limits = {
      countTokens: async (messages) => (await responders.base.prompt(messages)).ids.length,
      room: responders.base.context - maxTokens,
      maxTokens,
    };
    const template = base.chat.template.render([{ role: "user", content: "" }], {
      addGenerationPrompt: true,
    });
    const facts = { trainingSeconds, folder, baseHash, tunedHash, templateHash: sha256(template) };
    const plan = declared(context.directory, await planComparison({ settings, recipe, data, facts, limits }));
    const drawShots = drawerFor(examples(data.train), plan.task.id, recipe.train.seed);
    return new Comparing({ context, plan, responders, drawShots, limits });
  }

  async toTheEnd(): Promise<Exclude<Outcome, "failed">> {
    const batches = batchesOf(this.#plan);
    const total = batches.reduce((sum, { rows }) => sum + rows.length, 0);
    let done = 0;
    for (const batch of batches) {
      done += batch.rows.length;
      if (batch.rows.every((row) => this.#log.answers.has(keyOf(batch, row)))) continue;
      if (this.#context.shouldPause() || this.#context.shouldStop()) return "paused";
      await this.#ask(batch);
      this.#context.progress(`${batch.way.title} (${batch.part})`, done, total, "answers");
    }
    const record = recordOf(this.#plan, this.#log.answers, new Date().toISOString());
    summarise(record, { resamples: 100 }); // a record that cannot be judged must not be left behind
    this.#context.writeResult(record);
    return "done";
  }

  async release(): Promise<void> {
    this.#log.close();
    for (const responder of Object.values(this.#responders)) await responder.release();
  }

  /**
   * Asks a whole batch and keeps what is not there yet: an answer may depend, in its last bits or its random draws, on the
   * others of its batch, so after a kill in the middle of writing they are all asked once more.
   */
  async #ask(batch: Batch): Promise<void> {
    const { part, way, sample } = batch;
    const { validation, rows, sampling } = this.#plan;
    const responder = this.#responders[way.model];
    const asked: { row: number; reference: string; prompt: Prompted }[] = [];
    for (const row of batch.rows) {
      const question = (part === "validation" ? validation : rows)[row]!;
      asked.push({ row, reference: question.reference, prompt: await this.#promptFor(way, question, row) });
    }
    const isSample = part === "samples";
    const settings = isSample ? { temperature: sampling.temperature, seed: sample + 1 } : {};
    const replies = await responder.answer(
      asked.map(({ prompt }) => prompt.sent),
      { maxTokens: this.#limits.maxTokens, ...settings },
    );
    const losses = isSample
      ? []
      : await responder.referenceLosses(
          asked.map(({ prompt, reference }) => ({ messages: prompt.sent.messages, reference })),
        );
    const answers = asked.map(({ row, prompt: { sent, shots } }, i) => ({
      key: keyOf(batch, row),
      answer: {
        ...replies[i]!,
        promptTokens: sent.ids.length,
        ...(losses[i] && { loss: losses[i] }),
        shots,
        shotsDropped: way.shots - shots.length,
        prompt: sent.text,
      },
    }));
    this.#log.add(answers.filter(({ key }) => !this.#log.answers.has(key)));
  }

  /** The question with as many of the way's shots as fit before it. */
  async #promptFor(way: Way, row: PlannedRow, place: number): Promise<Prompted> {
    const question = asExample(row);
    const { messages, shots } = await buildPrompt(
      question,
      this.#drawShots(question, place, way.shots),
      this.#limits.countTokens,
      this.#limits.room,
    );
    const sent = await this.#responders[way.model].prompt(messages);
    return { sent, shots: shots.map(({ id }) => id) };
  }
}

/**
 * What is asked, in order: the validation rows by every way of prompting; the test rows by every way, block by block; a
 * few of them again, sampled.
 */
function batchesOf(plan: ComparisonPlan): Batch[] {
  const { ways, validation, rows, sampling } = plan;
  const split = (part: Batch["part"], way: Way, from: number, to: number, sample = 0): Batch[] => {
    const places = Array.from({ length: to - from }, (_, i) => from + i);
    return Array.from({ length: Math.ceil(places.length / batchSize) }, (_, i) => {
      return { part, way, sample, rows: places.slice(i * batchSize, (i + 1) * batchSize) };
    });
  };
  const sampled = Math.min(sampling.rows, rows.length);
  const samples = Array.from({ length: sampling.answers }, (_, n) => n);
  return [
    ...promptingWays(plan).flatMap((way) => split("validation", way, 0, validation.length)),
    ...blocksOf(rows.length).flatMap(([from, to]) => ways.flatMap((way) => split("test", way, from, to))),
    ...ways.flatMap((way) => samples.flatMap((n) => split("samples", way, 0, sampled, n))),
  ];
}

function keyOf({ part, way, sample }: Batch, row: number): string {
  return part === "samples" ? answerKey.sample(way.id, row, sample) : answerKey[part](way.id, row);
}

/**
 * The plan as it was first made, written where there is none yet.
 *
 * @throws `run-inputs-changed` where it asks something else than what would be asked now
 */
function declared(directory: string, plan: ComparisonPlan): ComparisonPlan {
  const path = join(directory, files.plan);
  let first: ComparisonPlan | undefined;
  try {
    first = parsePlan(readJson(path));
  } catch {
    // Missing, or damaged, which is mended by writing it again: it follows from inputs that are still the same.
  }
  if (first && !isSamePlan(first, plan)) {
    throw new TunesmithError(
      "run-inputs-changed",
      `${path} asks something else than this version of Tunesmith would`,
      "Compare anew: answers to other questions must not be mixed.",
    );
  }
  if (!first) writeJsonDurably(path, plan);
  return first ?? plan;
}

/** Replaces the recipe's test rows by those of a file. */
function withTestFile(
  data: TuningData,
  path: string | null,
  { data: { format, columns } }: Recipe,
): TuningData {
  if (path === null) return data;
  const dataset = readDataset(path, {
    format: format === "auto" ? undefined : format,
    columns: columns ?? undefined,
  });
  const test = locate(dataset, dataset.rows);
  const rowsOf = (located: readonly LocatedRow[]) => located.map(({ row }) => row);
  return {
    ...data,
    files: [...data.files, { path, fingerprint: dataset.fingerprint }],
    skipped: [...data.skipped, ...skippedInWords(dataset)],
    test,
    overlap: { ...data.overlap, test: findOverlap(rowsOf(data.train), rowsOf(test)).length },
  };
}

/** Room for one and a half times the longest reference, within reason: the same for every way. */
async function roomForAnswers(
  answers: readonly string[],
  encode: (texts: readonly string[]) => Promise<number[][]>,
): Promise<number> {
  const longest = Math.max(0, ...(await encode(answers)).map((ids) => ids.length));
  return Math.min(512, Math.ceil(longest * 1.5) + 8);
}
