// A real model's tokenizer and template against transformers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadChatModel } from "../../src/text/chat-model.ts";
import type { Message } from "../../src/text/conversation.ts";
import { smollm2, withoutSmolLM2 } from "../support/peers.ts";

interface Facts {
  strings: { text: string; ids: number[] }[];
  chats: { messages: Message[]; addGenerationPrompt: boolean; text: string; ids: number[] }[];
}

test("SmolLM2: 200 awkward strings and its chat template, as transformers has them", {
  skip: withoutSmolLM2,
}, async () => {
  const path = join(import.meta.dirname, "../fixtures/text/smollm2.json");
  const { strings, chats }: Facts = JSON.parse(readFileSync(path, "utf8"));
  const { tokenizer, template, stopIds } = await loadChatModel(smollm2);
  assert.equal(strings.length, 200);
  const ids = await tokenizer.encodeBatch(strings.map(({ text }) => text));
  for (const [i, fact] of strings.entries()) assert.deepEqual(ids[i], fact.ids, JSON.stringify(fact.text));
  for (const { messages, addGenerationPrompt, text, ids } of chats) {
    assert.equal(template.render(messages, { addGenerationPrompt }), text);
    assert.deepEqual(await tokenizer.encode(text), ids);
  }
  assert.deepEqual(stopIds, [tokenizer.tokenToId("<|im_end|>")]);
});
