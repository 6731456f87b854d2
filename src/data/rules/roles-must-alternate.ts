import { hasAssistant, isLearned, isOrderly, listedTurns, mergeEdits } from "../detect/conversation.ts";
import { callsIn } from "../detect/tool-calls.ts";
import type { Turn } from "../parts.ts";
import type { RecordView, Rule, Severity, Target } from "./rule.ts";

export const rolesMustAlternate: Rule = {
  id: "roles-must-alternate",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", openai: "off" },
  summary: "The same side speaks twice in a row",
  rationale:
    "LLaMA-Factory takes turns by position (user or tool, then assistant or call) and skips any row that is otherwise, with no more than a line in its log; templates in the manner of Llama 2, Mistral and Gemma refuse it. Where a template writes it, a second answer follows the end of the first, which the model never meets when it is used. Without a model, Tunesmith takes several turns of the user in a row for information only: ChatML and its like write them. OpenAI allows both.",
  source:
    "`converter.py` in LLaMA-Factory; Together's `files check`; the order that mistral-common's validator expects; unsloth #334, alignment-handbook #93, smol-course #260.",
  check(view, { target }, report) {
    if (isOrderly(view.parts)) return;
    for (const conversation of view.parts.conversations) {
      const turns = listedTurns(conversation);
      // Two turns are looked at only where one of them could be an answer.
      if (turns.length < 2 || (isLearned(conversation) && !hasAssistant(conversation.turns))) continue;
      for (let start = 0; start < turns.length - 1; ) {
        const end = runEnd(turns, start, target, view);
        const severity = end > start + 1 ? severityFor(turns[start]!, turns[end - 1]!, target) : undefined;
        if (severity === undefined) {
          start++;
          continue;
        }
        const run = turns.slice(start, end);
        const [first, second] = [run[0]!, run[1]!];
        const isChange = first.side !== run.at(-1)!.side;
        report({
          at: second.role?.at ?? second.at,
          severity,
          message: isChange
            ? "the user speaks where the assistant should answer the tool's result"
            : `${run.length} ${sideNames[first.side!]} turns in a row: ${consequence(target)}`,
          fixes: () => {
            const edits = isChange ? undefined : mergeEdits(run);
            return edits ? [{ title: `Merge the ${run.length} turns`, edits }] : [];
          },
        });
        start = isChange ? end - 1 : end;
      }
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"user"», "content": "Are you there?"}, {"role": "assistant", "content": "Yes"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi\\n\\nAre you there?"}, {"role": "assistant", "content": "Yes"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}, {"from": «"gpt"», "value": "How are you?"}, {"from": "gpt", "value": "I am fine."}]}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello\\n\\nHow are you?\\n\\nI am fine."}]}\n',
      target: "llama-factory",
      note: "A run of turns is one problem.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": «"assistant"», "content": "Bye", "weight": 1}, {"role": "user", "content": "What?"}, {"role": "assistant", "content": "Sorry"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello\\n\\nBye", "weight": 1}, {"role": "user", "content": "What?"}, {"role": "assistant", "content": "Sorry"}]}\n',
      target: "mistral",
      note: "The turn that says more than a text keeps what it says.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": «"assistant"», "content": "Bye", "weight": 0}, {"role": "user", "content": "What?"}, {"role": "assistant", "content": "Sorry"}]}\n',
      note: "One is learned, and the other is not.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Let me look."}, {"role": «"assistant"», "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": {}}}]}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": {}}}]}]}\n',
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}, {"role": «"user"», "content": "Hey"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi\\n\\nHey"}], "completion": [{"role": "assistant", "content": "Hello"}]}\n',
      target: "trl",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}, {"role": «"user"», "content": "Hey"}], "chosen": [{"role": "assistant", "content": "Hello"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi\\n\\nHey"}], "chosen": [{"role": "assistant", "content": "Hello"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"user"», "content": [{"type": "text", "text": "There?"}]}, {"role": "user", "name": "Jo", "content": "Hey"}, {"role": "assistant", "content": "Yes"}]}\n',
      note: "Parts and names are left to people.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Time?"}, {"from": "function_call", "value": "{\\"name\\": \\"clock\\", \\"arguments\\": {}}"}, {"from": "observation", "value": "12:00"}, {"from": «"human"», "value": "Well?"}, {"from": "gpt", "value": "Noon"}]}\n',
      target: "llama-factory",
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "There?"}, {"role": "assistant", "content": "Yes"}, {"role": "assistant", "content": "I am."}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time and weather?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}, {"id": "b", "type": "function", "function": {"name": "sky", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "tool", "tool_call_id": "b", "content": "blue"}, {"role": "assistant", "content": "Noon, and blue."}]}\n',
      note: "Each call has its result.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "a", "type": "function", "function": {"name": "clock", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "a", "content": "12:00"}, {"role": "user", "content": "Well?"}, {"role": "assistant", "content": "Noon"}]}\n',
    },
    {
      text: '{"question": "Who?", "context": "Bob came.", "answer": "Bob"}\n',
      note: "Question and context are fields, which become one turn.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "There?"}]}\n',
      note: "Nothing is answered at all: that is another rule's.",
    },
  ],
};

const sideNames = {
  user: "user",
  assistant: "assistant",
  tool: "tool",
  system: "system",
  text: "text",
} as const;

/** Behind the last turn of a run that begins at `start`: of one side, or the user's after a tool's. */
function runEnd(turns: readonly Turn[], start: number, target: Target, view: RecordView): number {
  const { side } = turns[start]!;
  let end = start + 1;
  if (side === undefined || side === "system") return end;
  if (side === "tool" && turns[end]!.side === "user") return end + 1;
  // OpenAI's form has a result of its own for each of several calls; ShareGPT's has one.
  if (side === "tool" && (target !== "llama-factory" || turns[start]!.contentAt.at(-1) !== "value"))
    return end;
  while (end < turns.length && turns[end]!.side === side) {
    // A call that is not answered is another rule's.
    if (side === "assistant" && callsIn(turns[end - 1]!, view).length > 0) break;
    end++;
  }
  return end;
}

function severityFor(first: Turn, last: Turn, target: Target): Severity | undefined {
  if (target === "llama-factory") return "error";
  if (first.side === "tool") return target === "mistral" && last.side === "user" ? "error" : undefined;
  if (first.side === "user") return target === "tunesmith" || target === "mistral" ? "info" : "warning";
  return target === "mistral" ? "error" : "warning";
}

function consequence(target: Target): string {
  if (target === "llama-factory") return "LLaMA-Factory skips the row";
  return "strict templates refuse that";
}
