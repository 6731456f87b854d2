/** Reading safetensors: a file of the reference implementation, files built by hand from the format's text, and damage. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import {
  openSafetensors,
  readSafetensorsHeader,
  readTensorBytes,
  readTensorFloat32,
} from "../../src/files/safetensors.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { random, temporaryFolder } from "./temporary.ts";

const mixed = resolve("test/fixtures/files/mixed.safetensors");
const exact = [0, -0, 1, -2.5, 0.15625, 448];

/** A file as the format describes it: u64 length, header, data. */
function fileOf(header: string | object, data: Uint8Array | number): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, typeof data === "number" ? Buffer.alloc(data) : data]);
}

test("a file of the reference implementation: metadata, order, shapes and values of every float type", async () => {
  const { metadata, entries, fileSize } = await readSafetensorsHeader(mixed);
  assert.deepEqual(metadata, { format: "pt", note: "naïve" });
  assert.equal(fileSize, readFileSync(mixed).byteLength);
  assert.deepEqual(
    entries.map(({ name, dtype, shape, byteLength }) => [name, dtype, shape, byteLength]),
    [
      ["whole", "I64", [1, 3], 24],
      ["empty", "F32", [0, 4], 0],
      ["scalar", "F32", [], 4],
      ["single", "F32", [6], 24],
      ["b16", "BF16", [2, 3], 12],
      ["h16", "F16", [3, 2], 12],
      ["odd", "U8", [3], 3],
    ],
  );
  const tensors = await openSafetensors(mixed);
  for (const name of ["single", "b16", "h16"]) {
    assert.deepEqual([...(await readTensorFloat32(tensors.get(name)!))], exact, name);
  }
  assert.deepEqual([...(await readTensorFloat32(tensors.get("scalar")!))], [7]);
  assert.equal((await readTensorFloat32(tensors.get("empty")!)).length, 0);
  assert.deepEqual([...(await readTensorBytes(tensors.get("odd")!))], [1, 2, 3]);
  const whole = await readTensorBytes(tensors.get("whole")!);
  assert.deepEqual([...new BigInt64Array(whole.buffer)], [1n, -2n, 3n]);
  const { file, offset, byteLength } = tensors.get("odd")!;
  assert.deepEqual([...readFileSync(file).subarray(offset, offset + byteLength)], [1, 2, 3]);
});

test("a tensor larger than one read arrives whole, in the array given", async (t) => {
  const count = 9_000_001; // 36 MB, not a multiple of any piece's size
  const values = Float32Array.from({ length: count }, (_, i) => i % 8191);
  const path = join(temporaryFolder(t), "large.safetensors");
  const header = { x: { dtype: "F32", shape: [count], data_offsets: [0, 4 * count] } };
  writeFileSync(path, fileOf(header, new Uint8Array(values.buffer)));
  const entry = (await openSafetensors(path)).get("x")!;
  const target = new Float32Array(count);
  assert.equal(await readTensorFloat32(entry, target), target);
  assert.equal(Buffer.compare(Buffer.from(target.buffer), Buffer.from(values.buffer)), 0);
});

