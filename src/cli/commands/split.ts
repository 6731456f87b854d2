/** `tunesmith split`: training, validation and test files from one. */
import { dirname, resolve } from "node:path";
import { nearlySame } from "../../data/transform/near.ts";
import { partNames, splitDataset } from "../../data/transform/split.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { positiveNumber, wholeNumber } from "../arguments.ts";
import type { Given, RunCommand } from "../command.ts";
import { besides, counted, listed, readDatasetFile, requireNew, shown, writeAll } from "./dataset-files.ts";

export const run: RunCommand = async (given) => {
  const { path, dataset, encode } = readDatasetFile(given.positionals[0]!);
  const request = {
    validation: amountOf(given, "validation"),
    test: amountOf(given, "test"),
    seed: wholeNumber(given, "seed", 0) ?? 0,
  };
  const together = given.values.near === true ? nearlySame(dataset) : [];
  const folder = typeof given.values.out === "string" ? resolve(given.values.out) : dirname(path);
  const { texts, rows, duplicates, isStratified, unreadable } = splitDataset(dataset, request, together);
  const files = partNames.flatMap((part) => {
    const text = texts[part];
    return text === undefined
      ? []
      : [{ part, path: besides(path, part, folder), bytes: encode(text), rows: rows[part] }];
  });
  requireNew(
    files.map((file) => file.path),
    given,
  );
  await writeAll(files);
  const empty = partNames.filter((part) => part !== "train" && request[part] > 0 && rows[part] === 0);
  const lines = [
    ...files.map((file) => `${shown(file.path)}: ${counted(file.rows, "row")}`),
    ...empty.map((part) => `There are too few rows with different questions for ${part}.`),
    ...(duplicates > 0
      ? [
          `${counted(duplicates, "row")} stayed beside another with ${together.length > 0 ? "nearly " : ""}the same question.`,
        ]
      : []),
    ...(isStratified ? ["Every part has its share of every label."] : []),
    ...listed(unreadable.map((line) => `  line ${line} cannot be read, and stays in training`)),
  ];
  return {
    value: {
      files: files.map((file) => ({ part: file.part, path: file.path, rows: file.rows })),
      duplicates,
      isStratified,
      unreadable,
    },
    text: `${lines.join("\n")}\n`,
  };
};

/** A share below 1, or a number of rows. */
function amountOf(given: Given, option: "validation" | "test"): number {
  const amount = positiveNumber(given, option);
  if (amount < 1 || Number.isSafeInteger(amount)) return amount;
  throw new TunesmithError(
    "usage",
    `--${option} is ${JSON.stringify(given.values[option])}`,
    "Give a share below 1 (0.1), or a whole number of rows.",
  );
}
