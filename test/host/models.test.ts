/** The models to choose from: the catalogue's figures, what is found on this machine, and which one is suggested. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readDecoderConfig } from "../../src/architectures/config.ts";
import { architectures } from "../../src/architectures/index.ts";
import { parameterCount } from "../../src/architectures/layout.ts";
import type { PlanOutlook } from "../../src/contracts/session.ts";
import { catalogue } from "../../src/estimate/catalogue.ts";
import { type Candidate, findCandidates } from "../../src/host/models/candidates.ts";
import { bestStart } from "../../src/host/models/ranking.ts";
import { bytes, parameters } from "../../src/host/start/words.ts";
import { temporaryFolder } from "../runs/temporary.ts";

const root = temporaryFolder();
const savedCache = process.env.HF_HUB_CACHE;

before(() => {
  process.env.HF_HUB_CACHE = join(root, "hub");
});
after(() => {
  if (savedCache === undefined) delete process.env.HF_HUB_CACHE;
  else process.env.HF_HUB_CACHE = savedCache;
  rmSync(root, { recursive: true, force: true });
});

/** Sizes of the models' own files on the hub, where they hold more than each parameter once: the output projection. */
const storedTwice = ["Qwen/Qwen3-0.6B", "Qwen/Qwen3-1.7B"];

describe("the catalogue", () => {
  for (const model of catalogue) {
    it(`${model.name}: its figures give its card's parameters, and its weights are so large`, () => {
      const config = readDecoderConfig({ ...model.config }, model.name);
      assert.ok(architectures.some(({ name }) => name === config.architecture));
      const count = parameterCount(config);
      assert.ok(Math.abs(count / model.parameters - 1) < 0.01, `${count} and ${model.parameters}`);
      const again = storedTwice.includes(model.name) ? config.vocabularySize * config.hiddenSize : 0;
      const weights = 2 * (count + again);
      assert.ok(model.downloadBytes >= weights, `${model.downloadBytes} hold ${weights}`);
      assert.ok(model.downloadBytes < weights + 25e6, "weights and a tokenizer, and no more");
    });
  }

  it("goes by size, and names a licence that asks for an account", () => {
    const sizes = catalogue.map((model) => model.parameters);
    assert.deepEqual(
      sizes.toSorted((a, b) => a - b),
      sizes,
    );
    assert.deepEqual(
      catalogue.filter(({ gated }) => gated).map(({ name }) => name),
      ["meta-llama/Llama-3.2-1B-Instruct"],
    );
  });
});

describe("the models there are", () => {
  it("are the bundled one, whole folders, what the cache holds, and the catalogue's others", async () => {
    const folder = (name: string, ...files: string[]) => {
      mkdirSync(join(root, name), { recursive: true });
      for (const file of files) writeFileSync(join(root, name, file), "{}");
      return join(root, name, "config.json");
    };
    const whole = folder("models/mine", "config.json", "tokenizer.json", "model.safetensors");
    const sharded = folder("models/big", "config.json", "tokenizer.json", "model.safetensors.index.json");
    const settings = folder("app", "config.json", "tokenizer.json");
    const untold = folder("models/untold", "config.json", "model.safetensors");
    const [smol] = catalogue;
    const commit = "0123456789abcdef0123456789abcdef01234567";
    folder(
      `hub/models--${smol!.name.replace("/", "--")}/snapshots/${commit}`,
      "config.json",
      "tokenizer.json",
      "model.safetensors",
    );
    const found = await findCandidates([whole, sharded, settings, untold]);
    assert.deepEqual(
      found.map(({ model, source }) => [model, source]),
      [
        ["tiny", "bundled"],
        [join(root, "models/mine"), "folder"],
        [join(root, "models/big"), "folder"],
        [smol!.name, "cache"],
        ...catalogue.slice(1).map(({ name }) => [name, "hub"]),
      ],
    );
    const cached = found.find(({ source }) => source === "cache")!;
    assert.deepEqual([cached.config, cached.downloadBytes, cached.licence], [null, 0, "Apache-2.0"]);
  });
});

describe("the model to start from", () => {
  const candidate = (model: string, source: Candidate["source"], gated = false): Candidate => ({
    model,
    label: model,
    source,
    config: null,
    downloadBytes: 0,
    licence: null,
    gated,
    purpose: null,
  });
  const weighed = (
    model: string,
    source: Candidate["source"],
    figures: { parameters: number; seconds?: number; fits?: boolean; gated?: boolean } | null,
  ) => {
    const outlook = { seconds: 60, fits: true, ...figures };
    const plan = { error: null, outlook } as unknown as PlanOutlook;
    return { candidate: candidate(model, source, figures?.gated), plan: figures ? plan : undefined };
  };
  const tiny = weighed("tiny", "bundled", { parameters: 1e6, seconds: 1 });
  const small = weighed("a/small", "hub", { parameters: 1e8 });
  const medium = weighed("a/medium", "hub", { parameters: 3e8 });
  const of = (models: ReturnType<typeof weighed>[], isSample = false, online = true) => {
    const { model, reason } = bestStart(models, { isSample, online });
    return `${model}: ${reason}`;
  };

  it("is the bundled one for the sample alone, or where there is nothing else", () => {
    assert.equal(of([tiny, small], true), "tiny: sample");
    assert.equal(of([tiny, small], false, false), "tiny: bundled");
    assert.equal(of([tiny]), "tiny: bundled");
  });

  it("is the largest here that ends within a quarter of an hour", () => {
    const models = [
      tiny,
      small,
      weighed("b/fast", "cache", { parameters: 2e8, seconds: 899 }),
      weighed("b/slow", "folder", { parameters: 1e9, seconds: 901 }),
      weighed("b/huge", "cache", { parameters: 7e9, seconds: 10, fits: false }),
      weighed("b/unknown", "cache", null),
    ];
    assert.equal(of(models), "b/fast: largest");
    assert.equal(of(models, false, false), "b/fast: largest", "needs no network");
  });

  it("is else the smallest that fits, here or on the hub, and asks for no account", () => {
    const open = weighed("a/gated", "hub", { parameters: 1e7, gated: true });
    assert.equal(of([tiny, medium, small, open]), "a/small: smallest");
    const slow = weighed("b/slow", "cache", { parameters: 9e7, seconds: 5000 });
    assert.equal(of([tiny, small, slow], false, false), "b/slow: smallest");
    assert.equal(
      of([tiny, { ...small, plan: { ...small.plan, outlook: { fits: false } } } as never, medium]),
      "a/medium: smallest",
    );
  });
});

describe("sizes in words", () => {
  it("round as people do", () => {
    assert.deepEqual([965_760, 134_515_008, 999_400, 999_600, 1_711_376_384].map(parameters), [
      "966k",
      "135M",
      "999k",
      "1.0M",
      "1.7B",
    ]);
    assert.deepEqual([270e6, 999.4e6, 999.6e6, 9.94e9, 9.96e9, 12e9].map(bytes), [
      "270 MB",
      "999 MB",
      "1.0 GB",
      "9.9 GB",
      "10 GB",
      "12 GB",
    ]);
  });
});
