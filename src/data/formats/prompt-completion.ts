/**
 * Prompt and completion, as TRL and mlx-lm have them: { prompt, completion }, each a text or a list of messages.
 * Texts become one question and its answer, so that the model's chat template is used (as mlx-lm does).
 */
import type { Message } from "../../text/conversation.ts";
import type { Conversation, Side } from "../parts.ts";
import { type DataRecord, FieldError, type Format, field, optionalText, requiredText } from "./format.ts";
import { messageOf, toolsOf } from "./messages.ts";
import { pairRow } from "./pair.ts";
import { conversationParts, fieldTurn, turnsIn } from "./turns.ts";

export const promptCompletion: Format = {
  name: "prompt-completion",
  keys: "prompt, completion (system, tools)",

  recognise(record) {
    if (field(record, "prompt") === undefined || field(record, "completion") === undefined) return 0;
    // A mark says more; less here than there, so that most rows decide where some marks are wrong.
    return typeof field(record, "label") === "boolean" ? 0.5 : 1;
  },

  toRow(record) {
    // KTO data has such a label: a completion that people disliked must not be learned as an answer.
    if (field(record, "label") === false)
      throw new FieldError("label", "is false: the completion is marked as bad");
    if (!Array.isArray(field(record, "prompt")) && !Array.isArray(field(record, "completion"))) {
      return pairRow({
        system: optionalText(record, "system"),
        user: [requiredText(record, "prompt")],
        assistant: requiredText(record, "completion"),
      });
    }
    const tools = toolsOf(record);
    return {
      kind: "chat",
      messages: [...turns(record, "prompt", "user"), ...turns(record, "completion", "assistant")],
      ...(tools && { tools }),
    };
  },

  parts(record) {
    const prompt = sideOf(record, "prompt", "user");
    if (field(record, "system") !== undefined) {
      prompt.turns = [...fieldTurn(record, "system", "system"), ...prompt.turns];
    }
    return conversationParts(record, [prompt, sideOf(record, "completion", "assistant")]);
  },
};

function sideOf(record: DataRecord, kind: "prompt" | "completion", side: Side): Conversation {
  const value = field(record, kind);
  return Array.isArray(value)
    ? { kind, list: [kind], turns: turnsIn(value, [kind]) }
    : { kind, turns: fieldTurn(record, kind, side) };
}

/** One side of the pair, as messages; a text is one message of `role`. */
function turns(record: DataRecord, key: string, role: string): Message[] {
  const value = field(record, key);
  if (!Array.isArray(value)) return [{ role, content: requiredText(record, key) }];
  if (value.length === 0) throw new FieldError(key, "is empty");
  return value.map((message, i) => messageOf(message, `${key}[${i}]`));
}
