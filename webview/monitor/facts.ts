/** What there is to know of a run beside its curves: rows and tokens, memory, checkpoints, in pairs of name and value. */
import { bestValidation } from "../../src/runs/schema.ts";
import { facts, icon } from "../common/controls.ts";
import { type Child, h } from "../common/elements.ts";
import { count, duration, formatBytes, lossText, percent, t } from "../common/text.ts";
import type { RunData } from "./run-data.ts";

export function dataFacts({ history, steps }: RunData): Child[] {
  const { data, started } = history;
  if (!data) return [];
  const padding = steps.column("paddingShare");
  const mean = padding.reduce((sum, share) => sum + share, 0) / padding.length;
  const rows = (value: number) => (value === 0 ? null : count(value));
  return [
    facts(
      [t("Training rows"), count(data.trainRows)],
      [t("Validation rows"), count(data.validationRows)],
      [t("Test rows"), count(data.testRows)],
      [t("Cut to length"), rows(data.truncatedRows)],
      [t("Left out"), rows(data.untrainableRows)],
      [t("Tokens per epoch"), count(data.trainedTokens)],
      [t("What is trained"), data.trained],
      [t("Steps per epoch"), started && count(started.stepsPerEpoch)],
      [t("Padding"), padding.length > 0 && percent(mean)],
    ),
  ];
}

export function machineFacts({ history, steps }: RunData): Child[] {
  const { started } = history;
  const attempt = history.attempts.at(-1);
  const memory = steps.column("memoryBytes").reduce((most, bytes) => Math.max(most, bytes), 0);
  const seconds = steps.column("seconds").reduce((sum, each) => sum + each, 0);
  return [
    facts(
      [t("Trained parameters"), started && trainedShare(started.trainableParameters, started.parameters)],
      [t("Memory, measured"), memory > 0 && formatBytes(memory)],
      [t("Memory, estimated"), started && againstEstimate(memory, started.predictedMemoryBytes)],
      [t("Time in steps"), steps.length > 0 && duration(seconds)],
      [t("Device"), attempt && t("{0}, {1} threads", attempt.device, attempt.threads)],
      [t("Processor"), attempt && `${attempt.cpu} (${attempt.host})`],
      [t("Attempts"), history.attempts.length > 1 && count(history.attempts.length)],
    ),
  ];
}

function trainedShare(trainable: number, all: number): string {
  return t("{0} of {1} ({2})", count(trainable), count(all), percent(trainable / all));
}

function againstEstimate(measured: number, predicted: number): string {
  if (measured === 0) return formatBytes(predicted);
  const share = measured / predicted - 1;
  const difference =
    share < 0 ? t("measured is {0} less", percent(-share)) : t("measured is {0} more", percent(share));
  return `${formatBytes(predicted)}; ${difference}`;
}

/** Newest first, with the validation loss measured there. */
export function checkpointTable({ history }: RunData): Child[] {
  const { checkpoints, validations } = history;
  const best = bestValidation(history);
  const lossAt = new Map(validations.map(({ step, loss }) => [step, loss]));
  const row = ({ step, time }: { step: number; time: number }) => {
    const loss = lossAt.get(step);
    return h(
      "tr",
      null,
      h("th", { scope: "row" }, count(step)),
      h(
        "td",
        null,
        loss === undefined ? "" : lossText(loss),
        best?.step === step && h("span", { class: "best" }, icon("star-full"), t("best")),
      ),
      h("td", null, new Date(time).toLocaleTimeString()),
    );
  };
  const heads = [t("Step"), t("Validation loss"), t("Written")];
  const table = h(
    "table",
    { class: "plain" },
    h("thead", null, h("tr", null, ...heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, ...checkpoints.toReversed().slice(0, 200).map(row)),
  );
  return [
    h("div", { class: "checkpoints", tabindex: 0, role: "region", "aria-label": t("Checkpoints") }, table),
  ];
}
