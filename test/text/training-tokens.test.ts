// Which tokens are trained: by hand for each kind of template, and as properties over many conversations.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { ChatRow, Message, Row } from "../../src/text/conversation.ts";
import { ChatTemplate } from "../../src/text/template.ts";
import { loadChatTemplate } from "../../src/text/template-files.ts";
import { loadTokenizer, type Tokenizer } from "../../src/text/tokenizer.ts";
import {
  type PrepareOptions,
  prepareRow,
  prepareRows,
  showTokens,
  stopTokens,
} from "../../src/text/training-tokens.ts";

const fixtures = join(import.meta.dirname, "../fixtures/text");
const chatml = loadTokenizer(join(fixtures, "chatml"));
const llama2 = loadTokenizer(join(fixtures, "llama2"));
const llama3 = loadTokenizer(join(fixtures, "llama3"));
const whole: PrepareOptions = { maxLength: 10_000, loss: "completions" };

function templateOf(file: string, tokenizer: Tokenizer = chatml): ChatTemplate {
  const text = readFileSync(join(fixtures, "templates", file), "utf8");
  return new ChatTemplate(
    { default: text },
    { origin: file, variables: tokenizer.special.names, now: new Date(0) },
  );
}
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string, extra = {}): Message => ({ role: "assistant", content, ...extra });
const chat = (...messages: Message[]): ChatRow => ({ kind: "chat", messages });

/** The text with what is trained in ⟦brackets⟧; an appended token by its name. */
async function shown(
  row: Row,
  template: ChatTemplate,
  tokenizer = chatml,
  loss?: PrepareOptions["loss"],
): Promise<string> {
  let text = "";
  let open = false;
  for (const token of await showTokens(row, tokenizer, template, loss)) {
    if (token.trained !== open) text += token.trained ? "⟦" : "⟧";
    open = token.trained;
    const name = tokenizer.idToToken(token.id)!;
    text += token.text === "" && tokenizer.controlTokens.includes(name) ? name : token.text;
  }
  return open ? `${text}⟧` : text;
}

const twoTurns = chat(user("Hi"), assistant("Hello."), user("Bye"), assistant("So long."));

