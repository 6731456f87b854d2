import type { Conversation } from "../parts.ts";
import { type Rule, removeRow } from "./rule.ts";

export const preferenceIdentical: Rule = {
  id: "preference-identical",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "The better and the worse answer are the same",
  rationale:
    "Two answers that are the same teach no preference: what one pulls up, the other pushes down, and only noise is left.",
  source: "The loss of DPO (Rafailov et al., 2023), which is constant for such a pair.",
  check({ parts: { conversations } }, _context, report) {
    if (conversations.length < 2) return;
    const chosen = conversations.find(({ kind }) => kind === "chosen");
    const rejected = conversations.find(({ kind }) => kind === "rejected");
    const last = rejected?.turns.at(-1);
    if (!chosen || !rejected || !last || chosen.turns.length !== rejected.turns.length) return;
    if (!areSame(chosen, rejected)) return;
    report({
      at: last.contentAt,
      message: "the worse answer is the same as the better one: there is nothing to prefer",
      fixes: () => [removeRow],
    });
  },
  bad: [
    {
      text: '{"prompt": "Hi", "chosen": "Hello", "rejected": "What?"}\n{"prompt": "Hi", "chosen": "Hello", "rejected": «"Hello "»}\n',
      fixed: '{"prompt": "Hi", "chosen": "Hello", "rejected": "What?"}\n',
    },
    {
      text: '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello"}], "non_preferred_output": [{"role": "assistant", "content": «"Hello"»}]}\n{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
      fixed:
        '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello"}, "rejected": {"from": "gpt", "value": «"Hello"»}}\n{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "Hi", "chosen": "Hello", "rejected": "hello"}\n',
      note: "Case may be what is preferred.",
    },
    {
      text: '{"prompt": "Hi", "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Time?"}], "chosen": [{"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "clock", "arguments": {}}}]}], "rejected": [{"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "sky", "arguments": {}}}]}]}\n',
      note: "The calls differ.",
    },
  ],
};

function areSame(chosen: Conversation, rejected: Conversation): boolean {
  return chosen.turns.every((turn, i) => {
    const other = rejected.turns[i]!;
    if (turn.side !== other.side) return false;
    if (typeof turn.content === "string" && typeof other.content === "string") {
      if (turn.content.trim() !== other.content.trim()) return false;
    } else if (JSON.stringify(turn.content) !== JSON.stringify(other.content)) return false;
    return JSON.stringify(turn.message?.tool_calls) === JSON.stringify(other.message?.tool_calls);
  });
}