test("what the format forbids is refused, with file and tensor named", async (t) => {
  const path = join(temporaryFolder(t), "bad.safetensors");
  const f32 = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({
    dtype: "F32",
    shape,
    data_offsets: [begin, end],
  });
  const length = (bytes: bigint) => {
    const file = fileOf({}, 0);
    file.writeBigUInt64LE(bytes);
    return file;
  };
  const cases: [string, Buffer, RegExp][] = [
    ["an empty file", Buffer.alloc(0), /0 bytes are too few/],
    ["a length alone", fileOf("", 0), /does not begin with \{/],
    ["a header over the limit", length(100_000_001n), /100000001, more than the 100000000/],
    ["a length of 2^64-1", length(2n ** 64n - 1n), /more than the 100000000/],
    ["a header over the file's end", length(3n), /should take 3 bytes, but the file ends after 2/],
    ["a space before the header", fileOf(" {}", 0), /does not begin with \{/],
    ["an array", fileOf("[]", 0), /does not begin with \{/],
    ["no UTF-8", fileOfBytes([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /not UTF-8/],
    [
      "broken JSON",
      fileOf('{"a":}', 0),
      /header of .*bad\.safetensors is not valid JSON at line 1, column 6: unexpected "}"/,
    ],
    ["a hole at the start", fileOf({ x: f32(4, 8) }, 8), /tensor "x" leaves a hole of 4 bytes/],
    ["a hole between", fileOf({ x: f32(0, 4), y: f32(8, 12) }, 12), /tensor "y" leaves a hole of 4 bytes/],
    ["an overlap", fileOf({ x: f32(0, 8), y: f32(4, 12) }, 12), /tensor "y" overlaps/],
    ["two tensors in one place", fileOf({ x: f32(0, 8), y: f32(0, 8) }, 8), /tensor "y" overlaps/],
    ["bytes at the end", fileOf({ x: f32(0, 4) }, 5), /1 bytes after the last tensor/],
    [
      "a file cut off",
      fileOf({ x: f32(0, 4), y: f32(4, 12) }, 9),
      /tensor "y" should end at byte .*, the file ends at/,
    ],
    [
      "a shape of another size",
      fileOf({ x: f32(0, 8, [3]) }, 8),
      /tensor "x" takes 8 bytes, but F32 \[3\] needs 12/,
    ],
    ["an unknown dtype", fileOf({ x: { ...f32(0, 4), dtype: "F31" } }, 4), /unknown dtype "F31"/],
    [
      "a dtype of Object.prototype",
      fileOf({ x: { ...f32(0, 4), dtype: "toString" } }, 4),
      /unknown dtype "toString"/,
    ],
    ["a fractional shape", fileOf({ x: f32(0, 4, [0.5, 2]) }, 4), /impossible shape \[0.5,2\]/],
    ["a negative shape", fileOf({ x: f32(0, 4, [-1, -1]) }, 4), /impossible shape/],
    ["a shape that overflows", fileOf({ x: f32(0, 0, [2 ** 40, 2 ** 40]) }, 0), /tensor "x" takes 0 bytes/],
    ["offsets backwards", fileOf({ x: f32(4, 0, [0]) }, 4), /impossible data_offsets \[4,0\]/],
    ["no offsets", fileOf({ x: { dtype: "F32", shape: [1] } }, 4), /impossible data_offsets undefined/],
    ["a tensor that is a number", fileOf({ x: 3 }, 0), /tensor "x" is not described/],
    ["metadata with a number", fileOf({ __metadata__: { a: 1 } }, 0), /__metadata__ holds 1 under "a"/],
    [
      "half a byte",
      fileOf({ x: { dtype: "F4", shape: [3], data_offsets: [0, 2] } }, 2),
      /F4 \[3\] needs 1.5/,
    ],
  ];
  for (const [what, bytes, message] of cases) {
    writeFileSync(path, bytes);
    await assert.rejects(readSafetensorsHeader(path), (error) => {
      assert.ok(error instanceof TunesmithError, `${what}: ${error}`);
      assert.equal(error.code, "safetensors-invalid", what);
      assert.match(error.message, message, what);
      assert.ok(error.message.includes(path), `${what}: ${error.message}`);
      return true;
    });
  }
});

function fileOfBytes(header: number[]): Buffer {
  const file = Buffer.alloc(8 + header.length);
  file.writeBigUInt64LE(BigInt(header.length));
  Buffer.from(header).copy(file, 8);
  return file;
}

test("what the format allows is read: spaces after the header, unknown fields, no tensors, awkward names", async (t) => {
  const path = join(temporaryFolder(t), "good.safetensors");
  const entry = (begin: number) => ({
    dtype: "I8",
    shape: [1],
    data_offsets: [begin, begin + 1],
    extra: null,
  });
  writeFileSync(path, fileOf("{}   \n", 0));
  assert.equal((await openSafetensors(path)).size, 0);
  const names = ["__proto__", "10", "9", "constructor", "é\n"];
  const header = `{${names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(entry(i))}`).join(",")}}`;
  writeFileSync(path, fileOf(header, names.length));
  assert.deepEqual([...(await openSafetensors(path)).keys()], names);
});

test("missing files, folders and tensors of other types are named", async (t) => {
  const folder = temporaryFolder(t);
  await assert.rejects(openSafetensors(join(folder, "none")), { code: "file-not-found" });
  await assert.rejects(openSafetensors(folder), { code: "file-unreadable" });
  const whole = (await openSafetensors(mixed)).get("whole")!;
  await assert.rejects(readTensorFloat32(whole), {
    code: "safetensors-invalid",
    message: /tensor "whole" is I64/,
  });
});

test("a file that shrinks after its header was read is an error, not wrong numbers", async (t) => {
  const path = join(temporaryFolder(t), "shrinks.safetensors");
  const bytes = readFileSync(mixed);
  writeFileSync(path, bytes);
  const entry = (await openSafetensors(path)).get("h16")!;
  writeFileSync(path, bytes.subarray(0, entry.offset + 5));
  await assert.rejects(readTensorFloat32(entry), { code: "safetensors-invalid", message: /ends at byte/ });
});

test("cut at any byte, the file is refused", async (t) => {
  const path = join(temporaryFolder(t), "cut.safetensors");
  const bytes = readFileSync(mixed);
  for (let length = 0; length < bytes.byteLength; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    await assert.rejects(openSafetensors(path), { code: "safetensors-invalid" }, `${length} bytes`);
  }
});

test("with bits flipped in the header, the file is refused or describes tensors that lie inside it", async (t) => {
  const path = join(temporaryFolder(t), "flipped.safetensors");
  const whole = readFileSync(mixed);
  const headerEnd = 8 + Number(whole.readBigUInt64LE());
  const next = random(1);
  let refused = 0;
  for (let i = 0; i < 600; i++) {
    const bytes = Buffer.from(whole);
    for (let flips = 1 + Math.floor(next() * 3); flips > 0; flips--) {
      const at = Math.floor(next() * headerEnd);
      bytes[at] = bytes[at]! ^ (1 << Math.floor(next() * 8));
    }
    writeFileSync(path, bytes);
    try {
      for (const { offset, byteLength } of (await openSafetensors(path)).values()) {
        assert.ok(offset >= headerEnd && offset + byteLength <= whole.byteLength);
      }
    } catch (error) {
      assert.ok(error instanceof TunesmithError, `${error}`);
      assert.equal(error.code, "safetensors-invalid");
      refused++;
    }
  }
  assert.ok(refused > 400, `only ${refused} of 600 were noticed`);
});
