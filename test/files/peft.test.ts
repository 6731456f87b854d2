/** PEFT folders: ours against PEFT's own (fixtures by make-peft.py), patterns against PEFT's scaling, refusals, damage. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { readPeftLora, writePeftLora } from "../../src/files/peft.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { random, temporaryFolder } from "./temporary.ts";

const plain = resolve("test/fixtures/files/peft-plain");
const patterns = resolve("test/fixtures/files/peft-patterns");
const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

test("an adapter read and written again is PEFT's own: the same config, the same weights file byte for byte", async (t) => {
  const lora = await readPeftLora(plain);
  assert.deepEqual(
    [lora.rank, lora.alpha, lora.dropout, lora.rsLora, lora.baseModel, lora.targetModules],
    [4, 8, 0.1, false, "example/tiny", ["q_proj", "v_proj"]],
  );
  assert.deepEqual([...lora.modules.keys()].sort(), [
    "model.layers.0.self_attn.q_proj",
    "model.layers.0.self_attn.v_proj",
    "model.layers.1.self_attn.q_proj",
    "model.layers.1.self_attn.v_proj",
  ]);
  const again = join(temporaryFolder(t), "again");
  await writePeftLora(again, { ...lora, baseModel: "example/tiny", tensors: lora.modules });
  assert.deepEqual(readdirSync(again).sort(), ["adapter_config.json", "adapter_model.safetensors"]);
  assert.deepEqual(
    readJson(join(again, "adapter_config.json")),
    readJson(join(plain, "adapter_config.json")),
  );
  assert.deepEqual(
    readFileSync(join(again, "adapter_model.safetensors")),
    readFileSync(join(plain, "adapter_model.safetensors")),
  );
});

test("ranks and alphas by pattern, with rsLoRA, give PEFT's scaling for every module", async () => {
  const { modules } = await readPeftLora(patterns);
  const expected: Record<string, [number, number]> = readJson(join(patterns, "scaling.json"));
  assert.equal(modules.size, Object.keys(expected).length);
  for (const [path, [rank, scale]] of Object.entries(expected)) {
    const module = modules.get(path)!;
    assert.equal(module.rank, rank, path);
    assert.ok(Math.abs(module.scale - scale) < 1e-12 * scale, `${path}: ${module.scale}, PEFT has ${scale}`);
    assert.deepEqual([module.A.shape[0], module.B.shape[1]], [rank, rank]);
  }
});

test("what is not plain LoRA, or does not fit together, is refused by name", async (t) => {
  const folder = join(temporaryFolder(t), "adapter");
  const good = readJson(join(plain, "adapter_config.json"));
  const refuses = async (changes: object, message: RegExp) => {
    cpSync(plain, folder, { recursive: true });
    writeFileSync(join(folder, "adapter_config.json"), JSON.stringify({ ...good, ...changes }));
    await assert.rejects(readPeftLora(folder), { code: "adapter-invalid", message });
  };
  await refuses({ peft_type: "IA3" }, /"peft_type": "IA3" is not supported/);
  await refuses({ peft_type: undefined }, /"peft_type" is undefined/);
  await refuses({ task_type: "SEQ_CLS" }, /"task_type": "SEQ_CLS" is not supported/);
  await refuses({ use_dora: true }, /"use_dora": true is not supported/);
  await refuses({ bias: "lora_only" }, /"bias": "lora_only" is not supported/);
  await refuses({ modules_to_save: ["lm_head"] }, /"modules_to_save": \["lm_head"\] is not supported/);
  await refuses({ init_lora_weights: "pissa_niter_4" }, /"init_lora_weights": "pissa_niter_4"/);
  await refuses({ fan_in_fan_out: true }, /"fan_in_fan_out"/);
  await refuses({ r: 0 }, /"r" is 0, but should be a whole number/);
  await refuses({ r: 3 }, /q_proj\.lora_A\.weight" is \[4, 8\], but should be \[rank, in\] with rank 3/);
  await refuses({ rank_pattern: { v_proj: 2 } }, /v_proj\.lora_A\.weight" is \[4, 8\]/);
  await refuses({ rank_pattern: { "v_proj(": 4 } }, /"rank_pattern" gives 4 to "v_proj\("/);
  await refuses({ alpha_pattern: { v_proj: "4" } }, /"alpha_pattern" gives "4" to "v_proj"/);
  await refuses({ lora_alpha: "8" }, /"lora_alpha" is "8"/);
  await refuses({ lora_dropout: 1.5 }, /"lora_dropout" is 1.5/);
  await refuses({ target_modules: [1] }, /"target_modules"/);

  const weights = join(folder, "adapter_model.safetensors");
  const tensor = (name: string, shape: number[]) => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    return { name: `base_model.model.${name}`, dtype: "F32" as const, shape, data };
  };
  cpSync(plain, folder, { recursive: true });
  const withWeights = async (tensors: ReturnType<typeof tensor>[], message: RegExp) => {
    await writeSafetensors(weights, tensors);
    await assert.rejects(readPeftLora(folder), { code: "adapter-invalid", message });
  };
  const A = tensor("q_proj.lora_A.weight", [4, 8]);
  const B = tensor("q_proj.lora_B.weight", [8, 4]);
  await withWeights([A], /has only lora_A of "q_proj"/);
  await withWeights([], /holds no LoRA weights/);
  await withWeights([A, B, tensor("q_proj.lora_magnitude_vector", [8])], /holds ".*lora_magnitude_vector"/);
  await withWeights([A, tensor("q_proj.lora_B.weight", [4, 8])], /lora_B\.weight" is \[4, 8\]/);
  await withWeights([A, tensor("q_proj.lora_B.weight", [32])], /lora_B\.weight" is \[32\]/);
  await withWeights([A, tensor("q_proj.lora_B.weight", [0, 4])], /lora_B\.weight" is \[0, 4\]/);

  rmSync(weights);
  await assert.rejects(readPeftLora(folder), {
    code: "adapter-invalid",
    message: /has no adapter_model\.safetensors/,
  });
  writeFileSync(join(folder, "adapter_model.bin"), "");
  await assert.rejects(readPeftLora(folder), { code: "adapter-invalid", message: /a pickle/ });
  rmSync(join(folder, "adapter_config.json"));
  await assert.rejects(readPeftLora(folder), {
    code: "adapter-invalid",
    message: /has no adapter_config\.json/,
  });
  await assert.rejects(readPeftLora(join(folder, "none")), { code: "file-not-found" });
});

test("writing replaces an earlier adapter, and leaves a folder with other files alone", async (t) => {
  const folder = join(temporaryFolder(t), "adapter");
  const lora = await readPeftLora(plain);
  const toWrite = { ...lora, baseModel: "b", tensors: lora.modules };
  await writePeftLora(folder, toWrite);
  await writePeftLora(folder, { ...toWrite, alpha: 3 });
  assert.equal((await readPeftLora(folder)).alpha, 3);
  mkdirSync(join(folder, "notes"));
  await assert.rejects(writePeftLora(folder, toWrite), { code: "file-unwritable", message: /"notes"/ });
});

test("with bits flipped anywhere in the config, or the weights cut off, the answer is an error or a whole adapter", async (t) => {
  const folder = join(temporaryFolder(t), "adapter");
  cpSync(patterns, folder, { recursive: true });
  const next = random(11);
  const [config, weights] = ["adapter_config.json", "adapter_model.safetensors"].map((name) => {
    const path = join(folder, name);
    return { path, bytes: readFileSync(path) };
  });
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const flipped = Buffer.from(config!.bytes);
    const at = Math.floor(next() * flipped.byteLength);
    flipped[at] = flipped[at]! ^ (1 << Math.floor(next() * 8));
    writeFileSync(config!.path, flipped);
    try {
      assert.equal((await readPeftLora(folder)).modules.size, 14);
    } catch (error) {
      assert.ok(error instanceof TunesmithError, `${error}`);
      refused++;
    }
  }
  assert.ok(refused > 50, `${refused}`);
  writeFileSync(config!.path, config!.bytes);
  for (let i = 0; i < 100; i++) {
    writeFileSync(weights!.path, weights!.bytes.subarray(0, Math.floor(next() * weights!.bytes.byteLength)));
    await assert.rejects(readPeftLora(folder), { code: "safetensors-invalid" });
  }
});
