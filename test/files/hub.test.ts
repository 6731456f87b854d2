/** Downloads against a stand-in of the hub on this machine: cache layout, resuming, hashes, refusals, no network. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { hostname } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cachedModel, downloadModel, hubCacheDir, listCachedModels } from "../../src/files/hub.ts";
import { etagOf, FakeHub } from "../support/hub-server.ts";
import { temporaryFolder } from "./temporary.ts";

const name = "example/Tiny-Model";
const commit = "0123456789abcdef0123456789abcdef01234567";
const files = {
  "config.json": Buffer.from('{"model_type": "llama"}'),
  "generation_config.json": Buffer.from("{}"),
  "tokenizer.json": Buffer.from('{"version": "1.0"}'),
  "tokenizer_config.json": Buffer.from('{"a": 1}'),
  "chat_template.jinja": Buffer.from("{{ messages }}"),
  "model.safetensors": randomBytes(300_000),
};
const others = {
  "README.md": Buffer.from("about"),
  "pytorch_model.bin": Buffer.from("pickle"),
  "consolidated.safetensors": Buffer.from("the same again"),
  "modeling_custom.py": Buffer.from("import os"),
  "onnx/config.json": Buffer.from("{}"),
  "tokenizer/../../escaped.json": Buffer.from("{}"),
};
const variables = [
  "HF_ENDPOINT",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HUGGINGFACE_HUB_CACHE",
  "HF_TOKEN",
  "HUGGING_FACE_HUB_TOKEN",
  "HF_TOKEN_PATH",
  "HF_HUB_OFFLINE",
  "TRANSFORMERS_OFFLINE",
  "XDG_CACHE_HOME",
];

/** A hub with one model, and an empty cache that the environment points to. */
async function start(t: TestContext) {
  const saved = Object.fromEntries(variables.map((variable) => [variable, process.env[variable]]));
  t.after(() => {
    for (const [variable, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[variable];
      else process.env[variable] = value;
    }
  });
  for (const variable of variables) delete process.env[variable];
  const hub = await FakeHub.start(t);
  const home = temporaryFolder(t);
  process.env.HF_ENDPOINT = `${hub.url}/`;
  process.env.HF_HOME = home;
  const model = { commit, files: { ...files, ...others } };
  hub.models.set(name, model);
  const repo = join(home, "hub", "models--example--Tiny-Model");
  const download = (options: Parameters<typeof downloadModel>[1] = {}) =>
    downloadModel(name, { retryDelayMs: 1, ...options });
  const incomplete = () => readdirSync(join(repo, "blobs")).filter((blob) => blob.endsWith(".incomplete"));
  return { hub, home, model, repo, download, incomplete };
}

function checkSnapshot(snapshot: string): void {
  assert.deepEqual(readdirSync(snapshot).sort(), Object.keys(files).sort());
  for (const [file, content] of Object.entries(files)) {
    assert.ok(readFileSync(join(snapshot, file)).equals(content), file);
  }
}

test("a model comes whole, without pickles and code, in the layout of Hugging Face's cache", async (t) => {
  const { hub, home, repo, download } = await start(t);
  const progress: { done: number; total: number }[] = [];
  const snapshot = await download({ onProgress: (at) => progress.push(at) });
  assert.equal(snapshot, join(repo, "snapshots", commit));
  checkSnapshot(snapshot);
  assert.equal(readFileSync(join(repo, "refs", "main"), "utf8"), commit);
  assert.deepEqual(readdirSync(join(repo, "blobs")).sort(), Object.values(files).map(etagOf).sort());
  if (process.platform !== "win32") {
    const weights = join(snapshot, "model.safetensors");
    assert.equal(readlinkSync(weights), join("..", "..", "blobs", etagOf(files["model.safetensors"])));
    assert.ok(lstatSync(weights).isSymbolicLink());
  }
  const total = Object.values(files).reduce((sum, { byteLength }) => sum + byteLength, 0);
  assert.deepEqual({ ...progress.at(-1), file: "" }, { done: total, total, file: "" });
  assert.ok(hub.requests.every(({ path }) => !/\.(bin|py|md)$|consolidated|escaped/.test(path)));
  assert.deepEqual(readdirSync(home), ["hub"]);

  // From now on nothing needs the network.
  hub.stop();
  assert.equal(await cachedModel(name), snapshot);
  assert.equal(await cachedModel(name, commit), snapshot);
  assert.equal(await cachedModel(name, "other"), undefined);
  assert.deepEqual(await listCachedModels(), [{ name, commit, path: snapshot }]);
  process.env.HF_HUB_OFFLINE = "1";
  assert.equal(await download(), snapshot);
});

test("downloading again fetches nothing; a lost link or blob is put back", async (t) => {
  const { hub, repo, download } = await start(t);
  const snapshot = await download();
  const fetched = () => hub.requests.filter(({ path }) => path.includes("/resolve/")).map(({ path }) => path);
  hub.requests.length = 0;
  await download();
  assert.deepEqual(fetched(), []);
  for (const needed of ["config.json", "tokenizer.json", "model.safetensors"]) {
    rmSync(join(snapshot, needed));
    assert.equal(await cachedModel(name), undefined, needed);
    checkSnapshot(await download());
  }
  assert.deepEqual(fetched(), []);
  rmSync(join(repo, "blobs", etagOf(files["tokenizer.json"])));
  rmSync(join(snapshot, "tokenizer.json"), { force: true });
  checkSnapshot(await download());
  assert.deepEqual(fetched(), [`/${name}/resolve/${commit}/tokenizer.json`]);
});

test("a cut connection is taken up where it broke", async (t) => {
  const { hub, download } = await start(t);
  hub.cut.set("model.safetensors", [100_000, 50_000]);
  checkSnapshot(await download());
  const ranges = hub.requests.filter(({ storage }) => storage).map(({ range }) => range);
  assert.equal(ranges.length, 3);
  assert.equal(ranges[0], undefined);
  const [first, second] = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range!)![1]));
  assert.ok(first! > 0 && first! <= 100_000 && second! > first! && second! <= 150_000, `${ranges}`);
});

