/** The linter in the real VS Code, from the packaged extension: what is typed, seen, fixed, asked and let be. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { violationsIn } from "./accessibility.ts";
import { DatasetEditor, plainTyping } from "./dataset-editor.ts";
import { type Editor, openEditor, withEditor, withoutEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

interface Pair {
  prompt: string;
  completion: string;
}

const sample = readFileSync(join(import.meta.dirname, "../../assets/sample/support.jsonl"), "utf8");
const pairs: Pair[] = sample
  .trim()
  .split("\n")
  .slice(0, 60)
  .map((line) => JSON.parse(line));
const written = (value: unknown) => JSON.stringify(value);
const chatRows = pairs.map(({ prompt, completion }) =>
  written({
    messages: [
      { role: "user", content: prompt },
      { role: "assistant", content: completion },
    ],
  }),
);
const chat = `${chatRows.join("\n")}\n`;
const pairRows = pairs.map(written);
const csv = `text,label\n${pairs.map(({ prompt, completion }) => `${prompt},${completion}`).join("\n")}\n`;
const log = Array.from({ length: 60 }, (_, i) => `{"time": ${i}, "level": "info", "event": "tick"}\n`).join(
  "",
);

/** With a mistake here and there, unusual spaces, and the line ends of Windows. */
const faultyRows = chatRows.map((row, i) =>
  i === 5
    ? row.replace("}]}", "},]}")
    : i === 7
      ? row.replace('"messages"', '"Messages"')
      : i === 12
        ? row.replaceAll(",", " ,\t")
        : row,
);
const faulty = `${faultyRows.toSpliced(10, 0, "").join("\r\n")}\r\n`;
const fixed = `${faultyRows.map((row, i) => (i === 5 || i === 7 ? chatRows[i] : row)).join("\r\n")}\r\n`;

const lenses = "Fine-tune on this dataset | Preview as the model sees it | Statistics | Split | Convert";

function sessionOf(files: Record<string, string>, settings: Record<string, unknown> = {}) {
  const session = {} as { editor: Editor; dataset: DatasetEditor };
  before(async () => {
    session.editor = await openEditor({ files, settings: { ...plainTyping, ...settings } });
    session.dataset = new DatasetEditor(session.editor);
  });
  after(() => session.editor?.dispose());
  return session;
}

function noErrors(session: { editor: Editor }): void {
  it("nothing of all that is an error of the extension's own", () => {
    const lines = session.editor.log("tunesmith.tunesmith");
    assert.deepEqual(
      lines.filter((line) => /\[(error|warning)\]|internal:/.test(line)),
      [],
    );
  });
}

