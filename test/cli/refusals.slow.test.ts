/** What the command line refuses, and in which words: as text, and as one JSON object. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { commands } from "../../src/cli/commands/index.ts";
import { fixture } from "../support/fixtures.ts";
import { json, modelCopy, project, tunesmith, writeRecipe } from "./cli.ts";

const place = project();
const generate = ["generate", "--model", "tiny", "--prompt", "hello"];

/** Arguments; the error's code; what its message or hint must say. */
const refused: [args: string[], code: string, words: RegExp][] = [
  [["tnue"], "usage", /no command "tnue".*Did you mean "tune"\?/s],
  [["frobnicate"], "usage", /no command "frobnicate".*--help/s],
  [["tune"], "usage", /tune takes RECIPE/],
  [["tune", "recipe.json", "another.json"], "usage", /tune takes RECIPE/],
  [["runs", "here"], "usage", /runs takes no arguments/],
  [["tune", "recipe.json", "--rum", "x"], "usage", /"--rum" is no option of tune.*Did you mean "--run"\?/s],
  [["tune", "recipe.json", "--run"], "usage", /--run/],
  [["tune", "recipe.json", "--run", ""], "usage", /--run is empty/],
  [["tune", "recipe.json", "--run", "a", "--run", "b"], "usage", /--run is given twice/],
  [["tune", "missing.json"], "file-not-found", /missing\.json does not exist/],
  [["tune", "."], "file-unreadable", /cannot be read/],
  [["pause", ""], "usage", /an argument is empty/],
  [["pause", "no-such-run"], "run-not-found", /no run "no-such-run"/],
  [["resume", "."], "run-not-found", /no run "\."/],
  [["stop", "../elsewhere"], "run-not-found", /no run/],
  [["compare", "train.jsonl"], "run-not-found", /no run "train\.jsonl"/],
  [["generate", "--prompt", "x"], "usage", /--model is missing/],
  [["generate", "--model", "tiny"], "usage", /--prompt is missing/],
  [[...generate, "--prompt", "again"], "usage", /--prompt is given twice/],
  [[...generate, "--temperature", "warm"], "usage", /--temperature is "warm".*number from 0 on/s],
  [[...generate, "--temperature=-1"], "usage", /--temperature is "-1"/],
  [[...generate, "--temperature", "Infinity"], "usage", /--temperature is "Infinity"/],
  [[...generate, "--temperature", " "], "usage", /--temperature is empty/],
  [[...generate, "--max-tokens", "0"], "usage", /--max-tokens is "0".*from 1 on/s],
  [[...generate, "--max-tokens", "1.5"], "usage", /--max-tokens is "1\.5"/],
  [[...generate, "--max-tokens", "0x10"], "usage", /--max-tokens is "0x10"/],
  [[...generate, "--max-tokens", "99999999999999999999"], "usage", /--max-tokens is/],
  [[...generate, "--seed=-3"], "usage", /--seed is "-3"/],
  [[...generate, "-t", "1"], "usage", /-t/],
  [[...generate, "--adapter", "nowhere"], "file-not-found", /nowhere does not exist/],
  [[...generate, "--adapter", "."], "adapter-invalid", /adapter_config\.json/],
  [["generate", "--model", "./nowhere", "--prompt", "x"], "file-not-found", /nowhere is no folder/],
  [["generate", "--model", ".", "--prompt", "x"], "model-folder-invalid", /config\.json/],
  [["generate", "--model", "some-name", "--prompt", "x"], "hub-unreachable", /127\.0\.0\.1/],
  [["generate", "--model", "a/b/c", "--prompt", "x"], "hub-not-found", /a\/b\/c/],
  [
    ["generate", "--model", "tiny", "--prompt", "word ".repeat(5000)],
    "usage",
    /does not fit into the model's context/,
  ],
  [["evaluate", "--model", "tiny"], "usage", /--data is missing/],
  [["evaluate", "--model", "tiny", "--data", "none.jsonl"], "file-not-found", /none\.jsonl does not exist/],
  [["evaluate", "--model", "tiny", "--data", "train.jsonl", "--limit", "0"], "usage", /--limit is "0"/],
  [["estimate", "none.json"], "file-not-found", /none\.json does not exist/],
];

describe("the command line refuses", () => {
  for (const [args, code, words] of refused) {
    it(args.map((arg) => arg.slice(0, 40)).join(" "), async () => {
      const { code: exitCode, error, ...rest } = await json(place, ...args);
      assert.deepEqual([exitCode, error?.code, Object.keys(rest)], [1, code, []]);
      assert.deepEqual(Object.keys(error), ["code", "message", "hint"]);
      assert.match(`${error.message}\n${error.hint}`, words);
    });
  }

  it("in words on stderr, with nothing on stdout", async () => {
    const { code, stdout, stderr } = await tunesmith(place, "tnue");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(stderr, 'tunesmith: there is no command "tnue"\n  Did you mean "tune"?\n');
  });
});

