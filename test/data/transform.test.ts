/** Whole files changed as text: what is called lossless comes back as the same rows, and what is kept keeps its bytes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Extension } from "../../src/data/source/container.ts";
import { applyEdits } from "../../src/data/source/edit.ts";
import { convert, formNames, planConversion } from "../../src/data/transform/convert.ts";
import { type DatasetText, openDataset } from "../../src/data/transform/dataset.ts";
import { dedupe } from "../../src/data/transform/dedupe.ts";
import { mergeDatasets } from "../../src/data/transform/merge.ts";
import { nearlySame } from "../../src/data/transform/near.ts";
import { shuffleDataset } from "../../src/data/transform/shuffle.ts";
import { splitDataset } from "../../src/data/transform/split.ts";
import { isSameRow } from "../../src/data/written-record.ts";
import { Random } from "../../src/random/random.ts";
import type { Message, Row } from "../../src/text/conversation.ts";

const lines = (...records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const open = (text: string, name = "train.jsonl") => openDataset(text, name);
const rowsOf = ({ items }: DatasetText) => items.map(({ row }) => row);
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

/** The same three-column records in every kind of file, set out as people and tools do. */
const files: [name: string, text: string][] = [
  [
    "lines.jsonl",
    '{"prompt": "a", "completion": "x"}\n\n {"prompt":"b","completion":"y"} \n{"prompt":"A ","completion":"x"}\n{"prompt":"a","completion":"z"}',
  ],
  [
    "crlf.jsonl",
    '{"prompt":"a","completion":"x"}\r\n{"prompt":"b","completion":"y"}\r\n{"prompt":"A ","completion":"x"}\r\n{"prompt":"a","completion":"z"}\r\n',
  ],
  [
    "compact.json",
    '[{"prompt":"a","completion":"x"},{"prompt":"b","completion":"y"}, {"prompt":"A ","completion":"x"},{"prompt":"a","completion":"z"}]',
  ],
  [
    "pretty.json",
    `${JSON.stringify(
      [
        { prompt: "a", completion: "x" },
        { prompt: "b", completion: "y" },
        { prompt: "A ", completion: "x" },
        { prompt: "a", completion: "z" },
      ],
      null,
      2,
    )}\n`,
  ],
  ["table.csv", 'prompt,"completion"\r\na,x\r\n"b",y\r\n"A ",x\r\na,z\r\n'],
  ["short.tsv", "prompt\tcompletion\na\tx\nb\ty\nA \tx\na\tz"],
];