test("an interrupted download goes on the next time, even after the process was killed", async (t) => {
  const { hub, repo, download, incomplete } = await start(t);
  hub.cut.set("model.safetensors", [120_000, 0, 0, 0, 0]);
  await assert.rejects(download(), {
    code: "hub-unreachable",
    message: /ended early|other side closed|terminated|SOCKET|RESET/,
  });
  assert.equal(await cachedModel(name), undefined);
  const [part, ...more] = incomplete();
  assert.deepEqual(more, []);

  // A killed process leaves its own name behind; 4194304 is above Linux's largest process id.
  const etag = etagOf(files["model.safetensors"]);
  const killed = `${etag}.${hostname().replace(/\W/g, "_")}-4194305-0badcafe.incomplete`;
  await fsPromises.rename(join(repo, "blobs", part!), join(repo, "blobs", killed));
  const size = lstatSync(join(repo, "blobs", killed)).size;
  assert.ok(size > 0);
  hub.cut.clear();
  hub.requests.length = 0;
  checkSnapshot(await download());
  assert.deepEqual(
    hub.requests.filter(({ storage }) => storage).map(({ range }) => range),
    [`bytes=${size}-`],
  );
  assert.deepEqual(incomplete(), []);
});

test("what another living process, or Python, is downloading is left alone", async (t) => {
  const { repo, download, incomplete } = await start(t);
  const etag = etagOf(files["model.safetensors"]);
  const theirs = [
    `${etag}.${hostname().replace(/\W/g, "_")}-${process.ppid}-0badcafe.incomplete`,
    `${etag}.incomplete`,
    `${etag}.1a2b3c4d.incomplete`,
  ];
  mkdirSync(join(repo, "blobs"), { recursive: true });
  for (const part of theirs) writeFileSync(join(repo, "blobs", part), "theirs");
  checkSnapshot(await download());
  assert.deepEqual(incomplete().sort(), theirs.sort());
});

test("a part that is wrong is thrown away once, and the file fetched from its start", async (t) => {
  const { hub, repo, download, incomplete } = await start(t);
  mkdirSync(join(repo, "blobs"), { recursive: true });
  const etag = etagOf(files["model.safetensors"]);
  for (const wrong of [Buffer.alloc(1000), Buffer.alloc(300_000), Buffer.alloc(300_001)]) {
    rmSync(join(repo, "blobs", etag), { force: true });
    rmSync(join(repo, "snapshots"), { recursive: true, force: true });
    writeFileSync(join(repo, "blobs", `${etag}.tunesmith.incomplete`), wrong);
    let last = { done: 0, total: 1 };
    checkSnapshot(await download({ onProgress: (at) => (last = at) }));
    assert.equal(last.done, last.total);
    assert.deepEqual(incomplete(), []);
  }
  hub.ignoreRanges = true;
  rmSync(join(repo, "blobs", etag));
  rmSync(join(repo, "snapshots"), { recursive: true });
  writeFileSync(
    join(repo, "blobs", `${etag}.tunesmith.incomplete`),
    files["model.safetensors"].subarray(0, 5000),
  );
  checkSnapshot(await download());
});