describe("what is trained", () => {
  test("each answer and its end token, not the newline after it (ChatML)", async () => {
    assert.equal(
      await shown(twoTurns, templateOf("chatml.jinja")),
      "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n" +
        "<|im_start|>assistant\n⟦Hello.<|im_end|>⟧\n<|im_start|>user\nBye<|im_end|>\n" +
        "<|im_start|>assistant\n⟦So long.<|im_end|>⟧\n",
    );
  });

  test("the same under Llama 3's template, which writes the begin token: there is no second one", async () => {
    const text = await shown(twoTurns, templateOf("llama3.jinja", llama3), llama3);
    assert.match(text, /assistant<\|end_header_id\|>\n\n⟦Hello\.<\|eot_id\|>⟧<\|start_header_id\|>user/);
    assert.match(text, /\n\n⟦So long\.<\|eot_id\|>⟧$/);
    const { ids } = await prepareRow(twoTurns, llama3, templateOf("llama3.jinja", llama3), whole);
    assert.equal(ids.filter((id) => id === llama3.special.bosId).length, 1);
    assert.equal(ids[0], llama3.special.bosId);
  });

  test("Mistral's answers begin with the blank after [/INST]", async () => {
    assert.equal(
      await shown(twoTurns, templateOf("mistral.jinja", llama2), llama2),
      "<s>[INST] Hi [/INST]⟦ Hello.</s>⟧[INST] Bye [/INST]⟦ So long.</s>⟧",
    );
  });

  test("what {% generation %} marks", async () => {
    assert.equal(
      await shown(twoTurns, templateOf("generation.jinja")),
      "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n⟦Hello.<|im_end|>⟧\n" +
        "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n⟦So long.<|im_end|>⟧\n",
    );
  });

  test("an end token just outside the marks as well, and a newline inside them", async () => {
    const inline = (body: string) => new ChatTemplate({ default: body }, { origin: "test", variables: {} });
    const outside =
      "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{{ '<|im_end|>' }}{% endfor %}";
    assert.equal(await shown(chat(assistant("xy z")), inline(`>${outside}`)), ">⟦xy z<|im_end|>⟧");
    const inside =
      "{% for m in messages %}{% generation %}{{ m.content + '<|im_end|>\\n' }}{% endgeneration %}{% endfor %}";
    assert.equal(await shown(chat(assistant("xy z")), inline(`>${inside};`)), ">⟦xy z<|im_end|>\n⟧;");
  });

  test("all that is marked, where there are more marks than turns", async () => {
    const marks =
      "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}-{% generation %}{{ '<|im_end|>' }}{% endgeneration %}{% endfor %}";
    const template = new ChatTemplate({ default: marks }, { origin: "test", variables: {} });
    assert.equal(
      await shown(chat(assistant("a b")), template),
      "a⟦ b⟧-⟦<|im_end|>⟧",
      "the first token has no target",
    );
  });

  test("an appended end token where the template writes none, without the blanks it writes", async () => {
    const row = chat(user("Hi"), assistant("Hello."), user("Bye"), assistant("So long.\n"));
    assert.equal(
      await shown(row, templateOf("no-end.jinja")),
      "USER: Hi\nASSISTANT: ⟦Hello.⟧\nUSER: Bye\nASSISTANT: ⟦So long.\n<|im_end|>⟧",
    );
    const prepared = await prepareRow(row, chatml, templateOf("no-end.jinja"), whole);
    assert.equal(prepared.ids.at(-1), chatml.special.eosId);
    assert.equal(prepared.endTrained, true);
  });

  test("the turn's own end token where a finished conversation has one more (Phi-3)", async () => {
    const text = readFileSync(join(fixtures, "templates/end-of-text.jinja"), "utf8");
    const template = new ChatTemplate(
      { default: text.replace("<|end|>", "<|eot_id|>") },
      { origin: "test", variables: { eos_token: "<|end_of_text|>" } },
    );
    assert.equal(
      await shown(twoTurns, template, llama3),
      "<|user|>\nHi<|eot_id|>\n<|assistant|>\n⟦Hello.<|eot_id|>⟧\n" +
        "<|user|>\nBye<|eot_id|>\n<|assistant|>\n⟦So long.<|eot_id|>⟧\n<|end_of_text|>",
    );
  });

  test("only the last turn where the template rewrites history (Qwen3), and the row says so", async () => {
    const template = templateOf("thinking.jinja");
    assert.equal(
      await shown(
        chat(user("a"), assistant("<think>\nhm\n</think>\n\n1"), user("b"), assistant("2")),
        template,
      ),
      "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n1<|im_end|>\n<|im_start|>user\nb<|im_end|>\n" +
        "<|im_start|>assistant\n⟦<think>\n\n</think>\n\n2<|im_end|>⟧\n",
    );
    const two = await prepareRow(twoTurns, chatml, template, whole);
    assert.equal(two.historyRewritten, true);
    const one = await prepareRow(chat(user("a"), assistant("b")), chatml, template, whole);
    assert.equal(one.historyRewritten, false);
    assert.equal(one.promptIsPrefix, true);
  });

  test("a thought that the prompt opens and the finished turn lacks: from where they part", async () => {
    const template = templateOf("think-opened.jinja", llama2);
    assert.equal(
      await shown(chat(user("a"), assistant("hm</think>b")), template, llama2),
      "<s><|user|>a<|assistant|>⟦b</s>⟧",
    );
    const prepared = await prepareRow(chat(user("a"), assistant("b")), llama2, template, whole);
    assert.equal(prepared.promptIsPrefix, false);
    assert.equal(prepared.historyRewritten, false, "one turn has no history");
  });

  test("a turn that calls tools, to its end", async () => {
    const call = { type: "function", function: { name: "f", arguments: { a: 1 } } };
    const row = chat(
      user("Do"),
      assistant("", { tool_calls: [call] }),
      { role: "tool", content: "ok" },
      assistant("Done."),
    );
    assert.equal(
      await shown(row, templateOf("tools.jinja")),
      "<|im_start|>user\nDo<|im_end|>\n" +
        '<|im_start|>assistant\n⟦<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call><|im_end|>⟧\n' +
        "<|im_start|>tool\nok<|im_end|>\n<|im_start|>assistant\n⟦Done.<|im_end|>⟧\n",
    );
  });

  test("nothing of an answer of weight 0, with and without marks, whatever carries loss", async () => {
    const row = chat(
      user("Hi"),
      assistant("Hello.", { weight: 0 }),
      user("Bye"),
      assistant("So long.", { weight: 1 }),
    );
    for (const file of ["chatml.jinja", "generation.jinja"]) {
      const text = await shown(row, templateOf(file));
      assert.ok(text.includes("Hello.<|im_end|>\n<|im_start|>user\nBye"), text);
      assert.ok(text.endsWith("⟦So long.<|im_end|>⟧\n"), text);
      assert.equal((await shown(row, templateOf(file), chatml, "everything")).split("⟧").length, 3);
    }
    const none = await prepareRow(
      chat(user("a"), assistant("b", { weight: 0 })),
      chatml,
      templateOf("chatml.jinja"),
      whole,
    );
    assert.equal(none.status, "nothing-trained");
    assert.equal(none.endTrained, false);
  });

  test("everything, on demand: all tokens but the first", async () => {
    const { trained, endTrained } = await prepareRow(twoTurns, chatml, templateOf("chatml.jinja"), {
      ...whole,
      loss: "everything",
    });
    assert.equal(trained[0], 0);
    assert.ok(trained.slice(1).every((one) => one === 1));
    assert.equal(endTrained, true);
  });

  test("a token that straddles the beginning of an answer, and the row says that its prompt is no prefix", async () => {
    const glued = new ChatTemplate(
      { default: "{% for m in messages %}{{ m.content }}{% endfor %}" },
      { origin: "test", variables: {} },
    );
    // "the" and its blank are one token of this tokenizer; the prompt ends in between.
    const row = chat(user("over "), assistant("the"));
    assert.ok(chatml.tokenToId("Ġthe") !== undefined);
    assert.equal(await shown(row, glued), "over⟦ the<|im_end|>⟧");
    assert.equal((await prepareRow(row, chatml, glued, whole)).promptIsPrefix, false);
    assert.equal(
      (await prepareRow(chat(user("over"), assistant(" the")), chatml, glued, whole)).promptIsPrefix,
      true,
    );
  });

  test("the model without a template: the end token after each answer", async () => {
    const template = await loadChatTemplate(join(fixtures, "llama2"), llama2);
    assert.equal(
      await shown(twoTurns, template, llama2),
      "<s>## User\nHi\n\n## Assistant\n⟦Hello.</s>⟧\n\n## User\nBye\n\n## Assistant\n⟦So long.</s>⟧",
    );
  });

  test("no tokens of a conversation in which no one answers", async () => {
    const prepared = await prepareRow(chat(user("Hi")), chatml, templateOf("chatml.jinja"), whole);
    assert.equal(prepared.status, "nothing-trained");
    assert.equal(prepared.promptTokens, prepared.ids.length);
  });
});

