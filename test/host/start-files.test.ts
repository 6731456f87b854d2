/** What the start of a run reads and writes: where a dataset's first row stands, and the recipe beside it. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { extensions } from "../../src/data/source/container.ts";
import { preset, presetNames } from "../../src/estimate/presets.ts";
import { datasetExtensions } from "../../src/host/contributions.ts";
import { firstRow } from "../../src/host/start/first-row.ts";
import { patched } from "../../src/host/start/patch.ts";
import {
  freeRecipeName,
  isTaken,
  recipePath,
  recipeText,
  writeRecipe,
} from "../../src/host/start/recipe-file.ts";
import { type MethodName, methods } from "../../src/methods/index.ts";
import { parseRecipe, readRecipe } from "../../src/runs/recipe.ts";
import { recipeJsonSchema } from "../../src/runs/recipe-schema.ts";
import { temporaryFolder } from "../runs/temporary.ts";

const root = temporaryFolder();
after(() => rmSync(root, { recursive: true, force: true }));
const dataset = join(root, "support.jsonl");
const model = { architecture: "LlamaForCausalLM", hiddenSize: 576, maxPositions: 8192 };
const settings = (method: MethodName = "lora", name: (typeof presetNames)[number] = "balanced") => {
  const rows = Array.from({ length: 412 }, (_, i) => ({ tokens: 10 + i, targets: 3 }));
  return {
    model: "org/model",
    method: { name: method },
    train: { ...preset(name, { model, method, train: rows, labels: null }).train },
  };
};

describe("a recipe that the wizard writes", () => {
  it("is valid, for us and by the schema that editors read, whatever was chosen", () => {
    const validate = new Ajv2020({ strict: false }).compile(recipeJsonSchema());
    for (const method of Object.keys(methods) as MethodName[]) {
      for (const name of presetNames) {
        const chosen = settings(method, name);
        const text = recipeText(dataset, chosen);
        assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
        const recipe = parseRecipe(text, recipePath(dataset, "support"));
        assert.equal(recipe.model, "org/model");
        assert.equal(recipe.data.train, dataset);
        assert.equal(recipe.method.name, method);
        assert.equal(recipe.train.learningRate, chosen.train.learningRate);
      }
    }
  });

  it("is explained by the schema: what is allowed, the default, and a whole recipe to begin with", () => {
    const schema = recipeJsonSchema() as {
      properties: Record<string, { properties: Record<string, { markdownDescription: string }> }>;
      defaultSnippets: { body: object }[];
    };
    const { markdownDescription } = schema.properties.train!.properties.batchSize!;
    assert.match(
      markdownDescription,
      /^Rows computed at once\.\n\na whole number from 1 to 4096; default `4`$/,
    );
    const validate = new Ajv2020({ strict: false }).compile(schema);
    assert.ok(validate(schema.defaultSnippets[0]!.body), JSON.stringify(validate.errors));
    const sample = new URL("../../assets/sample/support.tune.json", import.meta.url);
    assert.ok(validate(JSON.parse(readFileSync(sample, "utf8"))), JSON.stringify(validate.errors));
  });

  it("names files from where it lies, so that the folder can be moved", () => {
    const folder = join(root, "models", "mine");
    mkdirSync(folder, { recursive: true });
    const text = recipeText(dataset, { ...settings(), model: folder });
    const written = JSON.parse(text);
    assert.equal(written.model, "./models/mine");
    assert.equal(written.data.train, "support.jsonl");
    assert.equal(parseRecipe(text, recipePath(dataset, "x")).model, folder);
    const beside = recipeText(join(root, "data", "a.csv"), { ...settings(), model: folder });
    assert.equal(JSON.parse(beside).model, "../models/mine");
    assert.equal(JSON.parse(recipeText(dataset, { ...settings(), model: "tiny" })).model, "tiny");
  });

  it("never overwrites another, and is not written twice", () => {
    const text = recipeText(dataset, settings());
    assert.equal(freeRecipeName(dataset, text), "support");
    const path = recipePath(dataset, "support");
    writeRecipe(path, text);
    assert.equal(readFileSync(path, "utf8"), text);
    writeRecipe(path, text);
    assert.equal(freeRecipeName(dataset, text), "support", "the same recipe keeps its file");
    assert.equal(isTaken(path, text), false);

    const other = recipeText(dataset, settings("full"));
    assert.equal(isTaken(path, other), true);
    assert.equal(freeRecipeName(dataset, other), "support-2");
    assert.throws(() => writeRecipe(path, other), /holds another recipe/);
    assert.equal(readFileSync(path, "utf8"), text, "untouched");
    writeFileSync(recipePath(dataset, "support-2"), "mine");
    assert.equal(freeRecipeName(dataset, other), "support-3");
  });

  it("takes a change that makes it fit, setting by setting", () => {
    const recipe = { model: "tiny", method: { name: "full" }, train: { batchSize: 8, maxLength: 64 } };
    assert.deepEqual(patched(recipe, { train: { batchSize: 2 } }), {
      ...recipe,
      train: { batchSize: 2, maxLength: 64 },
    });
    const method = { name: "lora", rank: 16 };
    assert.deepEqual(patched(recipe, { method, train: {} }), { ...recipe, method });
    assert.deepEqual(patched(recipe, undefined), recipe);
  });

  it("is read back by the command line", () => {
    writeFileSync(dataset, '{"prompt":"a","completion":"b"}\n');
    assert.equal(readRecipe(recipePath(dataset, "support")).train.maxLength, 448);
  });
});

describe("the first row of a dataset", () => {
  const cases: [name: string, text: string, offset: number | undefined][] = [
    ["a.jsonl", '\n  {"prompt":"a","completion":"b"}\n', 3],
    ["a.ndjson", '{"x":1}\n', 0],
    ["a.jsonl", "# notes\n", undefined],
    ["a.jsonl", "", undefined],
    ["a.csv", "text,label\na,b\n", 0],
    ["a.CSV", "text,label\n", 0],
    ["a.tsv", "text\tlabel\n", 0],
    ["a.txt", "some text", undefined],
    ["a.json", '[\n  {"instruction": "a", "output": "b"},\n', 4],
    ["a.json", '{ "train": [{ "messages": [{ "role": "user", "content": "a" }] }', 12],
    ["tsconfig.json", '{ "compilerOptions": { "lib": ["es2023"] } }', undefined],
    ["keybindings.json", '[{ "key": "ctrl+a", "command": "b" }]', undefined],
    ["package.json", '{ "name": "a", "files": [{ "path": "b" }] }', undefined],
    ["numbers.json", "[1, 2, 3]", undefined],
    ["broken.json", "[{,", undefined],
  ];
  for (const [name, text, offset] of cases) {
    it(`${name}: ${JSON.stringify(text.slice(0, 40))} ${offset === undefined ? "has none" : `stands at ${offset}`}`, () => {
      assert.equal(firstRow(`/data/${name}`, text), offset);
    });
  }

  it("is looked for in every file that can be read as one", () => {
    assert.deepEqual([...datasetExtensions], [...extensions]);
  });
});
