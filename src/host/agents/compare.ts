/** tunesmith_compare: the verdict of a run against prompting its base model; starts the comparison where there is none. */
import { basename } from "node:path";
import Type from "typebox";
import { TunesmithError } from "../../protocol/errors.ts";
import { isActive } from "../../runs/schema.ts";
import { tools } from "../contributions.ts";
import type { KnownRun } from "../runs/store.ts";
import { findKnownRun } from "./find-run.ts";
import { requireTrusted, type Tool } from "./tool.ts";
import { runInWords } from "./words.ts";

const input = Type.Object(
  {
    run: Type.String({ minLength: 1, description: "The id, directory or name of a finished run." }),
    again: Type.Optional(
      Type.Boolean({ description: "Start another comparison though there is one; false if left out." }),
    ),
  },
  { additionalProperties: false },
);

export const compare: Tool<typeof input> = {
  name: tools.compare,
  input,
  working: (l10n) => l10n.t("Comparing the fine-tuned model with prompting"),

  async confirm({ run, again }, around) {
    const { l10n } = around;
    const known = find(run, (await around.runs()).runs);
    if (known && lastOf(known) && !again) return undefined;
    return {
      title: l10n.t("Compare “{0}” with prompting?", known?.info.name ?? basename(run)),
      message: l10n.t(
        "Asks the base model and the fine-tuned one every test row, in the background. That can take as long as the training did.",
      ),
    };
  },

  async run({ run, again }, around, signal) {
    const known = findKnownRun(run, await around.runs());
    const last = lastOf(known);
    if (last && !again) return inWords(last, await around.verdict(last.info.run));
    requireTrusted(around);
    if (known.info.state !== "done" && known.info.state !== "stopped") {
      const hint = "Ask tunesmith_status, and compare when it is done.";
      throw new TunesmithError("run-state", `the run is ${known.info.state} and has no result yet`, hint);
    }
    signal.throwIfAborted();
    const directory = await around.compare(known.info.run);
    return `Started the comparison ${basename(directory)}. Call tunesmith_compare with the same run again for figures and verdict, not more often than once a minute.`;
  },
};

function find(run: string, runs: readonly KnownRun[]): KnownRun | undefined {
  return runs.find(({ info }) => [info.run, basename(info.run), info.name].includes(run));
}

/** The newest that is done, under way, or can go on. */
function lastOf({ comparisons }: KnownRun): KnownRun | undefined {
  return comparisons.find(({ info }) => info.state !== "failed" && info.state !== "unreadable");
}

function inWords({ summary, info }: KnownRun, verdict: string): string {
  if (info.state === "done") return verdict;
  const next = isActive(summary)
    ? "It is still going on: call again later for the verdict."
    : "It has not been finished: the user can resume it in the Runs view.";
  return [`Comparison ${runInWords(info)}`, next, verdict].filter(Boolean).join("\n\n");
}
