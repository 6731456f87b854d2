/** tunesmith.lint.json: mistakes at their places, and what it says of files; and what else says what a file belongs to. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { activeRules } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import { configured, findLintConfig, parseLintConfig } from "../../src/linter/config.ts";
import { withColumns } from "../../src/linter/config-edit.ts";
import { expand, partByName, projectOf, readAs } from "../../src/linter/project.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-lint-"));
after(() => rmSync(folder, { recursive: true }));
let count = 0;
/** A folder of its own with these files. */
function files(contents: Record<string, string>): string {
  const root = join(folder, String(++count));
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}
const row = '{"prompt": "a", "completion": "b"}\n';

function refused(text: string): TunesmithError {
  try {
    parseLintConfig(text, "/x/tunesmith.lint.json");
  } catch (error) {
    assert.ok(error instanceof TunesmithError);
    assert.equal(error.code, "lint-config-invalid");
    return error;
  }
  return assert.fail("it was taken");
}

describe("tunesmith.lint.json", () => {
  it("names the place of every mistake, and what may have been meant", () => {
    const { message, hint } = refused('{\n  "taget": "openai",\n  "rules": { "json-parse": "errror" }\n}');
    assert.match(message, /tunesmith\.lint\.json:2:3: .*has no setting "taget"/);
    assert.match(message, /tunesmith\.lint\.json:3:28: rules\.json-parse should be/);
    assert.match(hint, /target/);
  });

  it("knows no rule that does not exist", () => {
    const { message, hint } = refused('{ "rules": { "json-prase": "off" } }');
    assert.match(message, /:1:14: there is no rule "json-prase"/);
    assert.equal(hint, 'Did you mean "json-parse"?');
    const inEntry = refused('{ "datasets": [{ "rules": { "no-such-*": "off" } }] }');
    assert.match(inEntry.message, /:1:29: there is no rule "no-such-\*"/);
  });

  it("refuses what is no JSON, at its place", () => {
    assert.match(refused('{ "target": openai }').message, /tunesmith\.lint\.json:1:13: /);
  });

  it("says of a file what its entry says, else what holds for all", () => {
    const text = JSON.stringify({
      target: "trl",
      rules: { "*": "warning" },
      datasets: [
        {
          train: "data/train*.jsonl",
          test: ["data/test.jsonl"],
          format: "chat",
          rules: { "json-parse": "error" },
        },
        { files: "**/*.csv", target: "openai" },
      ],
      ignore: "data/train-old.jsonl",
    });
    const config = parseLintConfig(text, "/x/tunesmith.lint.json");
    const train = configured(config, "/x/data/train-1.jsonl");
    assert.equal(train.part, "train");
    assert.equal(train.format, "chat");
    assert.equal(train.target, "trl");
    assert.ok(train.isNamed);
    assert.ok(!train.isIgnored);
    assert.deepEqual(train.rules, { "*": "warning", "json-parse": "error" });
    assert.deepEqual(train.siblings, [
      { part: "train", pattern: "/x/data/train*.jsonl" },
      { part: "test", pattern: "/x/data/test.jsonl" },
    ]);
    assert.equal(configured(config, "/x/deep/er/a.csv").target, "openai");
    assert.ok(configured(config, "/x/data/train-old.jsonl").isIgnored);
    const other = configured(config, "/x/other.jsonl");
    assert.ok(!other.isNamed);
    assert.equal(other.target, "trl");
  });

  it("is that of the nearest folder", () => {
    const root = files({
      "tunesmith.lint.json": '{ "target": "trl" }',
      "inner/tunesmith.lint.json": '{ "target": "openai" }',
      "inner/deep/a.jsonl": row,
      "a.jsonl": row,
    });
    assert.equal(findLintConfig(join(root, "inner/deep/a.jsonl"))?.target, "openai");
    assert.equal(findLintConfig(join(root, "a.jsonl"))?.target, "trl");
  });
});

describe("columns that somebody has chosen", () => {
  const columns = { input: "ask", output: "say" };
  const made = (text: string | undefined) => withColumns(text, "data/x.csv", columns);

  it("make a configuration where there is none", () => {
    assert.deepEqual(JSON.parse(made(undefined)), { datasets: [{ files: "data/x.csv", columns }] });
    parseLintConfig(made(undefined), "/x/tunesmith.lint.json");
  });

  it("go into the dataset's entry, and leave all else as it is", () => {
    const text = `{\n  "target":   "trl",\n  "datasets": [{ "train": "data/x.csv", "test": "data/y.csv" }]\n}\n`;
    const edited = made(text);
    assert.deepEqual(JSON.parse(edited).datasets, [{ train: "data/x.csv", test: "data/y.csv", columns }]);
    assert.ok(edited.startsWith('{\n  "target":   "trl",\n'));
    const again = withColumns(edited, "data/x.csv", { ...columns, output: "other" });
    assert.equal(JSON.parse(again).datasets[0].columns.output, "other");
  });

  it("become an entry of their own beside others", () => {
    const { datasets } = JSON.parse(made('{ "datasets": [{ "files": "a.jsonl" }] }'));
    assert.deepEqual(datasets, [{ files: "a.jsonl" }, { files: "data/x.csv", columns }]);
  });

  it("are what a new recipe says of the data", () => {
    const root = files({ "tunesmith.lint.json": made(undefined), "data/x.csv": "ask,say,more\na,b,c\n" });
    assert.deepEqual(readAs(join(root, "data/x.csv")), { columns });
    assert.deepEqual(readAs(join(root, "data/other.csv")), {});
  });
});

