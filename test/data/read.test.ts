// Dataset files: what is read of them, and what is said of broken ones, with line and column.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  type Dataset,
  describeSkipped,
  parseDataset,
  type ReadOptions,
  readDataset,
} from "../../src/data/read.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import type { Row } from "../../src/text/conversation.ts";

const parse = (name: string, content: string | Buffer, options?: ReadOptions) =>
  parseDataset(Buffer.from(content as string), name, options);

/** A row in short: "question → answer", or the text. */
function short(row: Row): string {
  return row.kind === "text" ? row.text : row.messages.map(({ content }) => content).join(" → ");
}
const rowsOf = ({ rows }: Dataset) => rows.map(({ row, line }) => `${line}: ${short(row)}`);
const skippedOf = ({ skipped }: Dataset) => skipped.map(describeSkipped);
const pair = (prompt: string, completion: string) => JSON.stringify({ prompt, completion });

describe("JSON Lines", () => {
  test("one record a line, with its line number; blank lines, CRLF and a byte order mark are passed over", () => {
    const dataset = parse("x.jsonl", `\ufeff${pair("a", "b")}\r\n\r\n  \n${pair("c", "d")}\n\n`);
    assert.deepEqual(rowsOf(dataset), ["1: a → b", "4: c → d"]);
    assert.deepEqual(dataset.skipped, []);
    assert.equal(dataset.format, "prompt-completion");
    assert.equal(dataset.confidence, 1);
    assert.deepEqual(dataset.columns, ["prompt", "completion"]);
    assert.deepEqual(
      dataset.rows.map(({ index }) => index),
      [0, 1],
    );
  });

  test("the fingerprint is the SHA-256 of the file's bytes", () => {
    const content = `\ufeff${pair("a", "b")}`;
    assert.equal(parse("x.ndjson", content).fingerprint, createHash("sha256").update(content).digest("hex"));
  });

  test("also an array in a .jsonl, and lines in a .json", () => {
    assert.deepEqual(rowsOf(parse("x.jsonl", `[\n${pair("a", "b")},\n${pair("c", "d")}\n]`)), [
      "2: a → b",
      "3: c → d",
    ]);
    assert.deepEqual(rowsOf(parse("x.json", `${pair("a", "b")}\n${pair("c", "d")}\n`)), [
      "1: a → b",
      "2: c → d",
    ]);
  });

  test("escaped NUL, lone surrogates and separators of lines inside strings survive", () => {
    const dataset = parse("x.jsonl", '{"prompt": "a\\u0000\\ud800", "completion": "b\u2028\u0085c"}');
    assert.deepEqual(rowsOf(dataset), ["1: a\0\ud800 → b\u2028\u0085c"]);
  });
});

describe("JSON", () => {
  test("an array, each record on its line", () => {
    const text =
      '[\n  {"prompt": "a", "completion": "b"}, {"prompt": "c",\n "completion": "d"},\n\n{"prompt": "e", "completion": "f"}]';
    assert.deepEqual(rowsOf(parse("x.json", text)), ["2: a → b", "2: c → d", "5: e → f"]);
  });

  test("an array under any name is no split; several are", () => {
    const one = parse("x.json", JSON.stringify({ version: 1, data: [{ text: "a" }] }));
    assert.deepEqual(one.rows, [{ row: { kind: "text", text: "a" }, index: 0, line: 1 }]);
    const several = parse(
      "x.json",
      '{\n"train": [{"text": "a"}, {"text": "b"}],\n"info": {"x": [1]},\n"test": [{"text": "c"}]\n}',
    );
    assert.deepEqual(
      several.rows.map(({ split, line, row }) => [split, line, short(row)]),
      [
        ["train", 2, "a"],
        ["train", 2, "b"],
        ["test", 4, "c"],
      ],
    );
  });

  test("a nested array of a record is not taken for records", () => {
    const dataset = parse(
      "x.json",
      '[{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}]',
    );
    assert.deepEqual(rowsOf(dataset), ["1: a → b"]);
  });
});

