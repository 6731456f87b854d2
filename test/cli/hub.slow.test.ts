/** A model by its hub name, with the real program and a hub on this machine: fetched once, then never asked for again. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FakeHub } from "../support/hub-server.ts";
import { environment, folder, json, project } from "./cli.ts";

const name = "example/tiny-chat";
const commit = "0123456789abcdef0123456789abcdef01234567";
const bundled = fileURLToPath(new URL("../../assets/tiny", import.meta.url));

test("`tune` and `generate` fetch a hub model into Hugging Face's cache, and work from there without the hub", async (t) => {
  const files = Object.fromEntries(
    readdirSync(bundled).map((file) => [file, readFileSync(join(bundled, file))]),
  );
  const hub = await FakeHub.start(t);
  hub.models.set(name, { commit, files });
  environment.HF_ENDPOINT = hub.url;
  environment.HF_HOME = join(folder, "home-of-hugging-face");

  const place = project({ model: name });
  const tuned = await json(place, "tune", "recipe.json", "--run", "run");
  assert.deepEqual([tuned.code, tuned.state, tuned.steps], [0, "done", 4]);

  const repository = join(environment.HF_HOME, "hub", "models--example--tiny-chat");
  assert.equal(readFileSync(join(repository, "refs", "main"), "utf8"), commit);
  for (const file of ["config.json", "tokenizer.json", "chat_template.jinja", "model.safetensors"]) {
    assert.deepEqual(readFileSync(join(repository, "snapshots", commit, file)), files[file], file);
  }
  const ofWeights = hub.requests.filter(({ path }) => path.endsWith("/model.safetensors"));
  assert.equal(ofWeights.filter(({ method, storage }) => method === "GET" && storage).length, 1);
  const adapter = join(place, "run", "adapter");
  const settings = JSON.parse(readFileSync(join(adapter, "adapter_config.json"), "utf8"));
  assert.equal(settings.base_model_name_or_path, name, "the adapter names the model as the hub does");

  const asked = hub.requests.length;
  const prompt = ["--prompt", "my booking number 7", "--max-tokens", "4"];
  const answer = await json(place, "generate", "--model", name, "--adapter", adapter, ...prompt);
  assert.equal(answer.code, 0);
  assert.equal(hub.requests.length, asked, "the second call asks the hub for nothing");

  hub.stop();
  const again = await json(place, "generate", "--model", name, "--adapter", adapter, ...prompt);
  assert.deepEqual([again.code, again.text], [0, answer.text], "nor does it need one");
  const bundledAnswer = await json(place, "generate", "--model", "tiny", "--adapter", adapter, ...prompt);
  assert.equal(bundledAnswer.text, answer.text, "it is the model that was uploaded");
  const missing = await json(place, "generate", "--model", "example/other", ...prompt);
  assert.deepEqual([missing.code, missing.error.code], [1, "hub-unreachable"]);
  assert.ok(!existsSync(join(environment.HF_HOME, "hub", "models--example--other")));
});