test("a file with the wrong hash, large or small, is an error and leaves nothing", async (t) => {
  const { hub, repo, download, incomplete } = await start(t);
  for (const file of ["model.safetensors", "config.json"] as const) {
    rmSync(hubCacheDir(), { recursive: true, force: true });
    const wrong = Buffer.from(files[file]);
    wrong[wrong.length >> 1]! ^= 1;
    hub.replaced.set(file, wrong);
    await assert.rejects(download(), {
      code: "hub-corrupt",
      message: new RegExp(
        `^${file} arrived damaged: its hash is [0-9a-f]+, but should be ${etagOf(files[file])}`,
      ),
    });
    hub.replaced.set(file, Buffer.concat([files[file], Buffer.from("!")]));
    await assert.rejects(download(), { code: "hub-corrupt", message: /longer than its/ });
    assert.deepEqual(incomplete(), []);
    assert.ok(!existsSync(join(repo, "blobs", etagOf(files[file]))));
    assert.equal(await cachedModel(name), undefined);
    hub.replaced.clear();
  }
  checkSnapshot(await download());
});

test("a busy hub is asked again; a broken one is named", async (t) => {
  const { hub, download } = await start(t);
  hub.refuseNext.push(503, 429, 500);
  checkSnapshot(await download());
  rmSync(hubCacheDir(), { recursive: true });
  hub.refuseNext.push(503, 503, 503, 503);
  await assert.rejects(download(), {
    code: "hub-unreachable",
    message: /127\.0\.0\.1:\d+ cannot be reached: it answers 503/,
  });
  hub.portal = "<html>Please sign in to the hotel's network</html>";
  await assert.rejects(download(), {
    code: "hub-corrupt",
    message: /does not answer like a Hugging Face hub/,
  });
  hub.stop();
  await assert.rejects(download(), {
    code: "hub-unreachable",
    message: /ECONNREFUSED|UND_ERR|closed/,
    hint: /HF_ENDPOINT/,
  });
});

test("unknown names get a suggestion, unknown revisions their own words", async (t) => {
  const { hub, download } = await start(t);
  hub.models.set("example/Other", { commit, files: {} });
  await assert.rejects(downloadModel("example/Tiny-Modle", { retryDelayMs: 1 }), {
    code: "hub-not-found",
    message: /has no model "example\/Tiny-Modle", or it is private/,
    hint: /^Did you mean "example\/Tiny-Model"\? .*HF_TOKEN/,
  });
  await assert.rejects(downloadModel("exmaple/tiny-model", { retryDelayMs: 1 }), {
    hint: /^Did you mean "example\/Tiny-Model"/,
  });
  await assert.rejects(downloadModel("nobody/nothing-like-it", { retryDelayMs: 1 }), {
    hint: /^Check the spelling/,
  });
  await assert.rejects(download({ revision: "v2" }), { code: "hub-not-found", message: /no such revision/ });
  hub.requests.length = 0;
  for (const wrong of ["a/b/c", "../etc", "a--b/c", "a b", ""]) {
    await assert.rejects(downloadModel(wrong), { code: "hub-not-found" }, wrong);
  }
  await assert.rejects(download({ revision: "../../x" }), { code: "hub-not-found" });
  assert.deepEqual(hub.requests, []);
});

test("locked models ask for a token; the token goes to the hub and never to its storage", async (t) => {
  const { hub, home, model, download } = await start(t);
  const lock = (status: number, code?: string) => {
    hub.models.set(name, { ...model, locked: { status, code, token: "secret" } });
  };
  lock(403, "GatedRepo");
  await assert.rejects(download(), {
    code: "hub-unauthorized",
    message: /accepted its conditions/,
    hint: /set HF_TOKEN/,
  });
  lock(401);
  await assert.rejects(download(), { code: "hub-unauthorized", hint: /^Set HF_TOKEN/ });
  lock(403);
  process.env.HF_TOKEN = "wrong";
  await assert.rejects(download(), { code: "hub-unauthorized", message: /\(403\)/, hint: /wrong, expired/ });
  delete process.env.HF_TOKEN;
  lock(401, "RepoNotFound");
  await assert.rejects(download(), { code: "hub-not-found", message: /or it is private/ });

  writeFileSync(join(home, "token"), "secret\n");
  hub.requests.length = 0;
  checkSnapshot(await download());
  for (const { storage, authorization, path } of hub.requests) {
    assert.equal(authorization, storage ? undefined : "Bearer secret", path);
  }
  assert.ok(hub.requests.some(({ storage }) => storage));
});

