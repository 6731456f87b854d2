/**
 * A comparison: zero-, one- and few-shot prompting of the base model and the fine-tuned model, on test rows that neither
 * training nor the choice of a checkpoint has seen. The best way of prompting is chosen on the validation rows; the test
 * rows decide between it and the fine-tuned model.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { asQuestion } from "../data/question.ts";
import { readDataset } from "../data/read.ts";
import { findOverlap } from "../data/split.ts";
import { runtimeEnvironment } from "../engine/runtime/environment.ts";
import type { Answer, ComparisonRecord, Way } from "../evaluate/comparison.ts";
import { detectTask, type Task } from "../evaluate/metrics/list.ts";
import { buildPrompt, type ChatMessage, type Example, shotDrawer } from "../evaluate/prompting.ts";
import { scoreOutputs, summarise } from "../evaluate/summarise.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { ComparisonSettings } from "../runs/directory.ts";
import { files } from "../runs/layout.ts";
import { openRun } from "../runs/reader.ts";
import type { Recipe } from "../runs/recipe.ts";
import type { Outcome } from "../runs/schema.ts";
import { AnswerLog } from "./answer-log.ts";
import {
  type LocatedRow,
  locate,
  readTuningData,
  rowsHash,
  skippedInWords,
  type TuningData,
} from "./data.ts";
import { recordInputs, requireSameInputs, tuningInputs } from "./inputs.ts";
import type { CompareJob, JobContext } from "./job-contract.ts";
import { modelFingerprint, openModel, openResult, tunedModel } from "./models.ts";
import { Responder, type SentPrompt } from "./responder.ts";
import { tunedRun } from "./tuned-run.ts";

export const answersFile = "answers.jsonl";
/** The record of a finished comparison (see `ComparisonRecord`); `summarise` judges it. */
export const recordFile = files.result;

const batchSize = 8;
/** Rows on which the way of prompting is chosen, at most. */
const validationLimit = 100;
/** Consistency: so many rows are answered so many more times, at this temperature. */
const sampling = { rows: 16, answers: 3, temperature: 0.8 };

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

/** The way of prompting that the fine-tuned model is compared with, and why that one. */
type Choice = ComparisonRecord["choice"] & Pick<ComparisonRecord, "baseline">;

/** What the record says of the models. */
interface Facts {
  trainingSeconds: number;
  /** Where the result lies in the run's directory. */
  folder: string;
  baseHash: string;
  tunedHash: string;
  templateHash: string;
}

/** Rows to ask, as one part of the comparison. */
interface Part {
  name: "validation" | "test" | "samples";
  rows: readonly Example[];
}

class Comparing {
  readonly #context: JobContext;
  readonly #settings: ComparisonSettings;
  readonly #recipe: Recipe;
  readonly #data: TuningData;
  readonly #task: Task;
  readonly #ways: Way[];
  readonly #responders: Record<Way["model"], Responder>;
  readonly #drawShots: ReturnType<typeof shotDrawer>;
  readonly #log: AnswerLog;
  readonly #maxTokens: number;
  readonly #facts: Facts;
  #asked = 0;
  #toAsk = 0;

