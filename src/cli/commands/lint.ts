/** `tunesmith lint`: what is wrong with training data, before a model learns it. */
import { setFlagsFromString } from "node:v8";
import { type Target, targets } from "../../data/rules/rule.ts";
import { largestHeld, sizeOf } from "../../linter/read.ts";
import { reports } from "../../linter/reports/index.ts";
import { asValue } from "../../linter/reports/json.ts";
import { type FileResult, filesToLint, lintFile } from "../../linter/run.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { nearest } from "../../protocol/suggest.ts";
import { resolveModel } from "../../runs/recipe.ts";
import { wholeNumber } from "../arguments.ts";
import type { Given, RunCommand } from "../command.ts";

export const run: RunCommand = async (given, json) => {
  const { positionals, values } = given;
  const folder = process.cwd();
  const report = reports[chosen(given, "format", Object.keys(reports)) ?? "pretty"]!;
  const most = wholeNumber(given, "max-warnings", 0);
  const options = {
    fix: values.fix === true,
    target: chosen(given, "target", targets) as Target | undefined,
    maxLength: wholeNumber(given, "max-length", 8),
    ...(typeof values.model === "string" && { model: resolveModel(values.model, folder) }),
  };
  const results: FileResult[] = [];
  const files = filesToLint(positionals, folder);
  if (files.some(({ path }) => (sizeOf(path) ?? 0) > largestHeld)) keepHeapSmall();
  for (const { path, isAsked } of files) {
    const result = await lintFile(path, isAsked, options);
    if (result) results.push(result);
  }
  const sum = (of: (result: FileResult) => number) => results.reduce((total, each) => total + of(each), 0);
  const isBad = sum(({ counts, troubles }) => counts.errors + troubles.length) > 0;
  const tooMany = most !== undefined && sum(({ counts }) => counts.warnings) > most;
  const colours = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  return {
    value: json ? asValue(results, folder) : {},
    text: report(results, folder, colours) + (tooMany ? `More warnings than --max-warnings ${most}\n` : ""),
    exitCode: isBad || tooMany ? 1 : 0,
  };
};

/** What a stream leaves behind is short-lived: room for more of it makes nothing faster, and takes a hundred megabytes. */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** @throws `usage` for a word that is none of those */
function chosen({ values }: Given, option: string, known: readonly string[]): string | undefined {
  const value = values[option];
  if (typeof value !== "string" || known.includes(value)) return value as string | undefined;
  const near = nearest(value, known);
  throw new TunesmithError(
    "usage",
    `--${option} is ${JSON.stringify(value)}`,
    near ? `Did you mean "${near}"?` : `Give one of ${known.join(", ")}.`,
  );
}
