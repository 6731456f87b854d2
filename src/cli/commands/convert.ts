/** `tunesmith convert`: a dataset in another format, or another kind of file. */
import { basename, dirname, extname, join, resolve } from "node:path";
import { type Extension, extensionOf } from "../../data/source/container.ts";
import {
  type ConversionPlan,
  convert,
  formNamed,
  ownForm,
  planConversion,
} from "../../data/transform/convert.ts";
import type { DatasetText } from "../../data/transform/dataset.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { required } from "../arguments.ts";
import type { Given, RunCommand } from "../command.ts";
import {
  counted,
  listed,
  lossesInWords,
  readDatasetFile,
  requireEnding,
  requireNew,
  shown,
  writeAll,
} from "./dataset-files.ts";

export const run: RunCommand = async (given) => {
  const { path, dataset } = readDatasetFile(given.positionals[0]!);
  const to = targetOf(given, dataset);
  const plan = planConversion(dataset, to);
  const out =
    typeof given.values.out === "string"
      ? resolve(given.values.out)
      : join(dirname(path), `${basename(path, extname(path))}.${plan.form}${to.extension}`);
  requireNew([out], given);
  const losses = lossesInWords(plan.losses, plan.refused);
  if (plan.rows > 0 && !plan.lossless && given.values["allow-loss"] !== true)
    throw wouldLose(path, plan, losses);
  const { text } = convert(dataset, to);
  await writeAll([{ path: out, bytes: Buffer.from(text) }]);
  return {
    value: { out, ...plan },
    text: `${[`${shown(out)}: ${counted(plan.rows, "row")} in the format "${plan.form}".`, ...listed(losses)].join("\n")}\n`,
  };
};

/** `--to` is a format, or the ending of a kind of file: then the format stays, if such a file can hold it. */
function targetOf(given: Given, dataset: DatasetText): { form: string; extension: Extension } {
  const asked = required(given, "to");
  const ending = extensionOf(`x.${asked.replace(/^\./, "")}`);
  const out = given.values.out;
  const named = typeof out === "string" ? requireEnding(out) : undefined;
  if (ending) {
    if (named && named !== ending) {
      throw new TunesmithError(
        "usage",
        `--to ${asked} does not agree with --out ${out}`,
        "Give --out that ending, or leave it out.",
      );
    }
    const own = ownForm(dataset);
    const form = ending === ".txt" ? "text" : isTable(ending) && own.isNested ? "pairs" : own.name;
    return { form, extension: ending };
  }
  const { name, isNested } = formNamed(asked);
  const fits = isTable(dataset.extension) ? !isNested : dataset.extension !== ".txt" || name === "text";
  return { form: name, extension: named ?? (fits ? dataset.extension : ".jsonl") };
}

function isTable(extension: Extension): boolean {
  return extension === ".csv" || extension === ".tsv";
}

function wouldLose(path: string, { form }: ConversionPlan, losses: readonly string[]): TunesmithError {
  return new TunesmithError(
    "usage",
    `${shown(path)} cannot be written as "${form}" without loss:\n${listed(losses).join("\n")}`,
    "Accept the loss with --allow-loss, or choose a format that can hold more.",
  );
}
