/**
 * Preference data: a prompt with a better and a worse answer. TRL's { prompt, chosen, rejected }, texts or lists of
 * messages, also without a prompt where both conversations hold it; LLaMA-Factory's ranking, with Alpaca's names
 * (instruction, input) or ShareGPT's (conversations, and each answer one turn).
 */
import { isJsonObject } from "../../json/object.ts";
import type { Conversation } from "../parts.ts";
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
    const prompt = promptOf(record);
    const answers = [answerOf(record, "chosen"), answerOf(record, "rejected")];
    return conversationParts(record, prompt.turns.length > 0 ? [prompt, ...answers] : answers);
  },
};

const questions = ["prompt", "instruction", "input", "question"];

function promptOf(record: DataRecord): Conversation {
  const turns = fieldTurn(record, "system", "system");
  for (const list of ["conversations", "prompt"]) {
    const value = field(record, list);
    if (!Array.isArray(value)) continue;
    return { kind: "prompt", list: [list], turns: [...turns, ...turnsIn(value, [list])] };
  }
  for (const key of questions) turns.push(...fieldTurn(record, key, "user"));
  return { kind: "prompt", turns };
}

function answerOf(record: DataRecord, kind: "chosen" | "rejected"): Conversation {
  const value = field(record, kind);
  if (Array.isArray(value)) return { kind, list: [kind], turns: turnsIn(value, [kind]) };
  const turns = isJsonObject(value) ? [turnAt(value, [kind])] : fieldTurn(record, kind, "assistant");
  return { kind, turns };
}
