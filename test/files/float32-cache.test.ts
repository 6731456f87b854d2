/** The float32 cache: exact values, made once, made again when damaged or out of date, and never half. */
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultCacheDir, float32Weights } from "../../src/files/float32-cache.ts";
import { float32ToBfloat16, float32ToFloat16 } from "../../src/files/half.ts";
import { openModelFolder } from "../../src/files/model-folder.ts";
import { readTensorFloat32 } from "../../src/files/safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { random, temporaryFolder } from "./temporary.ts";

/** Values of eight mantissa bits and small exponents: exact in float32, float16 and bfloat16. */
function exactValues(count: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from(
    { length: count },
    () => Math.floor(next() * 255 - 127) / 2 ** Math.floor(next() * 7),
  );
}

const a = exactValues(30_000, 1);
const b = exactValues(7, 2);
const c = exactValues(12, 3);
const halves: TensorToWrite[] = [
  { name: "a", dtype: "BF16", shape: [300, 100], data: float32ToBfloat16(a) },
  { name: "b", dtype: "F16", shape: [7], data: float32ToFloat16(b) },
  { name: "c", dtype: "F32", shape: [3, 4], data: c },
  { name: "ids", dtype: "I64", shape: [2], data: BigInt64Array.of(1n, 2n) },
];

async function model(folder: string, tensors: TensorToWrite[]) {
  writeFileSync(join(folder, "config.json"), "{}");
  await writeSafetensors(join(folder, "model.safetensors"), tensors);
  return openModelFolder(folder);
}

const cacheFile = (cacheDir: string): string => {
  const [name, ...others] = readdirSync(join(cacheDir, "float32")).filter((each) =>
    each.endsWith(".safetensors"),
  );
  assert.ok(name && others.length === 0);
  return join(cacheDir, "float32", name);
};

async function checkValues(weights: Awaited<ReturnType<typeof float32Weights>>): Promise<void> {
  assert.deepEqual([...weights.keys()].sort(), ["a", "b", "c"]);
  assert.deepEqual(weights.get("a")!.shape, [300, 100]);
  for (const [name, values] of Object.entries({ a, b, c })) {
    assert.equal(weights.get(name)!.dtype, "F32");
    assert.deepEqual(await readTensorFloat32(weights.get(name)!), values, name);
  }
}

test("a float32 model is used as it lies; nothing is written", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const { tensors } = await model(folder, [{ name: "c", dtype: "F32", shape: [12], data: c }, halves[3]!]);
  const weights = await float32Weights(await openModelFolder(folder), { cacheDir });
  assert.deepEqual([...weights], [["c", tensors.get("c")]]);
  assert.deepEqual(readdirSync(folder).sort(), ["config.json", "model.safetensors"]);
});

test("16-bit weights are converted exactly, once, to places every system can map", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  const progress: [number, number][] = [];
  const weights = await float32Weights(opened, { cacheDir, onProgress: (...at) => progress.push(at) });
  await checkValues(weights);
  for (const { offset } of weights.values()) assert.equal(offset % 65536, 0);
  const total = 4 * (30_000 + 7 + 12);
  assert.deepEqual(progress.at(-1), [total, total]);

  const made = statSync(cacheFile(cacheDir));
  const refuse = () => assert.fail("converted twice");
  await checkValues(await float32Weights(opened, { cacheDir, onProgress: refuse }));
  const copy = join(temporaryFolder(t), "copy");
  cpSync(folder, copy, { recursive: true });
  await checkValues(await float32Weights(await openModelFolder(copy), { cacheDir, onProgress: refuse }));
  assert.equal(statSync(cacheFile(cacheDir)).ino, made.ino, "a copied model uses the same file");
});

test("a model changed in place, size and all else equal, is converted again", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  await float32Weights(opened, { cacheDir });
  const weights = join(folder, "model.safetensors");
  const bytes = readFileSync(weights);
  const { offset } = opened.tensors.get("a")!;
  bytes.writeUInt16LE(0x4049, offset); // bfloat16 3.140625
  writeFileSync(weights, bytes);
  const again = await float32Weights(await openModelFolder(folder), { cacheDir });
  assert.equal((await readTensorFloat32(again.get("a")!))[0], 3.140625);
});

