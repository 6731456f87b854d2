// Each dataset format: what it makes of its documented shapes, and what it says of a wrong field.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { columnsFormat } from "../../src/data/formats/columns.ts";
import { FieldError, type Format } from "../../src/data/formats/format.ts";
import { formats } from "../../src/data/formats/index.ts";
import type { Message } from "../../src/text/conversation.ts";

const system = (content: string): Message => ({ role: "system", content });
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

/** The format that knows the record best, as reading a file chooses it. */
function chosen(record: object): Format {
  const data = { ...record };
  return formats.reduce((best, next) => (next.recognise(data) > best.recognise(data) ? next : best));
}

type Case = [what: string, format: string, record: object, messages: Message[]];
const cases: Case[] = [
  ["Alpaca", "alpaca", { instruction: "Add", input: "1 1", output: "2" }, [user("Add\n1 1"), assistant("2")]],
  [
    "Alpaca without input",
    "alpaca",
    { instruction: "Hi", input: "", output: "Yo" },
    [user("Hi"), assistant("Yo")],
  ],
  [
    "Alpaca with system and history",
    "alpaca",
    { instruction: "c", input: null, output: "d", system: "S", history: [["a", "b"]] },
    [system("S"), user("a"), assistant("b"), user("c"), assistant("d")],
  ],
  [
    "chat messages",
    "chat",
    { messages: [system("S"), user("a"), assistant("b")] },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "chat with a developer, a name, a weight and text parts",
    "chat",
    {
      messages: [
        { role: "developer", content: [{ type: "text", text: "S" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
          name: "Ann",
        },
        { role: "assistant", content: "c", weight: 0 },
        { role: "user", content: "d" },
        { role: "assistant", content: "e", weight: 1 },
      ],
    },
    [
      system("S"),
      { ...user("ab"), name: "Ann" },
      { ...assistant("c"), weight: 0 },
      user("d"),
      { ...assistant("e"), weight: 1 },
    ],
  ],
  [
    "chat with tool calls, OpenAI's arguments a JSON string",
    "chat",
    {
      messages: [
        user("w?"),
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "1", type: "function", function: { name: "w", arguments: '{"c": "K"}' } }],
        },
        { role: "tool", content: "grey", tool_call_id: "1" },
        assistant("Grey."),
      ],
    },
    [
      user("w?"),
      {
        ...assistant(""),
        tool_calls: [{ id: "1", type: "function", function: { name: "w", arguments: { c: "K" } } }],
      },
      { role: "tool", content: "grey", tool_call_id: "1" },
      assistant("Grey."),
    ],
  ],
  [
    "chat with the older function_call",
    "chat",
    {
      messages: [
        user("w?"),
        { role: "assistant", function_call: { name: "w", arguments: "{}" } },
        { role: "function", name: "w", content: "x" },
      ],
    },
    [
      user("w?"),
      { ...assistant(""), tool_calls: [{ type: "function", function: { name: "w", arguments: {} } }] },
      { role: "tool", name: "w", content: "x" },
    ],
  ],
  [
    "ShareGPT",
    "sharegpt",
    {
      conversations: [
        { from: "human", value: "a" },
        { from: "gpt", value: "b" },
      ],
      system: "S",
    },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "ShareGPT's other names, and its tools",
    "sharegpt",
    {
      conversations: [
        { from: "system", value: "S" },
        { from: "User", value: "a" },
        { from: "function_call", value: '{"name": "f", "arguments": {"x": 1}}' },
        { from: "observation", value: "o" },
        { from: "chatgpt", value: "b" },
      ],
    },
    [
      system("S"),
      user("a"),
      { ...assistant(""), tool_calls: [{ type: "function", function: { name: "f", arguments: { x: 1 } } }] },
      { role: "tool", content: "o" },
      assistant("b"),
    ],
  ],
  [
    "conversations with role and content",
    "sharegpt",
    { conversations: [user("a"), assistant("b")] },
    [user("a"), assistant("b")],
  ],
  [
    "prompt and completion",
    "prompt-completion",
    { prompt: "a", completion: " b" },
    [user("a"), assistant(" b")],
  ],
  [
    "prompt and completion as messages",
    "prompt-completion",
    { prompt: [system("S"), user("a")], completion: [assistant("b")] },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "KTO's good ones",
    "prompt-completion",
    { prompt: "a", completion: "b", label: true },
    [user("a"), assistant("b")],
  ],
  ["FLAN", "pairs", { inputs: "a", targets: "b" }, [user("a"), assistant("b")]],
  [
    "Dolly",
    "pairs",
    { instruction: "Who?", context: "Ann did.", response: "Ann", category: "closed_qa" },
    [user("Who?\nAnn did."), assistant("Ann")],
  ],
  [
    "OpenOrca",
    "pairs",
    { id: "1", system_prompt: "S", question: "a", response: "b" },
    [system("S"), user("a"), assistant("b")],
  ],
  ["question and answer", "pairs", { question: "a", answer: 7 }, [user("a"), assistant("7")]],
  ["input and output", "pairs", { input: "a", output: "b" }, [user("a"), assistant("b")]],
  ["text and category", "two-column", { text: "a", category: "b" }, [user("a"), assistant("b")]],
  ["text and label, a number", "two-column", { text: "a", label: 3 }, [user("a"), assistant("3")]],
  [
    "text and label, which has a text too",
    "two-column",
    { text: "a", label: 3, label_text: "c" },
    [user("a"), assistant("c")],
  ],
  [
    "two columns of any name",
    "two-column",
    { "": "0", frage: "a", klasse: "b" },
    [user("a"), assistant("b")],
  ],
  [
    "RESTAURANTS-8K",
    "slots",
    {
      userInput: { text: "A table for 4 at 8 pm" },
      context: { requestedSlots: ["people"] },
      labels: [
        { slot: "people", valueSpan: { startIndex: 12, endIndex: 13 } },
        { slot: "time", valueSpan: { startIndex: 17, endIndex: 21 } },
      ],
    },
    [user("A table for 4 at 8 pm\n(asked for: people)"), assistant('{"people":"4","time":"8 pm"}')],
  ],
  [
    "RESTAURANTS-8K, a span from the start, which is left out",
    "slots",
    { userInput: { text: "13 of us" }, labels: [{ slot: "people", valueSpan: { endIndex: 2 } }] },
    [user("13 of us"), assistant('{"people":"13"}')],
  ],
  [
    "RESTAURANTS-8K, nothing said",
    "slots",
    { userInput: { text: "hello" } },
    [user("hello"), assistant("{}")],
  ],
];

