import type { Digest } from "../lint/digest.ts";
import { Groups } from "../lint/groups.ts";
import { partNamed } from "../part-names.ts";
import { type Part, type Rows, type Rule, removeRow, type SetFound } from "./rule.ts";

export const trainEvalLeak: Rule = {
  id: "train-eval-leak",
  level: "set",
  on: "set",
  severity: "error",
  summary: "A prompt stands in the training data and in what is held out",
  rationale:
    "What was learned is asked again: the figures look better than the model is. Case, blanks and Unicode spelling do not make it another prompt, nor does another answer. Between validation and test it is a warning: nothing is learned from them, but the best checkpoint is chosen by one of them.",
  source:
    "Axolotl deduplicates across its training and evaluation sets for this; Lee et al. (2022) found over 4 % of validation sets in the training sets of common corpora.",
  index() {
    /** Only rows of files that hold several parts. */
    const groups = new Groups();
    const key = ({ prompt, split }: Digest) => (split === undefined ? 0 : prompt);
    return {
      add: (id, digest) => groups.add(key(digest), id),
      remove: (id, digest) => groups.remove(key(digest), id),
      report(rows, report) {
        for (const ids of groups.shared()) reportInFile(ids, rows, report);
        reportAcross(rows, report);
      },
    };
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«{"prompt": "c", "completion": "d"}»\n',
      beside: { "test.jsonl": '{"prompt": "e", "completion": "f"}\n{"prompt": "C", "completion": "d"}\n' },
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      name: "validation.jsonl",
      text: '«{"prompt": "a", "completion": "b"}»\n{"prompt": "c", "completion": "d"}\n',
      beside: { "train.jsonl": '{"prompt": "a", "completion": "other"}\n' },
      fixed: '{"prompt": "c", "completion": "d"}\n',
    },
    {
      name: "all.json",
      text: '{\n  "train": [\n    {"prompt": "a", "completion": "b"},\n    {"prompt": "c", "completion": "d"}\n  ],\n  "test": [\n    «{"prompt": "a", "completion": "b"}»,\n    {"prompt": "e", "completion": "f"}\n  ]\n}\n',
      fixed:
        '{\n  "train": [\n    {"prompt": "a", "completion": "b"},\n    {"prompt": "c", "completion": "d"}\n  ],\n  "test": [\n    {"prompt": "e", "completion": "f"}\n  ]\n}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "b"}\n',
      beside: {
        "test.jsonl": '{"prompt": "c", "completion": "b"}\n',
        "train-2.jsonl": '{"prompt": "a", "completion": "b"}\n',
      },
    },
    {
      name: "rows.jsonl",
      text: '{"prompt": "a", "completion": "b"}\n',
      beside: { "test.jsonl": '{"prompt": "a", "completion": "b"}\n' },
      note: "Nobody knows what the first is for.",
    },
    {
      name: "all.json",
      text: '{"train": [{"prompt": "a", "completion": "b"}], "test": [{"prompt": "c", "completion": "b"}]}\n',
    },
  ],
};

function partOf({ split }: Digest, rows: Rows): Part | undefined {
  return split === undefined ? rows.part : partNamed(split);
}

/** Training rows are let be: the row that is held out says it. */
function reportInFile(ids: number[], rows: Rows, report: (found: SetFound) => void): void {
  ids.sort(
    (a, b) => order(rows.digest(a), rows) - order(rows.digest(b), rows) || rows.rank(a) - rows.rank(b),
  );
  const first = ids[0]!;
  const from = partOf(rows.digest(first), rows);
  if (from === undefined) return;
  for (const id of ids) {
    const part = partOf(rows.digest(id), rows);
    if (part === undefined || part === from) continue;
    report({
      id,
      message: `the prompt is in "${rows.digest(first).split}", too, in line ${rows.line(first)}: ${consequence(from)}`,
      ...severity(from, part),
      related: [{ id: first, message: `in "${rows.digest(first).split}"` }],
      fixes: () => [removeRow],
    });
  }
}

function order(digest: Digest, rows: Rows): number {
  const part = partOf(digest, rows);
  return part === undefined ? 3 : ["train", "validation", "test"].indexOf(part);
}

function reportAcross(rows: Rows, report: (found: SetFound) => void): void {
  for (const { name, part: other, prompts } of rows.others) {
    if (other === undefined || prompts.size === 0) continue;
    for (const { id, digest } of rows.all()) {
      const line = digest.prompt === 0 ? undefined : prompts.get(digest.prompt);
      if (line === undefined) continue;
      const own = partOf(digest, rows);
      if (own === undefined || own === other) continue;
      report({
        id,
        message: `the prompt is in ${name}, too, in line ${line}: ${consequence(own === "train" ? own : other)}`,
        ...severity(own, other),
        fixes: () => [removeRow],
      });
    }
  }
}

function consequence(part: Part): string {
  return part === "train" ? "what is learned here is asked there" : "the same is measured twice";
}

function severity(a: Part, b: Part): Pick<SetFound, "severity"> {
  return a === "train" || b === "train" ? {} : { severity: "warning" };
}
