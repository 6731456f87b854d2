import { isOpening, isOrderly, removalOf } from "../detect/conversation.ts";
import type { Conversation, Turn } from "../parts.ts";
import type { Rule } from "./rule.ts";

export const firstNotUser: Rule = {
  id: "first-not-user",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", openai: "off" },
  summary: "A conversation does not begin with the user",
  rationale:
    "The model learns to speak before it is asked. Templates in the manner of Llama 2, Mistral and Gemma refuse such a conversation, LLaMA-Factory skips the row, and Anthropic's models on Bedrock want the user first. OpenAI allows it.",
  source: "`converter.py` in LLaMA-Factory; alignment-handbook #93; the chat templates of Llama 2 and Gemma.",
  check({ parts }, _context, report) {
    if (isOrderly(parts)) return;
    for (const conversation of parts.conversations) {
      if (!conversation.list || !isOpening(conversation, parts)) continue;
      const first = firstSpoken(conversation);
      // A tool that was never called is told by another rule.
      if (first?.side !== "assistant") continue;
      const { turns } = conversation;
      const from = turns.indexOf(first);
      const asked = turns.findIndex(({ side }) => side === "user");
      // A prompt that asks nothing is another rule's.
      if (asked < 0 && conversation.kind === "prompt") continue;
      report({
        at: first.role?.at ?? first.at,
        message:
          asked < 0 ? "nothing is asked before this answer" : "the assistant speaks before anything is asked",
        fixes: () => {
          if (asked < 0 || !turns.slice(asked).some(({ side }) => side === "assistant")) return [];
          const unasked = turns.slice(from, asked).filter(({ side }) => side !== "system");
          const what = unasked.length === 1 ? "this turn" : `the ${unasked.length} turns before the user's`;
          return [{ title: `Remove ${what}`, edits: removalOf(unasked) }];
        },
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": «"assistant"», "content": "How can I help?"}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"conversations": [{"from": «"gpt"», "value": "How can I help?"}, {"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      target: "llama-factory",
    },
    {
      text: '{"messages": [{"role": «"assistant"», "content": "Once upon a time"}]}\n',
      note: "What should be asked, only people know.",
    },
    {
      text: '{"contents": [{"role": «"model"», "parts": [{"text": "How can I help?"}]}, {"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
      fixed:
        '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "assistant", "content": "How can I help?"}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      note: "The completion goes on where the prompt ends.",
    },
    {
      text: '{"prompt": "Hi", "chosen": [{"role": "assistant", "content": "Hello"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
    },
  ],
};

/** The first turn that is no system message; undefined where it is unknown whose it is. */
function firstSpoken({ turns }: Conversation): Turn | undefined {
  const first = turns.find(({ side }) => side !== "system");
  return first?.side === undefined ? undefined : first;
}
