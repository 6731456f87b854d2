/** A row's name by content. The expected ones are Python's: hashlib.sha256 over json.dumps with sorted keys. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseDataset } from "../../src/data/read.ts";
import { rowHash } from "../../src/data/row-hash.ts";
import type { Row } from "../../src/text/conversation.ts";

const rowsOf = (text: string, name = "rows.jsonl") =>
  parseDataset(Buffer.from(text), name).rows.map(({ row }) => row);

describe("a row's hash", () => {
  it("is SHA-256 of its JSON with sorted keys and without blanks", () => {
    assert.equal(rowHash({ kind: "text", text: 'Zeile "eins"\n→ zwei' }), "f22902e4468bf60c");
    const row: Row = {
      kind: "chat",
      messages: [
        { role: "user", content: "Hé?" },
        {
          role: "assistant",
          content: "Ja",
          weight: 0,
          tool_calls: [{ id: "a", function: { name: "f", arguments: { b: 1.5, a: null } } }],
          name: undefined,
        },
      ],
      tools: [JSON.parse('{"type":"function","__proto__":{"z":true}}')],
    };
    assert.equal(rowHash(row), "c976fad06523ee7c");
  });

  it("is the same in every format and order of keys, and wherever the row stands", () => {
    const [pair, chat, turned] = [
      rowsOf('\n{"prompt":"a","completion":"b"}\n'),
      rowsOf('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n'),
      rowsOf('{"messages":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}\n'),
    ].map(([row]) => rowHash(row!));
    assert.equal(chat, turned);
    assert.equal(pair, chat);
    assert.equal(rowHash(rowsOf("prompt,completion\nx,y\na,b\n", "rows.csv")[1]!), pair);
  });

  it("changes with any word, blank, role or weight", () => {
    const message = (role: string, content: string, more = {}) => ({ role, content, ...more });
    const variants: Row[] = [
      { kind: "chat", messages: [message("user", "a"), message("assistant", "b")] },
      { kind: "chat", messages: [message("user", "a "), message("assistant", "b")] },
      { kind: "chat", messages: [message("system", "a"), message("assistant", "b")] },
      { kind: "chat", messages: [message("user", "a"), message("assistant", "b", { weight: 0 })] },
      { kind: "chat", messages: [message("user", "a"), message("assistant", "b")], tools: [{}] },
      { kind: "chat", messages: [message("assistant", "b"), message("user", "a")] },
      { kind: "text", text: "a" },
    ];
    assert.equal(new Set(variants.map(rowHash)).size, variants.length);
  });
});
