/** How a tuning run ended, and what to do next. */
import { join, relative } from "node:path";
import type { RunSummary } from "../../runs/reader.ts";
import { isRecord } from "../../runs/schema.ts";

export function outcome({ directory, state, result, history }: RunSummary): { value: object; text: string } {
  const value = { run: directory, state, steps: history.steps.at(-1)?.step ?? 0, result };
  const short = relative("", directory) || directory;
  if (state === "paused") return { value, text: `Paused. Go on with: tunesmith resume ${short}\n` };
  if (!isRecord(result)) return { value, text: `${state}: ${short}\n` };
  const loss =
    typeof result.validationLoss === "number" ? `, validation loss ${result.validationLoss.toFixed(4)}` : "";
  return {
    value,
    text: `${state === "done" ? "Done" : "Stopped"} at step ${result.step}${loss}.\n  ${join(short, String(result.folder))}\nNext: tunesmith compare ${short}\n`,
  };
}
