/** One row as a model sees it: tokens with their places in the record, in words, as text and as Markdown. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FieldError } from "../../src/data/formats/format.ts";
import { LintDocument } from "../../src/data/lint/document.ts";
import { chatml, gemma, mistral, qwen, withoutEnd } from "../../src/data/lint/example-models.ts";
import { type Preview, previewMarkdown, previewRow, previewText } from "../../src/data/lint/preview.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { summariseTokens, type TokenRow } from "../../src/data/lint/token-check.ts";
import type { ExampleModel } from "../../src/data/rules/rule.ts";
import { exampleLinter } from "./example-chat-models.ts";

function rowsOf(text: string, name = "train.jsonl"): { document: LintDocument; rows: TokenRow[] } {
  const document = new LintDocument(name, text, defaultSettings, []);
  document.checkAll();
  const rows = document.entries.flatMap((entry) => {
    const view = document.view(entry);
    return view.row && !(view.row instanceof FieldError) ? [{ id: entry.id, view, row: view.row }] : [];
  });
  return { document, rows };
}

async function preview(record: object, model?: ExampleModel): Promise<Preview> {
  const [view] = await exampleLinter(model).views(rowsOf(`${JSON.stringify(record)}\n`).rows);
  return previewRow(view!);
}

/** What each text of the record is cut into: [path: token, token …]. */
function byPlace({ tokens }: Preview): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { from, text } of tokens) {
    if (!from?.at) continue;
    const key = from.at.join(".");
    found[key] ??= [];
    found[key].push(text.trim());
  }
  return found;
}

describe("the preview of a row", () => {
  it("is all of its text, token by token, with the learned ones", async () => {
    const { tokens, trained, notes, status } = await preview(
      { prompt: "jump over", completion: "the end" },
      chatml,
    );
    assert.equal(
      tokens.map(({ text }) => text).join(""),
      "<|im_start|>user\njump over<|im_end|>\n<|im_start|>assistant\nthe end<|im_end|>\n",
    );
    const learned = tokens.filter((token) => token.trained);
    assert.equal(learned.map(({ text }) => text).join(""), "the end<|im_end|>");
    assert.equal(trained, learned.length);
    assert.equal(status, "ok");
    assert.deepEqual(notes, [
      `${trained} of ${tokens.length} tokens are learned; ${tokens.length - trained} are context only`,
      "the end token is learned: <|im_end|>",
    ]);
  });

  it("knows which field a token comes from, though a template trims and fields are joined", async () => {
    const trimming = {
      ...chatml,
      template: chatml.template!.replace("message.content", "(message.content | trim)"),
    };
    const shown = await preview(
      { instruction: " jump", input: "over\n", output: "the end", system: "user" },
      trimming,
    );
    const { system, instruction, input, output } = byPlace(shown);
    assert.equal(system?.join(""), "user");
    assert.equal(instruction?.join(""), "jump");
    assert.equal(input?.join(""), "over");
    assert.equal(output?.join(""), "theend");
    const first = shown.tokens.find(({ from }) => from?.at?.[0] === "instruction");
    assert.equal(first?.from?.span?.[0], 1, "behind the blank");
  });

  it("tells a repeated text from the one before", async () => {
    const shown = await preview(
      {
        conversations: [
          ["human", "a"],
          ["gpt", "a"],
          ["human", "a"],
          ["gpt", "a"],
        ].map(([from, value]) => ({ from, value })),
      },
      chatml,
    );
    assert.deepEqual(
      Object.keys(byPlace(shown)),
      [0, 1, 2, 3].map((i) => `conversations.${i}.value`),
    );
  });

  it("marks what is cut away, and says what goes with it", async () => {
    const shown = await preview(
      { prompt: "Name three.", completion: "One, two." },
      { ...chatml, maxLength: 24 },
    );
    assert.ok(shown.truncated > 0);
    assert.deepEqual(
      shown.tokens.map(({ cut }) => cut),
      shown.tokens.map((_, i) => i >= 24),
    );
    assert.ok(shown.tokens.every(({ cut, trained }) => !(cut && trained)));
    assert.ok(shown.notes.includes("no end token is learned: it is cut away"));
    const text = previewText(shown);
    assert.match(text, /✂ maxLength 24: what follows is cut away\n/);
    assert.ok(text.indexOf("⟧") < text.indexOf("✂"), "nothing behind the cut is learned");
  });

  it("shows an end token that is appended", async () => {
    const shown = await preview({ prompt: "jump", completion: "over" }, withoutEnd);
    const last = shown.tokens.at(-1)!;
    assert.deepEqual([last.added, last.name, last.trained, last.from], [true, "<|im_end|>", true, undefined]);
    assert.ok(previewText(shown).endsWith("│<|im_end|>⟧\n"));
    assert.ok(shown.notes.includes("the end token is appended, as the template writes none there"));
  });

  it("says why a template refuses, and shows no token", async () => {
    const messages = [
      { role: "system", content: "S" },
      { role: "user", content: "U" },
      { role: "assistant", content: "A" },
    ];
    const shown = await preview({ messages }, gemma);
    assert.deepEqual([shown.status, shown.tokens.length], ["refused", 0]);
    assert.match(shown.notes.join(), /at message 1 \(role "system"\): System role not supported/);
    assert.match(previewMarkdown(shown), /System role not supported/);
  });

  it("is text with a sign at every boundary", async () => {
    const shown = await preview({ prompt: "over", completion: "the" }, chatml);
    assert.equal(
      previewText(shown).split("\n\n")[1],
      "<|im_start|>│us│er│⏎\nov│er│<|im_end|>│⏎\n<|im_start|>│as│sist│ant│⏎\n⟦the│<|im_end|>⟧│⏎\n",
    );
  });

  it("is Markdown in which nothing of the row means anything, and what is learned is bold", async () => {
    const shown = await preview({ prompt: "*Say* [a](b)", completion: "_x_ <b>`y`" }, chatml);
    const [, body] = previewMarkdown(shown).split("\n\n");
    assert.ok(body!.includes("\\*Say\\* \\[a\\]\\(b\\)"), body);
    assert.ok(body!.includes("**\\_x\\_ \\<b\\>\\`y\\`\\<\\|im\\_end\\|\\>**"), body);
    const long = await preview({ prompt: "word ".repeat(500).trim(), completion: "over" }, chatml);
    assert.ok(previewMarkdown(long).length < 800);
  });
});

