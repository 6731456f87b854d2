/** `tunesmith lint` as people and pipelines call it. */
import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { lintFile } from "../../src/linter/run.ts";
import { folder, json, modelCopy, rows, tunesmith } from "./cli.ts";
import { sarifSchema } from "./sarif-schema.ts";

/** A folder with files. */
function place(files: Record<string, string | Buffer>): string {
  const made = mkdtempSync(join(folder, "lint-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return made;
}
const bytes = (where: string, name: string) => readFileSync(join(where, name));
const pair = (prompt: string, completion: string) => `${JSON.stringify({ prompt, completion })}\n`;
const sound = pair("Where is my card?", "It is on its way.") + pair("I lost it.", "I block it now.");
/** A weight that is no number, which has a safe fix, and an answer that is not there, which has none. */
const faulty =
  '{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "Here.", "weight": true}]}\n' +
  '{"messages": [{"role": "user", "content": "And now?"}]}\n';
const mended = faulty.replace("true", "1");
const paths = (value: { files: { path: string }[] }) => value.files.map(({ path }) => path);
const kinds = (value: { files: { problems: { rule: string }[] }[] }) =>
  value.files.flatMap(({ problems }) => problems.map(({ rule }) => rule));

describe("which files are linted", () => {
  const files = {
    "data/b.jsonl": sound,
    "data/deep/a.csv": "text,label\nWhere is it?,lost\nIt came!,found\n",
    "data/server.jsonl": '{"level":"info","pid":1,"msg":"up"}\n{"level":"info","pid":1,"msg":"down"}\n',
    "data/notes.txt": "Not asked for.\n",
    "data/readme.md": "# Data\n",
    "package.json": '{"name": "x"}',
    "other.jsonl": sound,
  };

  it("files, folders and patterns, each once; what is no dataset only where it is named itself", async () => {
    const where = place(files);
    assert.deepEqual(paths(await json(where, "lint", "other.jsonl", "./other.jsonl")), ["other.jsonl"]);
    assert.deepEqual(paths(await json(where, "lint", "data")), ["data/b.jsonl", "data/deep/a.csv"]);
    assert.deepEqual(paths(await json(where, "lint", "data/*.jsonl", "**/*.csv")), [
      "data/b.jsonl",
      "data/deep/a.csv",
    ]);
    const asked = await json(where, "lint", "data/server.jsonl");
    assert.deepEqual([asked.code, kinds(asked).includes("unknown-format")], [1, true]);
  });

  it("nothing given: what looks like a dataset in the folder, or what the configuration names", async () => {
    const where = place(files);
    assert.deepEqual(paths(await json(where, "lint")), ["data/b.jsonl", "data/deep/a.csv", "other.jsonl"]);
    writeFileSync(
      join(where, "tunesmith.lint.json"),
      JSON.stringify({ datasets: [{ train: "data/*.jsonl" }], ignore: "**/server.jsonl" }),
    );
    assert.deepEqual(paths(await json(where, "lint")), ["data/b.jsonl"]);
    assert.deepEqual(paths(await json(join(where, "data"), "lint")), ["b.jsonl"], "also from below");
    const { code, stdout } = await tunesmith(where, "lint", "data/server.jsonl");
    assert.deepEqual([code, stdout], [0, "No problems in no files, no rows\n"], "ignored though it is named");
  });

  it("never its own settings, though a pattern means them", async () => {
    const where = place({
      "a.json": JSON.stringify(
        sound
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line)),
      ),
      "a.json.suppressions.json": '{"suppressions": []}',
      "tunesmith.lint.json": JSON.stringify({ datasets: [{ files: "*.json" }] }),
    });
    assert.deepEqual(paths(await json(where, "lint")), ["a.json"]);
    assert.deepEqual(paths(await json(where, "lint", ...readdirSync(where))), ["a.json"]);
  });

  it("says what is not there", async () => {
    const where = place({ "empty/.keep": "" });
    rmSync(join(where, "empty/.keep"));
    for (const [given, says] of [
      ["train.jsonl", "there is no file train.jsonl"],
      ["data/*.jsonl", "there is no file data/*.jsonl"],
      ["empty", "empty holds no files"],
    ] as const) {
      const { code, stdout, stderr } = await tunesmith(where, "lint", given);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, new RegExp(`^tunesmith: ${says.replace("*", "\\*")}\n {2}Give datasets`));
    }
  });

  it("a file that vanishes after it was found is told of", async () => {
    const where = place({ "train.jsonl": sound });
    rmSync(join(where, "train.jsonl"));
    await assert.rejects(lintFile(join(where, "train.jsonl"), true), { code: "file-not-found" });
  });

  it("an empty file has no rows, and nothing breaks", async () => {
    for (const name of ["train.jsonl", "train.json", "train.csv", "train.tsv", "train.txt"]) {
      const { code, files } = await json(place({ [name]: "" }), "lint", name);
      assert.equal(files[0].rows, 0, name);
      assert.ok(code === 0 || code === 1, name);
    }
  });
});

