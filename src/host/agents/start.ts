/** tunesmith_start: starts a fine-tune in the background, after a person was told what it takes. */
import { basename } from "node:path";
import Type from "typebox";
import { duration } from "../../evaluate/figures.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { formatBytes } from "../../protocol/refusals.ts";
import { tools } from "../contributions.ts";
import { freeRecipeName, recipePath, writeRecipe } from "../start/recipe-file.ts";
import { planFor, wanted } from "./plan.ts";
import { errorText, requireTrusted, type Tool } from "./tool.ts";
import { changesInWords, cost } from "./words.ts";

const input = Type.Object(wanted, { additionalProperties: false });

export const start: Tool<typeof input> = {
  name: tools.start,
  input,
  working: (l10n) => l10n.t("Starting the fine-tune"),

  /** Asked in any case: what cannot be estimated now may well be startable later. */
  async confirm(input, around, signal) {
    const { l10n } = around;
    const title = l10n.t("Fine-tune on {0}?", basename(input.path));
    try {
      requireTrusted(around);
      const { model, outlook, downloadBytes, recipe } = await planFor(input, around, signal);
      const sentences = [
        l10n.t(
          "Trains {0} for about {1} in the background, with about {2} of memory.",
          model,
          duration(outlook.seconds),
          formatBytes(outlook.memoryBytes),
        ),
        downloadBytes > 0 && l10n.t("Downloads {0} first.", formatBytes(downloadBytes)),
        recipe && l10n.t("Writes a recipe beside the dataset."),
        !outlook.fits && l10n.t("It does not fit on this machine as it is."),
      ];
      return { title, message: sentences.filter(Boolean).join(" ") };
    } catch (error) {
      return { title, message: l10n.t("What it takes cannot be told: {0}", errorText(error)) };
    }
  },

  async run(input, around, signal) {
    requireTrusted(around);
    const { path, outlook, model, recipe } = await planFor(input, around, signal);
    if (!outlook.fits)
      throw new TunesmithError("does-not-fit", `it ${cost(outlook)}`, changesInWords(outlook).join("\n"));
    signal.throwIfAborted();
    const file = recipe ? recipePath(path, freeRecipeName(path, recipe.text)) : path;
    if (recipe) writeRecipe(file, recipe.text);
    const directory = await around.startRun(file);
    return [
      `Started the run ${basename(directory)} of ${file}: ${model}, ${cost(outlook)}.`,
      `Its directory is ${directory}. It goes on in the background; ask tunesmith_status with run "${basename(directory)}" for its progress, not more often than once a minute.`,
    ].join("\n");
  },
};
