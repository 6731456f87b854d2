/** Tunesmith's own column: the linter as it is on the command line. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lintFile } from "../../src/linter/run.ts";
import type { CorpusFile } from "./corpus/files.ts";
import { broken, sound } from "./corpus.ts";
import type { Remark, Validator, Verdict } from "./judge.ts";
import { maxLength, template } from "./model.ts";

/** Each file in a folder of its own. */
export function writeCorpus(folder: string): void {
  for (const { id, name, content, beside } of [...broken, ...sound]) {
    const place = join(folder, "corpus", id);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, name), content);
    for (const [other, text] of Object.entries(beside)) writeFileSync(join(place, other), text);
  }
}

/** The bundled model with another template. */
export function writeModel(folder: string, bundled: string): string {
  const model = join(folder, "model");
  cpSync(bundled, model, { recursive: true });
  writeFileSync(join(model, "chat_template.jinja"), template);
  return model;
}

export async function ours(folder: string, model: string, version: string): Promise<Validator> {
  const verdicts: Record<string, Verdict> = {};
  for (const file of [...broken, ...sound]) verdicts[file.id] = await linted(folder, model, file);
  const kinds = [...new Set([...broken, ...sound].map(({ kind }) => kind))];
  return { name: "Tunesmith", version, isReal: true, kinds, verdicts };
}

async function linted(folder: string, model: string, { id, name, content }: CorpusFile): Promise<Verdict> {
  const result = await lintFile(join(folder, "corpus", id, name), true, { model, maxLength });
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  // It wants fifty; the corpus is smaller on purpose.
  const counted = result!.problems.filter(({ rule }) => rule !== "too-few-rows" || result!.rows < 10);
  const remarks = counted.flatMap(({ rule, message, range: { start, end }, related }): Remark[] => {
    const from = start.line === end.line ? start.character : 0;
    const isWhole =
      (start.line !== end.line ||
        end.character - start.character >= (lines[start.line] ?? "").trim().length) &&
      end.character > 0;
    return [
      {
        message: `${rule}: ${message}`,
        line: start.line + 1,
        ...(!isWhole && { characters: [from, end.character] }),
      },
      ...related.map(
        (other): Remark => ({ message: `${rule}: ${message}`, line: other.range.start.line + 1 }),
      ),
    ];
  });
  return { remarks, dropped: 0 };
}
