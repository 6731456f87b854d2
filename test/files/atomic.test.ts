/** Atomic writing: what is there before, during and after, and what failures say. */
import assert from "node:assert/strict";
import {
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  freeSpace,
  removeAbandoned,
  requireFreeSpace,
  writeAtomic,
  writeFileAtomic,
  writeFolderAtomic,
  writeJsonAtomic,
} from "../../src/files/atomic.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { asWriteError, formatBytes } from "../../src/protocol/refusals.ts";
import { temporaryFolder } from "./temporary.ts";

test("the old content stands until the new one is whole; nothing else remains", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "deep", "er", "file.bin");
  await writeFileAtomic(path, "old");
  await writeAtomic(path, async (writer) => {
    await writer.write(Buffer.from("ne"));
    assert.equal(readFileSync(path, "utf8"), "old");
    await writer.write(Buffer.from("w"));
  });
  assert.equal(readFileSync(path, "utf8"), "new");
  await writeJsonAtomic(path, { a: [1] });
  assert.equal(readFileSync(path, "utf8"), '{\n  "a": [\n    1\n  ]\n}\n');
  assert.deepEqual(readdirSync(join(folder, "deep", "er")), ["file.bin"]);
});

test("a failure half-way leaves the old content and no temporary", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "file");
  await writeFileAtomic(path, "old");
  const failing = writeAtomic(path, async (writer) => {
    await writer.write(Buffer.from("half"));
    throw new Error("stopped");
  });
  await assert.rejects(failing, { message: "stopped" });
  assert.equal(readFileSync(path, "utf8"), "old");
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("many writers of one file: the content is always one of theirs, whole", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "file");
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeFileAtomic(path, `${i}`.repeat(10_000))));
  assert.match(readFileSync(path, "utf8"), /^(\d+?)\1*$/);
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("a full disk is a disk-full error with the path and the size", {
  skip: process.platform !== "linux" && "needs /dev/full",
}, async (t) => {
  const folder = temporaryFolder(t);
  const full = openSync("/dev/full", "w");
  const path = join(folder, "weights");
  // The kernel's own ENOSPC, raised while the file is being filled.
  await assert.rejects(
    writeAtomic(path, async () => void writeSync(full, "x"), 3 << 20),
    (error) => {
      assert.ok(error instanceof TunesmithError);
      assert.equal(error.code, "disk-full");
      assert.equal(error.message, `the disk of ${path} is full (3.0 MB needed)`);
      return true;
    },
  );
  assert.deepEqual(readdirSync(folder), []);
});

test("free space is checked before the first byte", async (t) => {
  const folder = temporaryFolder(t);
  const free = await freeSpace(join(folder, "not", "there", "yet"));
  assert.ok(free !== undefined && free > 0);
  await requireFreeSpace(folder, 1);
  await assert.rejects(requireFreeSpace(folder, free * 2), { code: "disk-full", message: /needed, .* free/ });
});

test("what cannot be written says so", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "taken", "inside"), { recursive: true });
  await assert.rejects(writeFileAtomic(join(folder, "taken"), "x"), { code: "file-unwritable" });
  writeFileSync(join(folder, "file"), "");
  await assert.rejects(writeFileAtomic(join(folder, "file", "below"), "x"), { code: "file-unwritable" });
  assert.deepEqual(readdirSync(folder).sort(), ["file", "taken"]);
  const bug = new TypeError("ours");
  assert.equal(asWriteError(bug, "x"), bug);
});

test("a folder appears whole, replaces its own earlier version, and nothing that is not ours", async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "adapter");
  const isOurs = (name: string) => name.startsWith("ours");
  const write = (names: string[]) =>
    writeFolderAtomic(target, isOurs, async (temporary) => {
      for (const name of names) writeFileSync(join(temporary, name), name);
    });
  await write(["ours-1", "ours-2"]);
  assert.deepEqual(readdirSync(target), ["ours-1", "ours-2"]);
  await write(["ours-3"]);
  assert.deepEqual(readdirSync(target), ["ours-3"]);
  await assert.rejects(
    writeFolderAtomic(target, isOurs, async (temporary) => {
      writeFileSync(join(temporary, "ours-4"), "");
      throw new TunesmithError("disk-full", `the disk of ${temporary} is full`);
    }),
    { code: "disk-full", message: `the disk of ${target} is full` },
  );
  assert.deepEqual(readdirSync(target), ["ours-3"]);
  writeFileSync(join(target, "thesis.txt"), "precious");
  await assert.rejects(write(["ours-4"]), { code: "file-unwritable", message: /holds "thesis.txt"/ });
  assert.deepEqual(readdirSync(target).sort(), ["ours-3", "thesis.txt"]);
  assert.deepEqual(readdirSync(folder), ["adapter"]);
});

test("temporaries of killed writers are removed once they are old; nothing else is", async (t) => {
  const folder = temporaryFolder(t);
  const old = ".weights.0123456789ab.tmp";
  const young = ".weights.ba9876543210.tmp";
  for (const name of [old, young, "weights", ".hidden"]) writeFileSync(join(folder, name), "");
  for (const name of [old, "weights", ".hidden"]) utimesSync(join(folder, name), 0, 0);
  await removeAbandoned(folder);
  assert.deepEqual(readdirSync(folder).sort(), [".hidden", young, "weights"]);
  await removeAbandoned(join(folder, "none"));
});

test("bytes in words", () => {
  assert.deepEqual([0, 1, 1023, 1024, 1536, 5 * 2 ** 30].map(formatBytes), [
    "0 B",
    "1 B",
    "1023 B",
    "1.0 KB",
    "1.5 KB",
    "5.0 GB",
  ]);
});
