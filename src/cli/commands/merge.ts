/** `tunesmith merge`: several datasets in one file, after the manner of the first. */
import { resolve } from "node:path";
import { type Merged, mergeDatasets } from "../../data/transform/merge.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { required } from "../arguments.ts";
import type { RunCommand } from "../command.ts";
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
  const out = resolve(required(given, "out"));
  const files = given.positionals.map(readDatasetFile);
  const [first] = files;
  if (requireEnding(out) !== first!.dataset.extension) {
    throw new TunesmithError(
      "usage",
      `${shown(out)} would be another kind of file than ${shown(first!.path)}, whose manner it takes`,
      `Name it with the ending ${first!.dataset.extension}, or put another file first.`,
    );
  }
  requireNew([out], given);
  const merged = mergeDatasets(files.map(({ dataset }) => dataset));
  const losses = lossesOf(merged);
  if (losses.length > 0 && given.values["allow-loss"] !== true) {
    throw new TunesmithError(
      "usage",
      `the files cannot be merged without loss:\n${listed(losses).join("\n")}`,
      "Put the file first whose format can hold all, or accept the loss with --allow-loss.",
    );
  }
  await writeAll([{ path: out, bytes: first!.encode(merged.text) }]);
  const { rows, duplicates } = merged;
  const lines = [
    `${shown(out)}: ${counted(rows, "row")} of ${counted(files.length, "file")}.`,
    ...merged.files.map(
      (file) => `  ${file.name}: ${counted(file.rows, "row")}${file.isConverted ? ", converted" : ""}`,
    ),
    ...listed(losses),
    ...listed(
      duplicates.map(
        ({ file, line, sameAs }) => `  ${file} line ${line}: as ${sameAs.file} line ${sameAs.line}`,
      ),
    ),
    ...(duplicates.length > 0
      ? [
          `${counted(duplicates.length, "row")} of a file stand in an earlier one, too; \`tunesmith dedupe\` takes them out.`,
        ]
      : []),
  ];
  return { value: { out, rows, files: merged.files, duplicates }, text: `${lines.join("\n")}\n` };
};

function lossesOf({ files }: Merged): string[] {
  return files.flatMap(({ name, losses, refused }) =>
    lossesInWords(losses, refused).map((line) => `  ${name}${line.replace(/^ +/, ": ")}`),
  );
}
