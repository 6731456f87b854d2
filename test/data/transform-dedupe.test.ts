/** Rows that are there twice go from a file, and what is kept keeps its bytes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyEdits } from "../../src/data/source/edit.ts";
import { dedupe } from "../../src/data/transform/dedupe.ts";
import { lines, open } from "./transform-files.ts";

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
