/** The recipe file: the issue's own text, defaults, and mistakes said with place, range and suggestion. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { formats } from "../../src/data/formats/index.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { everyInSteps, modelSource, parseRecipe, recipeName, resolveRecipe } from "../../src/runs/recipe.ts";
import { dataFormats, recipeJsonSchema } from "../../src/runs/recipe-schema.ts";

const folder = mkdtempSync(join(tmpdir(), "recipe-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "banking.tune.json");

/** The text of the issue, to the letter. */
const example = `{ "model": "tiny",
  "data": { "train": "train.jsonl", "validation": 0.1 },
  "method": { "name": "lora", "rank": 16, "alpha": 32, "dropout": 0, "targets": "all-linear" },
  "train": { "epochs": 3, "batchSize": 4, "gradientAccumulation": 2, "learningRate": 2e-4, "schedule": "cosine", "warmupRatio": 0.05, "maxLength": 512, "seed": 7 } }
`;

function errorOf(text: string): TunesmithError {
  try {
    parseRecipe(text, file);
  } catch (error) {
    assert.ok(error instanceof TunesmithError, String(error));
    assert.equal(error.code, "recipe-invalid");
    return error;
  }
  return assert.fail("no error");
}

describe("a recipe", () => {
  it("reads the text of the issue", () => {
    const recipe = parseRecipe(example, file);
    assert.equal(recipe.model, "tiny");
    assert.equal(recipe.data.train, join(folder, "train.jsonl"));
    assert.equal(recipe.data.validation, 0.1);
    assert.equal(recipe.data.test, 0.1, "a tenth is kept for the comparison unless said otherwise");
    assert.deepEqual(recipe.method, {
      name: "lora",
      rank: 16,
      alpha: 32,
      dropout: 0,
      targets: "all-linear",
      rsLora: false,
    });
    const {
      epochs,
      steps,
      batchSize,
      gradientAccumulation,
      learningRate,
      schedule,
      warmupRatio,
      warmupSteps,
      maxLength,
      seed,
    } = recipe.train;
    assert.deepEqual(
      {
        epochs,
        steps,
        batchSize,
        gradientAccumulation,
        learningRate,
        schedule,
        warmupRatio,
        warmupSteps,
        maxLength,
        seed,
      },
      {
        epochs: 3,
        steps: null,
        batchSize: 4,
        gradientAccumulation: 2,
        learningRate: 2e-4,
        schedule: "cosine",
        warmupRatio: 0.05,
        warmupSteps: null,
        maxLength: 512,
        seed: 7,
      },
    );
  });

  it("needs only a model and rows, and then holds a value for every setting", () => {
    const recipe = parseRecipe('{ "model": "tiny", "data": { "train": "a.csv" } }', file);
    assert.equal(recipe.method.name, "lora");
    assert.ok(recipe.method.name === "lora" && recipe.method.alpha === 2 * recipe.method.rank);
    assert.equal(recipe.train.epochs, 3);
    assert.equal(recipe.train.earlyStopping, null);
    assert.equal(recipe.device, "cpu");
    const check = (value: unknown, path: string) => {
      assert.notEqual(value, undefined, path);
      if (typeof value === "object" && value !== null) {
        for (const [key, inner] of Object.entries(value)) check(inner, `${path}.${key}`);
      }
    };
    check(recipe, "recipe");
  });

  it("takes dependent defaults from what they depend on", () => {
    const of = (method: object, train: object) =>
      resolveRecipe({ model: "tiny", data: { train: "a.csv" }, method, train }, folder);
    assert.equal(of({ name: "lora" }, {}).train.learningRate, 2e-4);
    assert.equal(of({ name: "full" }, {}).train.learningRate, 2e-5);
    assert.deepEqual(of({ name: "full" }, {}).method, { name: "full" });
    const bySteps = of({ name: "lora" }, { steps: 20, warmupSteps: 0 }).train;
    assert.deepEqual(
      [bySteps.epochs, bySteps.steps, bySteps.warmupRatio, bySteps.warmupSteps],
      [null, 20, null, 0],
    );
  });

  it("resolves to itself once resolved, and leaves its input as it was", () => {
    const given = {
      model: "tiny",
      data: { train: "a.csv", test: 20 },
      train: { steps: 9, earlyStopping: { patience: 2 } },
    };
    const before = structuredClone(given);
    const once = resolveRecipe(given, folder);
    assert.deepEqual(given, before);
    assert.deepEqual(resolveRecipe(JSON.parse(JSON.stringify(once)), "/elsewhere"), once);
  });

  it("tells a folder, a hub name and the bundled model apart", () => {
    mkdirSync(join(folder, "org", "local"), { recursive: true });
    const modelOf = (model: string) => resolveRecipe({ model, data: { train: "a.csv" } }, folder).model;
    assert.equal(modelSource(modelOf("tiny")), "bundled");
    assert.equal(modelOf("org/local"), join(folder, "org", "local"), "a folder that exists wins");
    assert.equal(modelOf("./models/mine"), resolve(folder, "models/mine"), "what looks like a path is one");
    assert.equal(modelOf("HuggingFaceTB/SmolLM2-135M-Instruct"), "HuggingFaceTB/SmolLM2-135M-Instruct");
    assert.equal(modelSource("HuggingFaceTB/SmolLM2-135M-Instruct"), "hub");
    assert.throws(() => modelOf("smollm"), /"smollm" is no folder here and no name on the hub/);
  });

  it("counts how often something happens", () => {
    assert.equal(everyInSteps(0.1, 200), 20);
    assert.equal(everyInSteps(0.1, 3), 1);
    assert.equal(everyInSteps(50, 200), 50);
  });

  it("names runs after its file", () => {
    assert.equal(recipeName("/a/banking.tune.json"), "banking");
    assert.equal(recipeName("recipe.json"), "recipe");
    assert.equal(recipeName("my.recipe"), "my.recipe");
  });
});

