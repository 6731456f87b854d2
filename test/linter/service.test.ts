/** The lint service as the extension host talks to it: open, type, fix, suppress, compare, preview. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import type { LintEdit, LintReport } from "../../src/contracts/lint.ts";
import { LintService } from "../../src/linter/service.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-service-"));
const services: LintService[] = [];
after(() => {
  for (const service of services) service.dispose();
  rmSync(folder, { recursive: true });
});
let count = 0;

/** What holds after a moment; the last failure, if it does not. */
async function soon<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || Date.now() > deadline) throw error;
    }
  }
}

const asked = { signal: new AbortController().signal, progress: () => {} } as never;

/** A workspace with these files, and an editor over it. */
function workspace(contents: Record<string, string>) {
  const root = join(folder, String(++count));
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const reports = new Map<string, LintReport>();
  const told: LintReport[] = [];
  const service = new LintService((report) => {
    reports.set(report.uri, report);
    told.push(report);
  });
  services.push(service);
  const { handlers } = service;
  const versions = new Map<string, number>();
  return {
    root,
    service,
    handlers,
    async open(name: string, text?: string) {
      const path = join(root, name);
      const shown = text ?? readFileSync(path, "utf8");
      versions.set(name, 1);
      const about = {
        uri: name,
        path,
        eol: shown.includes("\r\n") ? ("\r\n" as const) : ("\n" as const),
        version: 1,
        lines: shown.split("\n").length,
        length: shown.length,
      };
      const { wantsText } = await handlers.open(about, asked);
      if (wantsText) await handlers.open({ ...about, text: shown }, asked);
      return wantsText;
    },
    edit(name: string, start: number, end: number, text: string) {
      const version = versions.get(name)! + 1;
      versions.set(name, version);
      handlers.change!({ uri: name, version, changes: [{ start, end, text }] });
    },
    report: (name: string) => reports.get(name),
    /** All reports so far. */
    told,
    /** The report when everything has been looked at. */
    settled(name: string): Promise<LintReport> {
      return soon(async () => {
        const report = reports.get(name);
        assert.ok(
          report && report.pending === undefined && report.version === versions.get(name),
          "looked at",
        );
        return report;
      });
    },
  };
}

const row = (user: string, assistant: string, role = "user") =>
  JSON.stringify({
    messages: [
      { role, content: user },
      { role: "assistant", content: assistant },
    ],
  });
const rulesOf = ({ problems }: LintReport) => problems.map(({ rule }) => rule);
const withEdits = (text: string, edits: readonly LintEdit[]) => {
  const lines = text.split("\n");
  const offset = ({ line, character }: LintEdit["range"]["start"]) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (done, { range, text: put }) =>
        done.slice(0, offset(range.start)) + put + done.slice(offset(range.end)),
      text,
    );
};