describe("CSV and TSV", () => {
  test("quoted fields may hold delimiters, quotes and lines; a record's line is its first", () => {
    const dataset = parse("x.csv", '\ufefftext,label\r\n"a, ""b""\r\nc",x\r\n\r\nd,y\n');
    assert.deepEqual(rowsOf(dataset), ['2: a, "b"\nc → x', "5: d → y"]);
    assert.equal(dataset.format, "two-column");
  });

  test("semicolons and tabs are found by the header", () => {
    assert.deepEqual(rowsOf(parse("x.csv", "text;label\na,b;c\n")), ["2: a,b → c"]);
    assert.deepEqual(rowsOf(parse("x.csv", "text\tlabel\na,b\tc\n")), ["2: a,b → c"]);
    assert.deepEqual(rowsOf(parse("x.tsv", "text\tlabel\na,b;c\td\n")), ["2: a,b;c → d"]);
  });

  test("a quote inside an unquoted field is itself", () => {
    assert.deepEqual(rowsOf(parse("x.csv", 'text,label\n5" pipe,x\n')), ['2: 5" pipe → x']);
  });

  test("a column named __proto__ is a column", () => {
    const dataset = parse("x.csv", "__proto__,text,label\nz,a,b\n");
    assert.deepEqual(rowsOf(dataset), ["2: a → b"]);
    assert.deepEqual(dataset.columns, ["__proto__", "text", "label"]);
  });

  test("UTF-16, as spreadsheets write it", () => {
    const text = "text\tlabel\nä\tb\n";
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    const big = Buffer.from(little).swap16();
    for (const bytes of [little, big]) assert.deepEqual(rowsOf(parse("x.csv", bytes)), ["2: ä → b"]);
  });
});

describe("text", () => {
  test("paragraphs are rows, where nothing else divides them", () => {
    assert.deepEqual(rowsOf(parse("x.txt", "\none\nmore\r\n \n\n  two\n")), ["2: one\nmore", "6:   two"]);
  });

  test("WikiText's articles", () => {
    const text = " \n = First = \n \n a \n = = Part = = \n b \n = Second = \n c\n";
    assert.deepEqual(rowsOf(parse("x.txt", text)), [
      "2:  = First = \n \n a \n = = Part = = \n b",
      "7:  = Second = \n c",
    ]);
  });

  test("documents between <|endoftext|> lines keep their blank lines", () => {
    assert.deepEqual(rowsOf(parse("x.txt", "a\n\n = B = \n<|endoftext|>\nc\n<|endoftext|>\n")), [
      "1: a\n\n = B =",
      "5: c",
    ]);
  });
});

describe("the format is what most records are", () => {
  const alpaca = JSON.stringify({ instruction: "i", output: "o" });

  test("not what the first one is", () => {
    const dataset = parse("x.jsonl", [pair("a", "b"), alpaca, alpaca, alpaca].join("\n"));
    assert.equal(dataset.format, "alpaca");
    assert.equal(dataset.confidence, 0.75);
    assert.deepEqual(skippedOf(dataset), ['line 1: "instruction" is missing']);
  });

  test("unless the user says so", () => {
    const both = JSON.stringify({ text: "t", prompt: "p", completion: "c" });
    assert.deepEqual(rowsOf(parse("x.jsonl", both)), ["1: p → c"]);
    assert.deepEqual(rowsOf(parse("x.jsonl", both, { format: "text" })), ["1: t"]);
    assert.deepEqual(rowsOf(parse("x.jsonl", both, { columns: { input: "completion", output: "text" } })), [
      "1: c → t",
    ]);
  });
});

