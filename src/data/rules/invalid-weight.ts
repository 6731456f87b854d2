import { isJsonObject, type JsonObject } from "../../json/object.ts";
import type { Path, Turn } from "../parts.ts";
import type { Fix, Found, Rule } from "./rule.ts";

export const invalidWeight: Rule = {
  id: "invalid-weight",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "A message's weight is neither 0 nor 1, or stands where it has no effect",
  rationale:
    "A weight says whether an assistant's message is learned: 0 keeps it in the context only. Other values are refused, and on the messages of others a weight has no effect. Axolotl also weighs parts and stretches of a message, which Tunesmith does not: it learns an answer whole or not at all.",
  source:
    "Together's `files check` (weight is the whole number 0 or 1); OpenAI's fine-tuning guide; `train_detail` and weights of parts in Axolotl's dataset formats.",
  check({ parts }, { target }, report) {
    for (const { turns } of parts.conversations) {
      for (const turn of turns) {
        if (turn.message && "weight" in turn.message) checkWeight(turn, turn.message.weight, report);
        if (target === "tunesmith" && turn.side === "assistant") checkInside(turn, report);
      }
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": «true»}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": «"0"»}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": «0.5»}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a", «"weight"»: 1}, {"role": "assistant", "content": "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b c", «"train_detail"»: [{"begin_offset": 0, "end_offset": 0, "train": false}]}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": [{"type": "text", "text": "b", «"weight"»: 0}, {"type": "text", "text": "c"}, {"type": "text", "text": "d", «"train"»: false}]}]}\n',
    },
  ],
  good: [
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": [{"type": "text", "text": "b", "weight": 0}, {"type": "text", "text": "c"}]}]}\n',
      target: "axolotl",
      note: "Axolotl reads it.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a", "weight": 0}, {"role": "assistant", "content": "b", "weight": null}]}\n',
      note: "0 says what holds anyway; null is how exporters write nothing.",
    },
  ],
};

/** What says that something in the answer is not learned. */
function checkInside({ at, message, content, contentAt }: Turn, report: (found: Found) => void): void {
  const tell = (place: Path) =>
    report({
      at: place,
      on: "key",
      severity: "warning",
      message: `"${String(place.at(-1))}" is not read here: an answer is learned whole or not at all`,
    });
  const details = message?.train_detail;
  if (Array.isArray(details) && details.some(isUnlearned)) tell([...at, "train_detail"]);
  if (!Array.isArray(content)) return;
  for (const [i, part] of content.entries()) {
    if (!isUnlearned(part)) continue;
    tell([...contentAt, i, part.weight === 0 ? "weight" : "train"]);
  }
}

function isUnlearned(value: unknown): value is JsonObject {
  return isJsonObject(value) && (value.train === false || value.weight === 0);
}

const meant = new Map<unknown, 0 | 1>([
  [true, 1],
  [false, 0],
  ["1", 1],
  ["0", 0],
]);

function checkWeight({ at, side }: Turn, weight: unknown, report: (found: Found) => void): void {
  if (weight === undefined || weight === null) return;
  const place: Path = [...at, "weight"];
  if (side !== undefined && side !== "assistant") {
    if (weight === 0) return;
    report({
      at: place,
      on: "key",
      severity: "warning",
      message: "a weight has no effect here: only the assistant's messages are learned",
      fixes: () => [{ title: "Remove the weight", edits: [{ kind: "remove", at: place }] }],
    });
    return;
  }
  if (weight === 0 || weight === 1) return;
  report({
    at: place,
    message: `the weight is ${JSON.stringify(weight)}; it has to be 0 (not learned) or 1`,
    fixes: (): Fix[] => {
      const value = meant.get(weight);
      if (value === undefined) return [];
      return [{ title: `Change it to ${value}`, safe: true, edits: [{ kind: "replace", at: place, value }] }];
    },
  });
}
