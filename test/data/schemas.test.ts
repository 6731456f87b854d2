// The formats' JSON Schemas: valid themselves, described throughout, true to what the formats read.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { columnsFormat } from "../../src/data/formats/columns.ts";
import type { DataRecord, Format } from "../../src/data/formats/format.ts";
import { formats } from "../../src/data/formats/index.ts";
import { LintDocument } from "../../src/data/lint/document.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { placesOf, typesIn } from "../../src/data/lint/shape.ts";
import { rules } from "../../src/data/rules/index.ts";
import { targets } from "../../src/data/rules/rule.ts";
import { jsonSchemas, schemaAt, schemaErrors, schemaOf, schemas } from "../../src/data/schemas/index.ts";
import { twoColumn } from "../../src/data/schemas/two-column.ts";
import type { Schema } from "../../src/protocol/schema-parts.ts";

const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const call = { id: "1", type: "function", function: { name: "f", arguments: '{"x": 1}' } };
const tools = [
  { type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } },
];

/** Sound records, as the formats' own documentation has them. */
const good: Record<string, DataRecord[]> = {
  preference: [
    { prompt: "a", chosen: "b", rejected: "c" },
    { prompt: [user("a")], chosen: [assistant("b")], rejected: [assistant("c")], tools },
    { chosen: [user("a"), assistant("b")], rejected: [user("a"), assistant("c")] },
    { instruction: "a", input: "", chosen: "b", rejected: "c" },
    {
      conversations: [{ from: "human", value: "a" }],
      chosen: { from: "gpt", value: "b" },
      rejected: { from: "gpt", value: "c" },
    },
  ],
  "openai-preference": [
    {
      input: { messages: [user("a")], tools, parallel_tool_calls: true },
      preferred_output: [assistant("b")],
      non_preferred_output: [assistant("c")],
    },
  ],
  kto: [
    { prompt: "a", completion: "b", label: true },
    { prompt: [user("a")], completion: [assistant("b")], label: false },
    { instruction: "a", input: "", output: "b", kto_tag: true },
    { conversations: [{ from: "human", value: "a" }], kto_tag: false },
  ],
  mistral: [
    { system_prompt: "S", interactions: [user("a"), { role: "assistant", text: "b" }], only_last: true },
    {
      messages: [
        user("a"),
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: "x" },
        { ...assistant("b"), weight: 0 },
      ],
      available_tools: tools,
    },
    { interactions: [user("a"), assistant("b")], tools },
  ],
  chat: [
    { messages: [{ role: "system", content: "S" }, user("a"), { ...assistant("b"), weight: 1 }] },
    {
      messages: [
        user("a"),
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: "x" },
        assistant("b"),
      ],
      tools,
      parallel_tool_calls: false,
    },
    { messages: [user([{ type: "text", text: "a" }]), { role: "assistant", function_call: call.function }] },
    { system: "S", messages: [user("a"), assistant("b")] },
    {
      schemaVersion: "bedrock-conversation-2024",
      system: [{ text: "S" }],
      messages: [user([{ text: "a" }]), assistant([{ text: "b" }])],
    },
  ],
  sharegpt: [
    {
      conversations: [
        { from: "human", value: "a" },
        { from: "function_call", value: '{"name": "f", "arguments": {}}' },
        { from: "observation", value: "x" },
        { from: "gpt", value: "b" },
      ],
      system: "S",
      tools: "[]",
    },
    { id: "x", conversations: [user("a"), assistant("b")] },
    { conversation: [{ from: "human", value: "a" }] },
  ],
  gemini: [
    {
      systemInstruction: { role: "system", parts: [{ text: "S" }] },
      contents: [
        { role: "user", parts: [{ text: "a" }] },
        { role: "model", parts: [{ functionCall: { name: "f", args: { x: 1 } } }] },
        { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] },
        { role: "model", parts: [{ text: "b" }] },
      ],
      tools: [{ functionDeclarations: [{ name: "f", parameters: {} }] }],
    },
  ],
  "prompt-completion": [
    { prompt: "a", completion: "b" },
    { prompt: [user("a")], completion: [assistant("b")], tools },
  ],
  alpaca: [
    { instruction: "a", input: "", output: "b" },
    { instruction: "a", input: null, output: "b", system: "S", history: [["c", "d"]] },
    { instruction: "a", output: "b", text: "a b" },
  ],
  pairs: [
    { inputs: "a", targets: "b" },
    { instruction: "a", context: "", response: "b", category: "closed_qa" },
    { id: "flan.1", system_prompt: "", question: "a", response: "b" },
    { question: "a", answer: "b" },
    { article: "a", summary: "b" },
  ],
  slots: [
    { userInput: { text: "13" } },
    {
      userInput: { text: "13 at 8" },
      context: { requestedSlots: ["people"] },
      labels: [
        { slot: "people", valueSpan: { endIndex: 2 } },
        { slot: "time", valueSpan: { startIndex: 6, endIndex: 7 } },
      ],
    },
  ],
  "two-column": [
    { text: "a", label: "b" },
    { text: "a", category: 3 },
    { "": "0", frage: "a", klasse: "b" },
  ],
  text: [{ text: "a" }, { text: "a", url: "b", meta: {} }],
};

