/** What we write, read by the tools it is for, and the other way round. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cachedModel, downloadModel } from "../../src/files/hub.ts";
import { openModelFolder } from "../../src/files/model-folder.ts";
import { writeModelFolder } from "../../src/files/model-writer.ts";
import { writePeftLora } from "../../src/files/peft.ts";
import { openSafetensors, readTensorFloat32 } from "../../src/files/safetensors.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { FakeHub } from "../support/hub-server.ts";
import { runPeer, withoutPython as skip } from "../support/peers.ts";
import { random, temporaryFolder } from "./temporary.ts";

/** Runs a script with arguments; what it prints is JSON. */
const runPython = (script: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  runPeer("-c", [script, ...args], env);

const next = random(9);
const matrix = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => next() - 0.5),
});

/** A Llama of one layer: 8 wide, 2 heads of 4, 12 in the feed-forward block, 16 tokens. */
const config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: 8,
  intermediate_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  vocab_size: 16,
  max_position_embeddings: 32,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
};
const layer = "model.layers.0";
const tensors = new Map([
  ["model.embed_tokens.weight", matrix(16, 8)],
  [`${layer}.input_layernorm.weight`, matrix(8)],
  [`${layer}.post_attention_layernorm.weight`, matrix(8)],
  ...["q", "k", "v", "o"].map((each) => [`${layer}.self_attn.${each}_proj.weight`, matrix(8, 8)] as const),
  [`${layer}.mlp.gate_proj.weight`, matrix(12, 8)],
  [`${layer}.mlp.up_proj.weight`, matrix(12, 8)],
  [`${layer}.mlp.down_proj.weight`, matrix(8, 12)],
  ["model.norm.weight", matrix(8)],
]);

const loadAndSave = `
import json, sys
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
model_folder, adapter, out = sys.argv[1:]
model, info = AutoModelForCausalLM.from_pretrained(model_folder, output_loading_info=True)
problems = [str(key) for kind in ("missing_keys", "unexpected_keys", "mismatched_keys") for key in info[kind]]
dtype = str(model.dtype)
model = PeftModel.from_pretrained(model, adapter)
state = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if "lm_head" not in name}
save_file(state, out)
lora = model.base_model.model.model.layers[0].self_attn.q_proj
print(json.dumps({"problems": problems, "dtype": dtype, "scale": lora.scaling["default"]}))
`;

test("transformers and PEFT load our folders: every value equal, nothing missing, nothing left over", {
  skip,
}, async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  await writeSafetensors(join(folder, "model.safetensors"), []);
  const base = await openModelFolder(folder);
  const adapters = new Map(
    ["q_proj", "v_proj"].map((name) => [`${layer}.self_attn.${name}`, { A: matrix(2, 8), B: matrix(8, 2) }]),
  );
  const adapter = join(folder, "adapter");
  const targetModules = ["q_proj", "v_proj"];
  await writePeftLora(adapter, {
    rank: 2,
    alpha: 6,
    dropout: 0.1,
    rsLora: true,
    baseModel: "none/such",
    targetModules,
    tensors: adapters,
  });
  for (const shardBytes of [1e9, 500]) {
    const out = join(folder, `model-${shardBytes}`);
    await writeModelFolder(out, base, tensors, { shardBytes });
    const saved = join(folder, "state.safetensors");
    const report = await runPython(loadAndSave, [out, adapter, saved]);
    assert.deepEqual(report, { problems: [], dtype: "torch.float32", scale: 6 / Math.sqrt(2) });
    const state = await openSafetensors(saved);
    const equal = async (key: string, data: Float32Array) =>
      assert.deepEqual(await readTensorFloat32(state.get(`base_model.model.${key}`)!), data, key);
    for (const [name, { data }] of tensors) {
      const path = name.replace(/\.weight$/, "");
      await equal(adapters.has(path) ? `${path}.base_layer.weight` : name, data);
    }
    for (const [path, { A, B }] of adapters) {
      await equal(`${path}.lora_A.default.weight`, A.data);
      await equal(`${path}.lora_B.default.weight`, B.data);
    }
  }
});

test("safetensors reads an aligned file, and finds its tensors where ours does", { skip }, async (t) => {
  const path = join(temporaryFolder(t), "aligned.safetensors");
  const toWrite = [...tensors].map(([name, tensor]) => ({ name, dtype: "F32" as const, ...tensor }));
  await writeSafetensors(path, toWrite, { alignment: 65536, metadata: { a: "b" } });
  const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], "pt") as file:
    print(json.dumps({key: file.get_tensor(key).flatten().tolist() for key in file.keys() if "__pad" not in key}))
`;
  const read = (await runPython(script, [path])) as Record<string, number[]>;
  assert.deepEqual(Object.keys(read).sort(), [...tensors.keys()].sort());
  for (const [name, { data }] of tensors) assert.deepEqual(Float32Array.from(read[name]!), data, name);
});

test("a model downloaded here is found by huggingface_hub without network, and one of its own by us", {
  skip,
}, async (t) => {
  const saved = { ...process.env };
  t.after(() => {
    process.env = saved;
  });
  const hub = await FakeHub.start(t);
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const names = ["config.json", "tokenizer.json", "model.safetensors"];
  const [small, large] = [Buffer.from("{}"), Buffer.alloc(5000, 7)];
  const files = { "config.json": small, "tokenizer.json": small, "model.safetensors": large };
  hub.models.set("example/tiny", { commit, files });
  const [ours, theirs] = [join(temporaryFolder(t), "hub"), join(temporaryFolder(t), "hub")];
  process.env.HF_ENDPOINT = hub.url;

  process.env.HF_HUB_CACHE = ours;
  const snapshot = await downloadModel("example/tiny");
  const find = `
import json, sys
from huggingface_hub import scan_cache_dir, snapshot_download
cache = scan_cache_dir()
print(json.dumps([snapshot_download("example/tiny"), [str(each) for each in cache.warnings], [each.repo_id for each in cache.repos]]))
`;
  assert.deepEqual(await runPython(find, [], { HF_HUB_OFFLINE: "1" }), [snapshot, [], ["example/tiny"]]);

  process.env.HF_HUB_CACHE = theirs;
  const fetchFiles = `
import json, sys
from huggingface_hub import hf_hub_download
print(json.dumps([hf_hub_download("example/tiny", name) for name in sys.argv[1:]]))
`;
  await runPython(fetchFiles, names.slice(0, 2));
  assert.equal(await cachedModel("example/tiny"), undefined, "config and tokenizer are not a model yet");
  await runPython(fetchFiles, names);
  assert.equal(await cachedModel("example/tiny"), join(theirs, "models--example--tiny", "snapshots", commit));
});
