/** The dataset formats. A new one is a file here, and a line below; where two know a record equally, the first wins. */
import { alpaca } from "./alpaca.ts";
import { chat } from "./chat.ts";
import type { Format } from "./format.ts";
import { gemini } from "./gemini.ts";
import { kto } from "./kto.ts";
import { mistral } from "./mistral.ts";
import { openaiPreference } from "./openai-preference.ts";
import { pairs } from "./pairs.ts";
import { preference } from "./preference.ts";
import { promptCompletion } from "./prompt-completion.ts";
import { sharegpt } from "./sharegpt.ts";
import { slots } from "./slots.ts";
import { text } from "./text.ts";
import { twoColumn } from "./two-column.ts";

export const formats: readonly Format[] = [
  // What says more than a conversation comes before what is in it.
  preference,
  openaiPreference,
  kto,
  mistral,
  chat,
  sharegpt,
  gemini,
  promptCompletion,
  alpaca,
  pairs,
  slots,
  twoColumn,
  text,
];