describe("a recipe is refused before there is a run directory", () => {
  const recipe = (change: object) => ({ model: "tiny", data: { train: "train.jsonl" }, ...change });
  const unsupported = modelCopy();
  writeFileSync(
    join(unsupported, "config.json"),
    JSON.stringify({ architectures: ["GPT2LMHeadModel"], model_type: "gpt2" }),
  );
  const cases: [name: string, recipe: object, code: string, words: RegExp][] = [
    ["unknown key", recipe({ trian: {} }), "recipe-invalid", /no setting "trian".*Did you mean "train"\?/s],
    [
      "unknown inner key",
      recipe({ train: { learningrate: 1 } }),
      "recipe-invalid",
      /1:\d+: train has no setting "learningrate".*Did you mean "learningRate"\?/s,
    ],
    [
      "wrong value",
      recipe({ train: { seed: "x" } }),
      "recipe-invalid",
      /train\.seed should be a whole number/,
    ],
    [
      "missing dataset",
      recipe({ data: { train: "no.jsonl" } }),
      "file-not-found",
      /no\.jsonl does not exist/,
    ],
    [
      "missing test file",
      recipe({ data: { train: "train.jsonl", test: "no.csv" } }),
      "file-not-found",
      /no\.csv does not exist/,
    ],
    ["missing model", recipe({ model: "./no-model" }), "file-not-found", /no-model is no folder/],
    [
      "unsupported architecture",
      recipe({ model: unsupported }),
      "architecture-unsupported",
      /GPT2LMHeadModel is not supported.*LlamaForCausalLM.*MistralForCausalLM.*Qwen2ForCausalLM/s,
    ],
  ];
  for (const [name, content, code, words] of cases) {
    it(name, async () => {
      writeRecipe(place, content, "wrong.json");
      const { code: exitCode, error } = await json(place, "tune", "wrong.json", "--run", "never");
      assert.deepEqual([exitCode, error?.code], [1, code]);
      assert.match(`${error.message}\n${error.hint}`, words);
      assert.ok(!existsSync(join(place, "never")));
      assert.deepEqual(
        readdirSync(place).filter((file) => file.startsWith(".")),
        [],
      );
    });
  }

  it("but not a folder that holds something", async () => {
    mkdirSync(join(place, "full"));
    writeFileSync(join(place, "full", "thesis.txt"), "mine");
    const { code, error } = await json(place, "tune", "recipe.json", "--run", "full");
    assert.deepEqual([code, error.code, readdirSync(join(place, "full"))], [1, "run-state", ["thesis.txt"]]);
  });

  it("generate and evaluate name an unsupported architecture too", async () => {
    const { error } = await json(place, "generate", "--model", unsupported, "--prompt", "x");
    assert.deepEqual([error.code, /LlamaForCausalLM/.test(error.hint)], ["architecture-unsupported", true]);
    const evaluated = await json(place, "evaluate", "--model", unsupported, "--data", "train.jsonl");
    assert.equal(evaluated.error.code, "architecture-unsupported");
  });

  it("an adapter for another model is named", async () => {
    const adapter = fixture("models/llama-tied-peft");
    for (const args of [
      [...generate, "--adapter", adapter],
      ["evaluate", "--model", "tiny", "--data", "train.jsonl", "--adapter", adapter],
    ]) {
      const { code, error } = await json(place, ...args);
      assert.deepEqual([code, error.code], [1, "adapter-invalid"]);
      assert.match(error.message, /the model has|does not have/);
    }
  });
});

describe("help", () => {
  it("lists every command, and says what exit codes mean", async () => {
    for (const args of [[], ["--help"], ["-h"], ["help"]]) {
      const { code, stdout, stderr } = await tunesmith(place, ...args);
      assert.deepEqual([code, stderr], [0, ""]);
      for (const { name, summary } of commands)
        assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, "m"));
      assert.match(stdout, /Exit codes: .*130 paused/s);
    }
    assert.match((await json(place)).help, /tune/);
  });

  for (const { name, usage, options } of commands) {
    it(`of ${name} shows its usage and every option`, async () => {
      const { code, stdout } = await tunesmith(place, name, "--help");
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: tunesmith ${name} ${usage}`.trimEnd()), stdout);
      for (const option of Object.keys(options)) assert.match(stdout, new RegExp(`--${option} `));
    });
  }
});

it("a reader who stops reading is no error", async () => {
  const { execFile } = await import("node:child_process");
  const { cli, environment } = await import("./cli.ts");
  const [code, stderr] = await new Promise<[number, string]>((resolve) => {
    const child = execFile(process.execPath, [cli, "--help"], { env: environment }, (error, _, said) =>
      resolve([Number(error?.code ?? 0), said]),
    );
    child.stdout!.destroy();
  });
  assert.deepEqual([code, stderr], [0, ""]);
});
