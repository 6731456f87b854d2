/** The commands that change and describe datasets, as people call them. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { folder, json, rows, tunesmith } from "./cli.ts";

const lines = (...records: unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** A folder with files. */
function place(files: Record<string, string | Buffer>): string {
  const made = mkdtempSync(join(folder, "data-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(made, name), content);
  return made;
}
const read = (where: string, name: string) => readFileSync(join(where, name), "utf8");
const pair = { id: 7, prompt: "Where?", completion: "Here" };

describe("tunesmith convert", () => {
  it("writes another format beside the file, and says so", async () => {
    const where = place({ "train.jsonl": lines(pair) });
    const { code, stdout } = await tunesmith(where, "convert", "train.jsonl", "--to", "chat");
    assert.deepEqual([code, stdout], [0, 'train.chat.jsonl: 1 row in the format "chat".\n']);
    const messages = [
      { role: "user", content: "Where?" },
      { role: "assistant", content: "Here" },
    ];
    assert.deepEqual(JSON.parse(read(where, "train.chat.jsonl")), { id: 7, messages });
    assert.deepEqual(readdirSync(where).sort(), ["train.chat.jsonl", "train.jsonl"]);
  });

  it("takes the kind of file from --out, or from --to alone", async () => {
    const where = place({
      "train.jsonl": lines(pair),
      "chat.jsonl": lines({
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "b" },
        ],
      }),
    });
    const out = await json(where, "convert", "train.jsonl", "--to", "alpaca", "--out", "x/new.json");
    assert.deepEqual([out.code, out.out, out.rows, out.lossless], [0, join(where, "x", "new.json"), 1, true]);
    assert.deepEqual(JSON.parse(read(where, "x/new.json")), [
      { id: 7, instruction: "Where?", input: "", output: "Here" },
    ]);
    await json(where, "convert", "train.jsonl", "--to", "csv");
    assert.equal(read(where, "train.prompt-completion.csv"), "id,prompt,completion\n7,Where?,Here\n");
    await json(where, "convert", "chat.jsonl", "--to", "tsv");
    assert.equal(read(where, "chat.pairs.tsv"), "question\tanswer\na\tb\n");
    await json(where, "convert", "chat.pairs.tsv", "--to", "chat");
    assert.equal(read(where, "chat.pairs.chat.jsonl"), read(where, "chat.jsonl"));
  });

  it("does not lose anything unless told", async () => {
    const chat = {
      messages: [
        { role: "system", content: "S" },
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
    };
    const where = place({ "train.jsonl": `${lines(chat)}{"messages": [}\n` });
    const args = ["convert", "train.jsonl", "--to", "two-column"];
    const refused = await tunesmith(where, ...args);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(
      refused.stderr,
      /lost: system messages, in 1 row, first in line 1\n.*left out: line 2, .*--allow-loss/s,
    );
    assert.deepEqual(readdirSync(where), ["train.jsonl"]);
    const { code, stdout } = await tunesmith(where, ...args, "--allow-loss");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^train\.two-column\.jsonl: 1 row in the format "two-column"\.\n {2}lost: .*\n {2}left out: line 2/,
    );
    assert.equal(read(where, "train.two-column.jsonl"), '{"text":"a","label":"b"}\n');
  });

  it("reads columns as the recipe beside names them", async () => {
    const recipe = {
      model: "tiny",
      data: { train: "odd.jsonl", columns: { input: "ask", output: "say.it" } },
    };
    const where = place({
      "odd.jsonl": lines({ ask: "a", say: { it: "b" }, x: [1], y: 2 }),
      "my.tune.json": JSON.stringify(recipe),
    });
    await json(where, "convert", "odd.jsonl", "--to", "prompt-completion");
    assert.deepEqual(JSON.parse(read(where, "odd.prompt-completion.jsonl")), {
      x: [1],
      y: 2,
      prompt: "a",
      completion: "b",
    });
  });
});

describe("tunesmith split", () => {
  it("writes three files, the same for the same seed", async () => {
    const where = place({
      "train.csv": `text,label\r\n${Array.from({ length: 40 }, (_, i) => `text ${i},l${i % 2}\r\n`).join("")}`,
    });
    const { code, files, isStratified } = await json(where, "split", "train.csv", "--test", "10");
    assert.equal(code, 0);
    assert.deepEqual(
      files.map(({ part, rows: count }: { part: string; rows: number }) => [part, count]),
      [
        ["train", 26],
        ["validation", 4],
        ["test", 10],
      ],
    );
    assert.equal(isStratified, true);
    const parts = ["train", "validation", "test"].map((part) => read(where, `train-${part}.csv`));
    for (const part of parts) assert.ok(part.startsWith("text,label\r\n"));
    const body = (text: string) => text.split("\r\n").slice(1, -1);
    assert.deepEqual(parts.flatMap(body).sort(), body(read(where, "train.csv")).sort());
    const again = await json(where, "split", "train.csv", "--test", "10", "--out", "again");
    assert.equal(again.files[2].path, join(where, "again", "train-test.csv"));
    assert.equal(read(where, "again/train-test.csv"), parts[2]);
    await json(where, "split", "train.csv", "--test", "10", "--seed", "1", "--out", "other");
    assert.notEqual(read(where, "other/train-test.csv"), parts[2]);
  });

  it("writes none of its files where one is there", async () => {
    const where = place({ "x.jsonl": rows(20), "x-test.jsonl": "mine" });
    const { code, error } = await json(where, "split", "x.jsonl");
    assert.deepEqual([code, error.code], [1, "file-unwritable"]);
    assert.deepEqual(readdirSync(where).sort(), ["x-test.jsonl", "x.jsonl"]);
    assert.equal((await json(where, "split", "x.jsonl", "--force", "--validation", "0")).code, 0);
    assert.deepEqual(readdirSync(where).sort(), ["x-test.jsonl", "x-train.jsonl", "x.jsonl"]);
  });
});

