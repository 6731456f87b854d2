/** Asks for a model by its name on the hub, and takes it once the hub has described it. */
import { TunesmithError } from "../../protocol/errors.ts";
import { type Candidate, fromHub } from "../models/candidates.ts";
import type { Step } from "./ask.ts";
import type { Surroundings } from "./flow.ts";

export async function askForHubModel(
  { ask, l10n, hubModel }: Pick<Surroundings, "ask" | "l10n" | "hubModel">,
  step: Step,
  known: readonly Candidate[],
): Promise<Candidate | "back" | "cancel"> {
  let found: Candidate | undefined;
  const answer = await ask.text({
    ...step,
    value: "",
    placeholder: "HuggingFaceTB/SmolLM2-360M-Instruct",
    prompt: l10n.t("Its name on the Hugging Face hub. Llama, Mistral, Qwen2 and Qwen3 can be trained here."),
    problem: (name) =>
      /^[\w.-]+\/[\w.-]+$/.test(name.trim()) && !/\.\.|--/.test(name)
        ? undefined
        : l10n.t("A name on the hub has two parts: owner/model"),
    accept: async (typed, signal) => {
      const name = typed.trim();
      found = known.find(({ model }) => model === name);
      try {
        found ??= fromHub(name, await hubModel(name, signal));
      } catch (error) {
        if (!(error instanceof TunesmithError) || error.code === "cancelled") throw error;
        return [error.message, error.hint].filter(Boolean).join(". ");
      }
      return undefined;
    },
  });
  return typeof answer === "string" ? answer : found!;
}