/** Broken files: an error with its code, or the records that are skipped beside one good one. */
const broken: [what: string, name: string, content: string | Buffer, code: string, says: RegExp][] = [
  ["an empty file", "x.jsonl", "", "dataset-empty", /holds no records/],
  ["blank lines only", "x.jsonl", "\n \r\n", "dataset-empty", /holds no records/],
  [
    "a byte order mark only",
    "x.json",
    "\ufeff",
    "dataset-invalid",
    /line 1, column 1: the text ends too early/,
  ],
  ["an empty array", "x.json", "[]", "dataset-empty", /holds no records/],
  ["a header only", "x.csv", "text,label\n", "dataset-empty", /holds no records/],
  ["an empty CSV", "x.csv", "", "dataset-empty", /holds no records/],
  ["an empty text", "x.txt", "\n\n", "dataset-empty", /holds no records/],
  [
    "an array cut short",
    "x.json",
    '[{"text": "a"},\n {"text": "b"',
    "dataset-invalid",
    /line 2, column 14: the text ends too early/,
  ],
  [
    "a comma too many",
    "x.json",
    '[{"text": "a"},\n]',
    "dataset-invalid",
    /line 2, column 1: unexpected "\]"/,
  ],
  ["single quotes", "x.json", "[\n{'text': 'a'}]", "dataset-invalid", /line 2, column 2: unexpected "'"/],
  ["Python's None", "x.json", '[{"text": None}]', "dataset-invalid", /line 1, column 11: unexpected "N"/],
  [
    "a raw newline in a string",
    "x.json",
    '[{"text": "a\nb"}]',
    "dataset-invalid",
    /line 1, column 13: .*write \\n/,
  ],
  ["a raw NUL", "x.json", '[{"text": "a\0"}]', "dataset-invalid", /line 1, column 13: .*\\u0000/],
  ["a second array", "x.json", "[]\n[]", "dataset-invalid", /line 2, column 1: there is more text/],
  ["no array at all", "x.json", '{"text": "a"}', "dataset-invalid", /no array of records/],
  [
    "a broken value beside the arrays",
    "x.json",
    '{"info": {"x" 1}, "train": [{"text": "a"}]}',
    "dataset-invalid",
    /line 1, column 15: /,
  ],
  ["a number", "x.json", "7", "dataset-invalid", /no array of records/],
  ["a million brackets", "x.json", "[".repeat(1e6), "dataset-invalid", /nested deeper/],
  [
    "lines that are all broken",
    "x.jsonl",
    '{"text": "a"\n{text}',
    "dataset-invalid",
    /line 1, column 13: not valid JSON: the text ends too early/,
  ],
  [
    "lines of lists",
    "x.jsonl",
    '["a"]\n["b"]',
    "dataset-invalid",
    /line 1: a record must be an object, not an array/,
  ],
  [
    "Latin-1",
    "x.jsonl",
    Buffer.from(`${pair("a", "b")}\n${pair("é", "b")}`, "latin1"),
    "dataset-invalid",
    /not UTF-8.*line 2$/,
  ],
  [
    "a cut character at the end",
    "x.txt",
    Buffer.from("aé").subarray(0, 2),
    "dataset-invalid",
    /not UTF-8.*line 1$/,
  ],
  ["a gzip archive", "x.jsonl", Buffer.from([0x1f, 0x8b, 8, 0, 255]), "dataset-invalid", /not UTF-8/],
  [
    "a quote that is not closed",
    "x.csv",
    'text,label\na,b\n"c,d\ne,f\n',
    "dataset-invalid",
    /begins at line 3 .*this quoted field is not closed/,
  ],
  [
    "a column named twice",
    "x.csv",
    "text,text,label\na,b,c\n",
    "dataset-invalid",
    /two columns named "text"/,
  ],
  [
    "unknown columns",
    "x.jsonl",
    '{"foo": 1, "bar": "x", "baz": "y"}',
    "dataset-format-unknown",
    /Columns found: "foo", "bar", "baz"/,
  ],
  ["three columns of no known name", "x.csv", "a,b,c\n1,2,3\n", "dataset-format-unknown", /no known format/],
  [
    "preference data",
    "x.jsonl",
    '{"prompt": "a", "chosen": "b", "rejected": "c"}',
    "dataset-format-unknown",
    /the format "preference": training on preference data is not supported yet/,
  ],
  [
    "a file that is mostly something else",
    "x.jsonl",
    [pair("a", "b"), '{"x": 1}', '{"y": 1}'].join("\n"),
    "dataset-format-unknown",
    /only 1 of 3 records look like "prompt-completion"/,
  ],
  [
    "answers that are all empty",
    "x.csv",
    "text,label\na,\nb,\n",
    "dataset-invalid",
    /none of its 2 records .*line 2: "label" is empty/,
  ],
  ["parquet", "x.parquet", "PAR1", "dataset-format-unknown", /none of the endings/],
  ["no ending", "data", "{}", "dataset-format-unknown", /none of the endings/],
];

describe("a broken file is an error that says where", () => {
  for (const [what, name, content, code, says] of broken) {
    test(what, () => {
      assert.throws(
        () => parse(name, content),
        (error) => {
          assert.ok(error instanceof TunesmithError, String(error));
          assert.equal(error.code, code);
          assert.match(error.message, says);
          assert.ok(error.message.startsWith(name) && error.hint !== "");
          return true;
        },
      );
    });
  }
});

