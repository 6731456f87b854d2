/**
 * A tuning run from its recipe to its result. What to do between steps is decided here (validate, sample, save, stop);
 * the steps themselves are the engine's. Everything the decisions rest on is in the checkpoint, so a run that is
 * killed and continued takes the same ones.
 */
import { rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { asQuestion } from "../data/question.ts";
import { Generator } from "../engine/generate/generator.ts";
import { runtimeEnvironment } from "../engine/runtime/environment.ts";
import { BatchPlan } from "../engine/train/batches.ts";
import { Scorer } from "../engine/train/scorer.ts";
import { Trainer } from "../engine/train/trainer.ts";
import type { Estimate } from "../estimate/estimate.ts";
import { createMethod } from "../methods/index.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { bestCheckpoint } from "../runs/checkpoints.ts";
import { files } from "../runs/layout.ts";
import { everyInSteps, type Recipe } from "../runs/recipe.ts";
import type { Outcome } from "../runs/schema.ts";
import { readTuningData, type TuningData } from "./data.ts";
import { estimateInput, requireFit, rowLengths } from "./estimating.ts";
import { recordInputs, requireSameInputs, tuningInputs } from "./inputs.ts";
import type { JobContext, TuneJob } from "./job-contract.ts";
import { modelFingerprint, type OpenModel, openModel } from "./models.ts";
import { type PreparedRows, prepareForTraining, trainedInWords } from "./prepared-rows.ts";
import { RowRecorder } from "./row-recorder.ts";

export const tuneJob: TuneJob = {
  environment: ({ device, train }) => runtimeEnvironment(device, train.threads),

  async run(context, recipe) {
    const run = await TuningRun.begin(context, recipe);
    try {
      return await run.toTheEnd();
    } finally {
      await run.release();
    }
  },
};

/** What a checkpoint holds beside the trainer's state. */
interface Progress {
  /** The lowest validation loss so far and its step. */
  best: { loss: number; step: number } | null;
  /** Validations in a row that were no better. */
  withoutImprovement: number;
  /** Seconds and tokens spent in steps, over all attempts. */
  seconds: number;
  tokens: number;
}

const stateFile = "state.safetensors";
const progressFile = "progress.json";
const sampleTokens = 48;

class TuningRun {
  readonly #context: JobContext;
  readonly #recipe: Recipe;
  readonly #model: OpenModel;
  readonly #data: TuningData;
  readonly #train: PreparedRows;
  readonly #validation: PreparedRows;
  readonly #plan: BatchPlan;
  readonly #trainer: Trainer;
  readonly #scorer: Scorer;
  readonly #generator: Generator;
  readonly #recorder: RowRecorder;
  readonly #totalSteps: number;
  readonly #expected: Estimate;
  /** The step of the last checkpoint. */
  #savedStep: number | undefined;
  #progress: Progress = { best: null, withoutImprovement: 0, seconds: 0, tokens: 0 };

  private constructor(
    context: JobContext,
    recipe: Recipe,
    model: OpenModel,
    data: TuningData,
    rows: { train: PreparedRows; validation: PreparedRows },
    plan: BatchPlan,
    trainer: Trainer,
    totalSteps: number,
    expected: Estimate,
  ) {
    this.#expected = expected;
    this.#context = context;
    this.#recipe = recipe;
    this.#model = model;
    this.#data = data;
    this.#train = rows.train;
    this.#validation = rows.validation;
    this.#plan = plan;
    this.#trainer = trainer;
    this.#totalSteps = totalSteps;
    const { batchSize, threads } = recipe.train;
    this.#scorer = new Scorer(trainer.model(), { batchSize, threads });
    this.#generator = new Generator(trainer.model(), { threads });
    this.#recorder = new RowRecorder(context, recipe.data.train, data.train, rows.train, plan.stepsPerEpoch);
  }

  /** Reads everything, reports what will be trained on, and goes on from the last checkpoint if there is one. */
  static async begin(context: JobContext, recipe: Recipe): Promise<TuningRun> {
    const { train: settings } = recipe;
    const data = readTuningData(recipe);
    const model = await openModel(
      recipe.model,
      (phase, done, total) => context.progress(phase, done, total, "bytes"),
      context.began,
    );
    const hash = await modelFingerprint(model.base.folder.path);
    const inputs = tuningInputs(context.directory, data, { name: model.name, hash });
    if (context.resumeFrom) requireSameInputs(context.directory, inputs);
    else recordInputs(context.directory, inputs);
    const rows = {
      train: await prepareForTraining(data.train, model.chat, settings),
      validation: await prepareForTraining(data.validation, model.chat, settings),
    };
    if (rows.train.rows.length === 0) {
      throw new TunesmithError(
        "dataset-empty",
        `none of the ${data.train.length} training rows has a token to train on (${rows.train.inWords})`,
        "Raise train.maxLength if answers are cut away, or look at the rows' answers.",
      );
    }
    // The weights are converted and mapped by now, so they count no longer as something to come.
    const input = estimateInput(recipe, model.base.config, true, {
      train: rowLengths(rows.train),
      validation: rowLengths(rows.validation),
    });
    const expected = await requireFit(input, context.directory);
    const plan = new BatchPlan(rows.train.rows, settings);
    const totalSteps = settings.steps ?? plan.stepsPerEpoch * settings.epochs!;
    const trainer = await Trainer.create({
      config: model.base.config,
      method: createMethod(recipe.method),
      weights: model.base.weights,
      readBase: model.base.read,
      settings: {
        ...settings,
        totalSteps,
        warmupSteps: settings.warmupSteps ?? Math.ceil(settings.warmupRatio! * totalSteps),
        maxGradientNorm: settings.maxGradientNorm ?? Number.POSITIVE_INFINITY,
      },
    });
    const run = new TuningRun(context, recipe, model, data, rows, plan, trainer, totalSteps, expected);
    if (context.resumeFrom) await run.#restore(context.resumeFrom.path);
    run.#report();
    return run;
  }

  async toTheEnd(): Promise<Exclude<Outcome, "failed">> {
    const context = this.#context;
    const evaluateEvery = everyInSteps(this.#recipe.train.evaluateEvery, this.#totalSteps);
    const checkpointEvery = everyInSteps(this.#recipe.train.checkpointEvery, this.#totalSteps);
    if (this.#trainer.step === 0) await this.#validate();
    while (this.#trainer.step < this.#totalSteps) {
      if (context.shouldStop()) return this.#finish("stopped");
      if (context.shouldPause()) {
        // One of this very step may be there, with its validation loss.
        if (this.#savedStep !== this.#trainer.step) await this.#checkpoint(null);
        return "paused";
      }
      await this.#step();
      const { step } = this.#trainer;
      const isLast = step === this.#totalSteps;
      const loss = step % evaluateEvery === 0 || isLast ? await this.#validate() : null;
      const improved = loss !== null && this.#progress.best?.step === step;
      const outOfPatience = this.#isOutOfPatience();
      if (improved || isLast || outOfPatience || step % checkpointEvery === 0) await this.#checkpoint(loss);
      if (outOfPatience) break;
    }
    return this.#finish("done");
  }

  async release(): Promise<void> {
    this.#recorder.close();
    await this.#scorer.release();
    await this.#generator.release();
    await this.#trainer.release();
  }

  async #step(): Promise<void> {
    const batches = this.#plan.step(this.#trainer.step);
    const began = performance.now();
    const report = await this.#trainer.update(this.#train.rows, batches).catch((error: unknown) => {
      throw this.#withRowNames(error);
    });
    const seconds = (performance.now() - began) / 1000;
    this.#progress.seconds += seconds;
    this.#progress.tokens += report.tokens;
    this.#context.write({
      type: "step",
      step: report.step,
      epoch: report.step / this.#plan.stepsPerEpoch,
      loss: report.loss,
      learningRate: report.learningRate,
      gradientNorm: report.gradientNorm,
      tokensPerSecond: report.tokens / seconds,
      trainedTokens: report.trainedTokens,
      paddingShare: report.paddingShare,
      seconds,
      memoryBytes: process.memoryUsage.rss(),
    });
    // After the event, which makes sure that the directory is still ours.
    this.#recorder.record(report.step, report.rows);
  }

  /** The validation loss, with a sample of what the model would say; null without validation rows. */
  async #validate(): Promise<number | null> {
    const { rows } = this.#validation;
    const { step } = this.#trainer;
    await this.#sample();
    if (rows.length === 0) return null;
    const { loss, tokens } = await this.#scorer.meanLoss(rows);
    if (!Number.isFinite(loss)) {
      throw new TunesmithError(
        "loss-not-finite",
        `the validation loss after step ${step} is ${loss}`,
        step > 0
          ? "Lower train.learningRate; the last checkpoint is kept."
          : "The base model itself gives no finite loss on these rows: look at both.",
      );
    }
    this.#context.write({ type: "validation", step, loss, tokens });
    if (step === 0) return loss;
    if (this.#progress.best === null || loss < this.#progress.best.loss) {
      this.#progress.best = { loss, step };
      this.#progress.withoutImprovement = 0;
    } else this.#progress.withoutImprovement += 1;
    return loss;
  }

  /** What the model answers to the first validation row now. */
  async #sample(): Promise<void> {
    const question = this.#data.validation
      .map(({ row }) => asQuestion(row))
      .find((each) => each !== undefined);
    if (!question) return;
    const { tokenizer, template, stopIds } = this.#model.chat;
    const prompt = template.render(question.messages, { addGenerationPrompt: true });
    const ids = await tokenizer.encode(prompt);
    if (ids.length + sampleTokens > this.#recipe.train.maxLength * 2) return;
    const [answer] = await this.#generator.generate([ids], {
      maxTokens: sampleTokens,
      endTokens: new Set(stopIds),
    });
    const text = await tokenizer.decode(answer!.tokens, { skipSpecialTokens: true });
    this.#context.write({
      type: "sample",
      step: this.#trainer.step,
      prompt: question.messages.at(-1)!.content,
      text,
    });
  }

  #isOutOfPatience(): boolean {
    const { earlyStopping } = this.#recipe.train;
    return earlyStopping !== null && this.#progress.withoutImprovement >= earlyStopping.patience;
  }

  async #checkpoint(validationLoss: number | null): Promise<void> {
    this.#recorder.sync();
    await this.#context.checkpoint(this.#trainer.step, validationLoss, async (folder) => {
      await this.#trainer.save(join(folder, stateFile));
      await writeFile(join(folder, progressFile), JSON.stringify(this.#progress));
    });
    this.#savedStep = this.#trainer.step;
  }

  async #restore(checkpoint: string): Promise<void> {
    await this.#trainer.restore(join(checkpoint, stateFile));
    this.#progress = JSON.parse(await readFile(join(checkpoint, progressFile), "utf8"));
    this.#savedStep = this.#trainer.step;
  }

  /** Leaves the result, of the best checkpoint if the recipe asks for it, and its figures. */
  async #finish(outcome: "done" | "stopped"): Promise<typeof outcome> {
    const context = this.#context;
    const lastStep = this.#trainer.step;
    const warn = (message: string) => context.write({ type: "notice", level: "warning", message });
    const best = this.#recipe.train.keepBest ? bestCheckpoint(context.directory, warn) : undefined;
    if (best && best.step !== lastStep) await this.#trainer.restore(join(best.path, stateFile));
    const method = createMethod(this.#recipe.method);
    const folder = files[method.result];
    const { base, name } = this.#model;
    rmSync(join(context.directory, folder), { recursive: true, force: true });
    await method.save(join(context.directory, folder), base.config, {
      base: base.folder,
      baseName: name,
      arrays: this.#trainer.state.tensors(),
    });
    context.writeResult({
      outcome,
      folder,
      step: this.#trainer.step,
      lastStep,
      totalSteps: this.#totalSteps,
      validationLoss: best?.validationLoss ?? null,
      trainingSeconds: this.#progress.seconds,
      trainedOnTokens: this.#progress.tokens,
      predictedMemoryBytes: this.#expected.memory.total,
      peakMemoryBytes: peakMemory(),
    });
    return outcome;
  }

  #report(): void {
    const trainRows = this.#train;
    this.#context.write({
      type: "data",
      trainRows: trainRows.rows.length,
      validationRows: this.#validation.rows.length,
      testRows: this.#data.test.length,
      untrainableRows: trainRows.leftOut,
      truncatedRows: trainRows.truncated,
      trainedTokens: trainRows.trainedTokens,
      trained: trainedInWords(trainRows, this.#recipe.train.loss),
    });
    const warnings = [...this.#data.skipped, ...(trainRows.leftOut > 0 ? [trainRows.inWords] : [])];
    for (const message of warnings) this.#context.write({ type: "notice", level: "warning", message });
    this.#context.write({
      type: "started",
      totalSteps: this.#totalSteps,
      stepsPerEpoch: this.#plan.stepsPerEpoch,
      parameters: this.#expected.parameters,
      trainableParameters: this.#trainer.state.trainedCount,
      predictedMemoryBytes: Math.round(this.#expected.memory.total),
    });
  }

  /** Names the rows of a step that failed by file and line. */
  #withRowNames(error: unknown): unknown {
    if (!(error instanceof TunesmithError) || error.code !== "loss-not-finite") return error;
    const { rows } = error.cause as { rows: number[] };
    const names = rows.map((row) => this.#train.ids[row]);
    return new TunesmithError(
      error.code,
      error.message.replace(/\(rows .*\)$/, `(${names.join(", ")})`),
      error.hint,
    );
  }
}

/** Bytes of the largest resident memory so far. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
