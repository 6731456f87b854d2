/** A run in words: what a picture of it shows, and what is new. */
import { bestValidation } from "../../src/runs/schema.ts";
import { isActive, stateWord } from "../common/states.ts";
import { count, duration, lossText, t } from "../common/text.ts";
import { trend } from "./curves.ts";
import type { RunData } from "./run-data.ts";

const directions = { falling: t("falling"), rising: t("rising"), level: t("level") };

/** "training loss 0.8312 at step 1,200 of 3,000, falling; validation loss 0.9105, best at step 900". */
export function lossInWords({ steps, history }: RunData, smooth: Float64Array): string {
  const loss = smooth.at(-1);
  if (loss === undefined) return t("no steps yet");
  const total = history.started?.totalSteps;
  const step = count(steps.last("step")!);
  const figures =
    total === undefined
      ? t("training loss {0} at step {1}", lossText(loss), step)
      : t("training loss {0} at step {1} of {2}", lossText(loss), step, count(total));
  const direction = trend(smooth);
  return [
    direction === null ? figures : `${figures}, ${directions[direction]}`,
    ...validationInWords(history),
  ].join("; ");
}

function validationInWords(history: RunData["history"]): string[] {
  const last = history.validations.at(-1);
  const best = bestValidation(history);
  if (!last || !best) return [];
  if (best === last) return [t("validation loss {0}, the best so far", lossText(last.loss))];
  return [
    t(
      "validation loss {0}, best {1} at step {2}",
      lossText(last.loss),
      lossText(best.loss),
      count(best.step),
    ),
  ];
}

/** What a screen reader hears now and then while the run goes on. */
export function newsOf(run: RunData, smooth: Float64Array): string {
  const { info } = run;
  const left = isActive(info) && info.secondsLeft !== null ? [t("{0} left", duration(info.secondsLeft))] : [];
  const what = info.step > 0 ? lossInWords(run, smooth) : (info.phase ?? "");
  return [stateWord(info), what, ...left].filter((part) => part !== "").join("; ");
}
