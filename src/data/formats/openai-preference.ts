/**
 * Preference data as OpenAI's fine-tuning has it: { input: { messages, tools }, preferred_output,
 * non_preferred_output }, each output a list of one assistant message.
 */
import { isJsonObject } from "../../json/object.ts";
import type { Conversation } from "../parts.ts";
import { FieldError, type Format, field } from "./format.ts";
import { noPreferenceTraining } from "./preference.ts";
import { conversationParts, turnsIn } from "./turns.ts";

const refusal = new FieldError(
  "preferred_output",
  `stands beside "non_preferred_output": ${noPreferenceTraining}`,
);

export const openaiPreference: Format = {
  name: "openai-preference",
  keys: "input.messages, preferred_output, non_preferred_output (input.tools)",
  untrainable: noPreferenceTraining,

  recognise(record) {
    const outputs = ["preferred_output", "non_preferred_output"];
    return outputs.every((key) => field(record, key) !== undefined) ? 1 : 0;
  },

  toRow() {
    throw refusal;
  },

  parts(record) {
    const input = field(record, "input");
    const asked = isJsonObject(input) ? input : {};
    const answer = (key: string, kind: Conversation["kind"]): Conversation => ({
      kind,
      list: [key],
      turns: turnsIn(field(record, key), [key]),
    });
    const { texts, conversations } = conversationParts({}, [
      {
        kind: "prompt",
        list: ["input", "messages"],
        turns: turnsIn(field(asked, "messages"), ["input", "messages"]),
      },
      answer("preferred_output", "chosen"),
      answer("non_preferred_output", "rejected"),
    ]);
    const tools = field(asked, "tools");
    return {
      texts,
      conversations,
      ...(tools !== undefined && { tools: { at: ["input", "tools"], value: tools } }),
    };
  },
};
