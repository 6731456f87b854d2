/** Whole-file transformations of an open file, as texts: the editor shows them before anything is written. */
import { basename, extname } from "node:path";
import type { Transformation, Transformed } from "../../contracts/lint.ts";
import { extensionOf } from "../../data/source/container.ts";
import { convert, type Loss, type Refused } from "../../data/transform/convert.ts";
import { type DatasetText, openDataset } from "../../data/transform/dataset.ts";
import { dedupe } from "../../data/transform/dedupe.ts";
import { mergeDatasets } from "../../data/transform/merge.ts";
import { shuffleDataset } from "../../data/transform/shuffle.ts";
import { partNames, splitDataset } from "../../data/transform/split.ts";
import type { DatasetLint } from "../dataset-lint.ts";
import { readText } from "../read.ts";

/** So many lines are named in a note. */
const namedLines = 10;

/** @throws what the transformation throws: `usage`, `dataset-invalid`, `dataset-format-unknown`, `dataset-empty` */
export function transformed({ path, document, project }: DatasetLint, asked: Transformation): Transformed {
  const { format, columns } = project.settings;
  const options = { format, columns };
  const dataset = openDataset(document.text, path, options);
  const name = basename(path, extname(path));
  const ending = extname(path);
  switch (asked.kind) {
    case "convert":
      return converted(dataset, name, asked);
    case "split": {
      const { texts, rows, duplicates, isStratified, unreadable } = splitDataset(dataset, asked);
      return {
        files: partNames.flatMap((part) => {
          const text = texts[part];
          return text === undefined ? [] : [{ name: `${name}-${part}${ending}`, text, rows: rows[part] }];
        }),
        notes: [
          ...(isStratified ? ["Every part has its share of every label."] : []),
          ...(duplicates > 0 ? [`${duplicates} rows were kept beside another with the same question.`] : []),
          ...(unreadable.length > 0
            ? [`Lines that cannot be read stay in train: ${lines(unreadable)}.`]
            : []),
        ],
        losses: [],
      };
    }
    case "dedupe": {
      const { text, rows, removed } = dedupe(dataset, asked);
      return {
        files: [{ name: basename(path), text, rows: rows - removed.length }],
        notes: removed.slice(0, namedLines).map(({ line, sameAs }) => `Line ${line}: as line ${sameAs}.`),
        losses: [],
      };
    }
    case "shuffle": {
      const { text, rows, unmoved } = shuffleDataset(dataset, asked.seed);
      const notes =
        unmoved.length > 0 ? [`Lines that cannot be read stay where they are: ${lines(unmoved)}.`] : [];
      return { files: [{ name: basename(path), text, rows }], notes, losses: [] };
    }
    case "merge": {
      const others = asked.paths.map((other) => openDataset(readText(other).text, other));
      const { text, rows, files, duplicates } = mergeDatasets([dataset, ...others]);
      return {
        files: [{ name: `${name}-merged${ending}`, text, rows }],
        notes: [
          ...files.map((file) => `${file.name}: ${file.rows} rows${file.isConverted ? ", converted" : ""}.`),
          ...(duplicates.length > 0 ? [`${duplicates.length} rows are in more than one of the files.`] : []),
        ],
        losses: files.flatMap((file) => [...file.losses.map(inWords), ...file.refused.map(refusal)]),
      };
    }
  }
}

function converted(
  dataset: DatasetText,
  name: string,
  { to, extension = dataset.extension }: Extract<Transformation, { kind: "convert" }>,
): Transformed {
  const { text, plan } = convert(dataset, {
    form: to,
    extension: extensionOf(`x${extension}`) ?? dataset.extension,
  });
  return {
    files: [{ name: `${name}.${plan.form}${extension}`, text, rows: plan.rows }],
    notes: plan.lossless ? ["Nothing is lost: converted back, the rows are the same."] : [],
    losses: [...plan.losses.map(inWords), ...plan.refused.map(refusal)],
  };
}

function inWords({ what, rows, line }: Loss): string {
  return `${what}: lost in ${rows === 1 ? "1 row" : `${rows} rows`}, first in line ${line}`;
}

function refusal({ line, reason }: Refused): string {
  return `line ${line} is left out: ${reason}`;
}

function lines(numbers: readonly number[]): string {
  const more = numbers.length - namedLines;
  return numbers.slice(0, namedLines).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