describe("exit codes", () => {
  it("0 without errors, 1 with, 2 where it could not lint", async () => {
    assert.equal((await tunesmith(place({ "a.jsonl": sound }), "lint", "a.jsonl")).code, 0);
    assert.equal((await tunesmith(place({ "a.jsonl": faulty }), "lint", "a.jsonl")).code, 1);
    assert.equal((await tunesmith(place({}), "lint", "a.jsonl")).code, 2);
    assert.equal((await tunesmith(place({}), "lint", "--fix-all")).code, 2);
  });

  it("--max-warnings", async () => {
    const where = place({
      "a.jsonl": sound,
      "tunesmith.lint.json": JSON.stringify({ rules: { "duplicate-row": "warning" } }),
    });
    writeFileSync(join(where, "a.jsonl"), sound + sound);
    const { warnings, code } = await json(where, "lint", "a.jsonl");
    assert.ok(warnings > 0);
    assert.equal(code, 0);
    assert.equal((await tunesmith(where, "lint", "a.jsonl", "--max-warnings", String(warnings))).code, 0);
    const { code: many, stdout } = await tunesmith(where, "lint", "a.jsonl", "--max-warnings", "0");
    assert.equal(many, 1);
    assert.match(stdout, /More warnings than --max-warnings 0\n$/);
  });

  it("options that mean nothing are refused, with what may have been meant", async () => {
    const where = place({ "a.jsonl": sound });
    for (const [args, says] of [
      [["--format", "srif"], /--format is "srif"\n {2}Did you mean "sarif"\?/],
      [["--format", "xml"], /--format is "xml"\n {2}Give one of pretty, json, sarif, github\./],
      [["--target", "opnai"], /--target is "opnai"\n {2}Did you mean "openai"\?/],
      [["--max-warnings", "few"], /--max-warnings/],
      [["--max-length", "2"], /--max-length/],
      [["--fromat", "json"], /"--fromat" is no option of lint\n {2}Did you mean "--format"\?/],
    ] as const) {
      const { code, stdout, stderr } = await tunesmith(where, "lint", "a.jsonl", ...args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, says);
    }
  });

  it("a broken configuration stops it, at its place", async () => {
    const where = place({ "a.jsonl": sound, "tunesmith.lint.json": '{\n  "taget": "openai"\n}' });
    for (const args of [["a.jsonl"], []]) {
      const { code, stdout, stderr } = await tunesmith(where, "lint", ...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /tunesmith\.lint\.json:2:3: .*"taget"\n {2}Did you mean "target"\?/);
    }
    writeFileSync(join(where, "tunesmith.lint.json"), '{ "rules": { "json-prase": "off" } }');
    const { code, stderr } = await tunesmith(where, "lint", "a.jsonl");
    assert.equal(code, 2);
    assert.match(stderr, /tunesmith\.lint\.json:1:14: there is no rule "json-prase"/);
  });
});

