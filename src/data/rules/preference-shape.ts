import { isJsonObject } from "../../json/object.ts";
import { judgedAs, listedTurns, removalOf, valueAt } from "../detect/conversation.ts";
import type { Conversation, Turn } from "../parts.ts";
import type { Fix, Found, RecordView, Rule, Target } from "./rule.ts";

export const preferenceShape: Rule = {
  id: "preference-shape",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "The two answers of a preference row are not answers to one prompt",
  rationale:
    "A better and a worse answer are compared after the same prompt. OpenAI and Together want each to be one message of the assistant, LLaMA-Factory wants one turn or a text; TRL takes several messages, and where no prompt stands beside them finds it as their common beginning. What begins with a question again after the prompt is learned with the question in it.",
  source:
    "Together's `files check`; `extract_prompt` in TRL's `data_utils.py`; `converter.py` in LLaMA-Factory.",
  check(view, context, report) {
    const target = judgedAs(context.target, view.format);
    const { conversations } = view.parts;
    if (conversations.length < 2) return;
    const chosen = conversations.find(({ kind }) => kind === "chosen");
    const rejected = conversations.find(({ kind }) => kind === "rejected");
    if (!chosen || !rejected) return;
    const prompt = conversations.find(({ kind, list }) => kind === "prompt" && list !== undefined);
    let isSound = true;
    for (const answer of [chosen, rejected]) {
      const found = problemOf(answer, prompt, view, target);
      if (!found) continue;
      isSound = false;
      report(found);
    }
    if (!isSound) return;
    const pair = pairProblem(chosen, rejected, prompt);
    if (pair) report(pair);
  },
  bad: [
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": «[{"role": "user", "content": "Hello"}]», "rejected": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": «[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]», "rejected": «[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]»}\n',
      fixed:
        '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Hello"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
      note: "The prompt stands there twice.",
    },
    {
      text: '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": «[{"role": "assistant", "content": "Hello"}, {"role": "assistant", "content": "Hello!"}]», "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
      target: "openai",
      fixed:
        '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello!"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "rejected": [{"role": "user", "content": «"Hey"»}, {"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": «[{"from": "gpt", "value": "Hello"}]», "rejected": {"from": "gpt", "value": "What?"}}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
      target: "llama-factory",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": «"human"», "value": "Hello"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
    },
    {
      text: '{"prompt": "Hi", "chosen": "Hello", "rejected": «[{"role": "assistant", "content": "What?"}]»}\n',
    },
  ],
  good: [
    { text: '{"prompt": "Hi", "chosen": "Hello", "rejected": "What?"}\n' },
    {
      text: '{"prompt": "Hi", "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "rejected": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "What?"}]}\n',
      note: "As UltraFeedback has it: the prompt as text is a copy.",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "Hi"}], "chosen": [{"role": "assistant", "content": "Hello"}], "rejected": [{"role": "assistant", "content": "What?"}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}], "chosen": {"from": "gpt", "value": "Hello"}, "rejected": {"from": "gpt", "value": "What?"}}\n',
      target: "llama-factory",
    },
    {
      text: '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content": "Hello"}], "non_preferred_output": [{"role": "assistant", "content": "What?"}]}\n',
      target: "openai",
    },
  ],
};

function nameOf({ list, turns }: Conversation): string {
  return String((list ?? turns[0]?.at ?? [])[0] ?? "");
}

function problemOf(
  answer: Conversation,
  prompt: Conversation | undefined,
  { format, record }: RecordView,
  target: Target,
): Found | undefined {
  const { list, turns } = answer;
  const name = nameOf(answer);
  // Empty lists and misspelled roles have rules of their own.
  if (turns.length === 0 || turns.some(({ side }) => side === undefined)) return undefined;
  const last = turns.at(-1)!;
  if (!list) {
    if (last.side === "assistant") return undefined;
    return { at: last.role?.at ?? last.at, message: `"${name}" is a ${last.side} turn, not an answer` };
  }
  const at = list;
  if (last.side !== "assistant") return { at, message: `"${name}" does not end with an answer` };
  const repeated = prompt ? repeatedTurns(turns, listedTurns(prompt)) : 0;
  if (prompt && turns[0]!.side !== "assistant" && turns[0]!.side !== "tool") {
    const isCopy = repeated > 0 && repeated < turns.length;
    return {
      at,
      message: `"${name}" ${isCopy ? "repeats the prompt" : `begins with a ${turns[0]!.side} turn after the prompt`}`,
      fixes: () =>
        isCopy
          ? [{ title: "Remove the repeated prompt", safe: true, edits: removalOf(turns.slice(0, repeated)) }]
          : [],
    };
  }
  if (format?.name === "openai-preference" && turns.length !== 1) {
    return {
      at,
      message: `"${name}" has ${turns.length} messages, where one is compared`,
      fixes: () => [{ title: "Keep the last message only", edits: removalOf(turns.slice(0, -1)) }],
    };
  }
  return target === "llama-factory" ? listForLlamaFactory(name, at, turns, record) : undefined;
}

function listForLlamaFactory(
  name: string,
  at: Conversation["turns"][number]["at"],
  turns: readonly Turn[],
  record: unknown,
): Found {
  const value = valueAt(record, at);
  const one = Array.isArray(value) && value.length === 1 && isJsonObject(value[0]) ? value[0] : undefined;
  const fix: Fix | undefined = one && {
    title: "Take the turn out of the list",
    safe: true,
    edits: [{ kind: "replace", at, value: one }],
  };
  return {
    at,
    message: `"${name}" is a list of ${turns.length}, where LLaMA-Factory takes one turn or a text`,
    ...(fix && { fixes: () => [fix] }),
  };
}

/** How many turns of the prompt stand at the beginning once more: all of them, or none. */
function repeatedTurns(turns: readonly Turn[], prompt: readonly Turn[]): number {
  const isRepeated =
    prompt.length > 0 &&
    prompt.every(
      ({ side, content }, i) =>
        turns[i]?.side === side && JSON.stringify(turns[i].content) === JSON.stringify(content),
    );
  return isRepeated ? prompt.length : 0;
}

function pairProblem(
  chosen: Conversation,
  rejected: Conversation,
  prompt: Conversation | undefined,
): Found | undefined {
  const [first, other] = [chosen.turns[0], rejected.turns[0]];
  if (!first || !other) return undefined;
  const isText = ({ list, turns }: Conversation) => list === undefined && turns[0]?.message === undefined;
  if (isText(chosen) !== isText(rejected)) {
    const name = nameOf(chosen);
    return {
      at: rejected.list ?? other.at,
      message: `"${nameOf(rejected)}" is ${isText(rejected) ? "a text" : "made of messages"}, and "${name}" is not`,
    };
  }
  if (prompt || first.side === "assistant" || !chosen.list || !rejected.list) return undefined;
  if (JSON.stringify(first.content) === JSON.stringify(other.content)) return undefined;
  return {
    at: other.contentAt,
    message: "the two answers do not begin with the same prompt",
  };
}
