/** A file in parts: every record is in one, byte for byte. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearlySame } from "../../src/data/transform/near.ts";
import { splitDataset } from "../../src/data/transform/split.ts";
import { Random } from "../../src/random/random.ts";
import { lines, many, names, open, sources } from "./transform-files.ts";

describe("splitting", () => {
  it("gives every record, byte for byte, to one part; rows with one question to the same", () => {
    for (let seed = 0; seed < 40; seed++) {
      const name = names[seed % 4]!;
      const text = many(20 + seed, name, new Random(seed));
      const dataset = open(text, name);
      const { texts, rows, unreadable } = splitDataset(dataset, { validation: 0.2, test: 5, seed });
      const parts = Object.values(texts).map((part) => sources(part, name));
      assert.deepEqual(parts.flat().sort(), sources(text, name).sort(), name);
      assert.deepEqual(unreadable, []);
      assert.deepEqual(
        parts.map(({ length }) => length),
        [rows.train, rows.validation, rows.test].filter((count) => count > 0),
      );
      for (const part of parts) {
        const order = part.map((source) => sources(text, name).indexOf(source));
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
          "in the order of the file",
        );
      }
      if (name === "x.txt") continue;
      const questions = Object.values(texts).map(
        (part) => new Set(open(part, name).items.map(({ record }) => record!.prompt)),
      );
      const all = questions.flatMap((part) => [...part]);
      assert.equal(new Set(all).size, all.length, "no question is in two parts");
    }
  });

  it("repeats headers and brackets, drops blank lines, keeps what cannot be read in training", () => {
    const csv = "text,label\na,x\n\nb,y\nc,x\n";
    const { texts } = splitDataset(open(csv, "x.csv"), { validation: 0, test: 1, seed: 1 });
    assert.deepEqual(Object.keys(texts), ["train", "test"]);
    for (const part of Object.values(texts)) assert.match(part, /^text,label\n(?:.,.\n)+$/);
    const broken = `{"prompt":\n${lines({ prompt: "a", completion: "b" }, { prompt: "c", completion: "d" })}`;
    const split = splitDataset(open(broken), { validation: 0, test: 1, seed: 1 });
    assert.deepEqual([split.unreadable, split.rows], [[1], { train: 2, validation: 0, test: 1 }]);
    assert.match(split.texts.train!, /^\{"prompt":\n/);
  });

  it("is stratified by labels, and refuses a file that holds splits", () => {
    const text = lines(...Array.from({ length: 60 }, (_, i) => ({ text: `t${i}`, label: `l${i % 3}` })));
    const split = splitDataset(open(text), { validation: 0, test: 0.25, seed: 3 });
    assert.ok(split.isStratified);
    const labels = open(split.texts.test!).items.map(({ record }) => record!.label);
    for (const label of ["l0", "l1", "l2"]) assert.equal(labels.filter((each) => each === label).length, 5);
    const splits = '{"train": [{"prompt":"a","completion":"b"}], "test": [{"prompt":"c","completion":"d"}]}';
    assert.throws(() => splitDataset(open(splits, "x.json"), { validation: 0, test: 1, seed: 1 }), {
      code: "usage",
    });
  });

  it("keeps together what is said to belong together", () => {
    const text = lines(...Array.from({ length: 30 }, (_, i) => ({ prompt: `p${i}`, completion: `c${i}` })));
    const dataset = open(text);
    for (let seed = 0; seed < 10; seed++) {
      const { texts } = splitDataset(dataset, { validation: 5, test: 5, seed }, [
        [0, 7],
        [7, 20],
        [3, 4],
      ]);
      const partOf = (i: number) => Object.entries(texts).find(([, part]) => part.includes(`"p${i}"`))![0];
      assert.equal(new Set([0, 7, 20].map(partOf)).size, 1);
      assert.equal(partOf(3), partOf(4));
    }
  });
});

describe("questions that are nearly the same", () => {
  it("are found, and others are not", () => {
    const random = new Random(4);
    const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
    const text = () => Array.from({ length: 60 }, () => words[random.integer(300)]!);
    const records = Array.from({ length: 60 }, () => text());
    const near = records.slice(0, 5).map((each) => each.with(30, "other").join(" "));
    const all = [...records.map((each) => each.join(" ")), ...near];
    const dataset = open(lines(...all.map((prompt) => ({ prompt, completion: "x" }))));
    const pairs = nearlySame(dataset);
    assert.deepEqual(
      pairs,
      near.map((_, i) => [i, 60 + i]),
    );
    for (let seed = 0; seed < 10; seed++) {
      const { texts } = splitDataset(dataset, { validation: 0.2, test: 0.3, seed }, pairs);
      const partOf = (i: number) =>
        Object.entries(texts).find(([, part]) => part.includes(`"${all[i]}"`))![0];
      for (const [a, b] of pairs) assert.equal(partOf(a!), partOf(b!));
    }
  });
});
