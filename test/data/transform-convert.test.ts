/** Files in another form, as text: what is called lossless comes back as the same rows. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Extension } from "../../src/data/source/container.ts";
import { convert, formNames, planConversion } from "../../src/data/transform/convert.ts";
import { openDataset } from "../../src/data/transform/dataset.ts";
import { isSameRow } from "../../src/data/written-record.ts";
import { Random } from "../../src/random/random.ts";
import type { Message, Row } from "../../src/text/conversation.ts";
import { lines, open, rowsOf } from "./transform-files.ts";

const extensions = [".jsonl", ".json", ".csv", ".tsv", ".txt"] as const satisfies Extension[];

function to(text: string, form: string | undefined, extension: Extension = ".jsonl", name = "train.jsonl") {
  const { text: written, plan } = convert(open(text, name), { form, extension });
  return { written, ...plan };
}

describe("a record becomes, in each form,", () => {
  const chat = {
    messages: [
      { role: "system", content: "S" },
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ],
  };
  const forms: [form: string, record: unknown][] = [
    ["chat", chat],
    ["openai", chat],
    [
      "mistral",
      {
        system_prompt: "S",
        interactions: [
          { role: "user", text: "a" },
          { role: "assistant", text: "b" },
        ],
      },
    ],
    [
      "sharegpt",
      {
        conversations: [
          { from: "system", value: "S" },
          { from: "human", value: "a" },
          { from: "gpt", value: "b" },
        ],
      },
    ],
    [
      "gemini",
      {
        systemInstruction: { role: "system", parts: [{ text: "S" }] },
        contents: [
          { role: "user", parts: [{ text: "a" }] },
          { role: "model", parts: [{ text: "b" }] },
        ],
      },
    ],
    ["prompt-completion", { system: "S", prompt: "a", completion: "b" }],
    ["prompt-completion-messages", { prompt: chat.messages.slice(0, 2), completion: chat.messages.slice(2) }],
    ["alpaca", { instruction: "a", input: "", output: "b", system: "S" }],
    ["pairs", { system: "S", question: "a", answer: "b" }],
  ];
  for (const [from, source] of forms) {
    for (const [form, wanted] of forms) {
      it(`${from} → ${form}`, () => {
        const { written, lossless } = to(lines(source), form);
        assert.deepEqual([JSON.parse(written), lossless], [wanted, true]);
      });
    }
  }

  it("a column named by the user, a question", () => {
    const text = lines({ userInput: { text: "a", mood: "good" }, labels: { x: 1 }, other: 5 });
    const dataset = openDataset(text, "x.jsonl", { columns: { input: "userInput.text", output: "labels" } });
    const { text: written, plan } = convert(dataset, { form: "chat", extension: ".jsonl" });
    assert.deepEqual(JSON.parse(written), {
      userInput: { mood: "good" },
      other: 5,
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: '{"x":1}' },
      ],
    });
    assert.ok(plan.lossless);
  });
});

describe("what a format or a file cannot hold", () => {
  const losses = (record: unknown, form: string, extension: Extension = ".jsonl") =>
    planConversion(open(lines(record)), { form, extension }).losses.map(({ what }) => what);
  const user = { role: "user", content: "a" };
  const answer = { role: "assistant", content: "b" };
  const call = { id: "1", type: "function", function: { name: "f", arguments: '{"x":1}' } };
  const withTools = {
    messages: [
      user,
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", tool_call_id: "1", content: "12" },
      answer,
    ],
    tools: [{ type: "function", function: { name: "f" } }],
  };

  it("is named, and no more than that", () => {
    const weighted = { messages: [user, { ...answer, weight: 0 }, user, answer] };
    assert.deepEqual(losses(weighted, "sharegpt"), []);
    assert.deepEqual(losses(weighted, "alpaca"), ["weights: turns that are not to be learned will be"]);
    assert.deepEqual(losses(weighted, "pairs"), ["earlier turns: the last question and its answer stay"]);
    assert.deepEqual(losses({ messages: [user, { ...answer, weight: 1 }] }, "pairs"), []);
    const framed = { messages: [{ role: "system", content: "S" }, user, answer] };
    assert.deepEqual(losses(framed, "two-column"), ["system messages"]);
    assert.deepEqual(losses(withTools, "sharegpt"), ["ids of tool calls"]);
    assert.deepEqual(losses(withTools, "gemini"), [
      "ids of tool calls",
      "the form of tools' answers, which are put into an object",
    ]);
    assert.deepEqual(losses(withTools, "pairs"), [
      "declarations of tools",
      "calls of tools, and their answers",
    ]);
    const named = { messages: [{ ...user, name: "Ann", lang: "en" }, answer] };
    assert.deepEqual(losses(named, "openai"), ['the key "lang" of messages']);
    assert.deepEqual(losses(named, "alpaca"), ['the key "name" of messages', 'the key "lang" of messages']);
    const turns = [
      { from: "human", value: "a", mood: "x" },
      { from: "gpt", value: "b" },
    ];
    assert.deepEqual(losses({ conversations: turns }, "chat"), ['the key "mood" of turns']);
    assert.deepEqual(losses({ prompt: "a\r\nb", completion: "c" }, "pairs", ".csv"), [
      "carriage returns at the ends of lines",
    ]);
  });

  it("is counted, with the first line", () => {
    const text = lines(
      { id: 1, prompt: "a", completion: "b" },
      { prompt: "c", completion: "d", meta: { x: 1 } },
      { prompt: "e", completion: "f", meta: { x: 2 } },
    );
    const {
      losses: found,
      rows,
      refused,
      lossless,
    } = planConversion(open(text), {
      form: "two-column",
      extension: ".csv",
    });
    assert.deepEqual(found, [{ what: 'the key "meta"', rows: 2, line: 2 }]);
    assert.deepEqual([rows, refused, lossless], [3, [], false]);
    assert.deepEqual(to(text, "two-column", ".csv").written, "id,text,label\n1,a,b\n,c,d\n,e,f\n");
    assert.equal(to(text, "chat").losses.length, 0);
  });

  it("refuses a row with its line and the reason", () => {
    const text = `${lines({ messages: [user, answer] }, { messages: [user] })}{"messages": [}\n${lines({ messages: [answer] }, { text: "T" })}`;
    const { refused, rows } = planConversion(open(text), { form: "alpaca", extension: ".jsonl" });
    assert.equal(rows, 1);
    assert.deepEqual(
      refused.map(({ line }) => line),
      [2, 3, 4, 5],
    );
    for (const [i, words] of [
      /ends with a turn of the user/,
      /cannot be read/,
      /follows no question/,
      /plain text/,
    ].entries()) {
      assert.match(refused[i]!.reason, words);
    }
    assert.throws(() => to(lines({ messages: [user, answer] }), "text"), { code: "dataset-invalid" });
    assert.throws(() => to(text, "alpacca"), { code: "usage", hint: /"alpaca"/ });
    assert.match(
      planConversion(open(lines({ prompt: "\ud800", completion: "b" })), { extension: ".csv" }).refused[0]!
        .reason,
      /half a character/,
    );
  });

  it("keys that would make it another format, or another label, do not come along", () => {
    const text = lines({ instruction: "a", output: "b", label: true, id: 3 });
    assert.deepEqual(JSON.parse(to(text, "prompt-completion").written), {
      id: 3,
      prompt: "a",
      completion: "b",
    });
    assert.deepEqual(losses({ instruction: "a", output: "b", label: true }, "prompt-completion"), [
      'the key "label"',
    ]);
    const some = lines({ prompt: "a", completion: "b", label_text: "x" }, { prompt: "c", completion: "d" });
    const { written, losses: found } = to(some, "two-column", ".csv");
    assert.deepEqual(found, [{ what: 'the key "label_text"', rows: 1, line: 1 }]);
    assert.equal(written, "text,label\na,b\nc,d\n");
  });

  it("a column of some rows is not taken for the answer of others", () => {
    const text = lines({ prompt: "a", completion: "b", label_text: "b" }, { prompt: "c", completion: "d" });
    assert.deepEqual(losses(JSON.parse(text.split("\n")[0]!), "two-column", ".csv"), []);
    const { written, losses: found } = to(text, "two-column", ".csv");
    assert.deepEqual(found, [{ what: 'the key "label_text"', rows: 1, line: 1 }]);
    assert.equal(written, "text,label\na,b\nc,d\n");
  });

  it("answers of several tools are one turn for Gemini", () => {
    const answered = (name: string) => ({ role: "tool", name, content: '{"x":1}' });
    const calls = ["f", "g"].map((name) => ({ type: "function", function: { name, arguments: "{}" } }));
    const called = { role: "assistant", content: "Wait.", tool_calls: calls };
    const text = lines({ messages: [user, called, answered("f"), answered("g"), answer] });
    const { written, lossless } = to(text, "gemini");
    assert.ok(lossless);
    const { contents } = JSON.parse(written);
    assert.deepEqual(
      contents.map(({ role, parts }: { role: string; parts: object[] }) => [role, parts.length]),
      [
        ["user", 1],
        ["model", 3],
        ["user", 2],
        ["model", 1],
      ],
    );
  });

  it("splits stay where a file can hold them", () => {
    const text =
      '{"train": [{"prompt": "a", "completion": "b"}], "test": [{"prompt": "c", "completion": "d"}]}';
    const json = to(text, "pairs", ".json", "x.json");
    assert.deepEqual(JSON.parse(json.written), {
      train: [{ question: "a", answer: "b" }],
      test: [{ question: "c", answer: "d" }],
    });
    assert.ok(json.lossless);
    const twice = `${text.slice(0, -1)}, "train": [{"prompt": "e", "completion": "f"}]}`;
    const { train } = JSON.parse(to(twice, "pairs", ".json", "x.json").written);
    assert.deepEqual(
      train.map(({ question }: { question: string }) => question),
      ["a", "e"],
    );
    assert.deepEqual(to(text, "pairs", ".jsonl", "x.json").losses, [
      { what: "which split a record belongs to", rows: 2, line: 1 },
    ]);
  });

  it("preference data changes between its two forms, and into nothing else", () => {
    const trl = { prompt: "a", chosen: "b", rejected: "c" };
    const openai = {
      input: { messages: [user] },
      preferred_output: [answer],
      non_preferred_output: [{ role: "assistant", content: "c" }],
    };
    assert.deepEqual(JSON.parse(to(lines(trl), "openai-preference").written), openai);
    const back = { prompt: [user], chosen: [answer], rejected: [{ role: "assistant", content: "c" }] };
    assert.deepEqual(JSON.parse(to(lines(openai), "preference").written), back);
    const implicit = { chosen: [user, answer], rejected: [user, { role: "assistant", content: "c" }] };
    assert.deepEqual(JSON.parse(to(lines(implicit), "openai-preference").written), openai);
    assert.throws(() => to(lines(trl), "chat"), {
      code: "dataset-invalid",
      message: /says which answers are better/,
    });
  });
});

/** Rows of all sorts, as chat records. */
function randomRows(random: Random): Row[] {
  const texts = [
    "a",
    "Where is it?",
    " blank ",
    "x,y;z\t",
    'say "no"',
    "two\nlines",
    "a\n\nb",
    " = T = ",
    "🙂 é",
    "a\r\nb",
    "12",
    "<|endoftext|>",
  ];
  const pick = () => texts[random.integer(texts.length)]!;
  const chance = (percent: number) => random.integer(100) < percent;
  const turn = (role: string): Message => ({
    role,
    content: pick(),
    ...(role === "assistant" && chance(10) && { weight: random.integer(2) }),
    ...(chance(5) && { name: "Ann" }),
  });
  const row = (): Row => {
    const count = chance(70) ? 1 : 1 + random.integer(3);
    const messages = [
      ...(chance(30) ? [{ role: "system", content: pick() }] : []),
      ...Array.from({ length: count }, () => [turn("user"), turn("assistant")]).flat(),
    ];
    return {
      kind: "chat",
      messages,
      ...(chance(10) && { tools: [{ type: "function", function: { name: "f" } }] }),
    };
  };
  return Array.from({ length: 1 + random.integer(5) }, row);
}

