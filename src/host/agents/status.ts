/** tunesmith_status: how one run or all runs of the workspace are going. */
import Type from "typebox";
import { tools } from "../contributions.ts";
import { findKnownRun } from "./find-run.ts";
import type { Tool } from "./tool.ts";
import { runInWords } from "./words.ts";

/** Of all runs, so many; the newest first. */
const limit = 20;

const input = Type.Object(
  {
    run: Type.Optional(
      Type.String({
        minLength: 1,
        description: "A run's id, directory or name. Left out, all runs of the workspace.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const status: Tool<typeof input> = {
  name: tools.status,
  input,
  working: (l10n) => l10n.t("Looking at the runs"),
  async run({ run }, around) {
    const store = await around.runs();
    if (run !== undefined) {
      const { info, comparisons } = findKnownRun(run, store);
      const compared = comparisons.map((comparison) => `- comparison ${runInWords(comparison.info)}`);
      return [runInWords(info), `Directory: ${info.run}`, ...compared].join("\n");
    }
    const { runs } = store;
    if (runs.length === 0) return "There are no runs in this workspace yet. tunesmith_start starts one.";
    const lines = runs.slice(0, limit).map(({ info }) => `- ${runInWords(info)}`);
    return runs.length > limit
      ? [...lines, `and ${runs.length - limit} older ones`].join("\n")
      : lines.join("\n");
  },
};
