/** `tunesmith shuffle`: a dataset's rows in another order, the same for the same seed. */
import { shuffleDataset } from "../../data/transform/shuffle.ts";
import { wholeNumber } from "../arguments.ts";
import type { RunCommand } from "../command.ts";
import { counted, listed, readDatasetFile, requireNew, shown, targetOf, writeAll } from "./dataset-files.ts";

export const run: RunCommand = async (given) => {
  const { path, dataset, encode } = readDatasetFile(given.positionals[0]!);
  const seed = wholeNumber(given, "seed", 0) ?? 0;
  const target = targetOf(given, path, "shuffled");
  if (!target.isInPlace) requireNew([target.path], given);
  const { text, rows, unmoved } = shuffleDataset(dataset, seed);
  await writeAll([{ path: target.path, bytes: encode(text) }]);
  const lines = [
    `${shown(target.path)}: ${counted(rows, "row")}, shuffled with seed ${seed}.`,
    ...listed(unmoved.map((line) => `  line ${line} cannot be read, and stays where it is`)),
  ];
  return { value: { out: target.path, rows, seed, unmoved }, text: `${lines.join("\n")}\n` };
};
