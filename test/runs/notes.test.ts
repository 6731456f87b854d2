/** The file of notes: written whole, read with care, and never lost to damage. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Note, noteOn } from "../../src/evaluate/notes.ts";
import { readNotes, saveNote } from "../../src/runs/notes.ts";
import { hostileTexts, sampleRecord } from "../evaluate/sample.ts";
import { temporaryFolder } from "./temporary.ts";

const root = temporaryFolder();
const place = () => mkdtempSync(join(root, "notes-"));
const { rows } = sampleRecord({ rows: hostileTexts.length });
const note = (row: number, text: string, thumbs: Note["thumbs"] = {}) => noteOn(rows[row]!, { thumbs, text });

test("notes come back as they were, one a row, and go when they are emptied", () => {
  const directory = place();
  assert.deepEqual(readNotes(directory), []);
  const written = hostileTexts.map((text, i) => note(i, text, { "fine-tuned": i % 2 === 0 ? "up" : "down" }));
  for (const each of written) saveNote(directory, each);
  assert.deepEqual(readNotes(directory), written);
  const changed = note(0, "changed", { "zero-shot": "down" });
  assert.deepEqual(saveNote(directory, changed), { notes: [...written.slice(1), changed] });
  saveNote(directory, note(0, "  "));
  assert.deepEqual(readNotes(directory), written.slice(1));
});

test("a damaged file is said, kept aside under a free name, and not written over", () => {
  const directory = place();
  const path = join(directory, "notes.json");
  const good = { row: "a", hash: "00000000", thumbs: {}, text: "" };
  const damaged = [
    "{",
    "[]",
    '{"format":"tunesmith-notes-2","notes":[]}',
    JSON.stringify({ format: "tunesmith-notes-1", notes: [good, { ...good, text: 5 }] }),
    JSON.stringify({ format: "tunesmith-notes-1", notes: [{ ...good, thumbs: { way: "sideways" } }] }),
    JSON.stringify({ format: "tunesmith-notes-1", notes: [null] }),
  ];
  damaged.forEach((content, i) => {
    writeFileSync(path, content);
    assert.throws(() => readNotes(directory), {
      code: "run-corrupt",
      message: /notes\.json cannot be read: /,
    });
    assert.equal(readFileSync(path, "utf8"), content, "reading changes nothing");
    const { notes, putAside } = saveNote(directory, note(1, "kept"));
    assert.deepEqual(notes, [note(1, "kept")]);
    assert.equal(putAside, join(directory, `notes.damaged-${i + 1}.json`));
    assert.equal(readFileSync(putAside!, "utf8"), content);
    assert.deepEqual(readNotes(directory), notes);
  });
  assert.equal(readdirSync(directory).length, damaged.length + 1, "no temporary is left");
});
