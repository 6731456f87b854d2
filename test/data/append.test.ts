/** Rows added to dataset files: read back as wanted, in the file's own manner, with every other byte as it was. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AppendOptions, appendRow, asksTestQuestion, type NewRow } from "../../src/data/append.ts";
import { parseDataset } from "../../src/data/read.ts";

const ask = (question: string, answer: string, system?: string): NewRow => ({
  messages: [
    ...(system === undefined ? [] : [{ role: "system", content: system }]),
    { role: "user", content: question },
  ],
  answer,
});
const plain = ask("Where is it?", "delivery");

/** What was added, after seeing that it reads as the row and that nothing else changed. */
function added(before: string, path: string, row = plain, options: AppendOptions = {}): string {
  const bytes = Buffer.from(before);
  const { bytes: after, inserted, line } = appendRow(bytes, path, row, options);
  const text = before.replace(/^\uFEFF/, "");
  const { offset } = inserted;
  assert.ok(offset <= text.length);
  const mark = before.slice(0, before.length - text.length);
  assert.equal(after.toString(), mark + text.slice(0, offset) + inserted.text + text.slice(offset));
  const { rows } = parseDataset(after, path, options);
  const found = rows.findLast((each) => each.line === line)!;
  const answer = { role: "assistant", content: row.answer };
  assert.deepEqual(found.row, { kind: "chat", messages: [...row.messages, answer] });
  assert.equal(rows.length, parseDataset(bytes, path, options).rows.length + 1);
  return inserted.text;
}

const lines = (...records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

describe("JSON Lines in each format", () => {
  const chat = {
    messages: [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ],
  };
  const turns = (...said: [string, string][]) => said.map(([from, value]) => ({ from, value }));
  const cases: [name: string, file: unknown, row: NewRow, wanted: unknown][] = [
    [
      "chat, system message and earlier turns included",
      chat,
      {
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Where?" },
        ],
        answer: "Here",
      },
      {
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Hello" },
          { role: "user", content: "Where?" },
          { role: "assistant", content: "Here" },
        ],
      },
    ],
    [
      "ShareGPT with the file's names of roles",
      { conversations: turns(["user", "a"], ["chatgpt", "b"]) },
      plain,
      { conversations: turns(["user", "Where is it?"], ["chatgpt", "delivery"]) },
    ],
    [
      "ShareGPT, the system message where the file has it",
      { system: "S", conversations: turns(["human", "a"], ["gpt", "b"]) },
      ask("q", "r", "T"),
      { system: "T", conversations: turns(["human", "q"], ["gpt", "r"]) },
    ],
    [
      "ShareGPT, the system message as a turn otherwise",
      { conversation: turns(["human", "a"], ["gpt", "b"]) },
      ask("q", "r", "T"),
      { conversation: turns(["system", "T"], ["human", "q"], ["gpt", "r"]) },
    ],
    [
      "prompt and completion",
      { prompt: "a", completion: "b" },
      plain,
      { prompt: "Where is it?", completion: "delivery" },
    ],
    [
      "prompt and completion as messages",
      { prompt: [{ role: "user", content: "a" }], completion: [{ role: "assistant", content: "b" }] },
      plain,
      {
        prompt: [{ role: "user", content: "Where is it?" }],
        completion: [{ role: "assistant", content: "delivery" }],
      },
    ],
    [
      "Alpaca",
      { instruction: "a", input: "", output: "b" },
      plain,
      { instruction: "Where is it?", input: "", output: "delivery" },
    ],
    [
      "Alpaca with history",
      { instruction: "a", output: "b" },
      {
        messages: [
          { role: "user", content: "1" },
          { role: "assistant", content: "2" },
          { role: "user", content: "3" },
        ],
        answer: "4",
      },
      { instruction: "3", output: "4", history: [["1", "2"]] },
    ],
    [
      "question and answer",
      { id: 7, question: "a", answer: "b" },
      plain,
      { question: "Where is it?", answer: "delivery" },
    ],
    [
      "question and response with a system prompt",
      { system_prompt: "S", question: "a", response: "b" },
      ask("q", "r", "T"),
      { system_prompt: "T", question: "q", response: "r" },
    ],
    [
      "text and label, of several columns the one that is read",
      { text: "a", category: "c", label: "b" },
      plain,
      { text: "Where is it?", label: "delivery" },
    ],
    ["labels that are numbers", { text: "a", label: 3 }, ask("q", "12"), { text: "q", label: 12 }],
    [
      "two columns of any name",
      { frage: "a", antwort: "b" },
      plain,
      { frage: "Where is it?", antwort: "delivery" },
    ],
  ];
  for (const [name, file, row, wanted] of cases) {
    it(name, () => assert.deepEqual(JSON.parse(added(lines(file, file), "train.jsonl", row)), wanted));
  }

  it("columns named by the recipe, nested ones and JSON answers included", () => {
    const options = { columns: { input: "userInput.text", output: "labels", system: "role" } };
    const file = { userInput: { text: "a" }, labels: { x: 1 }, role: "S", other: 5 };
    assert.deepEqual(JSON.parse(added(lines(file), "train.jsonl", ask("q", '{"y":2}', "T"), options)), {
      role: "T",
      userInput: { text: "q" },
      labels: { y: 2 },
    });
  });

  it("what a format cannot say is refused with the format's name", () => {
    const refused = (file: string, path: string, row: NewRow) =>
      assert.throws(() => appendRow(Buffer.from(file), path, row), {
        code: "dataset-invalid",
        message: /is in the format "[a-z-]+", which cannot say this row/,
      });
    refused(lines({ text: "a", label: "b" }), "x.jsonl", ask("q", "r", "a system message"));
    refused(lines({ userInput: { text: "a b" }, labels: [] }), "x.jsonl", plain);
    refused(lines({ text: "only text" }), "x.jsonl", plain);
    refused("one\n\ntwo\n", "x.txt", plain);
    refused(lines({ prompt: "a", completion: "b" }), "x.jsonl", ask("q", " "));
  });
});

