import { nearest } from "../../protocol/suggest.ts";
import { roleSpellings } from "../formats/messages.ts";
import type { Rule } from "./rule.ts";

export const unknownRole: Rule = {
  id: "unknown-role",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "A turn has a role that no format knows",
  rationale:
    "A template does not know how to write such a turn; loaders drop the row, often with no more than a line in a log.",
  source: 'LLaMA-Factory #2381 ("hummany"); Together `files check`.',
  check({ parts }, _context, report) {
    for (const { turns } of parts.conversations) {
      for (const { role, side } of turns) {
        if (!role || side !== undefined) continue;
        const spelled = String(role.spelled);
        const meant = nearest(spelled, roleSpellings.keys());
        report({
          at: role.at,
          message: `"${spelled}" is no role${meant ? `; did you mean "${meant}"?` : ""}`,
          fixes: () =>
            meant
              ? [
                  {
                    title: `Change "${spelled}" to "${meant}"`,
                    edits: [{ kind: "replace", at: role.at, value: meant }],
                  },
                ]
              : [],
        });
      }
    }
  },
  bad: [
    {
      text: '{"conversations": [{"from": «"hummany"», "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
    },
  ],
  good: [
    { text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n' },
  ],
};
