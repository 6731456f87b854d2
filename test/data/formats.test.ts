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
    "prompt and completion with a label that is no mark",
    "prompt-completion",
    { prompt: "a", completion: "b", label: "greeting" },
    [user("a"), assistant("b")],
  ],
  [
    "chat with its system message beside the list",
    "chat",
    { system: "S", messages: [user("a"), assistant("b")] },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "Bedrock's conversations",
    "chat",
    {
      schemaVersion: "bedrock-conversation-2024",
      system: [{ text: "S" }],
      messages: [
        { role: "user", content: [{ text: "a" }] },
        { role: "assistant", content: [{ text: "b" }] },
      ],
    },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "chat with Axolotl's marks",
    "chat",
    {
      messages: [
        user("a"),
        { ...assistant("b"), train: false },
        user("c"),
        { ...assistant("d"), train: true },
        { ...assistant("e"), train: false, train_detail: [{ begin_offset: 0, end_offset: 0, train: true }] },
      ],
    },
    [
      user("a"),
      { ...assistant("b"), weight: 0 },
      user("c"),
      assistant("d"),
      { ...assistant("e"), train_detail: [{ begin_offset: 0, end_offset: 0, train: true }] },
    ],
  ],
  [
    "ShareGPT with Axolotl's marks",
    "sharegpt",
    {
      conversations: [
        { from: "human", value: "a" },
        { from: "gpt", value: "b", train: false },
        { from: "human", value: "c" },
        { from: "gpt", value: "d", train: true },
      ],
    },
    [user("a"), { ...assistant("b"), weight: 0 }, user("c"), assistant("d")],
  ],
  [
    "mistral-finetune's interactions",
    "mistral",
    {
      system_prompt: "S",
      interactions: [
        { role: "user", text: "a" },
        { role: "assistant", text: "b" },
      ],
    },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "mistral-finetune's, where the last answer alone is learned",
    "mistral",
    { messages: [user("a"), assistant("b"), user("c"), assistant("d")], only_last: true },
    [user("a"), { ...assistant("b"), weight: 0 }, user("c"), assistant("d")],
  ],
  [
    "messages with a system message beside them under mistral-finetune's name",
    "mistral",
    { messages: [user("a"), assistant("b")], system_prompt: "S" },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "chat that says a second time what its system message is",
    "chat",
    { messages: [system("S"), user("a"), assistant("b")], system_prompt: "S" },
    [system("S"), user("a"), assistant("b")],
  ],
  [
    "mistral-finetune's text beside content",
    "mistral",
    {
      messages: [
        { role: "user", text: "a" },
        { role: "assistant", content: "b", text: null },
      ],
    },
    [user("a"), { ...assistant("b"), text: null }],
  ],
  [
    "Gemini",
    "gemini",
    {
      systemInstruction: { role: "system", parts: [{ text: "S" }] },
      contents: [
        { role: "user", parts: [{ text: "a" }, { text: "b" }] },
        { role: "model", parts: [{ text: "c" }] },
      ],
    },
    [system("S"), user("ab"), assistant("c")],
  ],
  [
    "Gemini's tools",
    "gemini",
    {
      contents: [
        { parts: [{ text: "w?" }] },
        { role: "model", parts: [{ functionCall: { name: "w", args: { c: "K" } } }] },
        { role: "user", parts: [{ functionResponse: { name: "w", response: { x: 1 } } }] },
        { role: "model", parts: [{ text: "Grey." }] },
      ],
    },
    [
      user("w?"),
      {
        ...assistant(""),
        tool_calls: [{ type: "function", function: { name: "w", arguments: { c: "K" } } }],
      },
      { role: "tool", content: '{"x":1}', name: "w" },
      assistant("Grey."),
    ],
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

  test("of Gemini has its tools as templates know them", () => {
    const record = {
      contents: [{ parts: [{ text: "a" }] }],
      tools: [{ functionDeclarations: [{ name: "f" }, { name: "g" }] }],
    };
    const row = chosen(record).toRow(record);
    assert.deepEqual(row.kind === "chat" && row.tools, [
      { type: "function", function: { name: "f" } },
      { type: "function", function: { name: "g" } },
    ]);
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
      { chosen: "a", x: 1, y: 2 },
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
    /marks answers as good or bad: training on preference data is not supported yet/,
  ],
  [
    "a span outside its text",
    { userInput: { text: "ab" }, labels: [{ slot: "s", valueSpan: { startIndex: 1, endIndex: 3 } }] },
    "labels[0].valueSpan",
    /text of 2/,
  ],
  ["an empty text", { text: "" }, "text", /is empty/],
  ["contents that are none", { contents: [] }, "contents", /is empty/],
  ["a turn without parts", { contents: [{ role: "user" }] }, "contents[0].parts", /not a list/],
  [
    "a file among the parts",
    { contents: [{ role: "user", parts: [{ text: "a" }, { fileData: {} }] }] },
    "contents[0].parts[1]",
    /is "fileData"; only text/,
  ],
  [
    "a role that Gemini does not know",
    { contents: [{ role: "modle", parts: [{ text: "a" }] }] },
    "contents[0].role",
    /did you mean "model"\?/,
  ],
  ["a better answer", { prompt: "a", chosen: "b", rejected: "c" }, "chosen", /not supported yet/],
];

/** What is recognised, and its conversations in short: `prompt user a`, with "!" where an answer is to be avoided. */
const known: [what: string, format: string, record: object, parts: string[]][] = [
  [
    "TRL, plain",
    "preference",
    { prompt: "a", chosen: "b", rejected: "c" },
    ["prompt user a", "chosen assistant b", "rejected assistant !c"],
  ],
  [
    "TRL, conversations",
    "preference",
    { prompt: [user("a")], chosen: [assistant("b")], rejected: [assistant("c")] },
    ["prompt user a", "chosen assistant b", "rejected assistant !c"],
  ],
  [
    "TRL, the prompt in both",
    "preference",
    { chosen: [user("a"), assistant("b")], rejected: [user("a"), assistant("c")], messages: [user("a")] },
    ["chosen user a", "chosen assistant b", "rejected user a", "rejected assistant !c"],
  ],
  [
    "Alpaca's ranking",
    "preference",
    { instruction: "a", input: "x", chosen: "b", rejected: "c" },
    ["prompt user a", "prompt user x", "chosen assistant b", "rejected assistant !c"],
  ],
  [
    "ShareGPT's ranking",
    "preference",
    {
      conversations: [{ from: "human", value: "a" }],
      chosen: { from: "gpt", value: "b" },
      rejected: { from: "gpt", value: "c" },
    },
    ["prompt user a", "chosen assistant b", "rejected assistant !c"],
  ],
  [
    "OpenAI",
    "openai-preference",
    {
      input: { messages: [user("a")], tools: [{}] },
      preferred_output: [assistant("b")],
      non_preferred_output: [assistant("c")],
    },
    ["prompt user a", "chosen assistant b", "rejected assistant !c", "tools at input.tools"],
  ],
  [
    "KTO, a good one",
    "kto",
    { prompt: "a", completion: "b", label: true },
    ["prompt user a", "completion assistant b"],
  ],
  [
    "KTO, a bad one in messages",
    "kto",
    { prompt: [user("a")], completion: [assistant("b")], label: false },
    ["prompt user a", "completion assistant !b"],
  ],
  [
    "LLaMA-Factory's tag",
    "kto",
    { instruction: "a", output: "b", kto_tag: false },
    ["whole user a", "whole assistant !b"],
  ],
  [
    "LLaMA-Factory's tag beside messages",
    "kto",
    { messages: [user("a"), assistant("b")], kto_tag: true },
    ["whole user a", "whole assistant b"],
  ],
];

describe("preference data", () => {
  for (const [what, name, record, expected] of known) {
    test(`of ${what} is "${name}", with its answers told apart`, () => {
      const format = chosen(record);
      assert.equal(format.name, name);
      assert.equal(format.untrainable, "training on preference data is not supported yet");
      assert.throws(() => format.toRow({ ...record }), FieldError);
      const { texts, conversations, tools } = format.parts({ ...record });
      const turns = conversations.flatMap(({ kind, turns }) =>
        turns.map(({ side, contentAt, content }) => {
          const text = texts.find(({ at }) => String(at) === String(contentAt));
          assert.equal(text?.text, content);
          return `${kind} ${side} ${text?.rejected ? "!" : ""}${text?.text}`;
        }),
      );
      assert.equal(texts.length, turns.length);
      assert.deepEqual([...turns, ...(tools ? [`tools at ${tools.at.join(".")}`] : [])], expected);
    });
  }

  test("with a mark that is no truth value is known only among others", () => {
    const kto = formats.find(({ name }) => name === "kto")!;
    const score = (label: unknown) => kto.recognise({ prompt: "a", completion: "b", label });
    assert.deepEqual([score(true), score("true"), score(undefined)], [1, 0.4, 0]);
  });
});

describe("mistral-finetune's two names for a key", () => {
  test("are read where they stand", () => {
    const record = {
      available_tools: [{}],
      system_prompt: "S",
      interactions: [
        { role: "user", text: "a" },
        { role: "assistant", content: "b" },
      ],
    };
    const { texts, conversations, tools } = chosen(record).parts(record);
    assert.deepEqual(
      texts.map(({ at, text, side }) => `${side} ${text} at ${at.join(".")}`),
      ["system S at system_prompt", "user a at interactions.0.text", "assistant b at interactions.1.content"],
    );
    assert.deepEqual(
      [conversations.map(({ list, turns }) => [list, turns.length]), tools?.at],
      [[[["interactions"], 3]], ["available_tools"]],
    );
  });

  test("are named where something is wrong", () => {
    const empty = {
      interactions: [
        { role: "user", text: "a" },
        { role: "assistant", text: " " },
      ],
    };
    assert.throws(
      () => chosen(empty).toRow(empty),
      (error) => error instanceof FieldError && error.field === "interactions[1].text",
    );
    const tools = { interactions: [user("a"), assistant("b")], available_tools: 5 };
    assert.throws(
      () => chosen(tools).toRow(tools),
      (error) => error instanceof FieldError && error.field === "available_tools",
    );
  });
});

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