describe("the linter in VS Code: problems and fixes", { skip: withoutEditor }, () => {
  const session = sessionOf({ "chat.jsonl": chat, "faulty.jsonl": faulty, "app.jsonl": log });

  it("a sound dataset has lenses, and no problems", async () => {
    const { editor, dataset } = session;
    await editor.openFile("chat.jsonl");
    await editor.statusBarItem(/^60 examples · \S+ tokens · 0 problems$/).waitFor();
    await eventually("the lenses", async () => (await dataset.lenses()) === lenses);
    await dataset.rulesAre();
  });

  it("an error squiggles as it is typed, and is fixed by Ctrl+. and Enter", async () => {
    const { editor, dataset } = session;
    const column = chatRows[2]!.indexOf("assistant") + 1;
    await dataset.typeAt(3, column, "s");
    await dataset.squiggles("error").first().waitFor();
    const [problem] = await dataset.rulesAre("unknown-role");
    assert.equal(problem!.message, '"sassistant" is no role; did you mean "assistant"?');
    assert.deepEqual([problem!.line, problem!.column], [3, column - 1]);
    await editor.statusBarItem(/60 examples · .* · 1 problem$/).waitFor();

    await dataset.goTo(3, column + 2);
    assert.deepEqual(await dataset.quickFixes(), [
      'Change "sassistant" to "assistant"',
      "Fix all problems of “unknown-role”",
      "Let this be: suppress “unknown-role” for this row",
      "Explain “unknown-role”",
    ]);
    await editor.page.keyboard.press("Enter");
    await dataset.rulesAre();
    await eventually("no squiggle", async () => (await dataset.squiggles("error").count()) === 0);
    await dataset.savedAs("chat.jsonl", chat);
  });

  it("all of a kind are fixed at once, and one undo brings them back", async () => {
    const { editor, dataset } = session;
    for (const row of [4, 6]) await dataset.typeAt(row, chatRows[row - 1]!.indexOf("assistant") + 1, "s");
    await dataset.rulesAre("unknown-role", "unknown-role");
    await dataset.quickFix("Fix all problems of “unknown-role”");
    await dataset.rulesAre();
    await dataset.savedAs("chat.jsonl", chat);
    await editor.page.keyboard.press("Control+Z");
    await dataset.rulesAre("unknown-role", "unknown-role");
    await editor.page.keyboard.press("Control+Y");
    await dataset.rulesAre();
    await dataset.savedAs("chat.jsonl", chat);
  });

  it("everything safe is fixed, each by what it has to change, and undo brings back every byte", async () => {
    const { editor, dataset } = session;
    const { page } = editor;
    await editor.openFile("faulty.jsonl");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
    await editor.runCommand("Tunesmith: Fix everything that can be fixed safely");
    await dataset.rulesAre();
    await dataset.focus();
    await dataset.savedAs("faulty.jsonl", fixed);
    await page.keyboard.press("Control+Z");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
    await dataset.savedAs("faulty.jsonl", faulty);
  });

  it("the safe fixes are shown as a diff first, and applied from there", async () => {
    const { editor, dataset } = session;
    await editor.runCommand("Tunesmith: Preview the safe fixes as a diff");
    await editor.tab("faulty.jsonl: safe fixes").waitFor();
    await editor.notification("3 problems can be fixed safely.").waitFor();
    await editor.page.locator('.editor-actions [aria-label^="Apply what is shown"]').click();
    await editor.tab("faulty.jsonl: safe fixes").waitFor({ state: "detached" });
    await dataset.rulesAre();
    await dataset.savedAs("faulty.jsonl", fixed);
    await editor.page.keyboard.press("Control+Z");
    await dataset.savedAs("faulty.jsonl", faulty);
  });

  it("other line ends do not move problems", async () => {
    const { editor, dataset } = session;
    await editor.statusBarItem("CRLF").click();
    await editor.quickInput.pick("LF");
    await dataset.typeAt(20, chatRows[18]!.indexOf("assistant") + 1, "s");
    const found = await dataset.problem("unknown-role");
    assert.deepEqual([found.line, found.column], [20, chatRows[18]!.indexOf("assistant")]);
    await editor.page.keyboard.press("Control+Z");
    await editor.page.keyboard.press("Control+Z");
    await dataset.savedAs("faulty.jsonl", faulty);
  });

  it("a problem can be let be: the squiggle goes until the row is another", async () => {
    const { editor, dataset } = session;
    await editor.openFile("chat.jsonl");
    const column = chatRows[8]!.indexOf("assistant") + 1;
    await dataset.typeAt(9, column, "s");
    await dataset.rulesAre("unknown-role");
    await dataset.quickFix("Let this be: suppress “unknown-role” for this row");
    await editor.notification("Noted in chat.jsonl.suppressions.json.").waitFor();
    await dataset.rulesAre();
    assert.match(dataset.onDisk("chat.jsonl.suppressions.json"), /unknown-role/);
    await dataset.typeAt(9, column, "s");
    await dataset.rulesAre("unknown-role");
    for (const _ of "ss") await editor.page.keyboard.press("Delete");
    await editor.page.keyboard.press("Control+Z");
    await editor.runCommand("File: Revert File");
    await dataset.rulesAre();
  });

  it("a log is left alone until it is treated as a dataset", async () => {
    const { editor, dataset } = session;
    await editor.openFile("app.jsonl");
    await eventually("no lenses", async () => (await dataset.lenses()) === "");
    await dataset.rulesAre();
    assert.ok(!(await editor.statusBarItem(/examples/).isVisible()));
    await editor.runCommand("Tunesmith: Treat as dataset");
    await dataset.rulesAre("unknown-format");
    await eventually("the lenses", async () => (await dataset.lenses()) === lenses);
  });

  it("a rule's page opens from its problem", async () => {
    const { editor } = session;
    await editor.page.locator(".markers-panel a", { hasText: "unknown-format" }).click();
    await editor.tab("Preview unknown-format.md").waitFor();
  });

  noErrors(session);
});