describe("a record", () => {
  for (const [what, name, record, messages] of cases) {
    test(`of ${what} is "${name}"`, () => {
      const format = chosen(record);
      assert.equal(format.name, name);
      assert.deepEqual(format.toRow({ ...record }), { kind: "chat", messages });
    });
  }

  test("of plain text is text, and stays so beside columns that are no labels", () => {
    for (const record of [{ text: "a" }, { text: "a", url: "b", meta: {} }]) {
      assert.equal(chosen(record).name, "text");
      assert.deepEqual(chosen(record).toRow(record), { kind: "text", text: "a" });
    }
  });

  test("keeps its tools, also where they are a JSON string", () => {
    const tools = [{ type: "function", function: { name: "f" } }];
    const messages = [user("a"), assistant("b")];
    const conversations = [
      { from: "human", value: "a" },
      { from: "gpt", value: "b" },
    ];
    for (const record of [
      { messages, tools },
      { conversations, tools: JSON.stringify(tools) },
    ]) {
      assert.deepEqual(chosen(record).toRow(record), { kind: "chat", messages, tools });
    }
  });

  test("with keys that objects have of themselves is data like any other", () => {
    const record = JSON.parse(
      '{"__proto__": {"messages": []}, "constructor": "c", "prompt": "a", "completion": "b"}',
    );
    assert.equal(chosen(record).name, "prompt-completion");
    const odd = JSON.parse(
      '{"messages": [{"role": "user", "content": "a", "__proto__": {"role": "system"}}]}',
    );
    const row = chosen(odd).toRow(odd);
    assert.ok(row.kind === "chat" && row.messages[0]!.role === "user");
    assert.equal(
      formats.every((format) => format.recognise({}) === 0),
      true,
    );
  });

  test("of a known key set is known only by its own", () => {
    for (const record of [
      { instruction: "a" },
      { prompt: "a" },
      { chosen: "a", rejected: "b", x: 1 },
      { toString: "a", valueOf: 1, x: 2 },
    ]) {
      assert.ok(chosen(record).recognise(record) <= 0.3, JSON.stringify(record));
    }
  });
});

