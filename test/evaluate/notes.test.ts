/** Notes: they belong to what they were written on, and thumbs are counted with their interval. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentHash, humanScores, humanVerdict, noteOn, notesOf } from "../../src/evaluate/notes.ts";
import { sampleRecord } from "./sample.ts";

test("the content's hash is FNV-1a over what the row asks and wants", () => {
  // The published 32-bit value of FNV-1a over these bytes, computed with Python's fnvhash: [[["user","a"]],"b"]
  assert.equal(
    contentHash({ id: "", messages: [{ role: "user", content: "a" }], reference: "b" }),
    fnv('[[["user","a"]],"b"]'),
  );
  // Test vector of the authors: "foobar" is 0xbf9cf968.
  assert.equal(fnv("foobar"), "bf9cf968");
});

/** FNV-1a in arithmetic of any size. */
function fnv(text: string): string {
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) % 2n ** 32n;
  return hash.toString(16).padStart(8, "0");
}

test("a note stays with its row, and is not shown on another one of that name", () => {
  const { rows } = sampleRecord({ rows: 4 });
  const note = noteOn(rows[2]!, { thumbs: {}, text: "odd" });
  assert.deepEqual(notesOf(rows, [note]), [undefined, undefined, note, undefined]);
  assert.deepEqual(notesOf([...rows].reverse(), [note]), [undefined, note, undefined, undefined]);
  assert.deepEqual(notesOf([{ ...rows[2]!, reference: "other" }], [note]), [undefined]);
  assert.deepEqual(notesOf([{ ...rows[2]!, id: "test.jsonl:9" }], [note]), [undefined]);
});

test("thumbs of each way are counted, with Wilson's interval", () => {
  const record = sampleRecord({ rows: 20 });
  const notes = record.rows.map((row, r) =>
    noteOn(row, { thumbs: { "fine-tuned": r < 16 ? "up" : "down", gone: "up" }, text: "" }),
  );
  assert.equal(humanVerdict(record, []), undefined);
  const [score, ...others] = humanScores(record, notes);
  assert.equal(others.length, 0);
  assert.deepEqual([score!.way, score!.up, score!.down, score!.share], ["fine-tuned", 16, 4, 0.8]);
  // 80 % of 20: 0.58 to 0.92.
  assert.ok(Math.abs(score!.interval.low - 0.58) < 0.005 && Math.abs(score!.interval.high - 0.92) < 0.005);
  assert.equal(
    humanVerdict(record, notes),
    "Thumbs up for “Fine-tuned” on 16 of 20 answers (80.0%, 95% interval 58.4% to 91.9%).",
  );
  assert.equal(humanVerdict({ ...record, rows: record.rows.slice(0, 0) }, notes), undefined);
});
