/**
 * What an edit leaves of a linted file is what a fresh look at the text finds: pieces, states, positions, problems, facts.
 * Random edits by seed; a failure prints the seed, the text and the edits that lead to it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Claim, LintDocument } from "../../src/data/lint/document.ts";
import { BatchChecker } from "../../src/data/lint/row-batch.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import { Random } from "../../src/random/random.ts";

const pair = (i: number) => `{"prompt": "q${i}", "completion": "a${i}"}`;
const pretty = (i: number) => `{\n  "prompt": "q${i}",\n  "completion": "a${i}"\n}`;
const indented = (i: number) => pretty(i).replaceAll("\n", "\n  ");

/** By file name: texts to begin with. */
const beginnings: Record<string, readonly string[]> = {
  "a.jsonl": [
    [1, 2, 3, 4].map(pair).join("\n"),
    `${pair(1)}\r\n\r\n${pair(2)}\r\n${pretty(3)}\r\n${pair(4)}\r\n`,
    `${pretty(1)}\n${pair(2)}\n${pretty(3)}\n`,
    `[\n${[1, 2, 3].map(pair).join(",\n")}\n]\n`,
    "",
  ],
  "a.json": [
    `[\n  ${[1, 2, 3].map(indented).join(",\n  ")}\n]\n`,
    `[${[1, 2, 3].map(pair).join(", ")}]`,
    `{"train": [${[1, 2].map(pair).join(",")}],\n"info": {"a": [1]}, "test": [${pair(3)}]}`,
    `{\n  "train": [\n    ${[1, 2].map(pair).join(",\n    ")}\n  ],\n  "test": [\n    ${pair(3)}\n  ]\n}\n`,
    `${pair(1)}\n${pair(2)}\n`,
  ],
  "a.csv": [
    'text,label\n"a, ""b""\nc",x\nd,y\n\ne,z\n',
    'text;label\r\na;b\r\n"c\r\nd";e\r\n',
    "text,label\ra,b\rc,d",
  ],
  "a.tsv": ["text\tlabel\na, b\tc\n"],
  "a.txt": [
    "one\nmore\n\ntwo\r\n\r\n\n  three\n",
    " = A = \n \n a \n = B = \n b\n",
    "a\n\n<|endoftext|>\nb\n<|endoftext|>\n",
  ],
};

/** What is typed and pasted: single characters that mean something, and whole stretches. */
const bits = [
  ...[
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ";",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "x",
    "ü",
    "😀",
    "\u200b",
    "\ufffd",
  ],
  ...[
    pair(7),
    pretty(8),
    `,\n  ${indented(9)}`,
    ',"more": [',
    "<|endoftext|>\n",
    " = C = \n",
    "\n\n",
    '"x","y"\n',
    "]\n",
  ],
];

interface Edit {
  start: number;
  end: number;
  text: string;
}

function randomEdit(random: Random, text: string): Edit {
  const start = random.integer(text.length + 1);
  const kind = random.integer(10);
  const length = kind < 5 ? 0 : kind < 8 ? random.integer(4) : random.integer(40);
  const put = kind === 5 ? "" : bits[random.integer(bits.length)]!;
  return { start, end: Math.min(text.length, start + length), text: put };
}

/** All that can be seen of a document; ids differ between documents, so that ranks stand for them. */
function seen(document: LintDocument) {
  document.checkAll();
  const { entries, container, header, format, facts } = document;
  const { first, broken, format: _format, evidence, ...rest } = facts;
  return {
    container,
    header,
    format: format?.name,
    facts: { ...rest, first: first === undefined ? -1 : document.rankOf(first), broken },
    prompts: [...document.prompts()],
    evidence: evidence.map(({ format, score, known }) => [format.name, score.toFixed(9), known]).sort(),
    entries: entries.map(({ id, piece, state, lines, column }) => [
      piece.kind,
      piece.text,
      piece.start,
      piece.end,
      piece.split,
      piece.fault,
      state,
      lines,
      document.lineOf(id),
      column,
    ]),
    problems: document
      .problems()
      .map((problem) => {
        const { rule, severity, message, id, related } = problem;
        return JSON.stringify([
          id === undefined ? -1 : document.rankOf(id),
          rule.id,
          severity,
          message,
          document.rangeOf(problem),
          related?.map((each) => document.rankOf(each.id)),
        ]);
      })
      .sort(),
  };
}