describe("the places of tokens", () => {
  const words = [
    "over",
    " the",
    "\n",
    " ",
    "é",
    "😀",
    "user",
    "<|im_start|>",
    "]",
    "\\t",
    '"',
    "assistant",
    "a",
  ];
  const templates: ExampleModel[] = [
    chatml,
    mistral,
    qwen,
    { ...chatml, template: chatml.template!.replace("message.content", "(message.content | trim)") },
    { ...chatml, name: "quoting", template: "{% for m in messages %}{{ m | tojson }}\n{% endfor %}" },
  ];
  let state = 20261124;
  const pick = (bound: number) => {
    state = (state * 48271) % 2147483647;
    return state % bound;
  };
  const text = () => `${Array.from({ length: pick(6) }, () => words[pick(words.length)]).join("")}k`;

  for (const model of templates) {
    it(`hold in the record what the token says: ${model.name}`, async () => {
      let placed = 0;
      for (let round = 0; round < 40; round++) {
        const messages = Array.from({ length: 2 * (1 + pick(2)) }, (_, i) => ({
          role: i % 2 === 0 ? "user" : "assistant",
          content: `${pick(3) === 0 ? " " : ""}${text()}${pick(3) === 0 ? " \n" : ""}`,
        }));
        for (const { from, text } of (await preview({ messages }, model)).tokens) {
          if (!from?.span || model.name === "quoting") continue;
          const [, index] = from.at as [string, number];
          const said = messages[index]!.content.slice(...from.span);
          // At the edges of a content, a token may hold characters of the template's.
          assert.ok(said !== "" || text.trim() === "", JSON.stringify({ messages, text, from }));
          assert.ok(text.includes(said), JSON.stringify({ messages, text, from }));
          placed++;
        }
      }
      assert.ok(placed > 300 || model.name === "quoting", `${placed}`);
    });
  }
});

describe("what a run makes of a file", () => {
  it("is told before it starts: dropped, cut and masked rows with their lines", async () => {
    const turn = (role: string, content: string, more = {}) => ({ role, content, ...more });
    const records = [
      { messages: [turn("user", "jump"), turn("assistant", "over")] },
      { messages: [turn("user", "jump over the end ".repeat(9)), turn("assistant", "over")] },
      { messages: [turn("system", "S"), turn("user", "jump"), turn("assistant", "over")] },
      { messages: [turn("user", "jump"), turn("assistant", "over", { weight: 0 })] },
      { messages: [turn("user", "jump"), turn("assistant", "over the end ".repeat(9))] },
    ];
    const { document, rows } = rowsOf(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    const linter = exampleLinter({ ...gemma, maxLength: 40 });
    const checked = [];
    for await (const batch of linter.check(rows, document.ruleSet.tokens)) checked.push(...batch);
    const figures = checked.map((row) => row.figures);
    assert.deepEqual(
      figures.map(({ status }) => status),
      ["ok", "answer-cut-away", "refused", "nothing-trained", "ok"],
    );
    const summary = summariseTokens(
      checked.map((row) => ({ line: document.lineOf(row.id) + 1, figures: row.figures })),
    );
    assert.equal(summary.rows, 5);
    assert.deepEqual(summary.dropped, {
      "answer-cut-away": { count: 1, lines: [2] },
      "nothing-trained": { count: 1, lines: [4] },
      refused: { count: 1, lines: [3] },
    });
    assert.equal(summary.truncatedRows, 2);
    assert.equal(summary.truncatedTokens, figures[1]!.tokens + figures[4]!.tokens - 80);
    assert.equal(summary.maskedMessages, 1);
    assert.equal(summary.longest?.line, figures[1]!.tokens >= figures[4]!.tokens ? 2 : 5);
    assert.equal(
      summary.trainedTokens,
      figures.reduce((sum, { trainedTokens }) => sum + trainedTokens, 0),
    );
    assert.ok(
      figures.every(({ tokens, promptTokens, answerTokens }) => promptTokens + answerTokens === tokens),
    );
  });
});
