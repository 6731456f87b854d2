/** Lints files from the disk, one after another: the command line's and the language-model tool's way. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { LintCounts, LintProblem } from "../contracts/lint.ts";
import { looksLikeDataset } from "../data/lint/recognise.ts";
import type { OtherFile } from "../data/rules/rule.ts";
import { extensionOf } from "../data/source/container.ts";
import { encode, type Origin } from "../data/source/decode.ts";
import { applyEdits } from "../data/source/edit.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { findLintConfig } from "./config.ts";
import { DatasetLint } from "./dataset-lint.ts";
import { countsOf, findingOf } from "./finding.ts";
import { HistoryPass } from "./history-pass.ts";
import { othersOf } from "./others.ts";
import { expand, filesBelow, type ProjectOptions, projectOf } from "./project.ts";
import { largestHeld, readSuppressions, readText, sizeOf } from "./read.ts";
import { lintStream, streamProblems } from "./stream.ts";
import { TokenPass } from "./token-pass.ts";

export interface FileResult {
  path: string;
  problems: readonly LintProblem[];
  counts: LintCounts;
  /** Records, and those of them that are broken or no objects. */
  rows: number;
  unreadable: number;
  format: string | undefined;
  confidence: number;
  /** Problems that were fixed, where that was asked for. */
  fixed: number;
  /** In all rows, as the model counts them that somebody has named. */
  tokens: number | undefined;
  /** Suppressions that nothing needs any more. */
  unused: readonly { rule: string; row: string }[];
  /** What kept settings from being read. */
  troubles: readonly TunesmithError[];
}

export interface LintOptions extends ProjectOptions {
  /** Fixes what can be fixed safely, and writes the files. */
  fix?: boolean;
}

/**
 * The files to lint: those given, those below folders, those that patterns mean; without any, those that the
 * configuration names, or that look like datasets in the folder.
 *
 * @throws `file-not-found` for one that is not there; `lint-config-invalid`
 */
export function filesToLint(given: readonly string[], folder: string): { path: string; isAsked: boolean }[] {
  const sources = given.length > 0 ? given : configuredIn(folder);
  const found = new Map<string, boolean>();
  for (const source of sources) {
    const path = resolve(folder, source);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile()) {
      found.set(path, true);
      continue;
    }
    const files = stat?.isDirectory() ? filesBelow(path) : expand(path);
    if (files.length === 0) {
      throw new TunesmithError(
        "file-not-found",
        stat ? `${source} holds no files` : `there is no file ${source}`,
        "Give datasets, folders, or patterns in quotes.",
      );
    }
    for (const file of files) {
      if (!found.has(file) && extensionOf(file) !== undefined) found.set(file, false);
    }
  }
  return [...found].map(([path, isAsked]) => ({ path, isAsked }));
}

function configuredIn(folder: string): readonly string[] {
  const config = findLintConfig(resolve(folder, "x"));
  const patterns = (config?.datasets ?? []).flatMap(({ train, validation, test, files }) =>
    [train, validation, test, files].flat().filter((pattern) => pattern !== undefined),
  );
  return config && patterns.length > 0
    ? patterns.flatMap((pattern) => resolve(config.path, "..", pattern))
    : ["."];
}

/**
 * @param isAsked it was named itself: then it is a dataset, whatever it looks like
 * @returns undefined for a file that is no dataset
 * @throws `file-not-found`, `file-unreadable`, `file-unwritable`
 */
