/**
 * Preference data: a prompt with a better and a worse answer. TRL's { prompt, chosen, rejected }, texts or lists of
 * messages, also without a prompt where both conversations hold it; LLaMA-Factory's ranking, with Alpaca's names
 * (instruction, input) or ShareGPT's (conversations, and each answer one turn).
 */
import { isJsonObject } from "../../json/object.ts";
import type { Conversation, Turn } from "../parts.ts";
import { type DataRecord, FieldError, type Format, field } from "./format.ts";
import { conversationParts, fieldTurn, turnAt, turnsIn } from "./turns.ts";

export const noPreferenceTraining = "training on preference data is not supported yet";

/** Made once: errors cost much, and every record of such a file has this one. */
const refusal = new FieldError("chosen", `stands beside "rejected": ${noPreferenceTraining}`);

export const preference: Format = {
  name: "preference",
  keys: "chosen, rejected (prompt, or instruction and input, or conversations; system, tools)",
  untrainable: noPreferenceTraining,

  recognise(record) {
    return field(record, "chosen") !== undefined && field(record, "rejected") !== undefined ? 1 : 0;
  },

  toRow() {
    throw refusal;
  },

  parts(record) {
    const answer = (key: "chosen" | "rejected"): Conversation => ({ kind: key, ...side(record, key) });
    const prompt = promptOf(record);
    return conversationParts(record, [
      ...(prompt.turns.length > 0 ? [{ kind: "prompt" as const, ...prompt }] : []),
      answer("chosen"),
      answer("rejected"),
    ]);
  },
};

type TurnList = Pick<Conversation, "list" | "turns">;

function promptOf(record: DataRecord): TurnList {
  const system = fieldTurn(record, "system", "system");
  const list = ["conversations", "prompt"].find((key) => Array.isArray(field(record, key)));
  if (list !== undefined)
    return { list: [list], turns: [...system, ...turnsIn(field(record, list), [list])] };
  const asked = ["prompt", "instruction", "input", "question"].flatMap((key) =>
    fieldTurn(record, key, "user"),
  );
  return { turns: [...system, ...asked] };
}

function side(record: DataRecord, key: string): TurnList {
  const value = field(record, key);
  if (Array.isArray(value)) return { list: [key], turns: turnsIn(value, [key]) };
  const turns: Turn[] = isJsonObject(value) ? [turnAt(value, [key])] : fieldTurn(record, key, "assistant");
  return { turns };
}