describe("a mistake in a recipe", () => {
  it("with an unknown key: names the place and the key that was meant", () => {
    const error = errorOf(example.replace("learningRate", "learningrate"));
    assert.equal(
      error.message,
      `${file}:4:${column(4, '"learningRate"')}: train has no setting "learningrate"`,
    );
    assert.equal(error.hint, 'Did you mean "learningRate"?');
  });

  it("lists the keys there are when none is near", () => {
    const error = errorOf(example.replace('"seed"', '"zzz"'));
    assert.match(error.message, /train has no setting "zzz"$/);
    assert.match(error.hint, /^Its settings are epochs, steps, batchSize, /);
  });

  it("with a value out of range: names the range", () => {
    const cases: [string, string, string][] = [
      ['"rank": 16', '"rank": 0', "method.rank should be a whole number from 1 to 1024, but is 0"],
      ['"rank": 16', '"rank": 8.5', "method.rank should be a whole number from 1 to 1024, but is 8.5"],
      ["2e-4", "2", "train.learningRate should be a number above 0 and at most 1, but is 2"],
      ["2e-4", '"fast"', 'train.learningRate should be a number above 0 and at most 1, but is "fast"'],
      ['"dropout": 0', '"dropout": 1', "method.dropout should be a number at least 0 and below 1, but is 1"],
      [
        '"validation": 0.1',
        '"validation": 1.5',
        "data.validation should be a share from 0 to below 1, a whole number of rows, or a file's name, but is 1.5",
      ],
      ['"seed": 7', '"seed": null', "train.seed should be a whole number from 0 to 4294967295, but is null"],
    ];
    for (const [from, to, message] of cases) {
      const error = errorOf(example.replace(from, to));
      assert.ok(error.message.endsWith(`: ${message}`), `${error.message}\n  should end with ${message}`);
    }
  });

  it("with a misspelt choice: suggests the right one, inside a list too", () => {
    assert.equal(errorOf(example.replace("cosine", "cosin")).hint, 'Did you mean "cosine"?');
    assert.equal(errorOf(example.replace('"name": "lora"', '"name": "lore"')).hint, 'Did you mean "lora"?');
    const targets = errorOf(example.replace('"all-linear"', '["q_proj", "v_porj"]'));
    assert.match(
      targets.message,
      /method\.targets should be one of "all-linear", "attention" or a list of one of "q_proj"/,
    );
    assert.equal(targets.hint, 'Did you mean "v_proj"?');
  });

  it("of what is missing: names it, at its owner", () => {
    const noRows = errorOf('{ "model": "tiny",\n  "data": { } }');
    assert.ok(noRows.message.startsWith(`${file}:2:11: data has no "train"`), noRows.message);
    assert.match(errorOf("{}").message, /the recipe has no "model"/);
    assert.match(
      errorOf(example.replace('"name": "lora", ', "")).message,
      /method has no "name"; it is one of "lora", "full"/,
    );
  });

  it("does not hide the others, and keeps the order of the file", () => {
    const lines = errorOf(
      example.replace('"rank"', '"rnak"').replace("tiny", "").replace('"seed": 7', '"sede": 7'),
    ).message.split("\n");
    assert.deepEqual(
      lines.map((line) => line.slice(file.length + 1).replace(/:\d+:/, ":")),
      [
        '1: model should be a text in double quotes, but is ""',
        '3: method has no setting "rnak" (did you mean "rank"?)',
        '4: train has no setting "sede" (did you mean "seed"?)',
      ],
    );
  });

  it("between two settings is seen", () => {
    assert.match(
      errorOf(example.replace('"epochs": 3', '"epochs": 3, "steps": 9')).message,
      /:4:\d+: train sets both epochs and steps/,
    );
    assert.match(
      errorOf(example.replace("0.1 }", '0.6, "test": 0.4 }')).message,
      /leaves no row to train on/,
    );
    assert.match(
      errorOf(example.replace("0.1 }", '"train.jsonl" }')).message,
      /data\.validation is the file that is trained on/,
    );
  });

  it("of JSON itself: names line and column", () => {
    const places: [string, string][] = [
      ["", "1:1: the text ends too early: a value is expected"],
      ['{ "model": "tiny",\n}', '2:1: unexpected "}": a key in double quotes is expected'],
      ['{ "model" "tiny" }', `1:11: unexpected '"': ":" is expected after the key`],
      ["{ model: 1 }", '1:3: unexpected "m": a key in double quotes or "}" is expected'],
      ['{ "a": [1, 2 }', '1:14: unexpected "}": a comma or "]" is expected'],
      ['{ "a": 01 }', '1:9: unexpected "1": a comma or "}" is expected'],
      ['{ "a": "x\ny" }', "1:10: a string may not hold this control character; write \\n"],
      ["{} // done", "1:4: there is more text after the end of the value"],
      ['{ "a": 1,\n "a": 2 }', '2:2: "a" stands here a second time'],
      [`${"[".repeat(10_000)}`, "1:513: values are nested deeper than 512 levels"],
    ];
    for (const [text, message] of places) assert.equal(errorOf(text).message, `${file}:${message}`);
    assert.equal(
      errorOf("\ufeff{,}").message.slice(file.length, file.length + 5),
      ":1:2:",
      "no mark counted",
    );
  });

  it("cannot come in through a prototype", () => {
    assert.match(
      errorOf('{ "model": "tiny", "data": { "train": "a", "__proto__": { "test": 5 } } }').message,
      /data has no setting "__proto__"/,
    );
  });
});

it("knows the formats that the data room knows", () => {
  assert.deepEqual(new Set<string>(dataFormats), new Set(["auto", ...formats.map(({ name }) => name)]));
});

it("the schema for editors is a valid JSON Schema and agrees on good and bad recipes", () => {
  const keywords = ["markdownDescription", "defaultSnippets"];
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true, keywords }).compile(
    recipeJsonSchema(),
  );
  assert.equal(validate(JSON.parse(example)), true, JSON.stringify(validate.errors));
  assert.equal(validate(resolveRecipe(JSON.parse(example), folder)), true, JSON.stringify(validate.errors));
  for (const [from, to] of [
    ["learningRate", "learningrate"],
    ['"rank": 16', '"rank": 0'],
    ["lora", "lore"],
    ["cosine", "cosin"],
  ] as const) {
    assert.equal(validate(JSON.parse(example.replace(from, to))), false, `${from} → ${to}`);
  }
});

function column(line: number, text: string): number {
  return example.split("\n")[line - 1]!.indexOf(text) + 1;
}