export async function lintFile(
  path: string,
  isAsked: boolean,
  options: LintOptions = {},
): Promise<FileResult | undefined> {
  const project = projectOf(path, options);
  const invalid = project.troubles.find(({ code }) => code === "lint-config-invalid");
  if (invalid) throw invalid;
  if (project.isIgnored) return undefined;
  const isDataset = isAsked || project.namedBy !== undefined;
  if ((sizeOf(path) ?? 0) > largestHeld) return lintedStream(path, isDataset, options);
  const { text, origin } = readText(path);
  let lint = new DatasetLint(path, text, project, readSuppressions(path), origin);
  if (!isDataset && !looksLikeDataset(lint.document)) return undefined;
  const others = await othersOf(project);
  let fixed = 0;
  lint.document.checkAll();
  if (options.fix) {
    const done = fixSafely(lint, others);
    fixed = done.fixed;
    if (fixed > 0) {
      const mended = applyEdits(text, done.edits);
      await writeFileAtomic(path, encode(mended, done.save));
      lint = new DatasetLint(path, mended, project, readSuppressions(path), done.save);
      lint.document.checkAll();
    }
  }
  const { found, tokens, troubles } = await lookThrough(lint, others);
  const { problems, unused } = lint.unsuppressed(found);
  const { records, unreadable, format, confidence } = lint.document.facts;
  return {
    path,
    problems: byPlace(problems.map((problem) => findingOf(lint.document, problem))),
    counts: countsOf(problems),
    rows: records + unreadable,
    unreadable,
    format: format?.name,
    confidence,
    fixed,
    unused,
    tokens,
    troubles: [
      ...project.troubles,
      ...troubles,
      ...(options.fix && isBroken(origin) ? [unmendable(path)] : []),
    ],
  };
}

function isBroken({ brokenLine }: Origin): boolean {
  return brokenLine !== undefined;
}

function unmendable(path: string): TunesmithError {
  return new TunesmithError(
    "dataset-invalid",
    `nothing in ${basename(path)} was fixed: bytes that cannot be read would be lost`,
    "Save the file as UTF-8 first.",
  );
}

/** In the order in which people read a file. */
function byPlace(problems: readonly LintProblem[]): LintProblem[] {
  return [...problems].sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}

/** What can be mended without asking: the text, and how it is saved. */
function fixSafely(lint: DatasetLint, others: OtherFile[]) {
  const { document } = lint;
  const { origin } = document;
  // Written back, bytes that could not be read would be lost for good.
  if (isBroken(origin)) return { edits: [], fixed: 0, save: origin };
  const { edits, fixed } = lint.fixAll({ of: "safe" }, others);
  const inFile = document.setProblems(others).filter(({ rule }) => rule.on === "file");
  const saves = lint
    .unsuppressed(inFile)
    .problems.flatMap(
      (problem) => document.fixesOf(problem).find(({ safe, save }) => safe && save)?.save ?? [],
    );
  return { edits, fixed: fixed + saves.length, save: saves[0] ?? origin };
}

/** Everything that can be said: of rows and set, of the last run, and of a model that somebody has named. */
async function lookThrough(lint: DatasetLint, others: OtherFile[]) {
  const found = lint.document.problems(others);
  const history = new HistoryPass(lint);
  await history.find(() => true);
  found.push(...history.problems());
  const troubles: TunesmithError[] = [];
  let tokens: number | undefined;
  if (lint.project.isModelChosen) {
    const pass = new TokenPass(lint);
    await pass.run(() => {});
    found.push(...pass.problems());
    tokens = pass.total;
    if (pass.trouble) troubles.push(pass.trouble);
  }
  return { found, tokens, troubles };
}

/** A file that is too large to hold, and so to fix. */
async function lintedStream(
  path: string,
  isDataset: boolean,
  options: LintOptions,
): Promise<FileResult | undefined> {
  const { lint, project, trouble } = await lintStream(path, {
    ...options,
    told: (lint) => isDataset || lint.isDataset !== false,
  });
  if (!isDataset && lint.isDataset === false) return undefined;
  const { error, warning, info } = lint.counts();
  const { records, unreadable, format, confidence } = lint.facts;
  return {
    path,
    problems: byPlace(streamProblems(lint)),
    counts: { errors: error, warnings: warning, infos: info },
    rows: records + unreadable,
    unreadable,
    format: format?.name,
    confidence,
    fixed: 0,
    unused: lint.unusedSuppressions(),
    tokens: lint.tokens,
    troubles: [...project.troubles, ...(trouble ? [trouble] : []), ...(options.fix ? [tooLarge(path)] : [])],
  };
}

function tooLarge(path: string): TunesmithError {
  return new TunesmithError(
    "usage",
    `nothing in ${basename(path)} was fixed: it is larger than ${largestHeld / 2 ** 20} MB and only read, not changed`,
    "Split it first.",
  );
}
