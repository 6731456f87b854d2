import { isJsonObject } from "../../json/object.ts";
import { isLearned } from "../detect/conversation.ts";
import { isLeftOut } from "../formats/messages.ts";
import type { Turn } from "../parts.ts";
import type { RecordEdit, Rule, Target } from "./rule.ts";

export const noTrainedMessage: Rule = {
  id: "no-trained-message",
  level: "conversation",
  on: "record",
  severity: "error",
  targets: { trl: "off", "llama-factory": "off", "mlx-lm": "off", gemini: "off" },
  summary: "No answer is learned, or the last one is not",
  rationale:
    "An answer of weight 0 (as Axolotl has it, `train: false`) stays in the context and is not learned. Where that holds for all of them, the row trains nothing. Where only the last is left out, it costs tokens for nothing, and mostly it was meant otherwise.",
  source:
    "`weight` in OpenAI's fine-tuning format and in mistral-finetune; `train` in Axolotl's dataset formats, which warns that the last turn is not trainable. Tunesmith reads both. Other trainers do not read either.",
  check({ parts, record, format }, { target }, report) {
    for (const conversation of parts.conversations) {
      if (!isLearned(conversation)) continue;
      const { turns } = conversation;
      let last: Turn | undefined;
      let learned = 0;
      let isLastLearned = true;
      for (const turn of turns) {
        if (turn.side !== "assistant") continue;
        last = turn;
        isLastLearned = isTrained(turn, target);
        if (isLastLearned) learned++;
      }
      if (!last || isLastLearned) continue;
      // mistral-finetune learns the last answer only, where tools are declared.
      const isMistral = target === "mistral" || format?.name === "mistral";
      const isOnlyLast =
        (isMistral && record?.only_last === true) || (target === "mistral" && parts.tools !== undefined);
      const isNone = learned === 0 || isOnlyLast;
      const key = keyOf(last);
      report({
        at: key === undefined ? last.at : [...last.at, key],
        ...(!isNone && { severity: "warning" }),
        message: isNone
          ? "no answer is learned: the row trains nothing"
          : "the last answer is not learned, so nothing after the one before is",
        fixes: () =>
          key === undefined ? [] : [{ title: "Learn the last answer", edits: [learn(last, key)] }],
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": «0»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long", "weight": «0»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long", "weight": «0»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long", "weight": 1}]}\n',
      note: "A warning: the first answer is learned.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": «false»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": true}]}\n',
      target: "axolotl",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": «false»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": true}]}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello", "train": «false»}]}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello", "train": true}]}\n',
    },
    {
      text: '{"only_last": true, "interactions": [{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Hello"}, {"role": "user", "text": "Bye"}, {"role": "assistant", "text": "So long", "weight": «0»}]}\n',
      fixed:
        '{"only_last": true, "interactions": [{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Hello"}, {"role": "user", "text": "Bye"}, {"role": "assistant", "text": "So long", "weight": 1}]}\n',
      note: "An error: the answer before is not learned, either.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello", "weight": «0»}]}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, «{"role": "assistant", "content": [{"type": "text", "text": "Hello", "train": false}]}»]}\n',
      target: "axolotl",
      note: "Every part is left out.",
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "weight": 0}]}\n',
      target: "trl",
      note: "TRL does not read weights.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": false}]}\n',
      target: "openai",
      note: "OpenAI does not know this key.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "train": false, "train_detail": [{"begin_offset": 0, "end_offset": 1, "train": true}]}]}\n',
      target: "axolotl",
      note: "A part of the answer is learned.",
    },
  ],
};

function isTrained({ message, content }: Turn, target: Target): boolean {
  if (message === undefined) return true;
  if (target === "tunesmith") return !isLeftOut(message);
  if (message.weight === 0) return false;
  if (target !== "axolotl") return true;
  const { train_detail: details } = message;
  if (Array.isArray(details) && details.some((each) => isJsonObject(each) && each.train === true))
    return true;
  if (message.train === false) return false;
  if (!Array.isArray(content) || content.length === 0) return true;
  return content.some((part: unknown) => !isJsonObject(part) || (part.train !== false && part.weight !== 0));
}

function keyOf({ message }: Turn): "weight" | "train" | undefined {
  if (message?.weight === 0) return "weight";
  return message?.train === false ? "train" : undefined;
}

function learn(turn: Turn, key: "weight" | "train"): RecordEdit {
  return { kind: "replace", at: [...turn.at, key], value: key === "weight" ? 1 : true };
}
