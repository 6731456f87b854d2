/**
 * Alpaca: { instruction, output } with optional input, system and history (earlier [question, answer] pairs, learned
 * as well). The prompt is instruction and input, one under the other, as LLaMA-Factory's data/README.md has it.
 */
import type { Message } from "../../text/conversation.ts";
import type { Turn } from "../parts.ts";
import {
  asText,
  type DataRecord,
  FieldError,
  type Format,
  field,
  optionalText,
  requiredText,
} from "./format.ts";
import { pairRow } from "./pair.ts";
import { conversationParts, fieldTurn, textsOf } from "./turns.ts";

export const alpaca: Format = {
  name: "alpaca",
  keys: "instruction, output (input, system, history)",

  recognise(record) {
    return field(record, "instruction") !== undefined && field(record, "output") !== undefined ? 1 : 0;
  },

  toRow(record) {
    return pairRow({
      system: optionalText(record, "system"),
      history: historyOf(record),
      user: [requiredText(record, "instruction"), optionalText(record, "input")],
      assistant: requiredText(record, "output"),
    });
  },

  parts(record) {
    const turns = fieldTurn(record, "system", "system");
    if (Object.hasOwn(record, "history")) turns.push(...historyTurns(record));
    turns.push(...fieldTurn(record, "instruction", "user"), ...fieldTurn(record, "output", "assistant"));
    const { texts, conversations } = conversationParts(record, [{ kind: "whole", turns }]);
    // The input stands under the instruction, in the same turn.
    const [input] = fieldTurn(record, "input", "user");
    return { conversations, texts: input ? [...texts, ...textsOf(input)] : texts };
  },
};

function historyTurns(record: DataRecord): Turn[] {
  const history = field(record, "history");
  if (!Array.isArray(history)) return [];
  return history.flatMap((pair: unknown, i) =>
    (["user", "assistant"] as const).flatMap((side, j) => {
      const content = Array.isArray(pair) ? (pair[j] as unknown) : undefined;
      const at = ["history", i, j];
      return content === undefined ? [] : [{ at, side, contentAt: at, content }];
    }),
  );
}

function historyOf(record: DataRecord): Message[] {
  const history = field(record, "history") ?? [];
  if (!Array.isArray(history)) throw new FieldError("history", "is not a list of [question, answer] pairs");
  return history.flatMap((pair: unknown, i) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new FieldError(`history[${i}]`, "is not a [question, answer] pair");
    }
    return [
      { role: "user", content: asText(pair[0], `history[${i}][0]`) },
      { role: "assistant", content: asText(pair[1], `history[${i}][1]`) },
    ];
  });
}
