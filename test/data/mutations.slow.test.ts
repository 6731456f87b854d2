/**
 * Ten thousand broken files: truncated, flipped bits, huge lines, deep nesting, lone surrogates, NUL, mixed line ends,
 * byte order marks, `__proto__` keys. Whatever comes, the linter ends, quickly, and every place it names is in the file.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LintDocument, type Range } from "../../src/data/lint/document.ts";
import { fixAll } from "../../src/data/lint/fixes.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { StreamLint, type StreamOptions } from "../../src/data/lint/stream.ts";
import { rules } from "../../src/data/rules/index.ts";
import type { Rule } from "../../src/data/rules/rule.ts";
import { containerOf, extensionOf } from "../../src/data/source/container.ts";
import { applyEdits } from "../../src/data/source/edit.ts";
import { Random } from "../../src/random/random.ts";

const chat = (n: number) =>
  JSON.stringify({
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: `Question ${n} about "quotes", \\ and ünïcödé 😀` },
      { role: "assistant", content: `Answer ${n}.\nOn two lines.`, weight: 1 },
    ],
  });
const samples: Record<string, string> = {
  "chat.jsonl": `${Array.from({ length: 6 }, (_, i) => chat(i)).join("\n")}\n`,
  "windows.jsonl": `${Array.from({ length: 4 }, (_, i) => chat(i)).join("\r\n")}\r\n`,
  "sharegpt.json": JSON.stringify(
    [1, 2, 3].map((n) => ({
      conversations: [
        { from: "human", value: `What is ${n}?` },
        { from: "gpt", value: `It is ${n}.` },
      ],
      tools: "[]",
    })),
    null,
    2,
  ),
  "splits.json": JSON.stringify({
    train: [{ instruction: "Add", input: "1 1", output: "2" }],
    test: [{ instruction: "Add", input: "2 2", output: "4" }],
  }),
  "labels.csv": 'text,label\n"Where is my ""card""?",card_arrival\nI lost it,lost_card\n"two\nlines",other\n',
  "tools.jsonl": `${JSON.stringify({
    tools: [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }],
    messages: [
      { role: "user", content: "call" },
      {
        role: "assistant",
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "1" },
      { role: "assistant", content: "done" },
    ],
  })}\n`,
  "preference.jsonl":
    '{"prompt": "a", "chosen": "b", "rejected": "c"}\n{"prompt": "d", "chosen": "e", "rejected": "f"}\n',
  "notes.txt": "One paragraph.\n\nAnother one\nof two lines.\n",
};

type Mutation = (text: string, random: Random) => string;
const at = (text: string, random: Random) => random.integer(text.length + 1);
const insert =
  (what: (random: Random) => string): Mutation =>
  (text, random) => {
    const place = at(text, random);
    return text.slice(0, place) + what(random) + text.slice(place);
  };
const any =
  (...options: string[]) =>
  (random: Random) =>
    options[random.integer(options.length)]!;

const mutations: Record<string, Mutation> = {
  truncate: (text, random) => text.slice(0, at(text, random)),
  behead: (text, random) => text.slice(at(text, random)),
  remove: (text, random) => {
    const place = at(text, random);
    return text.slice(0, place) + text.slice(place + 1 + random.integer(20));
  },
  flip: (text, random) => {
    if (text === "") return text;
    const place = random.integer(text.length);
    const unit = text.charCodeAt(place) ^ (1 << random.integer(16));
    return text.slice(0, place) + String.fromCharCode(unit) + text.slice(place + 1);
  },
  structure: insert(
    any('"', "{", "}", "[", "]", ",", ":", "\\", "'", "\n", "\r", "\t", "}{", "null", "//", "1e999"),
  ),
  surrogate: insert(any("\ud800", "\udc00", "\ud83d", "\\ud800", "\ude00\ud83d")),
  invisible: insert(any("\0", "\u200b", "\ufeff", "\u2028", "\u0085", "\u202e", "\u00ad", "\ufffd")),
  lineEnds: (text, random) => text.replace(/\r?\n/g, () => any("\n", "\r\n", "\r", "\n\n")(random)),
  mark: (text) => `\ufeff${text}`,
  keys: insert(
    any(
      '"__proto__": {"role": 1}, ',
      '"constructor": null, ',
      '{"__proto__": []}\n',
      '"messages": 3, ',
      '"": "", ',
    ),
  ),
  duplicate: (text, random) => {
    const from = at(text, random);
    return text + text.slice(from, from + random.integer(200));
  },
  nest: insert((random) => "[".repeat(random.integer(2000)) + '{"a":'.repeat(random.integer(300))),
  long: insert((random) => any("x", "é", '\\"', "🦊", "a b ")(random).repeat(random.integer(4000))),
  tokens: insert(any("<|im_start|>", "[INST]", "{{x}}", "<think>", "AKIA1234567890ABCDEF", "a@b.co", "```")),
};

/** A file, and how it came to be. */
function broken(seed: number): { name: string; text: string; history: string } {
  const random = new Random(seed, "mutations");
  const names = Object.keys(samples);
  const name = names[random.integer(names.length)]!;
  let text = samples[name]!;
  const steps: string[] = [];
  for (let i = 0; i <= random.integer(4); i++) {
    const kinds = Object.keys(mutations);
    const kind = kinds[random.integer(kinds.length)]!;
    text = mutations[kind]!(text, random);
    steps.push(kind);
  }
  return { name, text, history: `seed ${seed}: ${name}, ${steps.join(", ")}` };
}