describe("the file's manner", () => {
  const record = '{"prompt":"a","completion":"b"}';
  const line = '{"prompt":"Where is it?","completion":"delivery"}';
  it("keeps newlines, a missing last one, and a byte order mark", () => {
    assert.equal(added(`${record}\n`, "x.jsonl"), `${line}\n`);
    assert.equal(added(record, "x.jsonl"), `\n${line}`);
    assert.equal(added(`${record}\r\n${record}\r\n`, "x.ndjson"), `${line}\r\n`);
    assert.equal(added(`${record}\r\n${record}`, "x.jsonl"), `\r\n${line}`);
    assert.equal(added(`\uFEFF${record}\n\n`, "x.jsonl"), `${line}\n`);
    assert.equal(added(`${record}\n${record}\n`, "x.json"), `${line}\n`);
  });

  it("leaves damaged lines alone", () => {
    assert.equal(added(`${record}\n${record}\nno JSON é\n{"prompt":5}\n`, "x.jsonl"), `${line}\n`);
  });

  it("puts an element at an array's end, set out as the last one is", () => {
    assert.equal(added(`[${record}]`, "x.json"), `,${line}`);
    assert.equal(added(`[${record}, ${record}]\n`, "x.json"), `, ${line}`);
    assert.equal(added(`[\n  ${record},\n  ${record}\n]\n`, "x.json"), `,\n  ${line}`);
    assert.equal(added(`[\n${record}\n]`, "x.jsonl"), `,\n${line}`);
    const pretty = JSON.stringify([JSON.parse(record)], null, 4);
    assert.equal(
      added(pretty.replaceAll("\n", "\r\n"), "x.json"),
      `,\r\n    {\r\n        "prompt": "Where is it?",\r\n        "completion": "delivery"\r\n    }`,
    );
  });

  it("has blanks after colons and commas where the row before has them", () => {
    const spaced = '{"prompt": "a", "completion": "b"}';
    const wanted = '{"prompt": "Where is it?", "completion": "delivery"}';
    assert.equal(added(`${spaced}\n`, "x.jsonl"), `${wanted}\n`);
    assert.equal(added(`[${spaced}]`, "x.json"), `,${wanted}`);
  });

  it("adds to the training rows of a file with splits", () => {
    const splits = `{ "test": [${record}], "train": [${record}, ${record}] , "note": 5 }`;
    const { bytes } = appendRow(Buffer.from(splits), "x.json", plain);
    assert.equal(
      bytes.toString(),
      `{ "test": [${record}], "train": [${record}, ${record}, ${line}] , "note": 5 }`,
    );
    added(`{"data": [${record}]}`, "x.json");
  });

  it("writes CSV with the file's delimiter and columns, quoted where needed", () => {
    assert.equal(added("id,text,category\r\n1,a,b\r\n", "x.csv"), ",Where is it?,delivery\r\n");
    assert.equal(added("text;label\na;b", "x.csv"), "\nWhere is it?;delivery");
    assert.equal(added("text\tlabel\na\tb\n", "x.tsv"), "Where is it?\tdelivery\n");
    assert.equal(
      added("text,label\na,b\n", "x.csv", ask('He said "no",\nthen left', "=1+1")),
      '"He said ""no"",\nthen left",=1+1\n',
    );
    assert.throws(() => appendRow(Buffer.from("text,label\na,b\n"), "x.csv", ask("q", "r", "system")), {
      code: "dataset-invalid",
    });
  });

  it("keeps any text there is", () => {
    const texts = [
      "</script>",
      "\u202Egnp",
      "שלום",
      "a\u0000b\u2028c",
      "=cmd|' /C calc'!A0",
      '"',
      "\\",
      "😀 é",
      " x ",
    ];
    for (const text of texts) {
      added(`${record}\n`, "x.jsonl", ask(text, text));
      added("text,label\na,b\n", "x.csv", ask(text, text));
    }
    added(`${record}\n`, "x.jsonl", ask("\ud800", "\udfff"));
    // CSV has no escapes: half a character cannot be written in UTF-8.
    assert.throws(() => appendRow(Buffer.from("text,label\na,b\n"), "x.csv", ask("\ud800", "b")), {
      code: "dataset-invalid",
    });
  });

  it("refuses UTF-16, which a byte can break", () => {
    const bytes = Buffer.from(`\uFEFF${record}\n`, "utf16le");
    assert.throws(() => appendRow(bytes, "x.jsonl", plain), { code: "dataset-invalid", message: /UTF-16/ });
  });
});

describe("test rows", () => {
  const file = Buffer.from(lines({ prompt: "a", completion: "b" }));
  const testRows = [ask("other", ""), ask("WHERE  is it?", "")];
  it("are not added unless a person was told", () => {
    assert.ok(asksTestQuestion(plain, testRows));
    assert.throws(() => appendRow(file, "x.jsonl", plain, { testRows }), {
      code: "usage",
      message: /this is a test row/,
    });
    assert.ok(appendRow(file, "x.jsonl", plain, { testRows, allowTestRow: true }).bytes.length > file.length);
  });
  it("with a changed question are others", () => {
    const changed = ask("Where is my parcel?", "delivery");
    assert.ok(!asksTestQuestion(changed, testRows) && !asksTestQuestion(plain));
    appendRow(file, "x.jsonl", changed, { testRows });
    assert.ok(!asksTestQuestion(ask("Where is it?", "", "with another system message"), testRows));
  });
});
