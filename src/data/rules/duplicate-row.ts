import { hashPair } from "../detect/hash.ts";
import type { Digest } from "../lint/digest.ts";
import { Groups } from "../lint/groups.ts";
import { partNamed } from "../part-names.ts";
import { type Rule, removeRow } from "./rule.ts";

export const duplicateRow: Rule = {
  id: "duplicate-row",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "The same row stands in the file more than once",
  rationale:
    "A row that stands there twice is learned twice as hard, which is rarely meant, and where rows are held out at random, one of the two may be asked after the other was learned. Case, blanks and Unicode spelling do not make a row another one; tools and their calls do.",
  source:
    "openai-python `_validators.py` (duplicated_rows); Axolotl's exact deduplication. Duplicates make models recite: Lee et al., *Deduplicating Training Data Makes Language Models Better* (2022).",
  index() {
    const groups = new Groups();
    const key = ({ content, split = "" }: Digest) => hashPair(content, parts.indexOf(partNamed(split)));
    return {
      add: (id, digest) => groups.add(key(digest), id),
      remove: (id, digest) => groups.remove(key(digest), id),
      report(rows, report) {
        for (const ids of groups.shared()) {
          const [first, ...others] = ids.sort((a, b) => rows.rank(a) - rows.rank(b));
          const message = `the same row as in line ${rows.line(first!)}`;
          const related = [{ id: first!, message: "here first" }];
          for (const id of others) report({ id, message, related, fixes: () => [removeRow] });
        }
      },
    };
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«{"prompt": "A ", "completion": "b"}»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "c"}\n«{"prompt": "a", "chosen": "b", "rejected": "c"}»\n«{"prompt": "a", "chosen": "b", "rejected": "c"}»\n',
      fixed: '{"prompt": "a", "chosen": "b", "rejected": "c"}\n',
    },
    {
      name: "train.csv",
      text: "text,label\nhello,greeting\nbye,farewell\n«Hello,greeting»\n",
      fixed: "text,label\nhello,greeting\nbye,farewell\n",
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n{"prompt": "a", "completion": "c"}\n' },
    {
      text: '{"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Oslo\\"}"}}]}]}\n{"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": \\"Rome\\"}"}}]}]}\n',
      note: "What is called makes them different.",
    },
    {
      name: "all.json",
      text: '{"train": [{"prompt": "a", "completion": "b"}], "test": [{"prompt": "a", "completion": "b"}]}\n',
      note: "See `train-eval-leak`.",
    },
  ],
};

const parts = [undefined, "train", "validation", "test"] as const;
