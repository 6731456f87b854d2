/** All that text needs of a model folder: its tokenizer, its chat template, the tokens at which it stops. */
import type { ChatTemplate } from "./template.ts";
import { loadChatTemplate } from "./template-files.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";
import { stopTokens } from "./training-tokens.ts";

export interface ChatModel {
  tokenizer: Tokenizer;
  template: ChatTemplate;
  /** Ids at which generation stops. */
  stopIds: readonly number[];
}

/**
 * Reads a Hugging Face folder's text side. `now` fixes the date that some templates print: give a run's own start.
 * Throws `tokenizer-invalid` or `template-invalid`.
 */
export async function loadChatModel(folder: string, options: { now?: Date } = {}): Promise<ChatModel> {
  const tokenizer = loadTokenizer(folder);
  const template = await loadChatTemplate(folder, tokenizer, options);
  return { tokenizer, template, stopIds: await stopTokens(tokenizer, template) };
}