const wrong: [what: string, record: object, field: string, says: RegExp][] = [
  ["an absent answer", { instruction: "a", output: null }, "output", /is missing/],
  ["an empty answer", { prompt: "a", completion: " " }, "completion", /is empty/],
  ["an empty label", { text: "a", label: "" }, "label", /is empty/],
  ["an object as answer", { instruction: "a", output: { b: 1 } }, "output", /is an object, not text/],
  ["a list as question", { question: ["a"], answer: "b" }, "question", /is a list, not text/],
  ["a history that is none", { instruction: "a", output: "b", history: "x" }, "history", /not a list/],
  [
    "a history of wrong pairs",
    { instruction: "a", output: "b", history: [["x"]] },
    "history[0]",
    /not a \[question, answer\] pair/,
  ],
  ["no messages", { messages: [] }, "messages", /is empty/],
  ["a message that is none", { messages: [user("a"), "b"] }, "messages[1]", /not an object/],
  [
    "a role with a slip",
    { messages: [user("a"), { role: "asistant", content: "b" }] },
    "messages[1].role",
    /did you mean "assistant"\?/,
  ],
  [
    "a role from elsewhere",
    { conversations: [{ from: "hummany", value: "a" }] },
    "conversations[0].from",
    /did you mean "human"\?/,
  ],
  ["no role", { messages: [{ content: "a" }] }, "messages[0].role", /is missing/],
  ["no content", { messages: [{ role: "user" }] }, "messages[0].content", /is missing/],
  [
    "an answer that says nothing",
    { messages: [user("a"), assistant("")] },
    "messages[1].content",
    /is empty/,
  ],
  [
    "an image",
    { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
    "messages[0].content[0]",
    /type "image_url"; only text/,
  ],
  [
    "half a weight",
    { messages: [user("a"), { ...assistant("b"), weight: 0.5 }] },
    "messages[1].weight",
    /is 0\.5; it must be 0/,
  ],
  [
    "a call without a name",
    { messages: [{ role: "assistant", tool_calls: [{ function: {} }] }] },
    "messages[0].tool_calls[0]",
    /no function name/,
  ],
  [
    "arguments that are no JSON",
    { messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{" } }] }] },
    "messages[0].tool_calls[0].arguments",
    /not valid JSON/,
  ],
  ["tools that are no list", { messages: [user("a")], tools: {} }, "tools", /not a list/],
  [
    "an answer that people disliked",
    { prompt: "a", completion: "b", label: false },
    "label",
    /marked as bad/,
  ],
  [
    "a span outside its text",
    { userInput: { text: "ab" }, labels: [{ slot: "s", valueSpan: { startIndex: 1, endIndex: 3 } }] },
    "labels[0].valueSpan",
    /text of 2/,
  ],
  ["an empty text", { text: "" }, "text", /is empty/],
];

describe("a wrong field is named", () => {
  for (const [what, record, field, says] of wrong) {
    test(what, () => {
      assert.throws(
        () => chosen(record).toRow({ ...record }),
        (error) => error instanceof FieldError && error.field === field && says.test(error.message),
      );
    });
  }
});

describe("columns that the user names", () => {
  test("are read, also inside others, and an object becomes JSON", () => {
    const format = columnsFormat({ input: "user.text", output: "labels", system: "task" });
    const record = { user: { text: "a" }, labels: [{ x: 1 }], task: "T" };
    assert.equal(format.recognise(record), 1);
    assert.deepEqual(format.toRow(record), {
      kind: "chat",
      messages: [system("T"), user("a"), assistant('[{"x":1}]')],
    });
  });

  test("may have dots in their own names", () => {
    const format = columnsFormat({ input: "a.b", output: "c" });
    assert.deepEqual(format.toRow({ "a.b": "q", c: true }), {
      kind: "chat",
      messages: [user("q"), assistant("true")],
    });
  });

  test("are named where they are absent", () => {
    const format = columnsFormat({ input: "a", output: "b" });
    assert.equal(format.recognise({ a: "x" }), 0);
    assert.equal(columnsFormat({ input: "toString", output: "constructor" }).recognise({}), 0);
    assert.throws(() => format.toRow({ a: "x" }), /"b" is missing/);
    assert.throws(() => format.toRow({ a: "x", b: " " }), /"b" is empty/);
  });
});
