/** The session process over its real channel: outlooks, the hub, cancelling, and its death. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Plan, PlanOutlook } from "../../src/contracts/session.ts";
import { catalogue } from "../../src/estimate/catalogue.ts";
import { SessionClient } from "../../src/host/session-client.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { outlook } from "../../src/trainer/session/outlook.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { FakeHub } from "../support/hub-server.ts";

const root = temporaryFolder();
const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const sample = file("assets/sample/support.jsonl");
const said: string[] = [];

const tellsItsProcess = "data:text/javascript,console.error('pid '+process.pid)";

function startSession(): SessionClient {
  const program = {
    node: process.execPath,
    session: file("src/trainer/session.ts"),
    extra: ["--import", import.meta.resolve("tsx"), "--import", tellsItsProcess],
  };
  return new SessionClient(
    async () => program,
    (text) => said.push(text),
  );
}

const plan = (model: string, more: Partial<Plan> = {}): Plan => ({
  model,
  config: null,
  method: "lora",
  preset: "balanced",
  ...more,
});

function known(found: PlanOutlook | undefined): Extract<PlanOutlook, { error: null }> {
  if (found?.error !== null) assert.fail(JSON.stringify(found?.error));
  return found;
}

describe("an outlook", () => {
  const session = startSession();
  after(() => session.dispose());

  it("measures the rows by the model's own tokenizer, or says that it guesses", async () => {
    const [smol] = catalogue;
    const plans = [
      plan("tiny"),
      plan("tiny", { method: "full" }),
      plan(smol!.name, { config: { ...smol!.config } }),
    ];
    const result = await session.request("outlook", { dataset: sample, plans });
    assert.deepEqual(result.rows, { train: 480, validation: 60, test: 60 });
    const [lora, full, remote] = result.plans.map(known);
    assert.deepEqual(
      [lora, full, remote].map((each) => each!.about),
      [false, false, true],
    );
    // Words are tokens of the bundled model: the longest row of the sample, and what its template writes.
    const words = readFileSync(sample, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).prompt.split(" ").length);
    assert.ok(Math.abs(lora!.why.longest - Math.max(...words)) <= 6, `${lora!.why.longest} tokens`);
    assert.equal(lora!.train.epochs, 3);
    assert.equal(lora!.outlook.parameters, 965_760);
    assert.equal(full!.outlook.trainableParameters, 965_760);
    assert.equal(remote!.outlook.parameters, smol!.parameters);
    assert.ok(remote!.outlook.seconds > 20 * lora!.outlook.seconds);
  });

  it("is the estimate of the recipe that comes of it", async () => {
    const [found] = (await session.request("outlook", { dataset: sample, plans: [plan("tiny")] })).plans;
    const { train, outlook } = known(found);
    const recipe = { model: "tiny", data: { train: sample }, method: { name: "lora" }, train };
    const estimate = await session.request("estimate", { recipe, directory: root });
    const figures = ({ steps, seconds, memoryBytes, diskBytes }: typeof estimate) => ({
      steps,
      seconds,
      memoryBytes,
      diskBytes,
    });
    assert.deepEqual(figures(outlook), figures(estimate));
  });

  it("offers settings that fit where the plan does not", async () => {
    const long = join(root, "long.jsonl");
    const row = JSON.stringify({ prompt: "word ".repeat(3000), completion: "yes" });
    writeFileSync(long, `${Array(40).fill(row).join("\n")}\n`);
    const giant = {
      architectures: ["LlamaForCausalLM"],
      hidden_size: 4096,
      intermediate_size: 11_008,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      vocab_size: 32_000,
      max_position_embeddings: 4096,
    };
    const plans = [plan("acme/giant", { config: giant, method: "full" })];
    const [found] = (await session.request("outlook", { dataset: long, plans })).plans;
    const { outlook, train } = known(found);
    assert.equal(outlook.parameters, 6_738_415_616);
    assert.equal(outlook.fits, false);
    assert.ok(outlook.memoryBytes > 100e9);
    assert.equal(train.batchSize, 1);
  });

  it("sees a dataset that has changed", async () => {
    const path = join(root, "changing.jsonl");
    const rows = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        JSON.stringify({ prompt: `question ${i}`, completion: `${i % 7}` }),
      );
    const total = async () => {
      const { rows } = await session.request("outlook", { dataset: path, plans: [] });
      return rows.train + rows.validation + rows.test;
    };
    writeFileSync(path, rows(20).join("\n"));
    assert.equal(await total(), 20);
    writeFileSync(path, rows(31).join("\n"));
    assert.equal(await total(), 31);
  });

  it("follows many rows by those it tokenizes", async () => {
    const path = join(root, "many.jsonl");
    const text = (i: number) => "red green blue ".repeat(1 + (i % 20));
    const rows = Array.from({ length: 4000 }, (_, i) => ({
      prompt: `${i} ${text(i)}`,
      completion: `${i % 9}`,
    }));
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    const [found] = (await session.request("outlook", { dataset: path, plans: [plan("tiny")] })).plans;
    const { outlook, train } = known(found);
    const recipe = { model: "tiny", data: { train: path }, method: { name: "lora" }, train };
    const exact = await session.request("estimate", { recipe, directory: root });
    assert.ok(
      Math.abs(outlook.seconds / exact.seconds - 1) < 0.15,
      `${outlook.seconds} and ${exact.seconds} s`,
    );
    assert.equal(outlook.steps, exact.steps);
    assert.ok(Math.abs(outlook.memoryBytes / exact.memoryBytes - 1) < 0.05);
  });

  it("names the file and the line of what is wrong with a dataset", async () => {
    const path = join(root, "broken.jsonl");
    writeFileSync(path, '\n{"prompt": "a", }\n');
    const failing = session.request("outlook", { dataset: path, plans: [plan("tiny")] });
    await assert.rejects(failing, (error: TunesmithError) => {
      assert.equal(error.code, "dataset-invalid");
      assert.match(error.message, /broken\.jsonl.*line 2, column 17/);
      return true;
    });
    writeFileSync(path, '{"a": 1, "b": 2, "c": 3}\n');
    const unknown = session.request("outlook", { dataset: path, plans: [] });
    await assert.rejects(unknown, { code: "dataset-format-unknown" });
    const missing = session.request("outlook", { dataset: join(root, "none.jsonl"), plans: [] });
    await assert.rejects(missing, { code: "file-not-found" });
  });

  it("says of one model why it cannot be, and tells the others all the same", async () => {
    const bert = { architectures: ["BertForMaskedLM"] };
    const plans = [
      plan("acme/bert", { config: bert }),
      plan(join(root, "none")),
      plan("acme/none"),
      plan("tiny"),
    ];
    const found = (await session.request("outlook", { dataset: sample, plans })).plans;
    assert.deepEqual(
      found.map(({ error }) => error?.code),
      ["architecture-unsupported", "file-not-found", "hub-unreachable", undefined],
    );
  });

  it("can be cancelled, and answers the next one", async () => {
    const stop = new AbortController();
    const plans = Array.from({ length: 5000 }, () => plan("tiny"));
    const cancelled = session.request("outlook", { dataset: sample, plans }, { signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(cancelled, { code: "cancelled" });
    await session.request("outlook", { dataset: sample, plans: [plan("tiny")] });
    // The process cannot be seen to stop; its handler can.
    const asked = { signal: AbortSignal.timeout(100), progress() {} };
    await assert.rejects(outlook({ dataset: sample, plans }, asked), { name: "TimeoutError" });
  });
});

/** A session whose hub is the stand-in, and whose cache is empty. */
async function withHub(t: TestContext): Promise<{ hub: FakeHub; session: SessionClient; cache: string }> {
  const hub = await FakeHub.start(t);
  const cache = join(root, `cache-${hub.url.split(":").at(-1)}`);
  const set = {
    HF_ENDPOINT: hub.url,
    HF_HUB_CACHE: cache,
    HF_HOME: join(cache, "home"),
    HF_TOKEN: undefined,
  };
  const before = Object.fromEntries(Object.keys(set).map((name) => [name, process.env[name]]));
  const put = (values: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  put(set);
  const session = startSession();
  t.after(() => {
    session.dispose();
    put(before);
  });
  return { hub, session, cache };
}

const tinyFile = (name: string) => readFileSync(file(`assets/tiny/${name}`));
const files = Object.fromEntries(
  ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"].map(
    (name) => [name, tinyFile(name)],
  ),
);
const commit = "0123456789abcdef0123456789abcdef01234567";
const model = "acme/tiny";

