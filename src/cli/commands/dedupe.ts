/** `tunesmith dedupe`: a dataset without the rows that say again what another says. */
import { dedupe } from "../../data/transform/dedupe.ts";
import type { RunCommand } from "../command.ts";
import {
  counted,
  listed,
  oneOf,
  readDatasetFile,
  requireNew,
  shown,
  targetOf,
  writeAll,
} from "./dataset-files.ts";

export const run: RunCommand = async (given) => {
  const { path, dataset, encode } = readDatasetFile(given.positionals[0]!);
  const target = targetOf(given, path, "deduped");
  const by = oneOf(given, "by", ["row", "prompt"]);
  const { text, rows, removed } = dedupe(dataset, { by, keep: oneOf(given, "keep", ["first", "last"]) });
  // Without duplicates there is nothing to write, unless somebody waits for the file.
  const isWritten = removed.length > 0 || (given.values.out !== undefined && target.path !== path);
  if (isWritten) {
    if (!target.isInPlace) requireNew([target.path], given);
    await writeAll([{ path: target.path, bytes: encode(text) }]);
  }
  const left = rows - removed.length;
  const lines = [
    ...listed(removed.map(({ line, sameAs }) => `  line ${line}: as line ${sameAs}`)),
    removed.length === 0
      ? `${shown(path)}: no duplicates among ${counted(rows, "row")}.`
      : `${shown(target.path)}: ${counted(left, "row")}; ${removed.length} went.`,
  ];
  return {
    value: {
      out: isWritten ? target.path : null,
      rows: left,
      removed: removed.map(({ line, sameAs }) => ({ line, sameAs })),
    },
    text: `${lines.join("\n")}\n`,
  };
};
