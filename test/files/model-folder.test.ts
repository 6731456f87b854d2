/** Model folders: single file, shards, Hugging Face's cache of links, and everything that can be missing. */
import assert from "node:assert/strict";
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openModelFolder } from "../../src/files/model-folder.ts";
import { readTensorFloat32 } from "../../src/files/safetensors.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { temporaryFolder } from "./temporary.ts";

const tensor = (name: string, ...values: number[]) => ({
  name,
  dtype: "F32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

async function shardedFolder(folder: string): Promise<void> {
  writeFileSync(join(folder, "config.json"), '{"model_type": "llama"}');
  await writeSafetensors(join(folder, "model-00001-of-00002.safetensors"), [tensor("a", 1), tensor("b", 2)]);
  await writeSafetensors(join(folder, "model-00002-of-00002.safetensors"), [tensor("c", 3)]);
  writeIndex(folder, {
    a: "model-00001-of-00002.safetensors",
    b: "model-00001-of-00002.safetensors",
    c: "model-00002-of-00002.safetensors",
  });
}

function writeIndex(folder: string, weightMap: unknown): void {
  const index = { metadata: { total_size: 12 }, weight_map: weightMap };
  writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
}

test("a folder with one weights file", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "config.json"), '{"model_type": "llama", "rope_scaling": null}');
  await writeSafetensors(join(folder, "model.safetensors"), [tensor("w", 1, 2)]);
  const model = await openModelFolder(folder);
  assert.equal(model.path, folder);
  assert.deepEqual(model.config, { model_type: "llama", rope_scaling: null });
  assert.deepEqual([...(await readTensorFloat32(model.tensors.get("w")!))], [1, 2]);
});

test("shards by their index; model.safetensors wins where both are", async (t) => {
  const folder = temporaryFolder(t);
  await shardedFolder(folder);
  const { tensors } = await openModelFolder(folder);
  assert.deepEqual([...tensors.keys()], ["a", "b", "c"]);
  assert.deepEqual([...(await readTensorFloat32(tensors.get("c")!))], [3]);
  await writeSafetensors(join(folder, "model.safetensors"), [tensor("w", 1)]);
  assert.deepEqual([...(await openModelFolder(folder)).tensors.keys()], ["w"]);
});

test("links, as in Hugging Face's cache, are resolved to the files behind them", async (t) => {
  const root = realpathSync(temporaryFolder(t));
  const snapshot = join(root, "snapshots", "0123");
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(root, "blobs"));
  writeFileSync(join(root, "blobs", "c0"), "{}");
  await writeSafetensors(join(root, "blobs", "77aa"), [tensor("w", 5)]);
  try {
    symlinkSync("../../blobs/c0", join(snapshot, "config.json"));
    symlinkSync("../../blobs/77aa", join(snapshot, "model.safetensors"));
  } catch {
    return t.skip("this system does not let us make links");
  }
  const model = await openModelFolder(snapshot);
  assert.equal(model.tensors.get("w")!.file, join(root, "blobs", "77aa"));
  rmSync(join(root, "blobs", "77aa"));
  await assert.rejects(openModelFolder(snapshot), {
    code: "model-folder-invalid",
    message: /model\.safetensors is a link to a file that is gone/,
  });
});

test("what is missing or damaged is named", async (t) => {
  const folder = temporaryFolder(t);
  const rejects = async (code: string, message: RegExp) =>
    assert.rejects(openModelFolder(folder), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    });
  await assert.rejects(openModelFolder(join(folder, "none")), { code: "file-not-found" });
  await rejects("model-folder-invalid", /has no config\.json/);
  writeFileSync(join(folder, "adapter_config.json"), "{}");
  await rejects("model-folder-invalid", /holds an adapter/);
  rmSync(join(folder, "adapter_config.json"));

  writeFileSync(join(folder, "config.json"), '{\n  "a": 1,\n  "b": tru\n}');
  await assert.rejects(openModelFolder(join(folder, "config.json")), {
    code: "model-folder-invalid",
    message: /is a file/,
  });
  await rejects("model-folder-invalid", /config\.json is not valid JSON at line 3, column 8: unexpected "t"/);
  writeFileSync(join(folder, "config.json"), "[]");
  await rejects("model-folder-invalid", /config\.json holds an array, not an object/);
  writeFileSync(join(folder, "config.json"), "{}");
  await rejects("model-folder-invalid", /has no weights/);
  writeFileSync(join(folder, "pytorch_model.bin"), "");
  await rejects("model-folder-invalid", /"pytorch_model\.bin", a pickle/);

  await shardedFolder(folder);
  rmSync(join(folder, "model-00002-of-00002.safetensors"));
  await rejects("model-folder-invalid", /lacks 1 of 2 weight files: model-00002-of-00002\.safetensors/);
  await shardedFolder(folder);
  writeIndex(folder, { a: "model-00002-of-00002.safetensors" });
  await rejects("model-folder-invalid", /model-00002-of-00002\.safetensors lacks tensor "a"/);
  for (const shard of ["../secret.safetensors", "/etc/passwd", 7, "pytorch_model.bin"]) {
    writeIndex(folder, { a: shard });
    await rejects("model-folder-invalid", /tensor "a" in .*, which is no safetensors file of this folder/);
  }
  writeIndex(folder, ["a"]);
  await rejects("model-folder-invalid", /has no "weight_map"/);
  writeFileSync(join(folder, "model.safetensors"), "");
  await rejects("safetensors-invalid", /model\.safetensors is not a valid safetensors file/);
});
