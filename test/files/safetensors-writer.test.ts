/** Writing safetensors: the bytes against the reference implementation's, alignment, determinism, refusals. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { openSafetensors, readTensorBytes, readTensorFloat32 } from "../../src/files/safetensors.ts";
import { isPadding, type TensorToWrite, writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { random, temporaryFolder } from "./temporary.ts";

const f32 = (name: string, shape: number[], data: Float32Array): TensorToWrite => ({
  name,
  dtype: "F32",
  shape,
  data,
});

test("rewriting the reference implementation's file keeps every tensor's bytes and the metadata", async (t) => {
  const path = join(temporaryFolder(t), "again.safetensors");
  const original = resolve("test/fixtures/files/mixed.safetensors");
  const tensors: TensorToWrite[] = [];
  for (const entry of (await openSafetensors(original)).values()) {
    tensors.push({ ...entry, data: await readTensorBytes(entry) });
  }
  await writeSafetensors(path, tensors.reverse(), { metadata: { format: "pt", note: "naïve" } });
  // The data part is equal byte for byte when the order of tensors of one width is theirs; ours is by name, so
  // compare tensor by tensor.
  const again = await openSafetensors(path);
  assert.deepEqual(
    [...again.keys()],
    ["whole", "empty", "scalar", "single", "b16", "h16", "odd"],
    "wide types first, then by name",
  );
  for (const entry of (await openSafetensors(original)).values()) {
    const copy = again.get(entry.name)!;
    assert.deepEqual([copy.dtype, copy.shape, copy.byteLength], [entry.dtype, entry.shape, entry.byteLength]);
    assert.deepEqual(await readTensorBytes(copy), await readTensorBytes(entry), entry.name);
  }
});

test("a small file, byte for byte as the format defines it", async (t) => {
  const path = join(temporaryFolder(t), "small.safetensors");
  await writeSafetensors(path, [
    { name: "b", dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
    f32("a", [1, 2], Float32Array.of(1, -2)),
  ]);
  const json =
    '{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}';
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
  const expected = Buffer.concat([
    Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(padded),
    Buffer.from("0000803f000000c0010203", "hex"),
  ]);
  assert.deepEqual(readFileSync(path), expected);
});

test("names that look like numbers, or like Object's own, are written like any other", async (t) => {
  const path = join(temporaryFolder(t), "names.safetensors");
  const names = ["10", "9", "__proto__", "a"];
  await writeSafetensors(
    path,
    names.map((name, i) => f32(name, [1], Float32Array.of(i))),
  );
  const tensors = await openSafetensors(path);
  assert.deepEqual([...tensors.keys()], names);
  for (const [i, name] of names.entries())
    assert.deepEqual([...(await readTensorFloat32(tensors.get(name)!))], [i]);
});

test("the same tensors give the same bytes, whatever their order and however their data comes", async (t) => {
  const folder = temporaryFolder(t);
  const next = random(3);
  const tensors = Array.from({ length: 20 }, (_, i) => {
    const data = Float32Array.from({ length: 1 + Math.floor(next() * 50) }, next);
    return f32(`layer.${i}.weight`, [data.length], data);
  });
  await writeSafetensors(join(folder, "a"), tensors);
  const pieces = tensors.map((tensor) => ({
    ...tensor,
    data: async function* () {
      const values = tensor.data as Float32Array;
      for (const value of values) yield Float32Array.of(value);
    },
  }));
  await writeSafetensors(
    join(folder, "b"),
    pieces.sort(() => next() - 0.5),
  );
  assert.deepEqual(readFileSync(join(folder, "a")), readFileSync(join(folder, "b")));
});

test("with an alignment every tensor's data begins at a multiple of it, in a file that is still valid", async (t) => {
  const path = join(temporaryFolder(t), "aligned.safetensors");
  const sizes = [1, 16384, 3, 16385, 0, 40000];
  const tensors = sizes.map((size, i) => f32(`t${i}`, [size], new Float32Array(size).fill(i + 1)));
  for (const alignment of [64, 65536]) {
    await writeSafetensors(path, tensors, { alignment });
    const read = await openSafetensors(path); // refuses holes
    for (const [i, size] of sizes.entries()) {
      const entry = read.get(`t${i}`)!;
      assert.equal(entry.offset % alignment, 0, `${entry.name} at ${entry.offset}`);
      assert.deepEqual(await readTensorFloat32(entry), new Float32Array(size).fill(i + 1));
    }
    const others = [...read.values()].filter(({ name }) => !isPadding(name));
    assert.equal(others.length, sizes.length);
    for (const entry of read.values()) {
      if (isPadding(entry.name)) assert.ok((await readTensorBytes(entry)).every((byte) => byte === 0));
    }
  }
});

test("data that does not fill its shape, or a name twice, leaves nothing behind and the old file in place", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "x.safetensors");
  writeFileSync(path, "old");
  await assert.rejects(writeSafetensors(path, [f32("a", [3], new Float32Array(2))]), {
    code: "internal",
    message: /tensor "a": 8 bytes for F32 \[3\], which takes 12/,
  });
  const twice = [f32("a", [1], new Float32Array(1)), f32("a", [1], new Float32Array(1))];
  await assert.rejects(writeSafetensors(path, twice), { code: "internal", message: /written twice/ });
  await assert.rejects(writeSafetensors(join(folder, "new"), [f32("a", [2 ** 50], new Float32Array(1))]), {
    code: "disk-full",
    message: /4096\.0 TB needed, .* free/,
  });
  assert.equal(readFileSync(path, "utf8"), "old");
  assert.deepEqual(readdirSync(folder), ["x.safetensors"]);
  assert.ok(!existsSync(join(folder, "new")));
});
