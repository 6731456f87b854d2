/**
 * Answers that are marked as good or bad, for KTO: TRL's { prompt, completion, label }, and LLaMA-Factory's `kto_tag`
 * beside Alpaca's, ShareGPT's or chat's keys. Data of such a format, and one mark.
 */
import { noParts, type Parts } from "../parts.ts";
import { alpaca } from "./alpaca.ts";
import { chat } from "./chat.ts";
import { type DataRecord, FieldError, type Format, field } from "./format.ts";
import { noPreferenceTraining } from "./preference.ts";
import { promptCompletion } from "./prompt-completion.ts";
import { sharegpt } from "./sharegpt.ts";

const refusal = new FieldError("label", `marks answers as good or bad: ${noPreferenceTraining}`);

/** A label that is no truth value is known as a mark only among others. */
const doubtful = 0.4;

export const kto: Format = {
  name: "kto",
  keys: "prompt, completion, label; or kto_tag beside the keys of alpaca, sharegpt or chat",
  untrainable: noPreferenceTraining,

  recognise(record) {
    const marked = markedAs(record);
    if (marked === undefined) return 0;
    return marked.mark === "kto_tag" || typeof record.label === "boolean" ? 1 : doubtful;
  },

  toRow() {
    throw refusal;
  },

  parts(record) {
    const marked = markedAs(record);
    if (marked === undefined) return noParts;
    const parts = marked.format.parts(record);
    return record[marked.mark] === false ? { ...parts, texts: withRejected(parts) } : parts;
  },
};

/** Which of its keys is the mark, and in which format the rest is. */
export function markedAs(record: DataRecord): { mark: "label" | "kto_tag"; format: Format } | undefined {
  if (field(record, "kto_tag") !== undefined) {
    const format = [alpaca, sharegpt, chat, promptCompletion].find((each) => each.recognise(record) > 0);
    return format && { mark: "kto_tag", format };
  }
  const isMarked = field(record, "label") !== undefined && promptCompletion.recognise(record) > 0;
  return isMarked ? { mark: "label", format: promptCompletion } : undefined;
}

function withRejected({ texts }: Parts): Parts["texts"] {
  return texts.map((text) => (text.side === "assistant" ? { ...text, rejected: true } : text));
}
