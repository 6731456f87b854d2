/** The corpus that validators are compared on is what it says, and the published table is what the linter finds today. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { unmarked } from "../../bench/validators/corpus/files.ts";
import { broken, sound } from "../../bench/validators/corpus.ts";
import { judge, type Validator } from "../../bench/validators/judge.ts";
import { keptPeers, page } from "../../bench/validators/run.ts";

const textOf = (content: string | Uint8Array) =>
  typeof content === "string" ? content : new TextDecoder().decode(content);

describe("the corpus of broken files", () => {
  it("has each file once, and sound files to compare with that are of the same kind", () => {
    const ids = [...broken, ...sound].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, kind, controls } of broken) {
      for (const control of controls) assert.equal(sound.find((file) => file.id === control)?.kind, kind, id);
    }
  });

  it("says of every defect where it is, in lines and characters that are there", () => {
    for (const { id, content, lines, spans } of broken) {
      const text = textOf(content).split("\n");
      for (const line of lines) assert.ok(line >= 1 && line <= text.length, `${id}: line ${line}`);
      for (const { line, start, end } of spans) {
        assert.ok(lines.includes(line), `${id}: a span in line ${line}`);
        assert.ok(start >= 0 && start <= end && end <= text[line - 1]!.length, `${id}: ${start}–${end}`);
      }
      assert.ok(!/[«»]/.test(textOf(content)), `${id} still has marks`);
    }
  });

  it("breaks no more than the rows it names", () => {
    for (const { id, content, lines, name, level } of broken) {
      // A file that is wrong as a whole has no sound rows; one that ends in the wrong row has them before it.
      if (!name.endsWith(".jsonl") || lines.length === 0 || level === "set") continue;
      for (const [i, line] of textOf(content).split("\n").entries()) {
        if (line === "" || lines.includes(i + 1)) continue;
        assert.equal(typeof JSON.parse(line), "object", `${id}: line ${i + 1}`);
      }
    }
  });

  it("reads marks as places", () => {
    assert.deepEqual(unmarked("ab«c»d\n«»e\n«f"), {
      content: "abcd\ne\nf",
      spans: [
        { line: 1, start: 2, end: 3 },
        { line: 2, start: 0, end: 0 },
        { line: 3, start: 0, end: 1 },
      ],
    });
  });
});

describe("what counts as found", () => {
  const file = broken.find(({ id }) => id === "misspelt-role")!;
  const { start, end } = file.spans[0]!;
  const saying = (...remarks: Validator["verdicts"][string]["remarks"]): Validator => ({
    name: "",
    version: "",
    isReal: true,
    kinds: ["chat"],
    verdicts: {
      [file.id]: { remarks, dropped: 1 },
      chat: { remarks: [{ message: '24 rows of "chat"' }], dropped: 0 },
    },
  });

  it("is as exact as the most exact remark", () => {
    const somewhere = { message: "something" };
    assert.equal(judge(saying(somewhere), file), "file");
    assert.equal(judge(saying(somewhere, { message: "here", line: 7 }), file), "row");
    assert.equal(judge(saying({ message: "there", line: 8 }), file), "file");
    assert.equal(judge(saying({ message: "it", line: 7, characters: [start, end] }), file), "characters");
    assert.equal(judge(saying({ message: "it", line: 7, characters: [0, 3] }), file), "row");
  });

  it("is not what is said of a sound file, too", () => {
    assert.equal(judge(saying({ message: '23 rows of "chats"' }), file), "dropped");
  });
});

describe("docs/validators.md", () => {
  let scratch: string;
  before(() => {
    scratch = mkdtempSync(join(tmpdir(), "tunesmith-validators-"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("is what the linter finds today", async () => {
    const published = readFileSync(resolve(import.meta.dirname, "../../docs/validators.md"), "utf8");
    assert.equal(
      published,
      await page(keptPeers(), scratch),
      "renew it: node --import tsx bench/validators/run.ts",
    );
  });
});
