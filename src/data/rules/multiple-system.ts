import { between, isOrderly, removalOf } from "../detect/conversation.ts";
import type { Turn } from "../parts.ts";
import type { RecordEdit, Rule } from "./rule.ts";

export const multipleSystem: Rule = {
  id: "multiple-system",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", mistral: "error", gemini: "error", openai: "off" },
  summary: "A conversation has more than one system message",
  rationale:
    "Most chat templates read the first message as the system message and refuse another, or write it as one more turn, which the model never meets when it is used. mistral-finetune stops, LLaMA-Factory skips the row. OpenAI allows it.",
  source: "`build_instruct_sample` in mistral-finetune; `converter.py` in LLaMA-Factory.",
  check({ parts }, _context, report) {
    if (isOrderly(parts)) return;
    for (const { turns, list } of parts.conversations) {
      let second: Turn | undefined;
      let count = 0;
      for (const turn of turns) {
        if (turn.side === "system" && ++count === 2) second = turn;
      }
      if (!second) continue;
      report({
        at: second.role?.at ?? second.at,
        message: `the conversation has ${count} system messages, where templates expect one`,
        fixes: () => {
          const edits = merged(turns, list);
          return edits ? [{ title: `Merge the ${count} system messages`, edits }] : [];
        },
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": «"system"», "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"messages": [{"role": "system", "content": "Be brief.\\n\\nBe kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"system": "Be brief.", "conversations": [{"from": «"system"», "value": "Be brief."}, {"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      fixed:
        '{"system": "Be brief.", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      note: "What is said twice is kept once.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "system", "content": "Be brief."}, {"role": "assistant", "content": "Hello"}, {"role": «"system"», "content": "Be kind."}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye"}]}\n',
      fixed:
        '{"messages": [{"role": "system", "content": "Be brief.\\n\\nBe kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye"}]}\n',
      target: "mistral",
    },
    {
      text: '{"messages": [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}, {"role": «"system"», "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      note: "A list of parts is left to people.",
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "openai",
    },
  ],
};

/** Into the first where that begins the conversation; else into a new one that does. */
function merged(turns: readonly Turn[], list: Turn["at"] | undefined): RecordEdit[] | undefined {
  const systems = turns.filter(({ side }) => side === "system");
  const texts = systems.map(({ content }) => content);
  if (!list || !texts.every((text) => typeof text === "string")) return undefined;
  const [first, ...others] = systems;
  const said = texts[0]!;
  const more = [...new Set(texts.slice(1))].filter((text) => text !== said && text !== "");
  if (first === turns[0]) {
    const text = (said === "" ? more : ["", ...more]).join(between);
    const edits: RecordEdit[] =
      text === "" ? [] : [{ kind: "text", at: first!.contentAt, span: [said.length, said.length], text }];
    return [...edits, ...removalOf(others)];
  }
  const { message, contentAt } = first!;
  const value = { ...message, [contentAt.at(-1)!]: [said, ...more].join(between) };
  return [{ kind: "insert", at: [...list, 0], value }, ...removalOf(systems)];
}