describe("a plain text", () => {
  const template = templateOf("chatml.jinja");

  test("is learned whole, between the tokenizer's own begin token and the end token", async () => {
    assert.equal(
      await shown({ kind: "text", text: "hello world" }, template, llama2),
      "<s>⟦hello world</s>⟧",
    );
    assert.equal(
      await shown({ kind: "text", text: "hello world" }, template, llama3),
      "<|begin_of_text|>⟦hello world<|eot_id|>⟧",
    );
    const [first, ...rest] = await showTokens({ kind: "text", text: "hello world" }, chatml, template);
    assert.equal(first!.trained, false);
    assert.ok(rest.every(({ trained }) => trained));
    assert.equal(rest.at(-1)!.id, chatml.special.eosId);
  });

  test("longer than maxLength becomes several examples, in which every token is predicted once", async () => {
    const text = "The quick brown fox jumps over the lazy dog. ".repeat(9);
    const [all] = await prepareRows([{ kind: "text", text }], llama3, template, whole);
    for (const maxLength of [2, 3, 16, all!.ids.length - 1, all!.ids.length]) {
      const parts = await prepareRows(
        [twoTurns, { kind: "text", text }],
        llama3,
        templateOf("llama3.jinja", llama3),
        { maxLength, loss: "completions" },
      );
      const pieces = parts.filter(({ row }) => row === 1);
      assert.equal(pieces.length, Math.ceil((all!.ids.length - 1) / (maxLength - 1)));
      const predicted = pieces.flatMap(({ ids, trained }) => [...ids].filter((_, i) => trained[i] === 1));
      assert.deepEqual(predicted, [...all!.ids].slice(1));
      assert.ok(pieces.every(({ ids, truncated }) => ids.length <= maxLength && truncated === 0));
      assert.deepEqual(
        pieces.map(({ endTrained }) => endTrained),
        pieces.map((_, i) => i === pieces.length - 1),
      );
    }
  });

  test("that is empty trains nothing, or its end token alone", async () => {
    const [bare] = await prepareRows([{ kind: "text", text: "" }], chatml, template, whole);
    assert.equal(bare!.status, "nothing-trained");
    const [begun] = await prepareRows([{ kind: "text", text: "" }], llama2, template, whole);
    assert.deepEqual([...begun!.trained], [0, 1]);
  });
});