describe("the lint service", () => {
  it("reads a file from the disk, and asks for the text where the editor shows another", async () => {
    const { open, settled } = workspace({ "a.jsonl": `${row("Where is it?", "Here.", "usr")}\n` });
    assert.equal(await open("a.jsonl"), false);
    assert.ok(rulesOf(await settled("a.jsonl")).includes("unknown-role"));
    assert.equal(await open("a.jsonl", `${row("Where is it?", "It is here.")}\n`), true);
    assert.ok(!rulesOf(await settled("a.jsonl")).includes("unknown-role"));
  });

  it("takes a file with Windows line ends as editors show it", async () => {
    const { open, settled } = workspace({
      "a.jsonl": `${row("One?", "1.")}\r\n${row("Two?", "2.", "usr")}\r\n`,
    });
    assert.equal(await open("a.jsonl"), false);
    const problem = (await settled("a.jsonl")).problems.find(({ rule }) => rule === "unknown-role")!;
    assert.equal(problem.range.start.line, 1);
  });

  it("tells of the first rows of a large file before it has read the others, and only of whole ones", async () => {
    const answer = "It is here, as it has always been. ".repeat(20);
    const pretty = JSON.stringify(JSON.parse(row("Where?", answer)), undefined, 2);
    const rows = Array.from({ length: 4000 }, (_, i) =>
      i === 3 || i === 3500
        ? row("Who?", "Me.", "usr")
        : i % 2 === 0
          ? row(`Where is ${i}?`, answer)
          : pretty,
    );
    const { open, told, settled } = workspace({ "large.jsonl": rows.join("\n") });
    assert.equal(await open("large.jsonl"), false);
    const first = told[0]!;
    assert.equal(first.pending, "rows");
    assert.ok(first.rows > 50 && first.rows < 400, `${first.rows} rows`);
    assert.ok(rulesOf(first).includes("unknown-role"));
    const last = await settled("large.jsonl");
    assert.equal(last.rows, 4000);
    const placed = ({ problems }: LintReport) =>
      problems.map(({ rule, range }) => `${rule} ${JSON.stringify(range)}`);
    assert.deepEqual(
      placed(first).filter((each) => !placed(last).includes(each)),
      [],
    );
    assert.equal(rulesOf(last).filter((rule) => rule === "unknown-role").length, 2);
  });

  it("follows typing, problem by problem", async () => {
    const text = `${row("One?", "1.")}\n`;
    const { open, settled, edit } = workspace({ "a.jsonl": text });
    await open("a.jsonl");
    assert.ok(!rulesOf(await settled("a.jsonl")).includes("unknown-role"));
    const at = text.indexOf('"user"') + 1;
    edit("a.jsonl", at, at + 1, "");
    const problem = (await settled("a.jsonl")).problems.find(({ rule }) => rule === "unknown-role")!;
    assert.deepEqual(problem.range.start, { line: 0, character: at - 1 });
    edit("a.jsonl", at, at, "u");
    assert.ok(!rulesOf(await settled("a.jsonl")).includes("unknown-role"));
  });

  it("leaves a log alone until it is told that it is a dataset", async () => {
    const { open, settled, handlers } = workspace({
      "app.jsonl": '{"level": "info", "time": 1, "pid": 3}\n{"level": "warn", "time": 2, "pid": 3}\n',
    });
    await open("app.jsonl");
    const before = await settled("app.jsonl");
    assert.ok(!before.isDataset);
    assert.deepEqual(before.problems, []);
    const uri = "app.jsonl";
    const position = { line: 0, character: 12 };
    assert.deepEqual(await handlers.outline({ uri }, asked), []);
    assert.deepEqual(await handlers.folding({ uri }, asked), []);
    assert.deepEqual(await handlers.complete({ uri, position }, asked), []);
    assert.equal(await handlers.label({ uri, position }, asked), null);
    handlers.treat!({ uri: "app.jsonl" });
    const after = await soon(async () => {
      const report = await settled("app.jsonl");
      assert.ok(report.isDataset);
      return report;
    });
    assert.ok(rulesOf(after).includes("unknown-format"));
  });

  it("mends one problem, and all that is safe, as edits of the editor's text", async () => {
    const text = `${row("One?", "1.", "usr")}\n\n${row("Two?", "2.")}\n`;
    const { open, settled, handlers } = workspace({ "a.jsonl": text });
    await open("a.jsonl");
    const report = await settled("a.jsonl");
    const { range } = report.problems.find(({ rule }) => rule === "unknown-role")!;
    const fixes = (await handlers.fixes({ uri: "a.jsonl", range }, asked)).filter(
      ({ rule }) => rule === "unknown-role",
    );
    assert.match(fixes[0]!.title, /"user"/);
    assert.equal(withEdits(text, fixes[0]!.edits), text.replace('"usr"', '"user"'));
    const { edits, fixed } = await handlers.fixAll({ uri: "a.jsonl", of: "safe" }, asked);
    assert.ok(fixed > 0);
    assert.equal(
      withEdits(text, edits),
      text.replace("\n\n", "\n"),
      "the blank line goes, the role is a choice",
    );
    const all = await handlers.fixAll({ uri: "a.jsonl", of: { rule: "unknown-role" } }, asked);
    assert.equal(withEdits(text, all.edits), text.replace('"usr"', '"user"'));
  });

  it("keeps what is let be beside the data, and shows it no more", async () => {
    const { open, settled, handlers, root } = workspace({ "a.jsonl": `${row("One?", "1.", "usr")}\n` });
    await open("a.jsonl");
    const { range } = (await settled("a.jsonl")).problems.find(({ rule }) => rule === "unknown-role")!;
    const { path } = await handlers.suppress({ uri: "a.jsonl", rule: "unknown-role", range }, asked);
    assert.equal(path, join(root, "a.jsonl.suppressions.json"));
    assert.match(readFileSync(path, "utf8"), /"unknown-role"/);
    await soon(async () => assert.ok(!rulesOf(await settled("a.jsonl")).includes("unknown-role")));
  });

  it("sees a leak between files as soon as one of them is changed", async () => {
    const train = `${row("Where is my card?", "Delivery.")}\n${row("What is the fee?", "None.")}\n`;
    const test = `${row("Can I pay abroad?", "Yes.")}\n`;
    const { open, settled, edit, report } = workspace({ "train.jsonl": train, "test.jsonl": test });
    await open("train.jsonl");
    await open("test.jsonl");
    assert.ok(!rulesOf(await settled("test.jsonl")).includes("train-eval-leak"));
    const at = train.indexOf("Where is my card?");
    edit("train.jsonl", at, at + "Where is my card?".length, "Can I pay abroad?");
    await settled("train.jsonl");
    await soon(async () => assert.ok(rulesOf(report("test.jsonl")!).includes("train-eval-leak")));
  });

  it("reads settings again when they change", async () => {
    const { open, settled, handlers, root } = workspace({ "a.jsonl": `${row("One?", "1.", "usr")}\n` });
    await open("a.jsonl");
    await settled("a.jsonl");
    const config = join(root, "tunesmith.lint.json");
    writeFileSync(config, '{ "rules": { "unknown-role": "off" } }');
    handlers.changedOnDisk!({ paths: [config] });
    await soon(async () => assert.ok(!rulesOf(await settled("a.jsonl")).includes("unknown-role")));
    writeFileSync(config, '{ "rules": { "unknown-rule": "off" } }');
    handlers.changedOnDisk!({ paths: [config] });
    await soon(async () =>
      assert.match((await settled("a.jsonl")).troubles.join(), /no rule "unknown-rule"/),
    );
  });

  it("shows a row as the model is trained on it", async () => {
    const { open, settled, handlers } = workspace({
      "a.jsonl": `${row("One?", "Uno.")}\n${row("Two?", "Dos.")}\n`,
    });
    await open("a.jsonl");
    const report = await settled("a.jsonl");
    assert.ok(report.tokens! > 0);
    const preview = await handlers.preview({ uri: "a.jsonl", line: 1 }, asked);
    assert.deepEqual([preview.row, preview.rows, preview.line], [2, 2, 1]);
    const said = (want: boolean) =>
      preview.tokens
        .filter(({ trained }) => trained === want)
        .map(({ text }) => text)
        .join("");
    assert.match(said(false), /Two\?/);
    assert.match(said(true), /Dos\./);
    const hover = await handlers.hover({ uri: "a.jsonl", position: { line: 1, character: 60 } }, asked);
    assert.match(hover!.markdown, /tiny.*learned/);
  });

  it("says what a run would leave out, of an open file and of one on the disk", async () => {
    const sound = Array.from({ length: 15 }, (_, i) => `${row(`Number ${i}?`, `It is ${i}.`)}\n`).join("");
    const text = `${sound}${row("Two?", "")}\n{"messages": 3}\n${row("Long?", "many words ".repeat(800))}\n{"messages"\n`;
    const { open, settled, handlers, root } = workspace({ "a.jsonl": text });
    const path = join(root, "a.jsonl");
    const closed = await handlers.outlook({ uri: "a.jsonl", path }, asked);
    await open("a.jsonl");
    await settled("a.jsonl");
    const outlook = await handlers.outlook({ uri: "a.jsonl", path }, asked);
    assert.deepEqual(closed, outlook);
    assert.equal(outlook.rows, 19);
    const { rows, unreadable } = await handlers.statistics({ uri: "a.jsonl" }, asked);
    assert.deepEqual([rows, unreadable], [19, 1], "the same rows are counted everywhere");
    assert.equal(outlook.trained, 16);
    assert.deepEqual(outlook.dropped, [
      { reason: "not readable", rows: 1, lines: [19] },
      { reason: "not in the file's format", rows: 2, lines: [16, 17] },
    ]);
    assert.deepEqual([outlook.truncated.rows, outlook.truncated.lines], [1, [18]]);
    assert.ok(outlook.counts.errors > 0);
  });

  it("says it by the recipe that was just written, before anybody has told of it", async () => {
    // By its content nobody takes it for a dataset; the recipe does.
    const text = `${row("Where is my card?", "It is on its way.")}\n${'{"level": "info", "time": 1, "pid": 3}\n'.repeat(2)}`;
    const { open, settled, handlers, root } = workspace({ "data.jsonl": text });
    const path = join(root, "data.jsonl");
    const outlook = () => handlers.outlook({ uri: "data.jsonl", path }, asked);
    await open("data.jsonl");
    assert.equal((await settled("data.jsonl")).isDataset, false);
    const before = await outlook();
    assert.deepEqual([before.maxLength, before.trained, before.truncated.rows], [512, 1, 0]);
    assert.ok(before.counts.errors > 0, "though it is taken for no dataset");
    const recipe = (maxLength: number) =>
      writeFileSync(
        join(root, "data.tune.json"),
        JSON.stringify({ model: "tiny", data: { train: "data.jsonl" }, train: { maxLength } }),
      );
    recipe(16);
    const after = await outlook();
    assert.deepEqual([after.maxLength, after.trained + after.truncated.rows > 0], [16, true]);
    assert.deepEqual(after.counts, (await settled("data.jsonl")).counts, "the errors under the recipe");
    recipe(64);
    assert.equal((await outlook()).maxLength, 64);
    assert.equal((await settled("data.jsonl")).isDataset, true);
  });

  it("has an outline, finds rows, labels and their places, and renames them", async () => {
    const lines = [
      "text,label",
      "where is it,lost",
      "it is gone,lost",
      "I paid twice,fee",
      "what fee,fee",
      "lost again,lost",
      "a fee,fee",
    ];
    const text = `${lines.join("\n")}\n`;
    const { open, settled, handlers } = workspace({ "labels.csv": text });
    await open("labels.csv");
    await settled("labels.csv");
    const uri = "labels.csv";
    const outline = await handlers.outline({ uri }, asked);
    assert.deepEqual(outline.map(({ name }) => name).slice(0, 2), ["1: where is it", "2: it is gone"]);
    assert.deepEqual(await handlers.row({ uri, row: 3 }, asked), { line: 3, rows: 6 });
    const position = { line: 2, character: lines[2]!.length - 1 };
    const label = (await handlers.label({ uri, position }, asked))!;
    assert.equal(label.label, "lost");
    assert.deepEqual(
      label.places.map(({ start }) => start.line),
      [1, 2, 5],
    );
    const edits = await handlers.renameLabel({ uri, position, name: "lost, or stolen" }, asked);
    assert.equal(withEdits(text, edits), text.replace(/,lost$/gm, ',"lost, or stolen"'));
    const completions = await handlers.complete(
      { uri, position: { line: 3, character: lines[3]!.length } },
      asked,
    );
    assert.deepEqual(completions.map(({ label: offered }) => offered).sort(), ["fee", "lost"]);
    assert.equal(
      await handlers.label({ uri, position: { line: 2, character: 0 } }, asked),
      null,
      "no label there",
    );
  });

  it("completes keys and roles from the format's schema, and explains keys", async () => {
    const text = `${row("One?", "1.")}\n{"messages": [{"role": "", "content": "x"}]}\n${row("Two?", "2.")}\n`;
    const { open, settled, handlers } = workspace({ "a.jsonl": text });
    await open("a.jsonl");
    await settled("a.jsonl");
    const character = text.split("\n")[1]!.indexOf('""') + 1;
    const roles = await handlers.complete({ uri: "a.jsonl", position: { line: 1, character } }, asked);
    assert.ok(roles.some(({ text: put }) => put === '"assistant"'));
    const hover = await handlers.hover({ uri: "a.jsonl", position: { line: 0, character: 3 } }, asked);
    assert.match(hover!.markdown, /\*\*messages\*\*/);
  });

  it("says all that is found in a file, whether it is open or not", async () => {
    const text = `${row("One?", "1.", "usr")}\n`;
    const { open, edit, handlers, root } = workspace({ "a.jsonl": text });
    const of = { uri: "a.jsonl", path: join(root, "a.jsonl") };
    const closed = await handlers.lintFile(of, asked);
    assert.ok(rulesOf(closed).includes("unknown-role"));
    assert.ok(closed.tokens! >= 0);
    await open("a.jsonl");
    const opened = await handlers.lintFile(of, asked);
    assert.deepEqual(opened.problems, closed.problems);
    const at = text.indexOf("usr");
    edit("a.jsonl", at, at + 3, "user");
    assert.ok(
      !rulesOf(await handlers.lintFile(of, asked)).includes("unknown-role"),
      "as it is in the editor",
    );
  });

  it("shows statistics and transforms", async () => {
    const text = `${row("One?", "1.")}\n${row("Two?", "2.")}\n${row("One?", "1.")}\n`;
    const { open, settled, handlers, root } = workspace({ "a.jsonl": text });
    await open("a.jsonl");
    await settled("a.jsonl");
    const statistics = await handlers.statistics({ uri: "a.jsonl" }, asked);
    assert.equal(statistics.rows, 3);
    assert.equal(statistics.duplicates, 1);
    assert.ok(statistics.histograms.some(({ name }) => name === "promptTokens"));
    assert.equal(statistics.history, undefined);
    const transform = (transformation: Parameters<typeof handlers.transform>[0]["transformation"]) =>
      handlers.transform({ uri: "a.jsonl", path: join(root, "a.jsonl"), transformation }, asked);
    const { files } = await transform({ kind: "dedupe", by: "row", keep: "first" });
    assert.equal(files[0]!.text, `${row("One?", "1.")}\n${row("Two?", "2.")}\n`);
    const converted = await transform({ kind: "convert", to: "sharegpt", extension: ".json" });
    assert.equal(converted.files[0]!.name, "a.sharegpt.json");
    assert.equal(JSON.parse(converted.files[0]!.text).length, 3);
  });
});
