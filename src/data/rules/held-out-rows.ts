import type { Digest } from "../lint/digest.ts";
import { LabelCounts } from "../lint/labels.ts";
import { countOf } from "../split.ts";
import type { HeldOut, Rule, SetIndex } from "./rule.ts";

const pairs = (count: number): string =>
  Array.from({ length: count }, (_, i) => `{"prompt": "${i} + 1", "completion": "${i + 1}"}\n`).join("");
const csv = (labels: number, each: number): string =>
  `text,label\n${Array.from({ length: labels * each }, (_, i) => `text no. ${i},class ${i % labels}\n`).join("")}`;

export const heldOutRows: Rule = {
  id: "held-out-rows",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "The recipe's split leaves a part without rows, or with too few",
  rationale:
    "A recipe holds rows out by share or by number. Of few rows a share is none at all, and the run is then judged by nothing; of a handful, every single answer moves the figures by many percent; and a test part with fewer rows than there are labels cannot judge each of them. Parts that the file itself marks, and files of their own, are let be.",
  source: "Tunesmith's own: the rows are counted as its trainer divides them.",
  options: {
    rows: { default: 10, minimum: 1, description: "Fewer rows to test by than this are few." },
  },
  index: ({ heldOut, options }) => new HeldOutIndex(heldOut, options.rows!),
  bad: [
    { text: `«»${pairs(4)}`, heldOut: { validation: 0, test: 0.1 }, note: "A tenth of four rows is none." },
    {
      text: `«»${pairs(30)}`,
      heldOut: { validation: 0, test: 0.1 },
      note: "A note: three rows to judge by.",
    },
    {
      text: `«»${pairs(20)}`,
      heldOut: { validation: 0, test: 20 },
      note: "An error: all rows are held out.",
    },
    {
      name: "train.csv",
      text: `«»${csv(20, 6)}`,
      heldOut: { validation: 0, test: 12 },
      note: "A note: twelve rows for twenty labels.",
    },
  ],
  good: [
    { text: pairs(4), note: "No recipe." },
    { text: pairs(4), heldOut: { validation: 0, test: 0 }, note: "Nothing is to be held out." },
    { text: pairs(30), heldOut: { validation: 3, test: 12 } },
    { name: "train.csv", text: csv(4, 30), heldOut: { validation: 0, test: 12 } },
    {
      name: "train.json",
      text: `{"train": [${pairs(4).trim().replaceAll("\n", ", ")}], "test": [{"prompt": "a", "completion": "b"}]}\n`,
      heldOut: { validation: 0, test: 0.1 },
      note: "The file says itself what is for testing.",
    },
  ],
};

const heldParts = ["validation", "test"] as const;

/** As the trainer reads the names of a file's splits. */
const marks: Readonly<Record<string, "validation" | "test">> = {
  validation: "validation",
  valid: "validation",
  dev: "validation",
  test: "test",
};

class HeldOutIndex implements SetIndex {
  readonly #heldOut: HeldOut | undefined;
  readonly #fewest: number;
  readonly #labels = new LabelCounts();
  /** Rows that can be learned from, by the part that the file gives them. */
  readonly #rows = { train: 0, validation: 0, test: 0 };

  constructor(heldOut: HeldOut | undefined, fewest: number) {
    this.#heldOut = heldOut;
    this.#fewest = fewest;
  }

  add(_id: number, digest: Digest): void {
    this.#change(digest, 1);
  }

  remove(_id: number, digest: Digest): void {
    this.#change(digest, -1);
  }

  #change(digest: Digest, by: 1 | -1): void {
    if (!this.#heldOut || digest.prompt === 0) return;
    this.#labels.change(digest, by);
    this.#rows[marks[digest.split ?? ""] ?? "train"] += by;
  }

  report(_rows: unknown, report: Parameters<SetIndex["report"]>[1]): void {
    const heldOut = this.#heldOut;
    const all = this.#rows.train;
    if (!heldOut || all === 0) return;
    const counts = { validation: 0, test: 0 };
    for (const part of heldParts) {
      const amount = this.#rows[part] > 0 ? 0 : heldOut[part];
      if (amount === 0) continue;
      counts[part] = countOf(amount, all);
      if (counts[part] > 0) continue;
      report({
        message: `the recipe holds out ${Number((100 * amount).toPrecision(3))} % for ${part}, which of ${inWords(all)} is none`,
      });
    }
    const { validation, test } = counts;
    if (validation + test >= all) {
      const held = `${validation + test} of ${inWords(all)}`;
      report({ severity: "error", message: `the recipe holds out ${held}: hardly any is left to train on` });
      return;
    }
    const labels = test === 0 ? undefined : this.#labels.labels();
    if (labels && labels.length > 1 && test < labels.length) {
      report({
        severity: "info",
        message: `the recipe holds out ${inWords(test)} for test: too few for each of ${labels.length} labels`,
      });
    } else if (test > 0 && test < this.#fewest) {
      const percent = Math.round(100 / test);
      report({
        severity: "info",
        message: `the recipe holds out ${inWords(test)} for test: each answer moves the figures by ${percent} %`,
      });
    }
  }
}

function inWords(count: number): string {
  return `${count} ${count === 1 ? "row" : "rows"}`;
}