/** Another thread that looks at some of the rows, answers late and in any order, and may be gone before it does. */
class OtherThread {
  readonly #document: LintDocument;
  readonly #random: Random;
  readonly #checker = new BatchChecker(rules);
  readonly #claims: Claim[] = [];
  answers = 0;

  constructor(document: LintDocument, random: Random) {
    this.#document = document;
    this.#random = random;
  }

  /** Some of what it may do. */
  act(): void {
    const claim =
      this.#random.integer(2) === 0 ? this.#document.claim(1 + this.#random.integer(3)) : undefined;
    if (claim) this.#claims.push(claim);
    // Somebody hovers over one of them.
    if (claim && this.#random.integer(2) === 0) this.#document.view(claim.entries[0]!);
    if (this.#random.integer(3) === 0) this.#settle();
  }

  finish(): void {
    while (this.#claims.length > 0) this.#settle();
    assert.ok(!this.#document.isWaiting);
  }

  #settle(): void {
    if (this.#claims.length === 0) return;
    const claim = this.#claims.splice(this.#random.integer(this.#claims.length), 1)[0]!;
    if (this.#random.integer(4) === 0) {
      this.#document.giveBack(claim);
      return;
    }
    this.answers++;
    // As a message takes them there and back.
    const findings = this.#checker.check(structuredClone(claim.batch));
    this.#document.take(claim, structuredClone(findings));
  }
}

/** @returns how many answers another thread gave, where one helps */
function tryEdits(name: string, begin: string, seed: number, count: number, isHelped = false): number {
  const random = new Random(seed, name, begin);
  const edits: Edit[] = [];
  let text = begin;
  const document = new LintDocument(name, text, defaultSettings, rules);
  const other = new OtherThread(document, random);
  if (seed % 3 !== 0) document.checkAll();
  for (let i = 0; i < count; i++) {
    const edit = randomEdit(random, text);
    edits.push(edit);
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    const history = () =>
      `seed ${seed} of ${name}, ${JSON.stringify(begin)}:\n${JSON.stringify(edits)}\nends as ${JSON.stringify(text)}`;
    try {
      document.edit(edit.start, edit.end, edit.text);
      assert.equal(document.text, text);
      if (random.integer(3) === 0) document.prompts();
      if (isHelped) {
        other.act();
        if (random.integer(3) === 0) document.check().next();
        other.act();
      }
      // Often several edits come before anybody looks.
      if (random.integer(3) === 0 || i === count - 1) {
        if (isHelped && random.integer(2) === 0) document.checkAll();
        other.finish();
        assert.deepEqual(seen(document), seen(new LintDocument(name, text, defaultSettings, rules)));
      }
    } catch (error) {
      throw new Error(`${history()}\n${(error as Error).message}`, { cause: error });
    }
  }
  return other.answers;
}

const seeds = Number(process.env.TUNESMITH_SEEDS ?? 12);

describe("edits", () => {
  for (const [name, texts] of Object.entries(beginnings)) {
    for (const [i, begin] of texts.entries()) {
      it(`${name}, beginning ${i + 1}: what is left is what a fresh look finds`, () => {
        for (let seed = 1; seed <= seeds; seed++) tryEdits(name, begin, seed, 12);
      });
    }
  }
});

describe("edits while other threads look at some of the rows", () => {
  let answers = 0;
  for (const [name, texts] of Object.entries(beginnings)) {
    for (const [i, begin] of texts.entries()) {
      it(`${name}, beginning ${i + 1}: what is left is what a fresh look finds`, () => {
        for (let seed = 1; seed <= seeds; seed++) answers += tryEdits(name, begin, seed, 12, true);
      });
    }
  }

  it("they had something to do", () => assert.ok(answers > 10 * seeds, `${answers} answers`));
});