describe("preference data is known, and what can be learned of it is said", () => {
  const said = (record: object): string => {
    try {
      parse("x.jsonl", JSON.stringify(record));
    } catch (error) {
      assert.ok(error instanceof TunesmithError && /not supported yet/.test(error.message));
      assert.equal(error.code, "dataset-format-unknown");
      return error.hint;
    }
    throw new Error("it was read");
  };
  const dialogue = [{ role: "assistant", content: "b" }];

  test("chosen answers, by columns", () => {
    const hint = said({ instruction: "a", chosen: "b", rejected: "c" });
    assert.match(hint, /"columns": \{ "input": "instruction", "output": "chosen" \}/);
    const options = { columns: { input: "instruction", output: "chosen" } };
    const file = '{"instruction": "a", "chosen": "b", "rejected": "c"}';
    assert.deepEqual(rowsOf(parse("x.jsonl", file, options)), ["1: a → b"]);
  });

  test("good answers, by the name of their format", () => {
    const good = { prompt: "a", completion: "b", label: true };
    const bad = { prompt: "c", completion: "d", label: false };
    assert.match(said(good), /"format": "prompt-completion"/);
    const file = `${JSON.stringify(good)}\n${JSON.stringify(bad)}\n`;
    const dataset = parse("x.jsonl", file, { format: "prompt-completion" });
    assert.deepEqual(rowsOf(dataset), ["1: a → b"]);
    assert.deepEqual(skippedOf(dataset), ['line 2: "label" is false: the completion is marked as bad']);
    assert.match(said({ instruction: "a", output: "b", kto_tag: true }), /"kto_tag" is true.*"alpaca"/);
  });

  test("conversations", () => {
    assert.match(said({ chosen: dialogue, rejected: dialogue }), /chat messages/);
    assert.match(
      said({ input: { messages: [] }, preferred_output: dialogue, non_preferred_output: dialogue }),
      /chat messages/,
    );
  });
});

describe("a broken record is skipped, and says where", () => {
  const good = pair("a", "b");
  const records: [what: string, name: string, content: string, skipped: string[]][] = [
    [
      "a broken line",
      "x.jsonl",
      `${good}\n{"prompt": "c" "completion": "d"}\n`,
      [`line 2, column 16: not valid JSON: unexpected '"': a comma or "}" is expected`],
    ],
    [
      "two records on a line",
      "x.jsonl",
      `${good}\n${good}${good}\n`,
      ["line 2, column 32: not valid JSON: there is more text after the end of the value"],
    ],
    [
      "a line cut short",
      "x.jsonl",
      `${good}\n{"prompt": "c`,
      ["line 2, column 12: not valid JSON: this string is not closed"],
    ],
    ["a line that looks blank", "x.jsonl", `${good}\n\u00a0\n${good}\n`, []],
    [
      "a record over several lines",
      "x.jsonl",
      `${good}\n{\n  "text": "a"\n}\n${good}\n`,
      ["line 2: a record must stand on one line; this one takes 3"],
    ],
    [
      "null and a number",
      "x.jsonl",
      `null\n7\n${good}\n${good}\n${good}`,
      ["line 1: a record must be an object, not null", "line 2: a record must be an object, not a number"],
    ],
    [
      "a field of the wrong kind",
      "x.jsonl",
      `${good}\n{"prompt": "c", "completion": {"d": 1}}`,
      [
        'line 2: "completion" is an object, not text; write it as a JSON string, or map the column as the output',
      ],
    ],
    [
      "a text among records of an array",
      "x.json",
      `[${good},\n"x"]`,
      ["line 2: a record must be an object, not a string"],
    ],
    [
      "fields too few and too many",
      "x.csv",
      "prompt,completion\na,b\nc\nd,e,f\n",
      ["line 3: 1 field where the header has 2", "line 4: 3 fields where the header has 2"],
    ],
  ];
  for (const [what, name, content, skipped] of records) {
    test(what, () => {
      const dataset = parse(name, content);
      assert.ok(dataset.rows.length >= 1 && dataset.rows.every(({ row }) => short(row) === "a → b"));
      assert.deepEqual(skippedOf(dataset), skipped);
    });
  }
});

describe("from disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-data-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("a file is read whole", () => {
    const path = join(folder, "x.jsonl");
    writeFileSync(path, pair("a", "b"));
    assert.deepEqual(readDataset(path), parse(path, pair("a", "b")));
  });

  test("an absent file, and a folder", () => {
    assert.throws(() => readDataset(join(folder, "no.jsonl")), { code: "file-not-found" });
    assert.throws(() => readDataset(folder), { code: "file-unreadable" });
  });

  test("a format that does not exist is suggested", () => {
    assert.throws(() => parse("x.jsonl", pair("a", "b"), { format: "alpacca" }), {
      code: "recipe-invalid",
      message: /did you mean "alpaca"\?/,
    });
  });
});