describe("duplicates", () => {
  const removed = (text: string, name: string, by: "row" | "prompt", keep: "first" | "last") => {
    const done = dedupe(open(text, name), { by, keep });
    assert.equal(applyEdits(text, done.edits), done.text, "the edits are those of the text");
    const gone = new Set(done.removed.map(({ index }) => index));
    const left = open(text, name).items.filter((_, i) => !gone.has(i));
    assert.deepEqual(
      open(done.text, name).items.map(({ source }) => source),
      left.map(({ source }) => source),
    );
    return done;
  };
  for (const [name, text] of files) {
    it(`go from ${name}, and nothing else changes`, () => {
      const lineOf = open(text, name).items.map(({ line }) => line);
      const gone = (by: "row" | "prompt", keep: "first" | "last") =>
        removed(text, name, by, keep).removed.map(({ line, sameAs }) => [
          lineOf.indexOf(line),
          lineOf.indexOf(sameAs),
        ]);
      if (name === "compact.json") return assert.equal(removed(text, name, "row", "first").removed.length, 1);
      assert.deepEqual(gone("row", "first"), [[2, 0]]);
      assert.deepEqual(gone("row", "last"), [[0, 2]]);
      assert.deepEqual(gone("prompt", "first"), [
        [2, 0],
        [3, 0],
      ]);
      assert.deepEqual(gone("prompt", "last"), [
        [0, 3],
        [2, 3],
      ]);
    });
  }

  it("leave commas, line ends and blank lines right", () => {
    const [[, text], [, crlf], [, compact], [, pretty], [, csv], [, tsv]] = files as [string, string][] & {
      length: 6;
    };
    const by = (whole: string, name: string, keep: "first" | "last" = "first") =>
      removed(whole, name, "prompt", keep).text;
    assert.equal(
      by(text!, "x.jsonl"),
      '{"prompt": "a", "completion": "x"}\n\n {"prompt":"b","completion":"y"} ',
    );
    assert.equal(
      by(crlf!, "x.jsonl"),
      '{"prompt":"a","completion":"x"}\r\n{"prompt":"b","completion":"y"}\r\n',
    );
    assert.equal(by(compact!, "x.json"), '[{"prompt":"a","completion":"x"},{"prompt":"b","completion":"y"}]');
    assert.equal(
      by(compact!, "x.json", "last"),
      '[{"prompt":"b","completion":"y"}, {"prompt":"a","completion":"z"}]',
    );
    assert.equal(
      by(pretty!, "x.json"),
      `${JSON.stringify(
        [
          { prompt: "a", completion: "x" },
          { prompt: "b", completion: "y" },
        ],
        null,
        2,
      )}\n`,
    );
    assert.equal(by(csv!, "x.csv"), 'prompt,"completion"\r\na,x\r\n"b",y\r\n');
    assert.equal(by(tsv!, "x.tsv"), "prompt\tcompletion\na\tx\nb\ty");
  });

  it("are not those that differ in what is learned beside texts", () => {
    const asks = (name: string) => ({
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "", tool_calls: [{ function: { name, arguments: "{}" } }] },
      ],
    });
    const weighted = {
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b", weight: 0 },
      ],
    };
    const plain = {
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
    };
    const text = lines(asks("f"), asks("g"), asks("f"), weighted, plain, weighted);
    assert.deepEqual(
      removed(text, "x.jsonl", "row", "first").removed.map(({ line, sameAs }) => [line, sameAs]),
      [
        [3, 1],
        [6, 4],
      ],
    );
  });

  it("are found in preference data and in plain texts; what cannot be read stays", () => {
    const preference = (chosen: string) => ({ prompt: "a", chosen, rejected: "c" });
    const text = lines(preference("x"), preference("y"), preference("x"));
    assert.deepEqual(
      removed(text, "x.jsonl", "row", "first").removed.map(({ line }) => line),
      [3],
    );
    assert.deepEqual(
      removed(text, "x.jsonl", "prompt", "first").removed.map(({ line }) => line),
      [2, 3],
    );
    assert.equal(removed("one\n\ntwo\n\nOne\n", "x.txt", "row", "first").text, "one\n\ntwo\n\n");
    const marked = "a\n\nb\n<|endoftext|>\na\n\nb\n";
    assert.equal(removed(marked, "x.txt", "row", "first").text, "a\n\nb\n<|endoftext|>\n");
    assert.equal(removed(marked, "x.txt", "row", "last").text, "a\n\nb\n<|endoftext|>\n");
    assert.equal(removed("{x\n{x\n", "x.jsonl", "row", "first").removed.length, 0);
  });
});

/** Many records, each written in its own way. */
function many(count: number, name: string, random: Random): string {
  const record = (i: number) => ({ prompt: `q${random.integer(count)}`, completion: `l${i % 4}`, n: i });
  const odd = (i: number) =>
    i % 3 === 0 ? JSON.stringify(record(i), null, " ").replace(/\n/g, "") : JSON.stringify(record(i));
  const all = Array.from({ length: count }, (_, i) => i);
  if (name.endsWith(".json"))
    return `[ ${all.map((i) => (i % 2 ? JSON.stringify(record(i), null, 3) : odd(i))).join(i3(random))}\n]`;
  if (name.endsWith(".csv"))
    return `prompt,completion,n\n${all.map((i) => `"${record(i).prompt}",l${i % 4},${i}\n`).join("")}`;
  if (name.endsWith(".txt")) return all.map((i) => `text ${i}\nmore`).join("\n\n\n");
  return all.map(odd).join(random.integer(2) ? "\n" : "\r\n\r\n");
}
const i3 = (random: Random) => [",", ", ", ",\n"][random.integer(3)]!;
const names = ["x.jsonl", "x.json", "x.csv", "x.txt"];
const sources = (text: string, name: string) => open(text, name).items.map(({ source }) => source);

