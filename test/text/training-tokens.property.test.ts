// Properties of the training mask over random conversations, for each kind of template and tokenizer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ChatRow, Message } from "../../src/text/conversation.ts";
import { ChatTemplate } from "../../src/text/template.ts";
import { loadTokenizer, type Tokenizer } from "../../src/text/tokenizer.ts";
import { prepareRows } from "../../src/text/training-tokens.ts";

const fixtures = join(import.meta.dirname, "../fixtures/text");

/** The Park–Miller generator: enough to pick words. */
function picker(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
}

const words = [
  "the",
  " quick",
  "\n",
  "\n\n",
  "  ",
  " ",
  "é",
  "😀",
  "12",
  "isn't",
  ".",
  "end",
  "日本",
  "\t",
  "fox ",
  " a",
  "x",
  "<b>",
];

/** Conversations of one to three exchanges, whose texts may begin and end in blanks; no answer is blank. */
function conversations(count: number): ChatRow[] {
  const pick = picker(20240305);
  const text = () => Array.from({ length: 1 + pick(6) }, () => words[pick(words.length)]!).join("");
  return Array.from({ length: count }, () => {
    const messages: Message[] = [];
    for (let turn = 0; turn <= pick(3); turn++) {
      messages.push({ role: "user", content: text() }, { role: "assistant", content: `${text()}k${text()}` });
    }
    return { kind: "chat", messages };
  });
}

const rows = conversations(100);
interface Kind {
  file: string;
  folder: string;
  /** The token that ends an answer. */
  end: string;
  /** The template trims what is said. */
  trims: boolean;
  /** No blank of the template's is trained beside an answer that begins with none. */
  blanksAreOwn: boolean;
}
const kinds: Kind[] = [
  { file: "chatml.jinja", folder: "chatml", end: "<|im_end|>", trims: false, blanksAreOwn: true },
  { file: "generation.jinja", folder: "chatml", end: "<|im_end|>", trims: false, blanksAreOwn: true },
  { file: "llama3.jinja", folder: "llama3", end: "<|eot_id|>", trims: true, blanksAreOwn: true },
  { file: "mistral.jinja", folder: "llama2", end: "</s>", trims: false, blanksAreOwn: false },
];

for (const { file, folder, end, trims, blanksAreOwn } of kinds) {
  const tokenizer: Tokenizer = loadTokenizer(join(fixtures, folder));
  const template = new ChatTemplate(
    { default: readFileSync(join(fixtures, "templates", file), "utf8") },
    { origin: file, variables: tokenizer.special.names, now: new Date(0) },
  );
  const prepared = prepareRows(rows, tokenizer, template, { maxLength: 1e6, loss: "completions" });

  test(`${file}: the ids are those of the rendered conversation`, async () => {
    for (const [i, { ids }] of (await prepared).entries()) {
      assert.deepEqual([...ids], await tokenizer.encode(template.render(rows[i]!.messages)));
    }
  });

  test(`${file}: the trained tokens of a row say its answers, each with its end token, and nothing else`, async () => {
    for (const [i, { ids, trained, endTrained, status }] of (await prepared).entries()) {
      const said = await tokenizer.decode(
        [...ids].filter((_, at) => trained[at] === 1),
        { skipSpecialTokens: false },
      );
      const answers = rows[i]!.messages.filter(({ role }) => role === "assistant").map(
        ({ content }) => content,
      );
      const expected = answers.map((answer) => (trims ? answer.trim() : answer) + end).join("");
      assert.equal(withoutBlanks(said), withoutBlanks(expected));
      if (blanksAreOwn && answers.every((answer) => answer.trimStart() === answer))
        assert.equal(said, expected);
      assert.ok(endTrained && status === "ok");
    }
  });

  test(`${file}: promptIsPrefix tells whether generation would start from the same tokens`, async () => {
    let prefixes = 0;
    for (const [i, row] of (await prepared).entries()) {
      const prompt = template.render(rows[i]!.messages.slice(0, -1), { addGenerationPrompt: true });
      const given = await tokenizer.encode(prompt);
      const isPrefix = given.length === row.promptTokens && given.every((id, at) => row.ids[at] === id);
      assert.equal(row.promptIsPrefix, isPrefix, JSON.stringify(rows[i]));
      if (isPrefix) {
        prefixes++;
        const lastStart = row.trained.lastIndexOf(0, row.trained.lastIndexOf(1)) + 1;
        assert.equal(lastStart, row.promptTokens, "the last answer begins where the prompt ends");
      }
    }
    assert.ok(prefixes > 50, `${prefixes} of 100`);
  });
}

function withoutBlanks(text: string): string {
  return text.replace(/\s/g, "");
}
