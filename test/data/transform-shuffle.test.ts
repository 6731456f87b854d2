/** A file in another order. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shuffleDataset } from "../../src/data/transform/shuffle.ts";
import { Random } from "../../src/random/random.ts";
import { lines, many, names, open, sources } from "./transform-files.ts";

describe("shuffling", () => {
  it("moves records, keeps all between them, and is the same for the same seed", () => {
    for (let seed = 0; seed < 40; seed++) {
      const name = names[seed % 4]!;
      const text = many(12, name, new Random(seed));
      const { text: shuffled } = shuffleDataset(open(text, name), seed);
      const [before, after] = [sources(text, name), sources(shuffled, name)];
      assert.notDeepEqual(after, before);
      assert.deepEqual([...after].sort(), [...before].sort());
      const between = (whole: string) =>
        open(whole, name).pieces.map(
          (piece) => piece.text.slice(0, piece.start) + piece.text.slice(piece.end),
        );
      assert.deepEqual(between(shuffled), between(text));
      assert.equal(shuffleDataset(open(text, name), seed).text, shuffled);
      assert.notEqual(shuffleDataset(open(text, name), seed + 1).text, shuffled);
    }
  });

  it("leaves what cannot be read where it is, and records in their split", () => {
    const text = `${lines({ prompt: "a", completion: "b" })}{"prompt":\n${lines({ prompt: "c", completion: "d" }, { prompt: "e", completion: "f" })}`;
    const { text: shuffled, unmoved } = shuffleDataset(open(text), 1);
    assert.deepEqual([unmoved, shuffled.split("\n")[1]], [[2], '{"prompt":']);
    const record = (i: number) => ({ prompt: `p${i}`, completion: "x" });
    const splits = JSON.stringify({ train: [1, 2, 3, 4, 5].map(record), test: [6, 7, 8].map(record) });
    const { items } = open(shuffleDataset(open(splits, "x.json"), 1).text, "x.json");
    assert.deepEqual(
      items
        .filter(({ piece }) => piece.split === "test")
        .map(({ record: each }) => each!.prompt)
        .sort(),
      ["p6", "p7", "p8"],
    );
    assert.throws(() => shuffleDataset(open("no heading\n = A = \nb\n = B = \nc\n", "x.txt"), 1), {
      code: "dataset-invalid",
    });
  });
});
