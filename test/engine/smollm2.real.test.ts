/** A real model against transformers, computed at once by both: logits of whole texts, and greedy answers. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { Generator } from "../../src/engine/generate/generator.ts";
import { openBaseModel } from "../../src/engine/model/base.ts";
import type { TunedModel } from "../../src/engine/model/tuned-model.ts";
import { openSafetensors, readTensorFloat32 } from "../../src/files/safetensors.ts";
import { none } from "../../src/methods/none.ts";
import { type ChatModel, loadChatModel } from "../../src/text/chat-model.ts";
import type { Message } from "../../src/text/conversation.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { relativeError } from "../support/fixtures.ts";
import { logitsOf } from "../support/logits.ts";
import { runPeer, smollm2, withoutPython, withoutSmolLM2 } from "../support/peers.ts";

const texts = [
  "Gravity",
  "The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs.",
  "def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n",
  "<|im_start|>user\nIch warte seit 10 Tagen auf meine Karte, 对不起 😀<|im_end|>\n<|im_start|>assistant\n",
  // About 400 tokens, no two paragraphs alike: positions far apart attend to each other.
  Array.from(
    { length: 14 },
    (_, i) =>
      `${i + 1}. The keeper of lighthouse ${i * 37 + 11} wrote in his log that the wind had turned ${["north", "south", "west"][i % 3]}, and that ${i * i + 3} ships had passed.`,
  ).join("\n"),
];

const user = (content: string): Message => ({ role: "user", content });
const chats: Message[][] = [
  [user("Hi!")],
  [user("Tell me a story about a lighthouse keeper.")],
  [user("Explain in simple words how a bicycle stays upright.")],
  [
    { role: "system", content: "You are a pirate." },
    user("Hi!"),
    { role: "assistant", content: "Arr!" },
    user("Describe your ship in detail, from bow to stern, and say what is in its hold."),
  ],
];

/** Where two tokens are this close (logits), rounding chooses between them, and the answers may part. */
const tie = 1e-4;
const answerTokens = 64;

describe("SmolLM2-135M-Instruct", { skip: withoutSmolLM2 || withoutPython }, () => {
  let model: TunedModel;
  let chat: ChatModel;
  before(async () => {
    const { config, weights } = await openBaseModel(smollm2);
    model = { config, weights, method: none, arrays: new Map() };
    chat = await loadChatModel(smollm2);
  });

  it("computes the logits of transformers", async (t) => {
    const rows = await chat.tokenizer.encodeBatch(texts);
    const [ids, out] = [inFile(t, "ids.json", rows), join(temporaryFolder(t), "logits.safetensors")];
    await runPeer("test/peers/check_hf.py", [smollm2, ids, out]);
    const expected = await openSafetensors(out);
    for (const [i, row] of rows.entries()) {
      const error = relativeError(
        await logitsOf(model, row),
        await readTensorFloat32(expected.get(`logits.${i}`)!),
      );
      t.diagnostic(`${row.length} tokens: relative error ${error.toExponential(1)}`);
      assert.ok(error <= 1e-4, `${texts[i]}: relative error ${error}`);
    }
  });

  describe("greedy answers are those of transformers", () => {
    interface Answer {
      tokens: number[];
      leads: number[];
    }
    let prompts: number[][];
    let expected: { alone: Answer[]; batch: Answer[] };
    let generator: Generator;
    const settings = { maxTokens: answerTokens, endTokens: new Set<number>() };
    before(async () => {
      const rendered = chats.map((messages) => chat.template.render(messages, { addGenerationPrompt: true }));
      prompts = (await chat.tokenizer.encodeBatch(rendered)).map((ids) => Array.from(ids));
      generator = new Generator(model);
    });
    after(() => generator?.release());

    it("each prompt alone, and all in one batch", async (t) => {
      assert.equal(new Set(prompts.map(({ length }) => length)).size, prompts.length, "lengths differ");
      expected = (await runPeer("test/peers/greedy.py", [
        smollm2,
        inFile(t, "prompts.json", prompts),
        String(answerTokens),
      ])) as typeof expected;
      const batch = await generator.generate(prompts, settings);
      for (const [i, prompt] of prompts.entries()) {
        const [alone] = await generator.generate([prompt], settings);
        expectAnswer(t, `prompt ${i}, alone`, alone!.tokens, expected.alone[i]!);
        expectAnswer(t, `prompt ${i}, in the batch`, batch[i]!.tokens, expected.batch[i]!);
      }
    });

    function expectAnswer(t: TestContext, what: string, tokens: number[], { tokens: theirs, leads }: Answer) {
      assert.equal(theirs.length, answerTokens);
      const tied = leads.findIndex((lead) => lead < tie);
      if (tied >= 0) t.diagnostic(`${what}: two tokens tie at token ${tied}; compared up to there`);
      const end = tied < 0 ? answerTokens : tied;
      assert.deepEqual(tokens.slice(0, end), theirs.slice(0, end), what);
    }
  });
});

function inFile(t: TestContext, name: string, value: unknown): string {
  const path = join(temporaryFolder(t), name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}
