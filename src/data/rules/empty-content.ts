import type { Conversation, Parts, Turn } from "../parts.ts";
import { type Fix, type Rule, removeRow } from "./rule.ts";

export const emptyContent: Rule = {
  id: "empty-content",
  level: "content",
  on: "record",
  severity: "error",
  summary: "A question or an answer says nothing",
  rationale:
    "An empty answer teaches the model to answer with nothing: its only trained token is the one that ends the turn. An empty question teaches it to make something up. Tunesmith leaves out rows with an empty answer.",
  source:
    "Empty outputs in AlpacaDataCleaned; `empty_field` in openai-python's `_validators.py`; missing_content in the OpenAI cookbook.",
  check({ parts, container }, _context, report) {
    for (const conversation of parts.conversations) {
      if (conversation.kind === "rejected") continue;
      for (const turn of conversation.turns) {
        const { content, side } = turn;
        if (typeof content !== "string" || !isBlank(content)) continue;
        if (side !== "assistant" && side !== "user") continue;
        if (isCall(turn) || (side === "user" && hasOtherText(turn, parts))) continue;
        report({
          at: turn.contentAt,
          ...(side === "user" && { severity: "warning" }),
          message:
            side === "user" ? "the question is empty" : "the answer is empty: it teaches to say nothing",
          fixes: () => [...(container === "table" ? [] : withoutTurn(conversation, turn)), removeRow],
        });
      }
    }
    if (parts.conversations.length > 0) return;
    for (const { at, text, side } of parts.texts) {
      if (side === "text" && isBlank(text)) {
        report({ at, message: "the text is empty", fixes: () => [removeRow] });
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": «""»}\n{"prompt": "b", "completion": "c"}\n',
      fixed: '{"prompt": "b", "completion": "c"}\n',
    },
    {
      text: '{"prompt": «" \\n"», "completion": "a"}\n{"prompt": "b", "completion": "c"}\n',
      fixed: '{"prompt": "b", "completion": "c"}\n',
    },
    { text: "question,answer\na,b\nc,«»\n", name: "train.csv", fixed: "question,answer\na,b\n" },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": «""»}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      note: "The question goes with its answer.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": «"  "»}, {"from": "gpt", "value": "a"}, {"from": "human", "value": "b"}, {"from": "gpt", "value": "c"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "b"}, {"from": "gpt", "value": "c"}]}\n',
    },
    { text: '{"text": "a"}\n{"text": «""»}\n', fixed: '{"text": "a"}\n' },
    {
      text: '{"instruction": «""», "input": "", "output": "a"}\n{"instruction": "b", "input": "", "output": "c"}\n',
      fixed: '{"instruction": "b", "input": "", "output": "c"}\n',
    },
  ],
  good: [
    { text: '{"instruction": "a", "input": "", "output": "b"}\n', note: "Most instructions need no input." },
    { text: '{"instruction": "", "input": "a", "output": "b"}\n' },
    {
      text: '{"messages": [{"role": "system", "content": ""}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "call_1", "content": ""}, {"role": "assistant", "content": "b"}], "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]}\n',
      note: "A turn with tool calls needs no words, and a tool may have none.",
    },
    { text: '{"prompt": "a", "chosen": "b", "rejected": ""}\n', note: "A rejected answer may be bad." },
  ],
};

function isBlank(text: string): boolean {
  // Nearly all texts are settled by their first character.
  return text === "" || (/^[\s\u200b\ufeff]/.test(text[0]!) && /^[\s\u200b\ufeff]*$/.test(text));
}

function isCall({ message }: Turn): boolean {
  return message !== undefined && (message.tool_calls != null || message.function_call != null);
}

/** Alpaca's input belongs to the question, too; so do the parts of a content. */
function hasOtherText({ at, message }: Turn, { texts }: Parts): boolean {
  if (message) return false;
  return texts.some((text) => text.side === "user" && text.at[0] !== at[0] && !isBlank(text.text));
}

/** The question with its answer, where others are left. */
function withoutTurn({ list, turns }: Conversation, turn: Turn): Fix[] {
  if (!list || turn.at.length <= list.length) return [];
  const at = turns.indexOf(turn);
  const [question, answer] = turn.side === "user" ? [turn, turns[at + 1]] : [turns[at - 1], turn];
  if (question?.side !== "user" || answer?.side !== "assistant" || isCall(answer)) return [];
  const rest = turns.filter((each) => each !== question && each !== answer);
  if (!rest.some(({ side }) => side === "assistant")) return [];
  return [
    {
      title: "Remove this question and its answer",
      edits: [question, answer].map((each) => ({ kind: "remove", at: each.at })),
    },
  ];
}