describe("severities", () => {
  const severityOf = (id: string, set: Parameters<typeof activeRules>[1]["rules"]) =>
    activeRules(rules, { target: "tunesmith", rules: set }).find(({ rule }) => rule.id === id)?.severity;

  it("are the rule's, then what patterns say, the last winning", () => {
    assert.equal(severityOf("json-parse", {}), "error");
    assert.equal(severityOf("json-parse", { "json-*": "info" }), "info");
    assert.equal(severityOf("json-parse", { "json-*": "info", "json-parse": "warning" }), "warning");
    assert.equal(severityOf("json-parse", { "json-parse": "warning", "*": "off" }), undefined);
    assert.equal(severityOf("json-parse", { json: "off", parse: "off" }), "error");
    assert.equal(severityOf("json-parse", { "json.parse": "off" }), "error", "a dot is a dot");
  });
});

describe("what a file belongs to", () => {
  it("is said by the recipe beside it: part, format, model, length, files", () => {
    const recipe = {
      model: "tiny",
      data: { train: "rows.jsonl", test: "held.jsonl", format: "prompt-completion" },
      method: { name: "lora" },
      train: { maxLength: 96 },
    };
    const root = files({ "rows.jsonl": row, "held.jsonl": row, "x.tune.json": JSON.stringify(recipe) });
    const project = projectOf(join(root, "held.jsonl"));
    assert.equal(project.namedBy, "recipe");
    assert.equal(project.settings.part, "test");
    assert.equal(project.settings.format, "prompt-completion");
    assert.equal(project.maxLength, 96);
    assert.deepEqual(project.siblings, [{ path: join(root, "rows.jsonl"), part: "train" }]);
    const training = projectOf(join(root, "rows.jsonl"), { maxLength: 7 });
    assert.equal(training.maxLength, 7);
    // The test part is a file of its own, and of the rows a tenth is for validation unless the recipe says otherwise.
    assert.deepEqual(training.settings.heldOut, { validation: 0.1, test: 0 });
    assert.equal(project.settings.heldOut, undefined, "a file that is held out");
  });

  it("survives a recipe with mistakes, and says so", () => {
    const root = files({ "rows.jsonl": row, "x.tune.json": "{" });
    const project = projectOf(join(root, "rows.jsonl"));
    assert.equal(project.namedBy, undefined);
    assert.equal(project.troubles.length, 1);
    assert.match(project.troubles[0]!.message, /x\.tune\.json:1:2/);
  });

  it("is shown by names: train, validation and test of one family", () => {
    assert.equal(partByName("a/banking-test.csv"), "test");
    assert.equal(partByName("valid.jsonl"), "validation");
    assert.equal(partByName("train_2.jsonl"), "train");
    assert.equal(partByName("latest.jsonl"), undefined);
    assert.equal(partByName("contrast.jsonl"), undefined);
    assert.equal(partByName("training.jsonl"), "train");
    const root = files({ "a-train.jsonl": row, "a-test.jsonl": row, "b-test.jsonl": row, "a-test.md": "" });
    const { siblings, settings } = projectOf(join(root, "a-train.jsonl"));
    assert.equal(settings.part, "train");
    assert.deepEqual(siblings, [{ path: join(root, "a-test.jsonl"), part: "test" }]);
  });

  it("is said by the configuration first", () => {
    const root = files({
      "tunesmith.lint.json": JSON.stringify({ datasets: [{ train: "*.jsonl", test: "x/held.jsonl" }] }),
      "test.jsonl": row,
      "x/held.jsonl": row,
    });
    const project = projectOf(join(root, "test.jsonl"));
    assert.equal(project.namedBy, "config");
    assert.equal(project.settings.part, "train", "whatever its name says");
    assert.deepEqual(project.siblings, [{ path: join(root, "x/held.jsonl"), part: "test" }]);
  });

  it("leaves packages and run folders out of patterns", () => {
    const root = files({ "a/x.jsonl": row, "node_modules/y.jsonl": row, ".tunesmith/runs/z.jsonl": row });
    assert.deepEqual(expand(join(root, "**/*.jsonl")), [join(root, "a/x.jsonl")]);
  });
});