describe("splitting", () => {
  it("gives every record, byte for byte, to one part; rows with one question to the same", () => {
    for (let seed = 0; seed < 40; seed++) {
      const name = names[seed % 4]!;
      const text = many(20 + seed, name, new Random(seed));
      const dataset = open(text, name);
      const { texts, rows, unreadable } = splitDataset(dataset, { validation: 0.2, test: 5, seed });
      const parts = Object.values(texts).map((part) => sources(part, name));
      assert.deepEqual(parts.flat().sort(), sources(text, name).sort(), name);
      assert.deepEqual(unreadable, []);
      assert.deepEqual(
        parts.map(({ length }) => length),
        [rows.train, rows.validation, rows.test].filter((count) => count > 0),
      );
      for (const part of parts) {
        const order = part.map((source) => sources(text, name).indexOf(source));
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
          "in the order of the file",
        );
      }
      if (name === "x.txt") continue;
      const questions = Object.values(texts).map(
        (part) => new Set(open(part, name).items.map(({ record }) => record!.prompt)),
      );
      const all = questions.flatMap((part) => [...part]);
      assert.equal(new Set(all).size, all.length, "no question is in two parts");
    }
  });

  it("repeats headers and brackets, drops blank lines, keeps what cannot be read in training", () => {
    const csv = "text,label\na,x\n\nb,y\nc,x\n";
    const { texts } = splitDataset(open(csv, "x.csv"), { validation: 0, test: 1, seed: 1 });
    assert.deepEqual(Object.keys(texts), ["train", "test"]);
    for (const part of Object.values(texts)) assert.match(part, /^text,label\n(?:.,.\n)+$/);
    const broken = `{"prompt":\n${lines({ prompt: "a", completion: "b" }, { prompt: "c", completion: "d" })}`;
    const split = splitDataset(open(broken), { validation: 0, test: 1, seed: 1 });
    assert.deepEqual([split.unreadable, split.rows], [[1], { train: 2, validation: 0, test: 1 }]);
    assert.match(split.texts.train!, /^\{"prompt":\n/);
  });

  it("is stratified by labels, and refuses a file that holds splits", () => {
    const text = lines(...Array.from({ length: 60 }, (_, i) => ({ text: `t${i}`, label: `l${i % 3}` })));
    const split = splitDataset(open(text), { validation: 0, test: 0.25, seed: 3 });
    assert.ok(split.isStratified);
    const labels = open(split.texts.test!).items.map(({ record }) => record!.label);
    for (const label of ["l0", "l1", "l2"]) assert.equal(labels.filter((each) => each === label).length, 5);
    const splits = '{"train": [{"prompt":"a","completion":"b"}], "test": [{"prompt":"c","completion":"d"}]}';
    assert.throws(() => splitDataset(open(splits, "x.json"), { validation: 0, test: 1, seed: 1 }), {
      code: "usage",
    });
  });

  it("keeps together what is said to belong together", () => {
    const text = lines(...Array.from({ length: 30 }, (_, i) => ({ prompt: `p${i}`, completion: `c${i}` })));
    const dataset = open(text);
    for (let seed = 0; seed < 10; seed++) {
      const { texts } = splitDataset(dataset, { validation: 5, test: 5, seed }, [
        [0, 7],
        [7, 20],
        [3, 4],
      ]);
      const partOf = (i: number) => Object.entries(texts).find(([, part]) => part.includes(`"p${i}"`))![0];
      assert.equal(new Set([0, 7, 20].map(partOf)).size, 1);
      assert.equal(partOf(3), partOf(4));
    }
  });
});

describe("questions that are nearly the same", () => {
  it("are found, and others are not", () => {
    const random = new Random(4);
    const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
    const text = () => Array.from({ length: 60 }, () => words[random.integer(300)]!);
    const records = Array.from({ length: 60 }, () => text());
    const near = records.slice(0, 5).map((each) => each.with(30, "other").join(" "));
    const all = [...records.map((each) => each.join(" ")), ...near];
    const dataset = open(lines(...all.map((prompt) => ({ prompt, completion: "x" }))));
    const pairs = nearlySame(dataset);
    assert.deepEqual(
      pairs,
      near.map((_, i) => [i, 60 + i]),
    );
    for (let seed = 0; seed < 10; seed++) {
      const { texts } = splitDataset(dataset, { validation: 0.2, test: 0.3, seed }, pairs);
      const partOf = (i: number) =>
        Object.entries(texts).find(([, part]) => part.includes(`"${all[i]}"`))![0];
      for (const [a, b] of pairs) assert.equal(partOf(a!), partOf(b!));
    }
  });
});

