import { isOpening, isOrderly, listedTurns } from "../detect/conversation.ts";
import type { Conversation, Parts, Turn } from "../parts.ts";
import type { RecordEdit, Rule } from "./rule.ts";

export const systemNotFirst: Rule = {
  id: "system-not-first",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", gemini: "error", openai: "off", mistral: "info" },
  summary: "A system message stands behind other turns",
  rationale:
    "When the model is used, its system message comes first; one that comes later is learned in a place where it is never met again, and many chat templates refuse it. LLaMA-Factory skips such a row, Gemini takes no system turn among the contents, and mistral-finetune moves it to the front silently. OpenAI allows it.",
  source: "`converter.py` in LLaMA-Factory; `build_instruct_sample` in mistral-finetune.",
  check({ parts }, _context, report) {
    if (isOrderly(parts)) return;
    for (const conversation of parts.conversations) {
      const { turns } = conversation;
      let found: Turn | undefined;
      let systems = 0;
      for (const [i, turn] of turns.entries()) {
        if (turn.side !== "system") continue;
        systems++;
        if (i > 0) found = turn;
      }
      // Several are another rule's; an answer's own turns are, too.
      if (systems === 0 || systems > 1) continue;
      const isLate = conversation.kind === "completion" || (isOpening(conversation, parts) && found);
      if (!isLate) continue;
      const late = found ?? turns[0]!;
      report({
        at: late.role?.at ?? late.at,
        message: "the system message comes after other turns, where it is never met again",
        fixes: () => {
          const edits = moved(late, conversation, parts);
          return edits ? [{ title: "Move the system message to the beginning", edits }] : [];
        },
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"system"», "content": "Be brief."}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      name: "train.json",
      text: '[\n  {\n    "conversations": [\n      { "from": "human", "value": "Hi" },\n      { "from": "gpt", "value": "Hello" },\n      { "from": «"system"», "value": "Be brief." }\n    ]\n  }\n]\n',
      fixed:
        '[\n  {\n    "conversations": [\n      {\n        "from": "system",\n        "value": "Be brief."\n      },\n      { "from": "human", "value": "Hi" },\n      { "from": "gpt", "value": "Hello" }\n    ]\n  }\n]\n',
      target: "llama-factory",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": «"system"», "content": "Be brief."}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      note: "It belongs to the prompt.",
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"system": "Be brief.", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "system", "content": "Be brief."}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": "Hi", "chosen": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "rejected": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}\n',
      note: "Both answers hold the conversation themselves.",
    },
  ],
};

function moved(late: Turn, conversation: Conversation, parts: Parts): RecordEdit[] | undefined {
  const home =
    conversation.kind === "completion"
      ? parts.conversations.find(({ kind }) => kind === "prompt")
      : conversation;
  if (!home?.list || listedTurns(home).length === 0 || late.message === undefined) return undefined;
  return [
    { kind: "insert", at: [...home.list, 0], value: late.message },
    { kind: "remove", at: late.at },
  ];
}