describe("the linter in VS Code: what a dataset can be asked", { skip: withoutEditor }, () => {
  const instructions = pairs
    .slice(0, 50)
    .map(({ prompt, completion }) => ({ instruction: prompt, input: "", output: completion }));
  const session = sessionOf({
    "chat.jsonl": chat,
    "labels.csv": csv,
    "pretty.json": JSON.stringify(instructions, null, 2),
    "package.json": '{\n  "name": "x",\n  "version": "1.0.0"\n}\n',
  });
  const outlineIs = (what: string, first: RegExp) =>
    eventually(what, async () => first.test((await session.dataset.outline().first().textContent()) ?? ""));

  it("a row as the model sees it follows the cursor", async () => {
    const { editor, dataset } = session;
    await editor.openFile("chat.jsonl");
    await dataset.goTo(3, 1);
    await editor.page.getByText("Preview as the model sees it").first().click();
    const preview = await editor.webviewFrame(/^Preview/);
    const row = preview.getByRole("spinbutton");
    await eventually("row 3", async () => (await row.inputValue()) === "3");
    const words = async () => ((await preview.locator("body").textContent()) ?? "").replace(/[·\s]+/g, "");
    const said = (text: string) => text.replaceAll(" ", "");
    await eventually("its tokens", async () => (await words()).includes(said(pairs[2]!.prompt)));
    await dataset.goTo(7, 5);
    await eventually("row 7", async () => (await row.inputValue()) === "7");
    await eventually("its tokens", async () => (await words()).includes(said(pairs[6]!.prompt)));
    await dataset.typeAt(7, chatRows[6]!.indexOf(pairs[6]!.prompt) + 1, "zebra");
    await eventually("what is typed", async () => (await words()).includes("zebra"));
    await editor.page.keyboard.press("Control+Z");
    assert.deepEqual(await violationsIn(preview), []);
  });

  it("statistics, and what a run would make of it", async () => {
    const { editor } = session;
    await editor.runCommand("Tunesmith: Show dataset statistics");
    const page = await editor.webviewFrame(/^Statistics/);
    await page
      .getByText("A run trains on 60 of 60 rows.")
      .or(page.getByText("A run trains on all 60 rows."))
      .waitFor();
    await page.getByRole("heading", { name: "Labels" }).waitFor();
    assert.deepEqual(await violationsIn(page), []);
  });

  it("both pages are there again when the window was loaded again, and problems are found again", async () => {
    const { editor, dataset } = session;
    await editor.reloadWindow();
    const page = await editor.webviewFrame(/^Statistics/);
    await page.getByRole("heading", { name: "Labels" }).waitFor();
    await (await editor.webviewFrame(/^Preview/)).getByRole("spinbutton").waitFor();
    await editor.openFile("chat.jsonl");
    await dataset.typeAt(1, 1, "x");
    await dataset.problem("json-parse");
    await editor.page.keyboard.press("Control+Z");
    await dataset.rulesAre();
    await editor.runCommand("View: Close All Editors");
  });

  it("what a row becomes and what a key means are said on hovering", async () => {
    const { editor, dataset } = session;
    await editor.openFile("chat.jsonl");
    await editor.statusBarItem(/60 examples · \S+ tokens/).waitFor();
    const hover = editor.page.locator(".monaco-hover:visible");
    const showHover = async (column: number, said: RegExp) => {
      await dataset.goTo(2, column);
      await editor.runCommand("Show or Focus Hover");
      await hover.filter({ hasText: said }).first().waitFor();
      await editor.page.keyboard.press("Escape");
    };
    await showHover(chatRows[1]!.indexOf(pairs[1]!.prompt) + 2, /\d+ of \d+ tokens are learned/);
    await showHover(chatRows[1]!.indexOf("role") + 2, /^role/);
  });

  it("roles and labels are completed", async () => {
    const { editor, dataset } = session;
    const items = editor.page.locator(".suggest-widget .monaco-list-row");
    const offered = async (row: number, word: string) => {
      const start = chatRows[row - 1]!.lastIndexOf(`"${word}"`) + 2;
      await dataset.goTo(row, start);
      for (const _ of word) await editor.page.keyboard.press("Delete");
      await editor.page.keyboard.press("Control+Space");
      await items.first().waitFor();
      return (
        await items.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? ""))
      ).join("\n");
    };
    const roles = await offered(2, "assistant");
    for (const role of ["user", "assistant", "system"]) assert.match(roles, new RegExp(`^${role}\\b`, "m"));
    await editor.page.keyboard.type("ass");
    await editor.page.keyboard.press("Enter");
    await dataset.rulesAre();
    await dataset.savedAs("chat.jsonl", chat);
    const label = pairs[2]!.completion;
    const labels = await offered(3, label);
    for (const each of new Set(pairs.map(({ completion }) => completion)))
      assert.match(labels, new RegExp(`^${each}\\b`, "m"));
    await editor.page.keyboard.press("Escape");
    await editor.runCommand("File: Revert File");
    await dataset.rulesAre();
  });

  it("a label is found everywhere, and renamed everywhere", async () => {
    const { editor, dataset } = session;
    await editor.openFile("labels.csv");
    await editor.statusBarItem(/^60 examples · \S+ tokens · 0 problems$/).waitFor();
    const label = pairs[0]!.completion;
    const places = pairs.filter(({ completion }) => completion === label).length;
    await dataset.goTo(2, pairs[0]!.prompt.length + 3);
    await editor.page.keyboard.press("Shift+F12");
    await editor.page.getByText(`References (${places})`).waitFor();
    await editor.page.keyboard.press("Escape");
    await dataset.goTo(2, pairs[0]!.prompt.length + 3);
    await editor.page.keyboard.press("F2");
    await editor.page.locator(".rename-box input").fill("money");
    await editor.page.keyboard.press("Enter");
    const renamed = csv.replaceAll(new RegExp(`,${label}$`, "gm"), ",money");
    await dataset.lines("money").first().waitFor();
    await dataset.savedAs("labels.csv", renamed);
    await editor.page.keyboard.press("Control+Z");
    await dataset.savedAs("labels.csv", csv);
  });

  it("rows are in the outline, fold, and are gone to by their number", async () => {
    const { editor, dataset } = session;
    await editor.page.locator(".pane-header", { hasText: "Outline" }).click();
    await outlineIs("the table's rows", new RegExp(`^\\s*1: ${pairs[0]!.prompt}`));
    await editor.runCommand("Tunesmith: Go to row…");
    await (await editor.quickInput.shown()).type("17");
    await editor.quickInput.accept();
    await editor.statusBarItem("Ln 18, Col 1").waitFor();

    await editor.openFile("package.json");
    await outlineIs("what JSON has", /^\s*name/);
    assert.ok(!(await dataset.outline().allTextContents()).some((text) => text.includes("Tunesmith")));

    await editor.openFile("pretty.json");
    await outlineIs("ours", /^\s*Tunesmith/);
    await dataset.goTo(2, 3);
    await editor.runCommand("Fold");
    await editor.page.locator(".codicon-folding-collapsed").waitFor();
  });

  noErrors(session);
});