test("a cancelled download stops, and its bytes wait for the next one", async (t) => {
  const { hub, download, incomplete } = await start(t);
  const cancel = new AbortController();
  const reason = new Error("enough");
  hub.cut.set("model.safetensors", [50_000]);
  const stopping = download({
    signal: cancel.signal,
    retryDelayMs: 60_000,
    onProgress: ({ file }) => file === "model.safetensors" && setTimeout(() => cancel.abort(reason), 20),
  });
  await assert.rejects(stopping, (error) => error === reason);
  assert.equal(incomplete().length, 1);
  await assert.rejects(download({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
  checkSnapshot(await download());
});

test("two downloads of one model at once end in one whole snapshot", async (t) => {
  const { download, incomplete } = await start(t);
  for (const snapshot of await Promise.all([download(), download(), download()])) checkSnapshot(snapshot);
  assert.deepEqual(incomplete(), []);
});

test("the disk is checked before anything is fetched", async (t) => {
  const { hub, download } = await start(t);
  t.mock.method(fsPromises, "statfs", async () => ({ bavail: 1000, bsize: 1 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await assert.rejects(download(), { code: "disk-full", message: /29\d\.\d KB needed, 1000 B free/ });
  assert.ok(hub.requests.every(({ path }) => !path.includes("/resolve/")));
});

test("models without safetensors are refused with what they have instead", async (t) => {
  const { hub, download } = await start(t);
  const config = Buffer.from("{}");
  for (const [file, message] of [
    ["pytorch_model.bin", /pickles/],
    ["model-q4.gguf", /GGUF/],
    ["adapter_config.json", /adapter/],
    ["README.md", /no weights/],
  ] as const) {
    hub.models.set(name, { commit, files: { "config.json": config, [file]: config } });
    await assert.rejects(download(), { code: "model-folder-invalid", message });
  }
});

test("shards come with their index; the snapshot counts as there once all of them are", async (t) => {
  const { hub, download } = await start(t);
  const { "model.safetensors": _, ...small } = files;
  const shards = {
    "model-00001-of-00002.safetensors": randomBytes(5000),
    "model-00002-of-00002.safetensors": randomBytes(4000),
  };
  const index = { weight_map: { a: Object.keys(shards)[0], b: Object.keys(shards)[1] } };
  const sharded = { ...small, ...shards, "model.safetensors.index.json": Buffer.from(JSON.stringify(index)) };
  hub.models.set(name, { commit, files: sharded });
  const snapshot = await download();
  assert.deepEqual(readdirSync(snapshot).sort(), Object.keys(sharded).sort());
  assert.equal(await cachedModel(name), snapshot);
  rmSync(join(snapshot, "model-00002-of-00002.safetensors"));
  assert.equal(await cachedModel(name), undefined);
  assert.deepEqual(await listCachedModels(), []);
});

test("offline, a model that is not there is not asked for", async (t) => {
  const { hub, download } = await start(t);
  process.env.TRANSFORMERS_OFFLINE = "true";
  await assert.rejects(download(), {
    code: "hub-unreachable",
    message: /not in the cache, and TRANSFORMERS_OFFLINE forbids/,
  });
  assert.deepEqual(hub.requests, []);
});

test("the cache's place follows Hugging Face's variables", async (t) => {
  const { home } = await start(t);
  assert.equal(hubCacheDir(), join(home, "hub"));
  delete process.env.HF_HOME;
  process.env.XDG_CACHE_HOME = join(home, "xdg");
  assert.equal(hubCacheDir(), join(home, "xdg", "huggingface", "hub"));
  process.env.HUGGINGFACE_HUB_CACHE = join(home, "b");
  assert.equal(hubCacheDir(), join(home, "b"));
  process.env.HF_HUB_CACHE = join(home, "a");
  assert.equal(hubCacheDir(), join(home, "a"));
  assert.deepEqual(await listCachedModels(), []);
});

test("git's own blob hash, from its documentation", () => {
  // git-scm.com/book/en/v2/Git-Internals-Git-Objects: 'what is up, doc?'
  assert.equal(etagOf(Buffer.from("what is up, doc?")), "bd9dbf5aae1a3862dd1526723246b20206e5fc37");
  assert.equal(
    createHash("sha1").update("blob 16\0what is up, doc?").digest("hex"),
    "bd9dbf5aae1a3862dd1526723246b20206e5fc37",
  );
});
