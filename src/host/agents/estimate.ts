/** tunesmith_estimate: what a fine-tune would need on this machine, before anything is started. */
import Type from "typebox";
import { tools } from "../contributions.ts";
import { planFor, wanted } from "./plan.ts";
import { requireTrusted, type Tool } from "./tool.ts";
import { changesInWords, cost, trained } from "./words.ts";

const input = Type.Object(wanted, { additionalProperties: false });

export const estimate: Tool<typeof input> = {
  name: tools.estimate,
  input,
  working: (l10n) => l10n.t("Estimating what the fine-tune needs"),
  async run(input, around, signal) {
    requireTrusted(around);
    const { name, model, outlook, recipe } = await planFor(input, around, signal);
    const lines = [
      `${name}: training ${trained(outlook)} of ${model} ${cost(outlook)}.`,
      outlook.fits ? "It fits on this machine." : "It does NOT fit on this machine.",
      ...(outlook.fits ? [] : changesInWords(outlook)),
      ...outlook.warnings.map((warning) => `Warning: ${warning}`),
    ];
    if (recipe) {
      lines.push("tunesmith_start with the same input writes this recipe beside the dataset and starts it:");
      lines.push(recipe.text.trimEnd());
      if (recipe.others.length > 0) lines.push("Other models:");
      for (const other of recipe.others)
        lines.push(`- ${other.model}: ${other.outlook.fits ? cost(other.outlook) : "does not fit"}`);
    }
    return lines.join("\n");
  },
};