describe("reports", () => {
  const odd = "sub folder/50%, a:b#1.jsonl";

  it("for people: by place in the file, without colours where nobody looks", async () => {
    const where = place({ "a.jsonl": faulty });
    const { stdout } = await tunesmith(where, "lint", "a.jsonl");
    assert.ok(!stdout.includes("\u001b"));
    const [head, ...told] = stdout.trimEnd().split("\n");
    assert.equal(head, "a.jsonl");
    assert.match(told[0]!, /^ {4}1:1 {2}warning {2}2 rows: .* {2}too-few-rows$/);
    assert.match(told[1]!, /^ {2}1:112 {2}error {4}the weight is true; .* {2}invalid-weight$/);
    assert.match(told.at(-1)!, /^\d+ errors?.* in 1 file, 2 rows$/);
    const broken = await tunesmith(place({ "b.jsonl": `${sound}{"prompt"\n` }), "lint", "b.jsonl");
    assert.match(broken.stdout, / in 1 file, 3 rows, of which 1 cannot be read\n$/);
  });

  it("problems of rows and of all rows together stand in the order of the file", async () => {
    const where = place({ "a.jsonl": sound + faulty.replace("it?", "it?<|im_end|>") + sound });
    const { files } = await json(where, "lint", "a.jsonl");
    const places = files[0].problems.map(({ line, column }: { line: number; column: number }) => [
      line,
      column,
    ]);
    assert.ok(places.length > 2);
    const sorted = places.toSorted((a: number[], b: number[]) => a[0]! - b[0]! || a[1]! - b[1]!);
    assert.deepEqual(places, sorted);
  });

  it("for programs: as documented", async () => {
    const where = place({ "a.jsonl": faulty });
    const { code, stdout } = await tunesmith(where, "lint", "a.jsonl", "--format", "json");
    const value = JSON.parse(stdout);
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(value), ["errors", "warnings", "infos", "fixed", "files"]);
    const [file] = value.files;
    assert.deepEqual(Object.keys(file), [
      ...[
        "path",
        "rows",
        "unreadable",
        "format",
        "confidence",
        "tokens",
        "errors",
        "warnings",
        "infos",
        "fixed",
      ],
      ...["problems", "unusedSuppressions", "troubles"],
    ]);
    assert.deepEqual([file.path, file.rows, file.format, file.tokens], ["a.jsonl", 2, "chat", null]);
    const problem = file.problems.find(({ rule }: { rule: string }) => rule === "invalid-weight");
    assert.equal(faulty.slice(problem.column - 1, problem.endColumn - 1), "true");
    assert.deepEqual(
      { ...problem, message: "", column: 0, endColumn: 0 },
      {
        ...{
          rule: "invalid-weight",
          severity: "error",
          message: "",
          line: 1,
          column: 0,
          endLine: 1,
          endColumn: 0,
        },
        ...{ fixable: true, more: 0, related: [] },
      },
    );
    const { code: _, ...short } = await json(where, "lint", "a.jsonl");
    assert.deepEqual(short, value, "--json says the same on one line");
  });

  it("SARIF 2.1.0, wherever the files lie", async () => {
    const where = place({ [odd]: faulty + sound + sound });
    const outside = place({ "b.jsonl": faulty });
    const args = ["lint", odd, join(outside, "b.jsonl"), "--format", "sarif"];
    const { code, stdout } = await tunesmith(where, ...args);
    assert.equal(code, 1);
    const log = JSON.parse(stdout);
    const ajv = new Ajv2020({ strict: false, formats: { uri: /^[a-z]+:/, "uri-reference": /^[^\s#?,]+$/ } });
    const check = ajv.compile(sarifSchema);
    check(log);
    assert.deepEqual(check.errors ?? [], []);
    const [{ results, tool, originalUriBaseIds }] = log.runs;
    for (const { ruleId, ruleIndex } of results) assert.equal(tool.driver.rules[ruleIndex].id, ruleId);
    const locations = results.map(
      // biome-ignore lint/suspicious/noExplicitAny: checked against the schema
      (result: any) => result.locations[0].physicalLocation.artifactLocation,
    );
    const first = new URL(locations[0].uri, originalUriBaseIds.SRCROOT.uri);
    assert.equal(fileURLToPath(first), join(where, odd));
    assert.deepEqual(locations.at(-1), { uri: pathToFileURL(join(outside, "b.jsonl")).href });
  });

  it("GitHub's workflow commands, which nothing in the data can break out of", async () => {
    const row = {
      messages: [
        { role: "a,b::c%\n::error::x", content: "Hi" },
        { role: "assistant", content: "Ho" },
      ],
    };
    const where = place({ [odd]: `${JSON.stringify(row)}\n` });
    const { stdout } = await tunesmith(where, "lint", odd, "--format", "github");
    const lines = stdout.trimEnd().split("\n");
    const command =
      /^::(error|warning|notice) file=sub folder\/50%25%2C a%3Ab#1\.jsonl,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?,title=[\w-]+::[^\n\r]+$/;
    for (const line of lines.slice(0, -1)) assert.match(line, command);
    assert.match(lines.join("\n"), /::error .*unknown-role::.*a,b::c%25/);
    assert.match(lines.at(-1)!, /^\d+ errors?/);
  });
});

describe("--fix", () => {
  it("mends what can be mended safely, and nothing else; a second time changes nothing", async () => {
    const where = place({ "a.jsonl": faulty, "b.jsonl": sound });
    const first = await json(where, "lint", "--fix");
    assert.equal(bytes(where, "a.jsonl").toString(), mended);
    assert.equal(bytes(where, "b.jsonl").toString(), sound);
    assert.deepEqual([first.code, first.fixed, kinds(first).includes("invalid-weight")], [1, 1, false]);
    assert.deepEqual(readdirSync(where).sort(), ["a.jsonl", "b.jsonl"], "no temporary is left");
    const again = await json(where, "lint", "--fix");
    assert.deepEqual([again.fixed, bytes(where, "a.jsonl").toString()], [0, mended]);
    assert.match(
      (await tunesmith(place({ "a.jsonl": faulty }), "lint", "a.jsonl", "--fix")).stdout,
      /; 1 fixed\n$/,
    );
  });

  it("keeps line ends, blanks and the missing last line end", async () => {
    const windows = faulty.replaceAll("\n", "\r\n").replace('"role":', '"role" :\t').trimEnd();
    const where = place({ "a.jsonl": windows });
    await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.equal(bytes(where, "a.jsonl").toString(), windows.replace("true", "1"));
  });

  it("lets a byte order mark be where somebody wants it", async () => {
    const config = JSON.stringify({ rules: { "byte-order-mark": "off" } });
    const where = place({ "a.jsonl": `\uFEFF${faulty}`, "tunesmith.lint.json": config });
    await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.equal(bytes(where, "a.jsonl").toString(), `\uFEFF${mended}`);
  });

  it("keeps UTF-16 where somebody wants it, else saves as UTF-8", async () => {
    const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");
    const where = place({ "a.jsonl": utf16(faulty) });
    const told = await json(where, "lint", "a.jsonl");
    assert.deepEqual([told.files[0].rows, told.files[0].format], [2, "chat"]);
    writeFileSync(
      join(where, "tunesmith.lint.json"),
      JSON.stringify({ rules: { "encoding-not-utf8": "off" } }),
    );
    await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.deepEqual(bytes(where, "a.jsonl"), utf16(mended));
    rmSync(join(where, "tunesmith.lint.json"));
    await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.equal(bytes(where, "a.jsonl").toString(), mended);
  });

  it("leaves alone what it cannot read, and says so", async () => {
    const latin = Buffer.concat([
      Buffer.from(faulty),
      Buffer.from('{"prompt": "caf\u00e9", "completion": "b"}\n', "latin1"),
    ]);
    const where = place({ "a.jsonl": latin });
    const { code, stdout } = await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.equal(code, 1);
    assert.match(stdout, /encoding-not-utf8/);
    assert.match(stdout, /nothing in a\.jsonl was fixed/);
    assert.deepEqual(bytes(where, "a.jsonl"), latin);
  });

  it("reads files above 50 MB, and does not change them", async () => {
    const where = place({});
    const file = openSync(join(where, "large.jsonl"), "w");
    const filler = "A sentence that says nothing much but takes its room. ".repeat(20);
    for (let block = 0; block < 100; block++) {
      const row = (i: number) => pair(`Question ${block * 500 + i}?`, `${block * 500 + i}: ${filler}`);
      writeSync(file, Array.from({ length: 500 }, (_, i) => row(i)).join(""));
    }
    writeSync(file, '{"prompt": "a", "completion": }\n');
    const { code, files } = await json(where, "lint", "large.jsonl", "--fix");
    assert.deepEqual([code, files[0].fixed, files[0].rows, files[0].unreadable], [1, 0, 50_001, 1]);
    assert.match(files[0].troubles[0].message, /larger than 50 MB/);
    const broken = files[0].problems.find(({ rule }: { rule: string }) => rule === "json-parse");
    assert.deepEqual([broken.line, broken.column], [50_001, 31]);
    assert.equal(files[0].tokens, null);
    rmSync(join(where, "large.jsonl"));
  });
});

describe("the model and the target", () => {
  it("--model counts tokens: the bundled one, or a folder", async () => {
    const where = place({ "a.jsonl": rows(4) });
    for (const model of ["tiny", modelCopy()]) {
      const { files } = await json(where, "lint", "a.jsonl", "--model", model);
      assert.ok(files[0].tokens > 20, model);
      assert.deepEqual(files[0].troubles, []);
    }
  });

  it("--max-length cuts", async () => {
    const where = place({ "a.jsonl": pair("Tell me all!", "It is a long story. ".repeat(20)) });
    const { files } = await json(where, "lint", "a.jsonl", "--model", "tiny", "--max-length", "16");
    assert.ok(kinds({ files }).includes("exceeds-context"), kinds({ files }).join());
  });

  it("a model that is not here is an error that says what to do", async () => {
    const where = place({ "a.jsonl": sound });
    const hub = await json(where, "lint", "a.jsonl", "--model", "some/model");
    assert.equal(hub.code, 1);
    assert.deepEqual(
      hub.files[0].troubles.map(({ code }: { code: string }) => code),
      ["hub-not-found"],
    );
    const { code, stdout } = await tunesmith(where, "lint", "a.jsonl", "--model", "./nowhere");
    assert.equal(code, 1);
    assert.match(stdout, /! .*nowhere/);
  });

  it("--target: what a trainer refuses is an error for it alone", async () => {
    const where = place({ "a.jsonl": `\uFEFF${sound}` });
    const found = async (target: string) =>
      (await json(where, "lint", "a.jsonl", "--target", target)).warnings;
    assert.ok((await found("trl")) > (await found("tunesmith")));
  });
});

describe("letting problems be", () => {
  it("suppressions are honoured, and those that nothing needs are told of", async () => {
    const where = place({ "a.jsonl": faulty });
    const before = await json(where, "lint", "a.jsonl");
    const { rowKey } = await import("../../src/data/lint/suppressions.ts");
    const value = JSON.parse(faulty.split("\n")[0]!);
    const suppressions = [
      { rule: "invalid-weight", row: rowKey({ value, source: "" }) },
      { rule: "json-parse", row: "0123456789abcdef" },
    ];
    writeFileSync(join(where, "a.jsonl.suppressions.json"), JSON.stringify({ suppressions }));
    const after = await json(where, "lint", "a.jsonl");
    assert.deepEqual(
      kinds(after),
      kinds(before).filter((rule) => rule !== "invalid-weight"),
    );
    assert.deepEqual(after.files[0].unusedSuppressions, [suppressions[1]]);
    const { stdout } = await tunesmith(where, "lint", "a.jsonl");
    assert.match(stdout, /! nothing needs the suppression of json-parse for row 0123456789abcdef any more\n/);
    await tunesmith(where, "lint", "a.jsonl", "--fix");
    assert.equal(bytes(where, "a.jsonl").toString(), faulty, "what is let be is not fixed");
    writeFileSync(join(where, "a.jsonl.suppressions.json"), "[]");
    assert.equal((await tunesmith(where, "lint", "a.jsonl")).code, 2);
  });
});
