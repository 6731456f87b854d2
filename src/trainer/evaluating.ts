/** A model on a dataset: the loss of its answers, its perplexity, and the metrics of the task found in the data. */
import { asQuestion } from "../data/question.ts";
import { readDataset } from "../data/read.ts";
import { Scorer } from "../engine/train/scorer.ts";
import type { MetricSummary } from "../evaluate/comparison.ts";
import { detectTask } from "../evaluate/metrics/list.ts";
import { scoreOutputs } from "../evaluate/summarise.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { locate, skippedInWords } from "./data.ts";
import { openModel, tunedModel } from "./models.ts";
import { prepareForTraining } from "./prepared-rows.ts";
import { type Reply, Responder } from "./responder.ts";

export interface Evaluation {
  rows: number;
  /** Rows without a token to score. */
  leftOut: number;
  /** Mean over the scored tokens, in nats. */
  loss: number;
  perplexity: number;
  tokens: number;
  /** What of the data was left out, in words. */
  warnings: string[];
  /** Empty for plain text, which asks nothing. */
  metrics: MetricSummary[];
}

const batchSize = 8;

/** @throws as opening the model and reading the dataset do */
export async function evaluateModel(options: {
  model: string;
  adapter: string | undefined;
  data: string;
  limit: number | undefined;
}): Promise<Evaluation> {
  const dataset = readDataset(options.data);
  const rows = locate(dataset, dataset.rows.slice(0, options.limit));
  const model = await openModel(options.model);
  const tuned = await tunedModel(model, options.adapter);
  const prepared = await prepareForTraining(rows, model.chat, {
    maxLength: model.base.config.maxPositions,
    loss: "completions",
  });
  if (prepared.rows.length === 0) {
    throw new TunesmithError(
      "dataset-empty",
      `none of the ${rows.length} rows has a token to score (${prepared.inWords})`,
      "Look at the rows' answers.",
    );
  }
  const scorer = new Scorer(tuned, { batchSize });
  const { loss, tokens } = await scorer.meanLoss(prepared.rows);
  await scorer.release();

  const questions = rows.flatMap(({ row }) => asQuestion(row) ?? []);
  const references = questions.map(({ reference }) => reference);
  const responder = new Responder(model.chat, tuned, { batchSize });
  const longest = Math.max(
    0,
    ...(await model.chat.tokenizer.encodeBatch(references)).map((ids) => ids.length),
  );
  const maxTokens = Math.min(512, Math.ceil(longest * 1.5) + 8);
  const replies: Reply[] = [];
  for (let start = 0; start < questions.length; start += batchSize) {
    const batch = questions.slice(start, start + batchSize);
    const prompts = await Promise.all(batch.map(({ messages }) => responder.prompt(messages)));
    replies.push(...(await responder.answer(prompts, { maxTokens })));
  }
  await responder.release();
  const texts = replies.map(({ text }) => text);
  return {
    rows: rows.length,
    leftOut: prepared.leftOut,
    loss,
    perplexity: Math.exp(loss),
    tokens,
    warnings: [...skippedInWords(dataset), ...(prepared.leftOut > 0 ? [prepared.inWords] : [])],
    metrics: questions.length > 0 ? scoreOutputs(detectTask(references), texts, references, { seed: 0 }) : [],
  };
}
