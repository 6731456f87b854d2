// Real datasets: TUNESMITH_DATA names the folder that holds banking77/, restaurant8k/ and wikitext2/.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readDataset } from "../../src/data/read.ts";
import { labelsOf, splitRows } from "../../src/data/split.ts";

const folder = process.env.TUNESMITH_DATA ?? "";
const skip = folder === "" && "TUNESMITH_DATA does not name the folder of the real datasets";

describe("real datasets", { skip }, () => {
  test("banking77: all rows, 77 labels, each of them held out", () => {
    const dataset = readDataset(join(folder, "banking77/train.csv"));
    const rows = dataset.rows.map(({ row }) => row);
    assert.equal(dataset.format, "two-column");
    assert.deepEqual([rows.length, dataset.skipped.length], [10003, 0]);
    const labels = labelsOf(rows)!;
    assert.equal(new Set(labels).size, 77);
    const { test } = splitRows(rows, { validation: 0.1, test: 0.1, seed: 7 });
    assert.equal(test.length, 1000);
    assert.equal(new Set(test.map((i) => labels[i])).size, 77);
  });

  test("restaurant8k: every row, every value a part of its text", () => {
    for (const [file, count] of [
      ["test.json", 3731],
      ["train_2.json", 2049],
    ] as const) {
      const path = join(folder, "restaurant8k", file);
      const dataset = readDataset(path);
      assert.equal(dataset.format, "slots");
      assert.deepEqual([dataset.rows.length, dataset.skipped.length], [count, 0]);
      assert.equal(dataset.rows.length, JSON.parse(readFileSync(path, "utf8")).length);
      for (const { row } of dataset.rows) {
        assert.ok(row.kind === "chat");
        const [question, answer] = row.messages;
        for (const value of Object.values(JSON.parse(answer!.content)))
          assert.ok(question!.content.includes(String(value)));
      }
    }
  });

  test("WikiText-2: an article each, nothing lost but blanks", () => {
    const path = join(folder, "wikitext2/valid.txt");
    const dataset = readDataset(path);
    assert.equal(dataset.rows.length, 60);
    const squeezed = (text: string) => text.replace(/\s+/g, "");
    const joined = dataset.rows.map(({ row }) => (row.kind === "text" ? row.text : "")).join("");
    assert.equal(squeezed(joined), squeezed(readFileSync(path, "utf8")));
  });
});