test("a truncated, damaged or foreign cache file is made again", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  await float32Weights(opened, { cacheDir });
  const file = cacheFile(cacheDir);
  const whole = readFileSync(file);
  const edit = (from: string | RegExp, to: string) =>
    writeFileSync(file, whole.toString("latin1").replace(from, to), "latin1");
  const damages: (() => void | Promise<void>)[] = [
    () => truncateSync(file, 0),
    () => truncateSync(file, 7),
    () => truncateSync(file, 100),
    () => truncateSync(file, whole.byteLength - 1),
    () => writeFileSync(file, "not ours"),
    () => writeSafetensors(file, [{ name: "a", dtype: "F32", shape: [1], data: Float32Array.of(0) }]),
    // Valid files of the same length, but of another model, another version, another shape.
    () => edit(/"source":"./, '"source":"x'),
    () => edit('"version":"1"', '"version":"0"'),
    () => edit('"shape":[300,100]', '"shape":[100,300]'),
  ];
  for (const damage of damages) {
    await damage();
    await checkValues(await float32Weights(opened, { cacheDir }));
    assert.deepEqual(readFileSync(file), whole);
  }
});

test("a damaged record of digests only costs reading the weights again", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  await float32Weights(opened, { cacheDir });
  const record = readdirSync(join(cacheDir, "float32")).find((name) => name.endsWith(".digest.json"))!;
  for (const content of ["", "{", "[]", '{"file": 3}']) {
    writeFileSync(join(cacheDir, "float32", record), content);
    await checkValues(
      await float32Weights(opened, { cacheDir, onProgress: () => assert.fail("converted twice") }),
    );
  }
});

test("many conversions at once end in one whole file", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  const all = await Promise.all(Array.from({ length: 8 }, () => float32Weights(opened, { cacheDir })));
  for (const weights of all) await checkValues(weights);
  assert.deepEqual(
    readdirSync(join(cacheDir, "float32")).filter((name) => name.startsWith(".")),
    [],
  );
});

function pretendFreeSpace(t: TestContext, bytes: number): void {
  t.mock.method(fsPromises, "statfs", async () => ({ bavail: bytes, bsize: 1 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

test("without the space for it nothing is written, and the error says how much is needed", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const opened = await model(folder, halves);
  pretendFreeSpace(t, 100 * 1024);
  await assert.rejects(float32Weights(opened, { cacheDir }), {
    code: "disk-full",
    message: /\d+\.\d KB needed, 100\.0 KB free\); the model's weights are kept there as float32/,
    hint: /TUNESMITH_CACHE/,
  });
  assert.deepEqual(
    readdirSync(join(cacheDir, "float32")).filter((name) => !name.endsWith(".digest.json")),
    [],
  );
});

test("float types that cannot be widened are refused by name", async (t) => {
  const folder = temporaryFolder(t);
  const opened = await model(folder, [{ name: "q", dtype: "F8_E4M3", shape: [3], data: new Uint8Array(3) }]);
  await assert.rejects(float32Weights(opened, { cacheDir: folder }), {
    code: "model-folder-invalid",
    message: /tensor "q" is F8_E4M3/,
  });
});

test("the cache's place: TUNESMITH_CACHE first, then the platform's", (t) => {
  const saved = { ...process.env };
  t.after(() => Object.assign(process.env, saved));
  process.env.TUNESMITH_CACHE = join("some", "where");
  assert.equal(defaultCacheDir(), join("some", "where"));
  delete process.env.TUNESMITH_CACHE;
  if (process.platform !== "linux") return;
  process.env.XDG_CACHE_HOME = "/xdg";
  assert.equal(defaultCacheDir(), "/xdg/tunesmith");
  process.env.XDG_CACHE_HOME = "relative";
  assert.equal(defaultCacheDir(), join(homedir(), ".cache", "tunesmith"));
});