describe("shuffling", () => {
  it("moves records, keeps all between them, and is the same for the same seed", () => {
    for (let seed = 0; seed < 40; seed++) {
      const name = names[seed % 4]!;
      const text = many(12, name, new Random(seed));
      const { text: shuffled } = shuffleDataset(open(text, name), seed);
      const [before, after] = [sources(text, name), sources(shuffled, name)];
      assert.notDeepEqual(after, before);
      assert.deepEqual([...after].sort(), [...before].sort());
      const between = (whole: string) =>
        open(whole, name).pieces.map(
          (piece) => piece.text.slice(0, piece.start) + piece.text.slice(piece.end),
        );
      assert.deepEqual(between(shuffled), between(text));
      assert.equal(shuffleDataset(open(text, name), seed).text, shuffled);
      assert.notEqual(shuffleDataset(open(text, name), seed + 1).text, shuffled);
    }
  });

  it("leaves what cannot be read where it is, and records in their split", () => {
    const text = `${lines({ prompt: "a", completion: "b" })}{"prompt":\n${lines({ prompt: "c", completion: "d" }, { prompt: "e", completion: "f" })}`;
    const { text: shuffled, unmoved } = shuffleDataset(open(text), 1);
    assert.deepEqual([unmoved, shuffled.split("\n")[1]], [[2], '{"prompt":']);
    const record = (i: number) => ({ prompt: `p${i}`, completion: "x" });
    const splits = JSON.stringify({ train: [1, 2, 3, 4, 5].map(record), test: [6, 7, 8].map(record) });
    const { items } = open(shuffleDataset(open(splits, "x.json"), 1).text, "x.json");
    assert.deepEqual(
      items
        .filter(({ piece }) => piece.split === "test")
        .map(({ record: each }) => each!.prompt)
        .sort(),
      ["p6", "p7", "p8"],
    );
    assert.throws(() => shuffleDataset(open("no heading\n = A = \nb\n = B = \nc\n", "x.txt"), 1), {
      code: "dataset-invalid",
    });
  });
});

describe("merging", () => {
  const a = '{"prompt": "a", "completion": "x"}';
  it("puts records as they are written behind those of the first file", () => {
    const merged = (first: [string, string], ...others: [string, string][]) =>
      mergeDatasets([first, ...others].map(([name, text]) => open(text, name)));
    assert.equal(
      merged(["1.jsonl", a], ["2.jsonl", `${a.replace("a", "b")}\n`]).text,
      `${a}\n${a.replace("a", "b")}\n`,
    );
    assert.equal(merged(["1.json", `[\n  ${a}\n]\n`], ["2.json", `[${a}]`]).text, `[\n  ${a},\n  ${a}\n]\n`);
    assert.equal(merged(["1.json", `[${a}, ${a}]`], ["2.json", `[${a}]`]).text, `[${a}, ${a}, ${a}]`);
    assert.equal(
      merged(["1.csv", 'text,label\na,"x"\n'], ["2.csv", 'text,label\n"b",y']).text,
      'text,label\na,"x"\n"b",y\n',
    );
    assert.equal(merged(["1.txt", "a\nb\n"], ["2.txt", "c\n\nd\n"]).text, "a\nb\n\nc\n\nd\n");
    assert.equal(
      merged(["1.txt", "a\nb\n"], ["2.txt", "c\n\nd\n<|endoftext|>\n"]).text,
      "a\nb\n<|endoftext|>\nc\n\nd\n<|endoftext|>\n",
    );
  });

  it("converts what is of another kind, and says what is lost", () => {
    const first = open("q,kind,answer\nx,1,y\n".replace("q,", "question,"), "1.csv");
    const chat = {
      id: 7,
      messages: [
        { role: "user", content: "a, b" },
        { role: "assistant", content: "c" },
      ],
    };
    const framed = { messages: [{ role: "system", content: "S" }, ...chat.messages] };
    const { text, files, rows } = mergeDatasets([first, open(lines(chat, framed, { text: "T" }), "2.jsonl")]);
    assert.equal(text, 'question,kind,answer\nx,1,y\n"a, b",,c\n');
    assert.equal(rows, 2);
    assert.deepEqual(files[1]!.losses, [{ what: 'the key "id"', rows: 1, line: 1 }]);
    assert.deepEqual(
      files[1]!.refused.map(({ line }) => line),
      [2, 3],
    );
    const { text: json } = mergeDatasets([open(lines(chat)), open("question;answer\nx;y\n", "2.csv")]);
    assert.deepEqual(JSON.parse(json.split("\n")[1]!), {
      messages: [
        { role: "user", content: "x" },
        { role: "assistant", content: "y" },
      ],
    });
    const { text: reordered } = mergeDatasets([
      open("text,label\na,x\n", "1.csv"),
      open("label;text\ny;b\n", "2.csv"),
    ]);
    assert.equal(reordered, "text,label\na,x\nb,y\n");
  });

  it("names rows that an earlier file has as well, and refuses files with splits", () => {
    const { duplicates } = mergeDatasets([
      open(`${a}\n${a}\n`, "1.jsonl"),
      open(`[${a.replace("a", "A ")}]`, "2.json"),
    ]);
    assert.deepEqual(duplicates, [{ file: "2.json", line: 1, sameAs: { file: "1.jsonl", line: 1 } }]);
    assert.throws(() => mergeDatasets([open(`{"train": [${a}], "test": [${a}]}`, "1.json")]), {
      code: "usage",
    });
  });
});
