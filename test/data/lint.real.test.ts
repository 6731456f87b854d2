// Real datasets under the linter: TUNESMITH_DATA names the folder that holds banking77/, restaurant8k/ and wikitext2/.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { readDataset } from "../../src/data/read.ts";
import { targets } from "../../src/data/rules/rule.ts";
import { type FileResult, lintFile } from "../../src/linter/run.ts";

const data = process.env.TUNESMITH_DATA ?? "";
const skip = data === "" && "TUNESMITH_DATA does not name the folder of the real datasets";

describe("the linter on real datasets", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-real-"));
  after(() => rmSync(folder, { recursive: true }));
  const taken = (name: string) => {
    const path = join(folder, name);
    cpSync(join(data, name), path, { recursive: true });
    return path;
  };
  const errors = ({ problems }: FileResult) => problems.filter(({ severity }) => severity === "error");

  test("banking77: no errors but the rows of the test file that are in the training file, too", async () => {
    const place = taken("banking77");
    // Counted without anything of the linter: the texts, but for blanks.
    const texts = (name: string) =>
      readDataset(join(place, name)).rows.map(({ row }) =>
        row.kind === "chat" ? row.messages[0]!.content.split(/\s+/).filter(Boolean).join(" ") : "",
      );
    const learned = new Set(texts("train.csv"));
    const leaked = texts("test.csv").filter((text) => learned.has(text));
    // Six are the same but for line ends around them, one but for a second blank inside.
    assert.equal(leaked.length, 7);
    for (const target of targets) {
      for (const name of ["test.csv", "train.csv"]) {
        const result = (await lintFile(join(place, name), false, { target }))!;
        assert.equal(result.format, "two-column");
        assert.deepEqual([...new Set(errors(result).map(({ rule }) => rule))], ["train-eval-leak"], target);
        if (name === "test.csv") assert.equal(errors(result).length, leaked.length, target);
      }
    }
  });

  test("restaurant8k: sound in its own format; through a column mapping, rows without labels are missing them", async () => {
    const place = taken("restaurant8k");
    const mapping = {
      datasets: [{ files: "*.json", columns: { input: "userInput.text", output: "labels" } }],
    };
    for (const name of ["test.json", "train_2.json"]) {
      const path = join(place, name);
      const own = (await lintFile(path, false))!;
      assert.deepEqual([own.format, own.counts.errors], ["slots", 0]);
      writeFileSync(join(place, "tunesmith.lint.json"), JSON.stringify(mapping));
      const mapped = (await lintFile(path, false))!;
      rmSync(join(place, "tunesmith.lint.json"));
      const records: object[] = JSON.parse(readFileSync(path, "utf8"));
      const unlabelled = records.filter((record) => !("labels" in record)).length;
      assert.equal(unlabelled, name === "test.json" ? 1352 : 753);
      assert.deepEqual([mapped.format, mapped.rows], ["columns", records.length]);
      assert.deepEqual([...new Set(errors(mapped).map(({ rule }) => rule))], ["missing-required-key"]);
      assert.equal(errors(mapped).length, unlabelled);
    }
  });

  test("WikiText-2: nothing", async () => {
    const place = taken("wikitext2");
    for (const name of ["valid.txt", "test.txt"]) {
      const { counts, rows } = (await lintFile(join(place, name), true))!;
      assert.deepEqual(counts, { errors: 0, warnings: 0, infos: 0 });
      assert.ok(rows >= 60);
    }
  });
});
