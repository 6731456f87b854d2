/**
 * What a comparison will ask, settled before the first answer: which rows, in which order, which shots may be shown, and
 * what all of it rests on. The same settings, data and models give the same plan.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { asQuestion } from "../data/question.ts";
import type { Way } from "../evaluate/comparison.ts";
import { detectTask } from "../evaluate/metrics/list.ts";
import type { ComparisonPlan, PlannedRow } from "../evaluate/plan.ts";
import { type ChatMessage, type Example, shotDrawer } from "../evaluate/prompting.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { Random } from "../random/random.ts";
import type { ComparisonSettings } from "../runs/directory.ts";
import type { Recipe } from "../runs/recipe.ts";
import { type LocatedRow, rowsHash, type TuningData } from "./data.ts";

export const batchSize = 8;
/** Rows on which the way of prompting is chosen, at most. */
const validationLimit = 100;
/** Consistency: so many rows are answered so many more times, at this temperature. */
const sampling = { rows: 16, answers: 3, temperature: 0.8 };
/** Rows that go through all ways before the next ones do. */
const blockSize = 32;

/** What the plan says of the models. */
export interface ModelFacts {
  trainingSeconds: number;
  /** Where the result lies in the run's directory. */
  folder: string;
  baseHash: string;
  tunedHash: string;
  templateHash: string;
}

/** What can be asked: a prompt of at most `room` tokens, and an answer of at most `maxTokens`. */
export interface Limits {
  countTokens(messages: readonly ChatMessage[]): Promise<number>;
  room: number;
  maxTokens: number;
}

/** @throws `dataset-empty` where no test row can be asked */
export async function planComparison(options: {
  settings: ComparisonSettings;
  recipe: Recipe;
  data: TuningData;
  facts: ModelFacts;
  limits: Limits;
}): Promise<ComparisonPlan> {
  const { settings, recipe, data, facts, limits } = options;
  const { seed } = recipe.train;
  const [training, validation, test] = [data.train, data.validation, data.test].map(examples) as [
    Example[],
    Example[],
    Example[],
  ];
  // In random order: a file is often sorted, and what is asked first stands for all while the others are to come.
  const drawn = (rows: Example[], name: string, limit: number) =>
    new Random("comparison", seed, name).shuffle([...rows]).slice(0, limit);
  const held = await askable(drawn(validation, "validation", validationLimit), limits);
  const asked = await askable(drawn(test, "test", settings.limit ?? test.length), limits);
  if (asked.rows.length === 0) {
    throw new TunesmithError(
      "dataset-empty",
      "there is no test row to compare on",
      "Give data.test a share or a file, or --test FILE.",
    );
  }
  const task = detectTask([...training, ...validation, ...test].map(({ answer }) => answer));
  const ways = waysOf(settings.shots);
  const rows = asked.rows.map(plannedRow);
  const mostShots = Math.max(...ways.map(({ shots }) => shots));
  const drawShots = drawerFor(training, task.id, seed);
  const shown = new Set(rows.flatMap((row, r) => drawShots(asExample(row), r, mostShots)));
  return {
    format: "tunesmith-comparison-plan-1",
    title: basename(recipe.data.train),
    made: new Date().toISOString(),
    task,
    ways,
    tuned: "fine-tuned",
    validation: held.rows.map(plannedRow),
    rows,
    shots: training.filter((example) => shown.has(example)),
    sampling,
    trainingSeconds: facts.trainingSeconds,
    integrity: {
      dataset: { name: basename(recipe.data.train), hash: data.files[0]!.fingerprint },
      splits: Object.entries({ train: data.train, validation: data.validation, test: data.test }).map(
        ([name, part]) => ({ name, rows: part.length, hash: rowsHash(part) }),
      ),
      overlap: data.overlap.test,
      leftOut: asked.leftOut,
      base: { name: recipe.model, hash: facts.baseHash },
      tuned: { name: facts.folder, hash: facts.tunedHash },
      template: facts.templateHash,
      decoding: { temperature: 0, maxTokens: limits.maxTokens, batchSize },
      seeds: { split: seed, shots: seed, sampling: 1, bootstrap: seed },
      machine: `${process.platform} ${process.arch}, ${recipe.device}`,
    },
  };
}

/** Whether two plans ask the same: all but when and on which machine they were made. */
export function isSamePlan(a: ComparisonPlan, b: ComparisonPlan): boolean {
  const asked = ({ made: _, integrity, ...plan }: ComparisonPlan) =>
    JSON.stringify({ ...plan, integrity: { ...integrity, machine: "" } });
  return asked(a) === asked(b);
}

/** Draws the shots of a plan's task from the training rows. */
export function drawerFor(training: readonly Example[], task: string, seed: number) {
  return shotDrawer(training, {
    seed,
    ...(task === "labels" && { labelOf: ({ answer }: Example) => answer }),
  });
}

/** The rows of a part in blocks, from one place to before another; the first is those that are sampled later. */
export function blocksOf(rows: number): [from: number, to: number][] {
  const blocks: [number, number][] = [];
  for (let from = 0, to = sampling.rows; from < rows; from = to, to += blockSize)
    blocks.push([from, Math.min(to, rows)]);
  return blocks;
}

/** Rows that ask something; plain text asks nothing. */
export function examples(rows: readonly LocatedRow[]): Example[] {
  return rows.flatMap(({ id, row }) => {
    const question = asQuestion(row);
    return question ? [{ id, messages: question.messages, answer: question.reference }] : [];
  });
}

export function asExample({ id, messages, reference }: PlannedRow): Example {
  return { id, messages, answer: reference };
}

function plannedRow({ id, messages, answer }: Example): PlannedRow {
  return { id, messages: [...messages], reference: answer };
}

/**
 * Rows that can be asked at least without shots; the others are left out for every way. Those of one block stand by the
 * length of their prompts, so that rows answered together are of like length.
 */
async function askable(
  rows: readonly Example[],
  { countTokens, room, maxTokens }: Limits,
): Promise<{ rows: Example[]; leftOut: { id: string; reason: string }[] }> {
  const kept: { row: Example; tokens: number }[] = [];
  const leftOut: { id: string; reason: string }[] = [];
  for (const row of rows) {
    const tokens = await countTokens(row.messages);
    const reason = `${tokens} tokens and ${maxTokens} for the answer exceed the context of ${room + maxTokens}`;
    if (tokens <= room) kept.push({ row, tokens });
    else leftOut.push({ id: row.id, reason });
  }
  const ordered = blocksOf(kept.length).flatMap(([from, to]) =>
    kept.slice(from, to).sort((a, b) => a.tokens - b.tokens),
  );
  return { rows: ordered.map(({ row }) => row), leftOut };
}

function waysOf(shots: readonly number[]): Way[] {
  const title = (count: number) =>
    count === 0 ? "Zero-shot" : count === 1 ? "One-shot" : `Few-shot (${count})`;
  const id = (count: number) => (count === 0 ? "zero-shot" : count === 1 ? "one-shot" : `few-shot-${count}`);
  const counts = [...new Set(shots)].sort((a, b) => a - b);
  const prompting = counts.map(
    (count): Way => ({ id: id(count), title: title(count), model: "base", shots: count }),
  );
  return [...prompting, { id: "fine-tuned", title: "Fine-tuned", model: "fine-tuned", shots: 0 }];
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
