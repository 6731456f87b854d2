/** The models that examples of token rules are for, from the bundled one and the fixtures' tokenizers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TokenLinter } from "../../src/data/lint/token-check.ts";
import type { ExampleModel } from "../../src/data/rules/rule.ts";
import type { ChatModel } from "../../src/text/chat-model.ts";
import { ChatTemplate } from "../../src/text/template.ts";
import { loadTokenizer, type Tokenizer } from "../../src/text/tokenizer.ts";

const root = join(import.meta.dirname, "../..");
const tiny = join(root, "assets/tiny");
const folders = {
  tiny,
  chatml: join(root, "test/fixtures/text/chatml"),
  llama2: join(root, "test/fixtures/text/llama2"),
  llama3: join(root, "test/fixtures/text/llama3"),
};
const tokenizers = new Map<string, Tokenizer>();

export function exampleChat({ tokenizer: name = "tiny", template }: Partial<ExampleModel> = {}): ChatModel {
  const tokenizer = tokenizers.get(name) ?? loadTokenizer(folders[name]);
  tokenizers.set(name, tokenizer);
  const source = template ?? readFileSync(join(tiny, "chat_template.jinja"), "utf8");
  const settings = { origin: "example", variables: tokenizer.special.names, now: new Date(0) };
  return {
    tokenizer,
    template: new ChatTemplate({ default: source }, settings),
    stopIds: tokenizer.special.eosIds,
  };
}

export function exampleLinter(model: ExampleModel = { name: "tunesmith/tiny" }): TokenLinter {
  return new TokenLinter(exampleChat(model), { name: model.name, maxLength: model.maxLength ?? 1024 });
}