describe("there and back", () => {
  it("gives equal rows for everything that the plan calls lossless", () => {
    let lossless = 0;
    for (let seed = 0; seed < 80; seed++) {
      const random = new Random(seed, "conversions");
      const isText = seed % 5 === 0;
      const records = isText
        ? randomRows(random).map((row) => ({
            text: (row as { messages: Message[] }).messages[0]!.content,
            ...(seed % 2 === 0 && { id: seed }),
          }))
        : randomRows(random).map(({ kind: _, ...row }, i) => ({ ...(seed % 3 === 0 && { id: i }), ...row }));
      const before = open(lines(...records));
      for (const form of formNames()) {
        for (const extension of extensions) {
          const plan = planConversion(before, { form, extension });
          if (plan.rows === 0) continue;
          const { text } = convert(before, { form, extension });
          assert.ok(!/\p{Surrogate}/u.test(text));
          const after = openDataset(text, `x${extension}`);
          const where = `seed ${seed}, ${form}${extension}\n${before.text}\n${text}`;
          assert.equal(after.items.length, plan.rows, where);
          if (!plan.lossless) continue;
          lossless++;
          for (const [i, row] of rowsOf(after).entries())
            assert.ok(row && isSameRow(row, before.items[i]!.row!), where);
          const { text: back } = convert(after, { form: isText ? "text" : "chat", extension: ".jsonl" });
          for (const [i, row] of rowsOf(open(back)).entries())
            assert.ok(row && isSameRow(row, before.items[i]!.row!), where);
        }
      }
    }
    assert.ok(lossless > 500, `${lossless} conversions were lossless`);
  });
});