describe("the session and the hub", () => {
  it("describes a model before it is fetched, fetches it, and knows its tokenizer then", async (t) => {
    const { hub, session, cache } = await withHub(t);
    hub.models.set(model, { commit, files });
    const { config, parameters, downloadBytes } = await session.request("hubModel", { model, token: null });
    assert.equal(parameters, 965_760);
    const wanted = ["model.safetensors", "tokenizer.json", "tokenizer_config.json"];
    assert.equal(
      downloadBytes,
      wanted.reduce((sum, name) => sum + files[name]!.length, 0),
    );
    const outlook = async () => {
      const request = { dataset: sample, plans: [plan(model, { config })] };
      return known((await session.request("outlook", request)).plans[0]);
    };
    assert.equal((await outlook()).about, true);

    const progress: { done: number; total: number }[] = [];
    const onProgress = (value: { done: number; total: number }) => void progress.push(value);
    const { folder } = await session.request("download", { model, token: null }, { onProgress });
    assert.ok(folder.startsWith(cache));
    assert.deepEqual(readFileSync(join(folder, "model.safetensors")), files["model.safetensors"]);
    const total = Object.values(files).reduce((sum, content) => sum + content.length, 0);
    assert.deepEqual(progress.at(-1), { done: total, total });
    assert.equal((await outlook()).about, false);
  });

  it("hands the token to the hub, tells it nobody else, and forgets it with the next request", async (t) => {
    const { hub, session, cache } = await withHub(t);
    const token = "hf_secret0123456789";
    hub.models.set(model, { commit, files, locked: { status: 401, code: "GatedRepo", token } });
    const refused = session.request("hubModel", { model, token: null });
    await assert.rejects(refused, { code: "hub-unauthorized" });
    await session.request("hubModel", { model, token });
    await session.request("download", { model, token });
    const storage = hub.requests.filter((request) => request.storage);
    assert.ok(storage.length > 0 && storage.every(({ authorization }) => authorization === undefined));
    await assert.rejects(session.request("hubModel", { model, token: null }), { code: "hub-unauthorized" });
    assert.ok(!said.join("\n").includes(token), "not in the log");
    assert.ok(!existsSync(join(cache, "home", "token")), "not on disk");
  });

  it("stops a download that is cancelled, and goes on with it where it ended", async (t) => {
    const { hub, session, cache } = await withHub(t);
    hub.models.set(model, { commit, files });
    const stop = new AbortController();
    const snapshot = join(cache, "models--acme--tiny", "snapshots", commit);
    hub.onFile = async (name) => {
      if (name !== "model.safetensors" || stop.signal.aborted) return;
      while (!existsSync(join(snapshot, "tokenizer.json"))) await sleep(20);
      stop.abort();
      await sleep(300);
    };
    const cancelled = session.request("download", { model, token: null }, { signal: stop.signal });
    await assert.rejects(cancelled, { code: "cancelled" });
    await sleep(1000);
    assert.ok(!existsSync(join(snapshot, "model.safetensors")), "it does not go on by itself");
    const seen = hub.requests.length;
    await session.request("download", { model, token: null });
    const again = hub.requests.slice(seen).map(({ path }) => path.split("/").at(-1));
    assert.ok(again.includes("model.safetensors"));
    assert.ok(!again.includes("tokenizer.json"), "what was there is not fetched again");
  });

  it("says what is no model that can be trained here, and that there is no such model", async (t) => {
    const { hub, session } = await withHub(t);
    const bert = Buffer.from(JSON.stringify({ architectures: ["BertForMaskedLM"] }));
    hub.models.set("acme/bert", { commit, files: { ...files, "config.json": bert } });
    hub.models.set("acme/pickle", {
      commit,
      files: { "config.json": files["config.json"]!, "model.bin": bert },
    });
    const ask = (name: string) => session.request("hubModel", { model: name, token: null });
    await assert.rejects(ask("acme/bert"), { code: "architecture-unsupported" });
    await assert.rejects(ask("acme/pickle"), { code: "model-folder-invalid" });
    await assert.rejects(ask("acme/none"), { code: "hub-not-found" });
    hub.portal = "<html>Accept our terms</html>";
    await assert.rejects(ask(model), { code: "hub-corrupt" });
    hub.stop();
    await assert.rejects(ask(model), { code: "hub-unreachable" });
  });
});

describe("a session that dies", () => {
  it("fails what is asked, and the next question starts another", async (t) => {
    const session = startSession();
    t.after(() => session.dispose());
    const ask = (count: number) =>
      session.request("outlook", {
        dataset: sample,
        plans: Array.from({ length: count }, () => plan("tiny")),
      });
    await ask(1);
    const asked = ask(3000);
    process.kill(Number(/pid (\d+)/.exec(said.at(-1)!)![1]), "SIGKILL");
    await assert.rejects(asked, (error: unknown) => {
      assert.ok(error instanceof TunesmithError);
      assert.equal(error.code, "session-failed");
      assert.match(error.message, /SIGKILL/);
      return true;
    });
    const { plans } = await ask(1);
    assert.equal(known(plans[0]).outlook.parameters, 965_760);
  });
});
