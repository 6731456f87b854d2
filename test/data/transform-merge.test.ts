/** Files one behind the other. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mergeDatasets } from "../../src/data/transform/merge.ts";
import { lines, open } from "./transform-files.ts";

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
