/** Writing model folders: read back with our reader, types, shards, companions, refusals. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openModelFolder } from "../../src/files/model-folder.ts";
import { writeModelFolder } from "../../src/files/model-writer.ts";
import { readTensorFloat32 } from "../../src/files/safetensors.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { random, temporaryFolder } from "./temporary.ts";

const next = random(4);
const values = (count: number) => Float32Array.from({ length: count }, () => next() * 2 - 1);
const tensors = new Map([
  ["model.embed_tokens.weight", { shape: [50, 4], data: values(200) }],
  ["model.layers.0.self_attn.q_proj.weight", { shape: [4, 4], data: values(16) }],
  ["model.norm.weight", { shape: [4], data: values(4) }],
]);

async function baseModel(t: TestContext, config: object = { model_type: "llama", torch_dtype: "bfloat16" }) {
  const folder = join(temporaryFolder(t), "base");
  mkdirSync(folder);
  const files = {
    "config.json": JSON.stringify(config),
    "tokenizer.json": "{}",
    "tokenizer_config.json": '{"a": 1}',
    "special_tokens_map.json": "{}",
    "chat_template.jinja": "{{ messages }}",
    "generation_config.json": "{}",
    LICENSE: "Apache-2.0",
    "README.md": "about the base model",
    "modeling_custom.py": "import os",
    "training_args.bin": "pickle",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const data = new Float32Array(1);
  await writeSafetensors(join(folder, "model.safetensors"), [
    { name: "old", dtype: "F32", shape: [1], data },
  ]);
  return openModelFolder(folder);
}

const companionsOfBase = [
  "LICENSE",
  "chat_template.jinja",
  "config.json",
  "generation_config.json",
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
];

test("float32: config with the new dtype, companions, the tensors as given and no others", async (t) => {
  const base = await baseModel(t);
  const out = join(temporaryFolder(t), "out");
  await writeModelFolder(out, base, tensors);
  assert.deepEqual(readdirSync(out).sort(), [...companionsOfBase, "model.safetensors"].sort());
  assert.equal(readFileSync(join(out, "tokenizer_config.json"), "utf8"), '{"a": 1}');
  const model = await openModelFolder(out);
  assert.deepEqual(model.config, { model_type: "llama", torch_dtype: "float32" });
  assert.deepEqual([...model.tensors.keys()].sort(), [...tensors.keys()].sort());
  for (const [name, { shape, data }] of tensors) {
    assert.deepEqual(model.tensors.get(name)!.shape, shape);
    assert.deepEqual(await readTensorFloat32(model.tensors.get(name)!), data, name);
  }
});

test("16-bit types round each value by at most half a unit in the last place", async (t) => {
  const base = await baseModel(t, { dtype: "float32" });
  for (const [dtype, bits, name] of [
    ["F16", 11, "float16"],
    ["BF16", 8, "bfloat16"],
  ] as const) {
    const out = join(temporaryFolder(t), "out");
    await writeModelFolder(out, base, tensors, { dtype });
    const model = await openModelFolder(out);
    assert.deepEqual(model.config, { dtype: name });
    for (const [tensor, { data }] of tensors) {
      const entry = model.tensors.get(tensor)!;
      assert.equal(entry.dtype, dtype);
      const read = await readTensorFloat32(entry);
      // Below 2⁻¹⁴ float16 is spaced evenly, 2⁻²⁴ apart.
      for (const [i, value] of data.entries()) {
        assert.ok(Math.abs(read[i]! - value) <= Math.max(Math.abs(value) * 2 ** -bits, 2 ** -25), `${value}`);
      }
    }
  }
});

test("config.json keeps the name its dtype has, and gets the older one where it has none", async (t) => {
  for (const [before, after] of [
    [{}, { torch_dtype: "float32" }],
    [{ dtype: "x" }, { dtype: "float32" }],
    [
      { torch_dtype: "x", dtype: "x" },
      { torch_dtype: "float32", dtype: "float32" },
    ],
  ]) {
    const out = join(temporaryFolder(t), "out");
    await writeModelFolder(out, await baseModel(t, before), tensors);
    assert.deepEqual((await openModelFolder(out)).config, after);
  }
});

test("large models go into shards with an index, and replace an earlier single file", async (t) => {
  const base = await baseModel(t);
  const out = join(temporaryFolder(t), "out");
  await writeModelFolder(out, base, tensors);
  await writeModelFolder(out, base, tensors, { shardBytes: 100 });
  assert.deepEqual(
    readdirSync(out).filter((name) => name.startsWith("model")),
    ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
  );
  assert.deepEqual(JSON.parse(readFileSync(join(out, "model.safetensors.index.json"), "utf8")), {
    metadata: { total_size: 4 * 220 },
    weight_map: {
      "model.embed_tokens.weight": "model-00001-of-00002.safetensors",
      "model.layers.0.self_attn.q_proj.weight": "model-00002-of-00002.safetensors",
      "model.norm.weight": "model-00002-of-00002.safetensors",
    },
  });
  const model = await openModelFolder(out);
  for (const [name, { data }] of tensors) {
    assert.deepEqual(await readTensorFloat32(model.tensors.get(name)!), data, name);
  }
});

test("companions that are links, as in Hugging Face's cache, are copied as files", async (t) => {
  const base = await baseModel(t);
  writeFileSync(join(base.path, "..", "blob"), "[]");
  try {
    symlinkSync(join("..", "blob"), join(base.path, "added_tokens.json"));
  } catch {
    return t.skip("this system does not let us make links");
  }
  const out = join(temporaryFolder(t), "out");
  await writeModelFolder(out, base, tensors);
  const entry = readdirSync(out, { withFileTypes: true }).find(({ name }) => name === "added_tokens.json");
  assert.ok(entry?.isFile());
});

test("what must not or cannot be written leaves no folder", async (t) => {
  const base = await baseModel(t);
  const parent = temporaryFolder(t);
  const out = join(parent, "out");
  await assert.rejects(writeModelFolder(base.path, base, tensors), {
    code: "file-unwritable",
    message: /base model's own/,
  });
  const tooLarge = new Map([["w", { shape: [2], data: Float32Array.of(1, -65520) }]]);
  await assert.rejects(writeModelFolder(out, base, tooLarge, { dtype: "F16" }), {
    code: "does-not-fit",
    message: /tensor "w" holds -65520/,
  });
  const infinite = new Map([["w", { shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) }]]);
  await writeModelFolder(join(parent, "infinite"), base, infinite, { dtype: "F16" });
  assert.deepEqual(readdirSync(parent), ["infinite"]);
});
