/** `tunesmith generate`: one answer, streamed to the terminal. */
import { openModel, tunedModel } from "../../trainer/models.ts";
import { Responder } from "../../trainer/responder.ts";
import { modelName, path, positiveNumber, required, wholeNumber } from "../arguments.ts";
import type { RunCommand } from "../command.ts";

export const run: RunCommand = async (given, json) => {
  const name = modelName(given);
  const content = required(given, "prompt");
  const settings = {
    maxTokens: wholeNumber(given, "max-tokens", 1)!,
    temperature: positiveNumber(given, "temperature"),
    seed: wholeNumber(given, "seed", 0)!,
  };
  const model = await openModel(name);
  const responder = new Responder(model.chat, await tunedModel(model, path(given, "adapter")));
  const prompt = await responder.prompt([{ role: "user", content }]);
  const answer = await responder.stream(prompt, settings, (text) => {
    if (!json) process.stdout.write(text);
  });
  await responder.release();
  return { value: { ...answer, promptTokens: prompt.ids.length }, text: "\n" };
};
