import { chatml, deepseek, qwen } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

const open = "<think>";
const close = "</think>";

export const thinkTagConsistency: Rule = {
  id: "think-tag-consistency",
  level: "tokens",
  on: "tokens",
  severity: "warning",
  summary: "The thought in an answer is not opened, not closed, or does not come first",
  rationale:
    "Templates of thinking models look for `<think>` … `</think>` at the beginning of an answer, and cut at the tags they find. A tag without its other half makes them drop the answer, or keep the thought; and the model learns thoughts that never end.",
  source: "How the templates of Qwen3 and DeepSeek-R1 split an answer at `</think>`.",
  check(view, _context, report) {
    const { row, read } = view;
    if (row.kind === "text" || !read) return;
    for (const [i, { role, content }] of row.messages.entries()) {
      if (role !== "assistant" || !content.includes("think>")) continue;
      const opened = tagIn(content, open);
      const closed = tagIn(content, close);
      const startsWithIt = opened >= 0 && content.slice(0, opened).trim() === "";
      if (startsWithIt && closed < 0) {
        report({
          ...view.placeInMessage(i, opened, opened + open.length),
          message: "the thought that begins here is never closed",
        });
      } else if (closed >= 0 && opened < 0 && !read.prompt?.trimEnd().endsWith(open)) {
        const { at } = view.placeInMessage(i, 0);
        report({
          ...view.placeInMessage(i, closed, closed + close.length),
          message: "a thought ends here that nothing has opened",
          fixes: () =>
            at
              ? [
                  {
                    title: `Put ${open} before the answer`,
                    edits: [{ kind: "text", at, span: [0, 0], text: `${open}\n` }],
                  },
                ]
              : [],
        });
      } else if (closed > opened && opened >= 0 && !startsWithIt) {
        report({
          ...view.placeInMessage(i, opened, opened + open.length),
          message: "the thought comes after other text of the answer, where templates do not look for it",
        });
      }
    }
  },
  bad: [
    { text: '{"prompt": "Hi", "completion": "«<think>»\\nhm\\n\\nHello"}\n', model: qwen },
    {
      text: '{"prompt": "Hi", "completion": "hm\\n«</think>»\\n\\nHello"}\n',
      model: qwen,
      fixed: '{"prompt": "Hi", "completion": "<think>\\nhm\\n</think>\\n\\nHello"}\n',
    },
    { text: '{"prompt": "Hi", "completion": "Well.\\n«<think>»\\nhm\\n</think>\\nHello"}\n', model: chatml },
  ],
  good: [
    { text: '{"prompt": "Hi", "completion": "<think>\\nhm\\n</think>\\n\\nHello"}\n', model: qwen },
    { text: '{"prompt": "Hi", "completion": "Hello"}\n', model: qwen },
    {
      text: '{"prompt": "Hi", "completion": "hm</think>Hello"}\n',
      model: deepseek,
      note: "The prompt opens the thought.",
    },
    {
      text: '{"prompt": "How do such models think?", "completion": "They write <think> and then `</think>`."}\n',
      model: chatml,
      note: "It is spoken of.",
    },
  ],
};

/** A tag on a line of its own, or at either end of one: others are spoken of. */
function tagIn(content: string, tag: string): number {
  for (let at = content.indexOf(tag); at >= 0; at = content.indexOf(tag, at + 1)) {
    const before = at === 0 || content[at - 1] === "\n";
    const end = at + tag.length;
    const after = end === content.length || content[end] === "\n";
    if (tag === open ? before : before || after || content.slice(0, at).trimStart().startsWith(open))
      return at;
  }
  return -1;
}