describe("tunesmith dedupe", () => {
  const text = lines(
    pair,
    { prompt: "other", completion: "x" },
    { ...pair, id: 8, prompt: " where? " },
    { prompt: "Where?", completion: "There" },
  );

  it("names what goes, and leaves the file as it is", async () => {
    const where = place({ "train.jsonl": text });
    const { code, stdout } = await tunesmith(where, "dedupe", "train.jsonl");
    assert.deepEqual([code, stdout], [0, "  line 3: as line 1\ntrain-deduped.jsonl: 3 rows; 1 went.\n"]);
    assert.equal(read(where, "train.jsonl"), text);
    assert.equal(
      read(where, "train-deduped.jsonl"),
      lines(
        ...text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
          .toSpliced(2, 1),
      ),
    );
  });

  it("changes the file itself where that is asked for, and keeps its byte order mark", async () => {
    const where = place({ "train.jsonl": `\uFEFF${text}` });
    const {
      code,
      removed,
      rows: left,
    } = await json(where, "dedupe", "train.jsonl", "--in-place", "--by", "prompt", "--keep", "last");
    assert.deepEqual([code, left], [0, 2]);
    assert.deepEqual(removed, [
      { line: 1, sameAs: 4 },
      { line: 3, sameAs: 4 },
    ]);
    assert.equal(read(where, "train.jsonl"), `\uFEFF${text.split("\n")[1]}\n${text.split("\n")[3]}\n`);
    assert.deepEqual(readdirSync(where), ["train.jsonl"]);
  });

  it("keeps UTF-16, and writes nothing where there is nothing to take out", async () => {
    const wide = Buffer.from(`\uFEFF${text}`, "utf16le");
    const where = place({ "wide.jsonl": wide, "clean.jsonl": lines(pair) });
    await json(where, "dedupe", "wide.jsonl");
    assert.equal(readFileSync(join(where, "wide-deduped.jsonl")).subarray(0, 2).toString("hex"), "fffe");
    const { stdout } = await tunesmith(where, "dedupe", "clean.jsonl");
    assert.equal(stdout, "clean.jsonl: no duplicates among 1 row.\n");
    assert.ok(!existsSync(join(where, "clean-deduped.jsonl")));
  });
});

describe("tunesmith shuffle and merge", () => {
  it("shuffle gives the same order for the same seed", async () => {
    const where = place({ "x.jsonl": rows(20) });
    await json(where, "shuffle", "x.jsonl", "--seed", "5");
    const shuffled = read(where, "x-shuffled.jsonl");
    assert.notEqual(shuffled, rows(20));
    assert.deepEqual(shuffled.split("\n").sort(), rows(20).split("\n").sort());
    await json(where, "shuffle", "x.jsonl", "--seed", "5", "--in-place");
    assert.equal(read(where, "x.jsonl"), shuffled);
  });

  it("merge converts, and names what stands in both", async () => {
    const where = place({
      "a.jsonl": lines(pair),
      "b.csv": "id,question,answer\n1,Where?,Here\n2,Who?,Me\n",
      "c.jsonl": lines({ text: "T" }),
    });
    const {
      code,
      rows: count,
      files,
      duplicates,
    } = await json(where, "merge", "a.jsonl", "b.csv", "--out", "all.jsonl");
    assert.deepEqual([code, count, files[1].isConverted], [0, 3, true]);
    assert.deepEqual(duplicates, [{ file: "b.csv", line: 2, sameAs: { file: "a.jsonl", line: 1 } }]);
    assert.equal(
      read(where, "all.jsonl"),
      lines(
        pair,
        { id: "1", prompt: "Where?", completion: "Here" },
        { id: "2", prompt: "Who?", completion: "Me" },
      ),
    );
    const lossy = await json(where, "merge", "a.jsonl", "c.jsonl", "--out", "lossy.jsonl");
    assert.match(lossy.error.message, /without loss:\n.*c\.jsonl: left out: line 1/);
    assert.ok(!existsSync(join(where, "lossy.jsonl")));
  });
});