describe("maxLength", () => {
  const template = templateOf("chatml.jinja");

  test("cuts at the right end, and says what is lost", async () => {
    const row = chat(user("Is the card still coming?"), assistant("It is."));
    const full = await prepareRow(row, chatml, template, whole);
    for (let maxLength = 2; maxLength <= full.ids.length + 1; maxLength++) {
      const cut = await prepareRow(row, chatml, template, { maxLength, loss: "completions" });
      const length = Math.min(maxLength, full.ids.length);
      assert.deepEqual(cut.ids, full.ids.slice(0, length));
      assert.deepEqual(cut.trained, full.trained.slice(0, length));
      assert.equal(cut.truncated, full.ids.length - length);
      const kept = full.trained.slice(0, length).includes(1);
      assert.equal(cut.status, kept ? "ok" : "answer-cut-away");
      const endAt = full.trained.lastIndexOf(1);
      assert.equal(cut.endTrained, endAt < length);
    }
  });

  test("an earlier answer that survives is still learned", async () => {
    const full = await prepareRow(twoTurns, chatml, template, whole);
    const cut = await prepareRow(twoTurns, chatml, template, { ...whole, maxLength: full.promptTokens });
    assert.equal(cut.status, "ok");
    assert.equal(cut.endTrained, false);
  });
});

describe("batches", () => {
  test("give what single rows give, in order, across the batch's size", async () => {
    const template = templateOf("chatml.jinja");
    const rows: Row[] = Array.from({ length: 1100 }, (_, i) =>
      i % 3 === 0
        ? { kind: "text", text: `text ${i}` }
        : chat(user(`question ${i}`), assistant(`answer ${i}`)),
    );
    const prepared = await prepareRows(rows, chatml, template, whole);
    assert.deepEqual(
      prepared.map(({ row }) => row),
      rows.map((_, i) => i),
    );
    for (const i of [0, 1, 511, 512, 513, 1023, 1024, 1099]) {
      assert.deepEqual({ ...prepared[i], row: 0 }, await prepareRow(rows[i]!, chatml, template, whole));
    }
  });

  test("name the first row that the template refuses and count the others", async () => {
    const system = { role: "system", content: "S" };
    const rows = [
      twoTurns,
      chat(system, user("a"), assistant("b")),
      chat(system, user("c"), assistant("d")),
      twoTurns,
    ];
    await assert.rejects(prepareRows(rows, llama2, templateOf("gemma.jinja", llama2), whole), {
      code: "template-invalid",
      message: /^row 2 \(and 1 more of 4 rows\): .*message 1 \(role "system"\): System role not supported$/,
    });
  });
});

describe("the tokens that stop generation", () => {
  test("are the model's end tokens", async () => {
    assert.deepEqual(await stopTokens(llama2, templateOf("mistral.jinja", llama2)), [2]);
  });

  test("and the one with which its template ends an answer", async () => {
    const base = loadTokenizer(join(fixtures, "chatml"));
    const template = templateOf("end-of-text.jinja");
    assert.deepEqual(
      await stopTokens(base, template),
      [2],
      "<|end|> is no token here, so the appended end token stops",
    );
    const folder = mkdtempSync(join(tmpdir(), "tunesmith-stop-"));
    cpSync(join(fixtures, "llama3"), folder, { recursive: true });
    writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ eos_token: "<|end_of_text|>" }));
    const untuned = loadTokenizer(folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      await stopTokens(untuned, templateOf("llama3.jinja", llama3)),
      ["<|end_of_text|>", "<|eot_id|>"].map((token) => llama3.tokenToId(token)),
    );
  });
});