describe("the linter in VS Code: settings and files that belong together", { skip: withoutEditor }, () => {
  const held = pairRows.slice(50, 56);
  const session = sessionOf(
    {
      "qa-train.jsonl": `${pairRows.slice(0, 50).join("\n")}\n`,
      "qa-test.jsonl": `${held.join("\n")}\n`,
      "faulty.jsonl": faulty,
      "tunesmith.lint.json": "{\n  \n}\n",
    },
    { "editor.codeActionsOnSave": { "source.fixAll.tunesmith": "explicit" } },
  );

  it("a row of the test that training sees, too, is found as it is typed", async () => {
    const { editor, dataset } = session;
    await editor.openFile("qa-test.jsonl");
    await dataset.rulesAre();
    await dataset.typeAt(1, 1, `${pairRows[3]}\n`);
    const leak = await dataset.problem("train-eval-leak");
    assert.equal(leak.line, 1);
    await editor.openFile("qa-train.jsonl");
    await editor.openFile("qa-test.jsonl");
    await editor.runCommand("File: Revert File");
    await dataset.rulesAre();
  });

  it("the configuration is completed, and holds as soon as it is saved", async () => {
    const { editor, dataset } = session;
    await editor.openFile("faulty.jsonl");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
    await editor.openFile("tunesmith.lint.json");
    await dataset.goTo(2, 3);
    const items = editor.page.locator(".suggest-widget .monaco-list-row");
    await eventually("the configuration's keys", async () => {
      await editor.page.keyboard.press("Escape");
      await editor.page.keyboard.press("Control+Space");
      await items.first().waitFor();
      return (await items.allTextContents()).some((text) => /target/.test(text));
    });
    await editor.page.keyboard.press("Escape");
    await editor.page.keyboard.type('"rules": { "json*": "off" }');
    await dataset.save();
    await editor.openFile("faulty.jsonl");
    const [problem] = await dataset.rulesAre("key-case");
    assert.equal(problem!.line, 8);
    writeFileSync(join(editor.workspace, "tunesmith.lint.json"), "{}\n");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
  });

  it("what is safe is fixed on saving, where that is set", async () => {
    const { editor, dataset } = session;
    await editor.openFile("faulty.jsonl");
    await dataset.typeAt(1, 1, " ");
    await editor.page.keyboard.press("Backspace");
    await dataset.savedAs("faulty.jsonl", fixed);
    await dataset.rulesAre();
    await editor.page.keyboard.press("Control+Z");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
  });

  it("the linter is turned off and on", async () => {
    const { editor, dataset } = session;
    const set = (isOn: boolean) =>
      writeFileSync(
        join(editor.workspace, ".vscode", "settings.json"),
        written({ "tunesmith.lint.enable": isOn }),
      );
    await editor.runCommand("Preferences: Open Workspace Settings (JSON)");
    await eventually("the workspace's settings", () =>
      existsSync(join(editor.workspace, ".vscode", "settings.json")),
    );
    await editor.openFile("faulty.jsonl");
    set(false);
    await dataset.rulesAre();
    await eventually("no lenses of the linter", async () => !(await dataset.lenses()).includes("Statistics"));
    assert.ok(!(await editor.statusBarItem(/examples/).isVisible()));
    await editor.runCommand("Tunesmith: Show dataset statistics");
    await (await editor.webviewFrame(/^Statistics/)).getByText(/the linter is off/i).waitFor();
    await editor.openFile("faulty.jsonl");
    set(true);
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
    await editor.statusBarItem(/examples/).waitFor();
  });

  noErrors(session);
});

it("a workspace that is not trusted is linted all the same", { skip: withoutEditor }, () =>
  withEditor({ files: { "faulty.jsonl": faulty }, trusted: false, settings: plainTyping }, async (editor) => {
    const dataset = new DatasetEditor(editor);
    await editor.openFile("faulty.jsonl");
    await dataset.rulesAre("json-parse", "key-case", "jsonl-blank-line");
    await editor.runCommand("Tunesmith: Fix everything that can be fixed safely");
    await dataset.rulesAre();
  }),
);