describe("tunesmith stats", () => {
  it("counts rows that cannot be read among the rows", async () => {
    const where = place({ "train.jsonl": `${rows(24)}{"prompt"\n{"other": 3}\n` });
    const { stdout } = await tunesmith(where, "stats", "train.jsonl");
    assert.match(
      stdout,
      /^train\.jsonl: 26 rows, .*\n1 row cannot be read\n1 row with nothing to learn: `tunesmith lint` says why\n/,
    );
    const told = await json(where, "stats", "train.jsonl");
    assert.deepEqual([told.rows, told.unreadable, told.learnable], [26, 1, 24]);
  });

  it("describes a dataset for people and for programs", async () => {
    const where = place({ "train.jsonl": rows(24) });
    const { code, stdout } = await tunesmith(where, "stats", "train.jsonl");
    assert.equal(code, 0);
    assert.match(stdout, /^train\.jsonl: 24 rows, format "prompt-completion" \(100 %\)\n/);
    assert.match(stdout, /labels: 3 in 24 rows\n +account {2}█+ 8\n +booking {2}█+ 8\n/);
    const told = await json(where, "stats", "train.jsonl", "--model", "tiny");
    assert.deepEqual([told.rows, told.learnable, told.unreadable, told.confidence], [24, 24, 0, 1]);
    assert.deepEqual(
      told.labels.map(({ rows: count }: { rows: number }) => count),
      [8, 8, 8],
    );
    const { prompt, row } = told.tokens;
    assert.ok(prompt.least > 4 && row.count === 24 && row.total > prompt.total);
    assert.match(
      (await tunesmith(where, "stats", "train.jsonl", "--model", "tiny")).stdout,
      /tokens in \(tiny\): median \d+/,
    );
  });
});

describe("the data commands refuse", () => {
  const where = place({
    "x.jsonl": lines(pair),
    "x.chat.jsonl": "mine",
    "empty.jsonl": "",
    "x.parquet": "",
    "latin.csv": Buffer.from("text,label\n\xe9,b\n", "latin1"),
    "odd.jsonl": lines({ a: { b: 1 } }),
    "splits.json": JSON.stringify({ train: [pair], test: [pair] }),
  });
  const refused: [args: string[], code: string, words: RegExp][] = [
    [["convert", "x.jsonl"], "usage", /--to is missing/],
    [["convert", "x.jsonl", "--to", "alpacca"], "usage", /"alpacca".*Did you mean "alpaca"\?/s],
    [["convert", "x.jsonl", "--to", "chat"], "file-unwritable", /x\.chat\.jsonl exists already.*--force/s],
    [["convert", "x.jsonl", "--to", "chat", "--out", "x.parquet"], "usage", /none of the endings/],
    [["convert", "x.jsonl", "--to", "csv", "--out", "y.json"], "usage", /does not agree/],
    [["convert", "x.jsonl", "--to", "text"], "dataset-invalid", /line 1: a conversation is no plain text/],
    [["convert", "none.jsonl", "--to", "chat"], "file-not-found", /none\.jsonl does not exist/],
    [["convert", ".", "--to", "chat"], "file-unreadable", /cannot be read/],
    [["convert", "empty.jsonl", "--to", "chat"], "dataset-empty", /holds no records/],
    [["convert", "x.parquet", "--to", "chat"], "dataset-format-unknown", /none of the endings/],
    [["convert", "latin.csv", "--to", "chat"], "dataset-invalid", /not UTF-8.*line 2/],
    [["convert", "odd.jsonl", "--to", "chat"], "dataset-format-unknown", /no known format.*"a"/],
    [["split", "x.jsonl", "--test", "1.5"], "usage", /--test is "1\.5".*below 1/s],
    [["split", "splits.json"], "usage", /splits already: train, test/],
    [["dedupe", "x.jsonl", "--by", "rows"], "usage", /--by is "rows".*Did you mean "row"\?/s],
    [["dedupe", "x.jsonl", "--in-place", "--out", "y.jsonl"], "usage", /exclude each other/],
    [["dedupe", "x.jsonl", "--out", "y.csv"], "usage", /another kind of file/],
    [["shuffle", "x.jsonl", "--seed", "x"], "usage", /--seed is "x"/],
    [["shuffle", "x.jsonl", "--out", "x.jsonl"], "file-unwritable", /exists already/],
    [["merge", "x.jsonl", "--out", "y.jsonl"], "usage", /merge takes FILES/],
    [["merge", "x.jsonl", "x.jsonl"], "usage", /--out is missing/],
    [["merge", "x.jsonl", "splits.json", "--out", "y.jsonl"], "usage", /several splits/],
    [["merge", "x.jsonl", "x.jsonl", "--out", "y.csv"], "usage", /another kind of file/],
    [["stats", "odd.jsonl"], "dataset-format-unknown", /no known format/],
    [["stats", "x.jsonl", "--model", "./nowhere"], "file-not-found", /nowhere/],
  ];
  for (const [args, code, words] of refused) {
    it(args.join(" "), async () => {
      const before = readdirSync(where).sort();
      const { code: exitCode, error } = await json(where, ...args);
      assert.deepEqual([exitCode, error?.code], [1, code]);
      assert.match(`${error.message}\n${error.hint}`, words);
      assert.deepEqual(readdirSync(where).sort(), before);
    });
  }
});