/** A record of each that its schema must refuse, and the keyword that does. */
const bad: Record<string, [record: DataRecord, keyword: string][]> = {
  preference: [[{ prompt: "a", chosen: "b" }, "required"]],
  "openai-preference": [[{ input: {}, preferred_output: [], non_preferred_output: [] }, "required"]],
  kto: [[{ prompt: "a", completion: "b" }, "anyOf"]],
  mistral: [
    [{ interactions: [{ role: "user" }] }, "anyOf"],
    [{ system_prompt: "S" }, "anyOf"],
    [{ interactions: [user("a")], only_last: "yes" }, "type"],
  ],
  chat: [
    [{ messages: "a" }, "type"],
    [{ messages: [{ role: "user" }] }, "anyOf"],
    [{ messages: [{ ...user("a"), role: "usr" }] }, "enum"],
    [{ messages: [{ ...assistant("a"), weight: 0.5 }] }, "enum"],
    [{ messages: [user("a")], sytem: "S" }, "additionalProperties"],
  ],
  sharegpt: [[{ conversations: [{ from: "human" }] }, "anyOf"]],
  gemini: [[{ contents: [{ role: "user" }] }, "required"]],
  "prompt-completion": [[{ prompt: 5, completion: "b" }, "type"]],
  alpaca: [[{ instruction: "a", output: "b", history: [["c"]] }, "minItems"]],
  pairs: [[{ question: "a" }, "anyOf"]],
  slots: [[{ userInput: { text: "a" }, labels: [{ slot: "s" }] }, "required"]],
  "two-column": [[{ text: { a: 1 }, label: "b" }, "type"]],
  text: [[{ text: 5 }, "type"]],
};

function formatNamed(name: string): Format {
  return formats.find((format) => format.name === name)!;
}

/** The format that a file of such records is in. */
function found(record: DataRecord): string | undefined {
  const document = new LintDocument("x.jsonl", `${JSON.stringify(record)}\n`, defaultSettings, []);
  document.checkAll();
  return document.format?.name;
}