function examine({ name, text, history }: ReturnType<typeof broken>, thorough: boolean): void {
  const document = new LintDocument(name, text, defaultSettings, rules);
  document.checkAll();
  assert.equal(document.text, text, `${history}: the pieces are the text`);
  const problems = document.problems();
  const lines = text.split("\n");
  for (const problem of problems) {
    const { start, end } = document.rangeOf(problem);
    const says = `${history}: ${problem.rule.id} at ${JSON.stringify({ start, end })}`;
    for (const { line, character } of [start, end]) {
      assert.ok(line >= 0 && line < lines.length, `${says}: no such line`);
      assert.ok(character >= 0 && character <= lines[line]!.length, `${says}: no such column`);
    }
    assert.ok(start.line < end.line || (start.line === end.line && start.character <= end.character), says);
    assert.ok(
      problem.message.length > 0 && !/undefined|\[object|at .*\.ts:/.test(problem.message),
      `${says}: ${problem.message}`,
    );
  }
  if (document.container === "lines") namesBrokenLines(document, lines, history);
  if (!thorough) return;
  const { edits } = fixAll(document, { of: "safe" });
  const fixed = applyEdits(text, edits);
  const again = new LintDocument(name, fixed, defaultSettings, rules);
  assert.equal(fixAll(again, { of: "safe" }).edits.length, 0, `${history}: fixing twice is fixing once`);
  if (problems.length === 0) assert.equal(fixed, text, `${history}: nothing was wrong`);
  sameInParts(name, text, history, document);
}

/** Lines that JSON.parse refuses have a problem on them, and by no other rule than one of syntax if it stands alone. */
function namesBrokenLines(document: LintDocument, lines: string[], history: string): void {
  const told = document
    .problems()
    .map((problem) => ({ ...document.rangeOf(problem), level: problem.rule.level }));
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    let isValid = true;
    try {
      JSON.parse(line);
    } catch {
      isValid = false;
    }
    const has = told.some(({ start, end, level }) => level === "syntax" && start.line <= i && end.line >= i);
    if (!isValid) assert.ok(has, `${history}: nobody says that line ${i + 1} is broken`);
  }
}

/** The same file in parts, as large ones are read, has the same problems in its records. */
function sameInParts(name: string, text: string, history: string, document: LintDocument): void {
  const extension = extensionOf(name)!;
  const container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
  if (container === "documents") return;
  const origin = { encoding: "utf-8", byteOrderMark: false } as const;
  const make = (options: StreamOptions = {}) =>
    new StreamLint(name, { container, extension }, defaultSettings, rules, origin, options);
  const feed = (lint: StreamLint) => {
    for (let from = 0; from < text.length; from += 97) lint.push(text.slice(from, from + 97));
    return lint.end();
  };
  let stream = make();
  if (!feed(stream)) {
    stream = make({ confirmed: { format: stream.format } });
    assert.ok(feed(stream), `${history}: two readings are enough`);
  }
  const key = ({ id }: Rule, range: Range, message: string) => `${id} ${JSON.stringify(range)} ${message}`;
  const wanted = document
    .recordProblems()
    .map((problem) => key(problem.rule, document.rangeOf(problem), problem.message));
  const found = stream
    .problems()
    .flatMap(({ kept }) => kept)
    .filter(({ rule }) => rule.on === "record")
    .map(({ rule, range, message }) => key(rule, range, message));
  assert.deepEqual(found.sort(), wanted.sort(), `${history}: in parts`);
}

describe("broken files", () => {
  for (let block = 0; block < 10; block++) {
    it(`number ${block * 1000} to ${block * 1000 + 999} end with places that are there`, () => {
      for (let i = 0; i < 1000; i++) {
        const file = broken(block * 1000 + i);
        try {
          examine(file, i % 10 === 0);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          throw new Error(`${file.history}: ${(error as Error).stack}`);
        }
      }
    });
  }
});
