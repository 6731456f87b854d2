/** `tunesmith stats`: what a dataset is like, in numbers. */
import { type FieldError, learned } from "../../data/formats/format.ts";
import { LintDocument } from "../../data/lint/document.ts";
import {
  type Count,
  type Histogram,
  type RowTokenCount,
  type Statistics,
  statisticsOf,
} from "../../data/statistics.ts";
import { formatOf } from "../../data/transform/dataset.ts";
import { loadLintModel } from "../../linter/model.ts";
import { resolveModel } from "../../runs/recipe.ts";
import type { Row } from "../../text/conversation.ts";
import { readRows } from "../../text/row-tokens.ts";
import { TemplateRefusal } from "../../text/template.ts";
import type { RunCommand } from "../command.ts";
import { counted, readDatasetFile, shown } from "./dataset-files.ts";

export const run: RunCommand = async ({ positionals, values }) => {
  const { path, dataset } = readDatasetFile(positionals[0]!);
  const { name: format } = formatOf(dataset);
  const model = typeof values.model === "string" ? resolveModel(values.model, process.cwd()) : undefined;
  const settings = { target: "tunesmith", rules: {}, ...dataset.openedWith } as const;
  const document = new LintDocument(path, dataset.text, settings, []);
  document.checkAll();
  const entries = document.entries.filter(({ digest }) => digest);
  const rows = entries.map((entry) => document.view(entry).row);
  const tokens = model === undefined ? undefined : await tokensOf(rows, model);
  const { confidence, unreadable } = document.facts;
  const statistics = statisticsOf(
    entries.map(({ digest }) => digest!),
    tokens,
    unreadable,
  );
  const value = { path, format, confidence, ...(model && { model }), ...statistics };
  return { value, text: inWords(shown(path), value, statistics) };
};

/** Of each row; undefined for one that cannot be learned or rendered. */
async function tokensOf(
  rows: readonly (Row | FieldError | undefined)[],
  model: string,
): Promise<(RowTokenCount | undefined)[]> {
  const chat = await loadLintModel(model);
  const counts: (RowTokenCount | undefined)[] = rows.map(() => undefined);
  const readable = rows.flatMap((read, place) => {
    const row = learned(read);
    return row ? [{ row, place }] : [];
  });
  for await (const batch of readRows(readable, ({ row }) => row, chat, "completions")) {
    for (const { item, read } of batch) {
      if (read instanceof TemplateRefusal) continue;
      const { promptTokens: prompt, encoded } = read;
      counts[item.place] = { prompt, answer: encoded.ids.length - prompt };
    }
  }
  return counts;
}

const barWidth = 40;
const mostNamed = 20;

function inWords(
  name: string,
  { format, confidence, model }: { format: string; confidence: number; model?: string },
  { rows, unreadable, learnable, turns, characters, tokens, labels, languages, duplicates }: Statistics,
): string {
  const told = languages.filter(({ value }) => value !== "");
  const blocks = [
    [
      `${name}: ${counted(rows, "row")}, format "${format}" (${Math.round(confidence * 100)} %)`,
      ...(unreadable > 0 ? [`${counted(unreadable, "row")} cannot be read`] : []),
      ...(learnable < rows - unreadable
        ? [
            `${counted(rows - unreadable - learnable, "row")} with nothing to learn: \`tunesmith lint\` says why`,
          ]
        : []),
      `duplicates: ${counted(duplicates.rows, "row")}; questions asked again: ${duplicates.prompts}, with different answers: ${duplicates.conflicting}`,
    ],
    ...(tokens
      ? [
          chart(`tokens in (${model})`, tokens.prompt),
          chart(`tokens out (${model})`, tokens.answer),
          [`tokens in all: ${tokens.row.total}`],
        ]
      : [chart("characters in", characters.prompt), chart("characters out", characters.answer)]),
    ...(turns.most > 0 ? [chart("turns", turns)] : []),
    ...(labels ? [counts("labels", labels, rows)] : []),
    ...(told.length > 0 ? [counts("languages", told, rows)] : []),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function chart(title: string, { count, median, p95, most, bins }: Histogram): string[] {
  if (count === 0) return [];
  const label = ({ from, to }: Histogram["bins"][number]) =>
    to - from === 1 ? `${from}` : `${from}–${to - 1}`;
  return [
    `${title}: median ${median}, 95 % up to ${p95}, most ${most}`,
    ...bars(bins.map((bin) => ({ value: label(bin), rows: bin.count }))),
  ];
}

function counts(title: string, all: readonly Count[], rows: number): string[] {
  const more = all.length - mostNamed;
  return [
    `${title}: ${all.length} in ${counted(rows, "row")}`,
    ...bars(all.slice(0, mostNamed)),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function bars(all: readonly Count[]): string[] {
  const width = Math.max(...all.map(({ value }) => value.length));
  const most = Math.max(1, ...all.map(({ rows }) => rows));
  return all.map(({ value, rows }) => {
    // A bin that is not empty is seen.
    const length = rows === 0 ? 0 : Math.max(1, Math.round((rows / most) * barWidth));
    return `  ${value.padStart(width)}  ${"█".repeat(length)}${length > 0 ? " " : ""}${rows}`;
  });
}