describe("the schemas", () => {
  test("are one for each format", () => {
    assert.deepEqual(
      Object.keys(schemas),
      formats.map(({ name }) => name),
    );
    assert.deepEqual(Object.keys(good), Object.keys(schemas));
    assert.deepEqual(Object.keys(bad), Object.keys(schemas));
  });

  for (const [name, schema] of Object.entries(jsonSchemas())) {
    describe(name, () => {
      test("is a valid JSON Schema, also to a strict reader", () => {
        const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
        assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors));
        ajv.compile(schema);
      });

      test("describes every key", () => {
        const visit = (node: Schema, path: string) => {
          assert.match(node.description ?? "", /^[A-Z`0].*\.$/, `${path} has a sentence`);
          for (const [key, inner] of Object.entries(node.properties ?? {})) visit(inner, `${path}.${key}`);
          if (node.items) visit(node.items, `${path}[]`);
        };
        visit(schema as Schema, name);
      });

      for (const [i, record] of good[name]!.entries()) {
        test(`takes sound record ${i + 1}, which is found to be of this format`, () => {
          assert.deepEqual(schemaErrors(formatNamed(name), record), []);
          assert.equal(found(record), name);
        });
      }

      for (const [i, [record, keyword]] of bad[name]!.entries()) {
        test(`refuses broken record ${i + 1} for its ${keyword}`, () => {
          const errors = schemaErrors(formatNamed(name), record);
          assert.ok(
            errors.some((error) => error.keyword === keyword),
            JSON.stringify(errors.map((error) => error.keyword)),
          );
        });
      }
    });
  }

  test("take no key from a prototype", () => {
    const errors = schemaErrors(
      formatNamed("alpaca"),
      JSON.parse('{"instruction": "a", "output": "b", "__proto__": {"x": 1}, "constructor": 1}'),
    );
    assert.deepEqual(errors.map(({ params }) => params.additionalProperty).sort(), [
      "__proto__",
      "constructor",
    ]);
  });
});

describe("schemas that are made of columns", () => {
  test("reach inside", () => {
    const format = columnsFormat({ input: "user.text", output: "labels", system: "task" });
    assert.equal(schemaOf(format), schemaOf(format), "made once");
    assert.deepEqual(
      schemaErrors(format, { user: { text: "a" }, labels: [{ x: 1 }], task: null, more: 1 }),
      [],
    );
    assert.equal(schemaErrors(format, { user: {}, labels: 1 })[0]?.params.missingProperty, "text");
    assert.equal(schemaErrors(format, { user: { text: [] }, labels: 1 })[0]?.keyword, "type");
    assert.equal(schemaAt(format, ["user", "text"])?.description, "The question.");
  });

  test("name the two that there are", () => {
    const schema = twoColumn(["frage", "klasse"]);
    assert.deepEqual(schema.required, ["frage", "klasse"]);
    assert.deepEqual(Object.keys(schema.properties!), ["frage", "klasse"]);
  });
});

describe("what may stand at a place", () => {
  const chat = formatNamed("chat");
  test("is found through lists", () => {
    assert.ok(Object.keys(schemaAt(chat, [])!.properties!).includes("tools"));
    assert.ok(Object.keys(schemaAt(chat, ["messages", 3])!.properties!).includes("tool_calls"));
    assert.deepEqual(schemaAt(chat, ["messages", 0, "weight"])!.enum, [0, 1]);
    assert.ok(schemaAt(chat, ["messages", 0, "role"])!.enum!.includes("assistant"));
    assert.ok(schemaAt(chat, ["messages", 0, "content", 1, "type"])!.enum!.includes("text"));
    assert.match(schemaAt(formatNamed("sharegpt"), ["conversations", 0, "from"])!.description!, /human/);
  });

  test("is nothing where nothing is known", () => {
    for (const path of [["x"], ["messages", "x"], ["messages", 0, "role", 1], ["toString"], [0]]) {
      assert.equal(schemaAt(chat, path), undefined, JSON.stringify(path));
    }
  });
});

/** A record among sound ones, and every problem that schema rules find in it. */
const told: [like: DataRecord, record: unknown, ids: string[]][] = [
  [good.chat![0]!, { messages: {} }, ["unreadable-record"]],
  [good.chat![0]!, { messages: null }, ["missing-required-key"]],
  [good.chat![0]!, { messages: [user("a"), assistant({ x: 1 })] }, ["non-string-content"]],
  [good.chat![0]!, { messages: [user("a"), assistant(5)] }, ["inconsistent-type"]],
  [good.chat![0]!, { message: [user("a"), assistant("b")] }, ["missing-required-key"]],
  [good.chat![0]!, { Messages: [user("a"), assistant("b")] }, ["key-case"]],
  [good.chat![0]!, { conversations: [user("a"), assistant("b")] }, ["mixed-formats"]],
  [good.chat![0]!, { foo: 1, bar: 2 }, ["missing-required-key"]],
  [good.chat![0]!, { messages: [user("a"), assistant("b")], tool: [] }, ["unknown-key"]],
  [good.alpaca![0]!, { instruction: "a", input: "" }, ["missing-required-key"]],
  [good.alpaca![0]!, { instruction: "a", response: "b" }, ["mixed-formats"]],
  [good.alpaca![0]!, { instruction: "a", output: "b", history: "x" }, ["unreadable-record"]],
  [good.preference![0]!, { prompt: "a", chosen: "b" }, ["missing-required-key"]],
  [good.kto![0]!, { prompt: "a", completion: "b" }, ["missing-required-key"]],
  [good.kto![0]!, { prompt: "a", completion: "b", label: "false" }, ["invalid-label"]],
  [good["two-column"]![0]!, { text: "a", label: null }, ["missing-required-key"]],
  [good["two-column"]![0]!, { text: "a", label: { x: 1 } }, ["non-string-content"]],
];

describe("schema rules", () => {
  const schemaRules = rules.filter(({ level }) => level === "schema");
  for (const [like, record, ids] of told) {
    test(`say once of ${JSON.stringify(record)} what is wrong`, () => {
      const lines = [...new Array(5).fill(like), record, ...new Array(4).fill(like)];
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      const document = new LintDocument("x.jsonl", text, defaultSettings, schemaRules);
      document.checkAll();
      const problems = document.problems();
      assert.deepEqual(problems.map(({ rule }) => rule.id).sort(), ids);
      for (const problem of problems) assert.equal(document.rangeOf(problem).start.line, 5);
    });
  }

  test("are silent on sound records of every format, whomever they are for", () => {
    for (const [name, records] of Object.entries(good)) {
      for (const [i, record] of records.entries()) {
        for (const target of targets) {
          const text = `${JSON.stringify(record)}\n`.repeat(2);
          const document = new LintDocument("x.jsonl", text, { ...defaultSettings, target }, schemaRules);
          document.checkAll();
          const problems = document.problems().map(({ rule, message }) => `${rule.id}: ${message}`);
          assert.deepEqual(problems, [], `${name} ${i + 1} for ${target}`);
        }
      }
    }
  });

  test("leave what is no slip to whoever wants to know", () => {
    const text = '{"prompt": "a", "completion": "b", "lang": "en", "prompt_id": 3, "constructor": 1}\n';
    const found = (settings: object) => {
      const document = new LintDocument("x.jsonl", text, { ...defaultSettings, ...settings }, schemaRules);
      document.checkAll();
      return document.problems().length;
    };
    assert.deepEqual([found({}), found({ rules: { "unknown-key": ["info", { any: 1 }] } })], [0, 3]);
  });
});

describe("a row's shape", () => {
  test("is read as types by path, whatever its keys are", () => {
    assert.deepEqual(
      typesIn("a b:string c:d:number e:[null|{f:boolean g:[]}|string] h:{} :null").map(
        ({ path, type }) => `${path.join("/")} ${type}`,
      ),
      [
        "a b string",
        "c:d number",
        "e list",
        "e/-1 object",
        "e/-1/f boolean",
        "e/-1/g list",
        "e/-1 string",
        "h object",
      ],
    );
    for (const odd of ["", "a", "a:", "a:[", "a:{b:", "a:stringb:x", "]}"]) typesIn(odd);
  });

  test("says where its values stand", () => {
    const record = { e: [{ f: 1 }, 2, { f: null }] };
    assert.deepEqual(
      [...placesOf(record, ["e", -1, "f"])].map(({ at }) => at.join("/")),
      ["e/0/f", "e/2/f"],
    );
    assert.deepEqual([...placesOf(record, ["toString"])], []);
  });
});
