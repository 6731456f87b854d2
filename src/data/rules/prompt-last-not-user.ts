import { countOf, isOrderly, removalOf } from "../detect/conversation.ts";
import type { Rule } from "./rule.ts";

export const promptLastNotUser: Rule = {
  id: "prompt-last-not-user",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { openai: "error", "llama-factory": "error", trl: "info" },
  summary: "A prompt ends with an answer, or with a system message",
  rationale:
    "The completion, or each of two answers, should answer what the prompt asks last. After a prompt that ends with an answer, the model learns to answer once more; TRL takes such a prompt as an answer to be continued, and a prompt that ends with a system message stops it. OpenAI and Together refuse preference data whose input ends with the assistant; LLaMA-Factory skips it.",
  source:
    "Together's `files check`; `apply_chat_template` in TRL's `data_utils.py`; `converter.py` in LLaMA-Factory.",
  check({ parts }, { target }, report) {
    if (isOrderly(parts)) return;
    for (const { kind, list, turns } of parts.conversations) {
      const last = turns.at(-1);
      if (kind !== "prompt" || !list || !last || last.message === undefined) continue;
      if (last.side !== "assistant" && last.side !== "system") continue;
      // A system message that comes late is another rule's.
      if (last.side === "system" && turns.some(({ side }) => side !== "system")) continue;
      const isAnswer = last.side === "assistant";
      const asked = turns.findLastIndex(({ side }) => side !== "assistant");
      const after = turns.slice(asked + 1);
      const isKept = turns.slice(0, asked + 1).some(({ side }) => side === "user" || side === "tool");
      report({
        at: last.role?.at ?? last.at,
        ...(!isAnswer && target === "trl" && { severity: "error" as const }),
        message: isAnswer
          ? "the prompt ends with an answer, which a second one follows"
          : "the prompt asks nothing: it ends with the system message",
        fixes: () =>
          isAnswer && isKept
            ? [
                {
                  title: `Remove the ${after.length === 1 ? "last turn" : `last ${countOf(after.length, "turn")}`} of the prompt`,
                  edits: removalOf(after),
                },
              ]
            : [],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}, {"role": «"assistant"», "content": "Hello"}], "chosen": [{"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Hello!"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"input": {"messages": [{"role": "user", "content": "Hi"}, {"role": «"assistant"», "content": "Hello"}]}, "preferred_output": [{"role": "assistant", "content": "Hello!"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
      fixed:
        '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello!"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": [{"role": «"system"», "content": "Be brief."}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      target: "trl",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": «"gpt"», "value": "Hello"}], "chosen": {"from": "gpt", "value": "Hello!"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello!"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
      target: "llama-factory",
    },
  ],
  good: [
    {
      text: '{"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
    },
    { text: '{"prompt": "Hi", "completion": "Hello"}\n' },
    {
      text: '{"prompt": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}], "completion": [{"role": "assistant", "content": "Noon"}]}\n',
      note: "A tool's result asks for an answer, too.",
    },
  ],
};
