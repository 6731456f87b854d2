import type { Digest } from "../lint/digest.ts";
import { Groups } from "../lint/groups.ts";
import type { Rule } from "./rule.ts";

export const duplicateRow: Rule = {
  id: "duplicate-row",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "The same row stands in the file more than once",
  rationale: "A row that stands there twice is learned twice as hard, which nobody asked for.",
  source: "openai-python `_validators.py` (duplicated_rows); Axolotl's exact deduplication.",
  index() {
    const groups = new Groups();
    const key = ({ content, prompt }: Digest) => (prompt === 0 ? 0 : content);
    return {
      add: (id, digest) => groups.add(key(digest), id),
      remove: (id, digest) => groups.remove(key(digest), id),
      report(rows, report) {
        for (const ids of groups.shared()) {
          const [first, ...others] = ids.sort((a, b) => rows.rank(a) - rows.rank(b));
          for (const id of others) {
            report({
              id,
              message: `the same row as in line ${rows.line(first!)}`,
              related: [{ id: first!, message: "here first" }],
              fixes: () => [{ title: "Remove this row", edits: [{ kind: "remove-record" }] }],
            });
          }
        }
      },
    };
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b"}\n«{"prompt": "A ", "completion": "b"}»\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
  ],
  good: [{ text: '{"prompt": "a", "completion": "b"}\n{"prompt": "a", "completion": "c"}\n' }],
};
