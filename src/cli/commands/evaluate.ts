/** `tunesmith evaluate`: loss, perplexity and task metrics of a model on a dataset. */
import { resolve } from "node:path";
import { evaluateModel } from "../../trainer/evaluating.ts";
import { modelName, path, required, wholeNumber } from "../arguments.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async (given) => {
  const value = await evaluateModel({
    model: modelName(given),
    adapter: path(given, "adapter"),
    data: resolve(required(given, "data")),
    limit: wholeNumber(given, "limit", 1),
  });
  const lines = [
    ...value.warnings.map((warning) => `Warning: ${warning}`),
    `rows         ${value.rows}`,
    `loss         ${value.loss.toFixed(4)} nats per token`,
    `perplexity   ${value.perplexity.toFixed(3)}`,
    ...value.metrics.map(({ title, score }) => `${title}: ${score.toFixed(4)}`),
  ];
  return { value, text: `${lines.join("\n")}\n` };
};
