// `tunesmith lint --fix` on files that are not plain UTF-8: what is written is what was read, in the wanted encoding.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { lintFile } from "../../src/linter/run.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-encoding-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const text = '{"prompt": "Grüße", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n';

async function linted(bytes: Buffer, fix: boolean) {
  const path = join(folder, "train.jsonl");
  writeFileSync(path, bytes);
  const result = (await lintFile(path, true, { fix }))!;
  const ids = result.problems.map(({ rule }) => rule);
  return { ids, fixed: result.fixed, bytes: readFileSync(path) };
}

describe("encodings", () => {
  it("a byte order mark is told of, and goes with --fix", async () => {
    const marked = Buffer.from(`\uFEFF${text}`);
    const before = await linted(marked, false);
    assert.ok(before.ids.includes("byte-order-mark"));
    assert.deepEqual(before.bytes, marked);
    const done = await linted(marked, true);
    assert.equal(done.bytes.toString(), text);
    assert.equal(done.fixed, 1);
    assert.ok(!done.ids.includes("byte-order-mark"));
  });

  it("UTF-16 becomes UTF-8 with --fix", async () => {
    const little = Buffer.from(`\uFEFF${text}`, "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      const before = await linted(bytes, false);
      assert.deepEqual(
        before.ids.filter((id) => id === "encoding-not-utf8" || id === "json-parse"),
        ["encoding-not-utf8"],
      );
      assert.equal((await linted(bytes, true)).bytes.toString(), text);
    }
  });

  it("a file with bytes that cannot be read is left as it is", async () => {
    const broken = Buffer.from(`\n${text}`, "latin1");
    const { ids, fixed, bytes } = await linted(broken, true);
    assert.deepEqual(bytes, broken);
    assert.equal(fixed, 0);
    for (const id of ["encoding-not-utf8", "replacement-character", "jsonl-blank-line"]) {
      assert.ok(ids.includes(id), id);
    }
  });
});
