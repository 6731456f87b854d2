/** Examples of lint rules as files: with marks where problems are expected. */

import { LintDocument } from "../../src/data/lint/document.ts";
import { fixAll } from "../../src/data/lint/fixes.ts";
import type { Problem } from "../../src/data/lint/problem.ts";
import { defaultSettings, type LintSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Example, OtherFile, Part, Rule } from "../../src/data/rules/rule.ts";
import { applyEdits } from "../../src/data/source/edit.ts";

/** The text without « and », and the stretches that stood between them. */
export function unmarked(marked: string): { text: string; marks: [start: number, end: number][] } {
  const marks: [number, number][] = [];
  const open: number[] = [];
  let text = "";
  for (const character of marked) {
    if (character === "«") open.push(text.length);
    else if (character === "»") marks.push([open.pop()!, text.length]);
    else text += character;
  }
  return { text, marks: marks.sort((a, b) => a[0] - b[0] || a[1] - b[1]) };
}

export function documentOf(
  { name = "train.jsonl", target, options, columns, origin, heldOut }: Example,
  rule: Rule,
  text: string,
) {
  const part = partOf(name);
  const settings: LintSettings = {
    ...defaultSettings,
    ...(target && { target }),
    ...(columns && { columns }),
    ...(part && { part }),
    ...(heldOut && { heldOut }),
    // Rules that are off by default have examples, too.
    rules: {
      ...(rule.severity === "off" || options
        ? { [rule.id]: [rule.severity === "off" ? "info" : rule.severity, options ?? {}] as const }
        : {}),
    },
  };
  const document = new LintDocument(name, text, settings, rules, origin);
  document.checkAll();
  return document;
}

/** The files beside, as other files of the same data. */
export function othersOf({ beside = {} }: Example): OtherFile[] {
  return Object.entries(beside).map(([name, text]) => {
    const other = new LintDocument(name, text, defaultSettings, rules);
    other.checkAll();
    return { name, part: partOf(name), prompts: other.prompts() };
  });
}

function partOf(name: string): Part | undefined {
  return (["train", "validation", "test"] as const).find((part) => name.startsWith(part));
}

/** Offsets of the problems of a rule, in order. */
export function stretches(document: LintDocument, rule: Rule, others: OtherFile[]): [number, number][] {
  return stretchesOf(
    document,
    document.problems(others).filter((problem) => problem.rule === rule),
  );
}

/** Offsets of problems, in order. */
export function stretchesOf(document: LintDocument, problems: readonly Problem[]): [number, number][] {
  const lines = document.text.split("\n");
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length + 1);
  return problems
    .map((problem): [number, number] => {
      const { start, end } = document.rangeOf(problem);
      return [starts[start.line]! + start.character, starts[end.line]! + end.character];
    })
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** The ids of the rules that are broken, each once. */
export function kinds(document: LintDocument, others: OtherFile[]): string[] {
  return [...new Set(document.problems(others).map(({ rule }) => rule.id))].sort();
}

/** The text after all fixes of a rule. */
export function fixedText(document: LintDocument, rule: Rule, others: OtherFile[]): string {
  const { edits } = fixAll(document, { of: { rule: rule.id } }, undefined, others);
  return applyEdits(document.text, edits);
}