  private constructor(options: {
    context: JobContext;
    settings: ComparisonSettings;
    recipe: Recipe;
    data: TuningData;
    responders: Record<Way["model"], Responder>;
    maxTokens: number;
    facts: Facts;
  }) {
    const { context, settings, recipe, data } = options;
    this.#context = context;
    this.#settings = settings;
    this.#recipe = recipe;
    this.#data = data;
    this.#responders = options.responders;
    this.#maxTokens = options.maxTokens;
    this.#facts = options.facts;
    this.#log = new AnswerLog(join(context.directory, answersFile));
    const training = examples(data.train);
    this.#task = detectTask([...training, ...examples(data.test)].map(({ answer }) => answer));
    this.#drawShots = shotDrawer(training, {
      seed: recipe.train.seed,
      ...(this.#task.id === "labels" && { labelOf: ({ answer }: Example) => answer }),
    });
    this.#ways = waysOf(settings.shots);
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
    const answers = [...examples(data.train), ...examples(data.test)].map(({ answer }) => answer);
    return new Comparing({
      context,
      settings,
      recipe,
      data,
      responders: {
        base: new Responder(base.chat, await tunedModel(base), options),
        "fine-tuned": new Responder(tuned.model.chat, tuned.tuned, options),
      },
      maxTokens: await roomForAnswers(answers, (texts) => base.chat.tokenizer.encodeBatch(texts)),
      facts: {
        trainingSeconds,
        folder,
        baseHash,
        tunedHash,
        templateHash: sha256(
          base.chat.template.render([{ role: "user", content: "" }], { addGenerationPrompt: true }),
        ),
      },
    });
  }

  async toTheEnd(): Promise<Exclude<Outcome, "failed">> {
    const { rows, leftOut } = await this.#askable(
      examples(this.#data.test).slice(0, this.#settings.limit ?? undefined),
    );
    if (rows.length === 0) {
      throw new TunesmithError(
        "dataset-empty",
        "there is no test row to compare on",
        "Give data.test a share or a file, or --test FILE.",
      );
    }
    const validation = (await this.#askable(examples(this.#data.validation).slice(0, validationLimit))).rows;
    const prompting = this.#ways.filter(({ model }) => model === "base");
    const sampled: Part = { name: "samples", rows: rows.slice(0, sampling.rows) };
    this.#toAsk =
      prompting.length * validation.length +
      this.#ways.length * (rows.length + sampled.rows.length * sampling.answers);

    for (const way of prompting) {
      if (!(await this.#ask({ name: "validation", rows: validation }, way))) return "paused";
    }
    const choice = this.#choosePrompting(prompting, validation);
    for (const way of this.#ways) {
      if (!(await this.#ask({ name: "test", rows }, way))) return "paused";
      for (let n = 0; n < sampling.answers; n++) {
        if (!(await this.#ask(sampled, way, n))) return "paused";
      }
    }
    const record = this.#record(rows, leftOut, choice);
    summarise(record, { resamples: 100 }); // a record that cannot be judged must not be left behind
    this.#context.writeResult(record);
    return "done";
  }

  async release(): Promise<void> {
    for (const responder of Object.values(this.#responders)) await responder.release();
  }

  /** Asks all rows of a part one way. False when somebody wants it paused or stopped; what was answered is kept. */
  async #ask({ name, rows }: Part, way: Way, sample?: number): Promise<boolean> {
    const responder = this.#responders[way.model];
    const key = (row: number) => [name, way.id, row, ...(sample === undefined ? [] : [sample])].join("/");
    const missing: { row: number; prompt: SentPrompt; shots: Example[] }[] = [];
    for (const [row, question] of rows.entries()) {
      if (this.#log.get(key(row))) this.#asked += 1;
      else missing.push({ row, ...(await this.#promptFor(way, question, row)) });
    }
    missing.sort((a, b) => a.prompt.ids.length - b.prompt.ids.length);
    for (let start = 0; start < missing.length; start += batchSize) {
      if (this.#context.shouldPause() || this.#context.shouldStop()) return false;
      const batch = missing.slice(start, start + batchSize);
      const prompts = batch.map(({ prompt }) => prompt);
      const settings = sample === undefined ? {} : { temperature: sampling.temperature, seed: sample + 1 };
      const replies = await responder.answer(prompts, { maxTokens: this.#maxTokens, ...settings });
      const losses =
        sample === undefined
          ? await responder.referenceLosses(
              batch.map(({ prompt, row }) => ({ messages: prompt.messages, reference: rows[row]!.answer })),
            )
          : [];
      this.#log.add(
        batch.map(({ row, prompt, shots }, i) => ({
          key: key(row),
          answer: {
            ...replies[i]!,
            promptTokens: prompt.ids.length,
            ...(losses[i] && { loss: losses[i] }),
            shots: shots.map(({ id }) => id),
            shotsDropped: way.shots - shots.length,
            prompt: prompt.text,
          },
        })),
      );
      this.#asked += batch.length;
      this.#context.progress(`${way.title} (${name})`, this.#asked, this.#toAsk, "answers");
    }
    return true;
  }

  /** The question with as many of the way's shots as fit before it. */
  async #promptFor(way: Way, question: Example, row: number) {
    const { messages, shots } = await this.#fitted(question, this.#drawShots(question, row, way.shots));
    return { prompt: await this.#responders[way.model].prompt(messages), shots };
  }

  #fitted(question: Example, shots: readonly Example[]) {
    const { base } = this.#responders;
    const countTokens = async (messages: readonly ChatMessage[]) => (await base.prompt(messages)).ids.length;
    return buildPrompt(question, shots, countTokens, base.context - this.#maxTokens);
  }

  /** Rows that can be asked at least without shots; the others are left out for every way. */
  async #askable(
    rows: readonly Example[],
  ): Promise<{ rows: Example[]; leftOut: { id: string; reason: string }[] }> {
    const kept: Example[] = [];
    const leftOut: { id: string; reason: string }[] = [];
    for (const row of rows) {
      const { fits, tokens } = await this.#fitted(row, []);
      const reason = `${tokens} tokens and ${this.#maxTokens} for the answer exceed the context of ${this.#responders.base.context}`;
      if (fits) kept.push(row);
      else leftOut.push({ id: row.id, reason });
    }
    return { rows: kept, leftOut };
  }

  /** The way of prompting with the best score on the validation rows; the fewest shots on a tie. */
  #choosePrompting(prompting: readonly Way[], rows: readonly Example[]): Choice {
    if (rows.length === 0) return { rows: 0, metric: "", scores: {}, baseline: prompting.at(-1)!.id };
    const references = rows.map(({ answer }) => answer);
    const scores: Record<string, number> = {};
    let metric = "";
    for (const way of prompting) {
      const outputs = rows.map((_, row) => this.#log.get(`validation/${way.id}/${row}`)!.text);
      const [deciding] = scoreOutputs(this.#task, outputs, references, { seed: 0, resamples: 1 });
      scores[way.id] = deciding!.score;
      metric = deciding!.id;
    }
    const best = prompting.reduce((a, b) => (scores[b.id]! > scores[a.id]! ? b : a));
    return { rows: rows.length, metric, scores, baseline: best.id };
  }

  #record(
    rows: readonly Example[],
    leftOut: { id: string; reason: string }[],
    { baseline, ...choice }: Choice,
  ): ComparisonRecord {
    const { train, validation, test, files: read, overlap } = this.#data;
    const { seed } = this.#recipe.train;
    const shown = new Set<string>();
    const answersOf = (row: number): Record<string, Answer> =>
      Object.fromEntries(
        this.#ways.map((way) => {
          const answer = this.#log.get(`test/${way.id}/${row}`)!;
          const samples = Array.from({ length: sampling.answers }, (_, n) =>
            this.#log.get(`samples/${way.id}/${row}/${n}`),
          );
          for (const id of answer.shots) shown.add(id);
          const texts = samples.flatMap((sample) => (sample ? [sample.text] : []));
          return [way.id, { ...answer, ...(texts.length > 0 && { samples: texts }) }];
        }),
      );
    const compared = rows.map(({ id, messages, answer }, row) => ({
      id,
      messages: [...messages],
      reference: answer,
      answers: answersOf(row),
    }));
    return {
      format: "tunesmith-comparison-1",
      title: basename(this.#recipe.data.train),
      made: new Date().toISOString(),
      task: this.#task,
      ways: this.#ways,
      tuned: "fine-tuned",
      baseline,
      choice,
      shots: examples(train).filter(({ id }) => shown.has(id)),
      rows: compared,
      trainingSeconds: this.#facts.trainingSeconds,
      integrity: {
        dataset: { name: basename(this.#recipe.data.train), hash: read[0]!.fingerprint },
        splits: Object.entries({ train, validation, test }).map(([name, part]) => ({
          name,
          rows: part.length,
          hash: rowsHash(part),
        })),
        overlap: overlap.test,
        leftOut,
        base: { name: this.#recipe.model, hash: this.#facts.baseHash },
        tuned: { name: this.#facts.folder, hash: this.#facts.tunedHash },
        template: this.#facts.templateHash,
        decoding: { temperature: 0, maxTokens: this.#maxTokens, batchSize },
        seeds: { split: seed, shots: seed, sampling: 1, bootstrap: seed },
        machine: `${process.platform} ${process.arch}, ${this.#recipe.device}`,
      },
    };
  }
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

/** Rows that ask something; plain text asks nothing. */
function examples(rows: readonly LocatedRow[]): Example[] {
  return rows.flatMap(({ id, row }) => {
    const question = asQuestion(row);
    return question ? [{ id, messages: question.messages, answer: question.reference }] : [];
  });
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

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
