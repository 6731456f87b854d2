/**
 * Sound data is spoiled in ways that have a safe fix; then everything is fixed. Nothing that can be fixed is left, a
 * second time changes nothing, and records that nobody spoiled are the same to the byte.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LintDocument } from "../../src/data/lint/document.ts";
import { type FixChoice, fixAll } from "../../src/data/lint/fixes.ts";
import { defaultSettings, type LintSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Target } from "../../src/data/rules/rule.ts";
import { applyEdits } from "../../src/data/source/edit.ts";
import { Random } from "../../src/random/random.ts";
import { soundRecords, sounds } from "./sound-records.ts";

/** Spoils a record as it is written on its line; undefined where this cannot be done to it. */
type Defect = (line: string, random: Random) => string | undefined;
const replaced = (line: string, what: string | RegExp, by: string) => {
  const changed = line.replace(what, by);
  return changed === line ? undefined : changed;
};
/** By the rule that has the fix. */
const defects: Readonly<Record<string, Defect>> = {
  "json-parse": (line, random) => [`${line.slice(0, -1)},}`, `${line},`][random.integer(2)],
  "jsonl-blank-line": (line, random) => (random.integer(2) === 0 ? `\n${line}` : `${line}\n  `),
  "jsonl-record-spans-lines": (line) => JSON.stringify(JSON.parse(line), null, 2),
  "key-case": (line) => {
    const key = /^\{"(\w)(\w*)":/.exec(line);
    return key ? line.replace(`"${key[1]}${key[2]}"`, `"${key[1]!.toUpperCase()}${key[2]}"`) : undefined;
  },
  "duplicate-key": (line) => {
    const first = /^\{("\w+":"(?:[^"\\]|\\.)*",)/.exec(line)?.[1];
    return first && `{${first}${line.slice(1)}`;
  },
  "invalid-weight": (line) => replaced(line, /"weight":1\b/, '"weight":true'),
  "invalid-weight ": (line) => replaced(line, /"weight":0\b/, '"weight":"0"'),
  "placeholder-content": (line) => replaced(line, '"input":""', '"input":"<noinput>"'),
  "tool-call-shape": (line) =>
    replaced(line, /"type":"function",(?="function":\{"name":"find_capital","arguments")/, ""),
  "tool-arguments-invalid": (line) =>
    replaced(line, /"arguments":"\{\\"country\\":(\\"[^"]*\\")\}"/, '"arguments":{"country":"x"}'),
};
/** One for which such records are as sound as for ours: another would have them fixed, too. */
function targetFor(what: string, random: Random): Target {
  const target = (["tunesmith", "trl", "openai", "mistral"] as const)[random.integer(4)]!;
  const text = soundRecords(sounds[what]!, 20)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
  const document = new LintDocument("data.jsonl", text, { ...defaultSettings, target }, rules);
  document.checkAll();
  return document.recordProblems().length === 0 ? target : "tunesmith";
}

interface Spoiled {
  name: string;
  text: string;
  settings: LintSettings;
  /** Lines that nobody has spoiled. */
  untouched: string[];
  history: string;
}

function spoil(seed: number): Spoiled {
  const random = new Random(seed, "fix-properties");
  const kinds = Object.keys(sounds);
  const what = kinds[random.integer(kinds.length)]!;
  const target = targetFor(what, random);
  const lineEnd = random.integer(3) === 0 ? "\r\n" : "\n";
  const steps: string[] = [];
  const untouched: string[] = [];
  const lines = soundRecords(sounds[what]!, 20 + random.integer(40)).map((record, i) => {
    const line = JSON.stringify(record);
    if (random.integer(5) > 0) {
      untouched.push(line);
      return line;
    }
    const names = Object.keys(defects);
    const name = names[random.integer(names.length)]!;
    const spoiled = defects[name]!(line, random);
    if (spoiled === undefined) {
      untouched.push(line);
      return line;
    }
    steps.push(`${name.trim()} at row ${i + 1}`);
    return spoiled.replaceAll("\n", lineEnd);
  });
  const end = random.integer(4) === 0 ? "" : lineEnd;
  return {
    name: "data.jsonl",
    text: lines.join(lineEnd) + end,
    settings: { ...defaultSettings, target },
    untouched,
    history: `seed ${seed}: ${what} for ${target}, ${steps.join(", ")}`,
  };
}

function opened({ name, settings }: Spoiled, text: string): LintDocument {
  const document = new LintDocument(name, text, settings, rules);
  document.checkAll();
  return document;
}

function fixed(spoiled: Spoiled, text: string, choice: FixChoice): string {
  return applyEdits(text, fixAll(opened(spoiled, text), choice).edits);
}

function withSafeFix(document: LintDocument): string[] {
  return document
    .problems()
    .filter((problem) => document.fixesOf(problem).some(({ safe, save }) => safe && !save))
    .map(({ rule, message }) => `${rule.id}: ${message}`);
}

/** Records that nobody spoiled are there as they were, in their order. */
function assertUntouched({ untouched }: Spoiled, text: string, history: string): void {
  const lines = text.split(/\r?\n/);
  let at = 0;
  for (const line of untouched) {
    at = lines.indexOf(line, at) + 1;
    assert.ok(at > 0, `${history}: ${line} was changed`);
  }
}

const worthKeeping = (document: LintDocument) => document.facts.records + document.facts.unreadable;

function examineAll(seed: number): number {
  const spoiled = spoil(seed);
  const { text, history } = spoiled;
  const before = opened(spoiled, text);
  const after = fixed(spoiled, text, { of: "safe" });
  const document = opened(spoiled, after);
  assert.deepEqual(withSafeFix(document), [], `${history}: can still be fixed`);
  assert.equal(fixed(spoiled, after, { of: "safe" }), after, `${history}: fixing twice`);
  assertUntouched(spoiled, after, history);
  assert.ok(worthKeeping(document) >= worthKeeping(before) - 1, `${history}: rows were lost`);
  const eol = text.includes("\r\n");
  assert.ok(!eol || !/[^\r]\n/.test(after), `${history}: line ends`);
  return withSafeFix(before).length;
}

function examineKinds(seed: number): void {
  const spoiled = spoil(seed);
  const { text, history } = spoiled;
  const before = opened(spoiled, text);
  for (const id of new Set(before.problems().map(({ rule }) => rule.id))) {
    const after = fixed(spoiled, text, { of: { rule: id } });
    const says = `${history}: all of ${id}`;
    assert.equal(fixed(spoiled, after, { of: { rule: id } }), after, `${says}, twice`);
    const document = opened(spoiled, after);
    const left = document
      .problems()
      .filter(
        (each) =>
          each.rule.id === id &&
          document.fixesOf(each).some(({ save, edits, rewrite }) => !save && (edits || rewrite)),
      );
    assert.deepEqual(
      left.map(({ message }) => message),
      [],
      `${says}: is left`,
    );
    if (after === text) continue;
    const isSafe = before.problems().every((each) => each.rule.id !== id || before.fixesOf(each)[0]?.safe);
    if (isSafe) assertUntouched(spoiled, after, says);
  }
}

describe("fixes", () => {
  it("every defect of the list is found by its rule, with a safe fix", () => {
    const found = new Set<string>();
    for (const sound of Object.values(sounds)) {
      const [record] = soundRecords(sound, 1);
      for (const [name, defect] of Object.entries(defects)) {
        const line = defect(JSON.stringify(record), new Random(1, name));
        if (line === undefined) continue;
        for (const target of ["tunesmith", "openai"] as const) {
          const text = `${line}\n${soundRecords(sound, 20, 1)
            .map((each) => `${JSON.stringify(each)}\n`)
            .join("")}`;
          const document = new LintDocument("data.jsonl", text, { ...defaultSettings, target }, rules);
          document.checkAll();
          const hasSafe = document
            .problems()
            .some((each) => each.rule.id === name.trim() && document.fixesOf(each).some(({ safe }) => safe));
          if (hasSafe) found.add(name);
        }
      }
    }
    assert.deepEqual([...found].sort(), Object.keys(defects).sort());
  });

  it("everything that can be fixed safely, at once", () => {
    let problems = 0;
    for (let seed = 0; seed < 300; seed++) problems += examineAll(seed);
    assert.ok(problems > 500, `${problems} problems were there to fix`);
  });

  it("all problems of one kind", () => {
    for (let seed = 1000; seed < 1150; seed++) examineKinds(seed);
  });
});
