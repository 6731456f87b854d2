/**
 * What changes a dataset as a whole, in the real VS Code: convert, split, merge, remove duplicates, shuffle, fix everything;
 * and a linter that stops.
 */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { DatasetEditor, plainTyping } from "./dataset-editor.ts";
import { type Editor, openEditor, withoutEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { appears } from "./quick-input.ts";

const root = join(import.meta.dirname, "../..");
const sample = readFileSync(join(root, "assets/sample/support.jsonl"), "utf8")
  .trim()
  .split("\n")
  .slice(0, 30);
const pairs: { prompt: string; completion: string }[] = sample.map((line) => JSON.parse(line));
const written = (value: unknown) => JSON.stringify(value);
const textOf = (rows: readonly unknown[]) =>
  rows.map((row) => `${typeof row === "string" ? row : written(row)}\n`).join("");
const rowsIn = (text: string) => text.trim().split("\n");
const messages = ({ prompt, completion }: (typeof pairs)[number]) => ({
  messages: [
    { role: "user", content: prompt },
    { role: "assistant", content: completion },
  ],
});
const chatRows = pairs.map((pair) => written(messages(pair)));
const chat = textOf(chatRows);
const repeated = textOf([...chatRows.slice(0, 10), chatRows[2], chatRows[5], ...chatRows.slice(10)]);

/** The blank before the answer is seen once the row can be read, and its tokens are counted. */
const blankRows = pairs.map(({ prompt, completion }, i) =>
  i === 3
    ? written({ prompt, completion: ` ${completion}` }).replace("}", ",}")
    : written({ prompt, completion }),
);
describe("datasets are changed as a whole in VS Code", { skip: withoutEditor }, () => {
  let editor: Editor;
  let dataset: DatasetEditor;
  const crash = () => join(editor.workspace, "crash");
  const dialog = () => editor.page.locator(".monaco-dialog-box");
  const press = (button: string) => dialog().getByRole("button", { name: button, exact: true }).click();
  const asked = async () => (await dialog().locator(".dialog-message").allTextContents()).join().trim();
  const detail = async () =>
    (await dialog().locator(".dialog-message-detail").allTextContents()).join().trim();
  const clearNotifications = () => editor.runCommand("Notifications: Clear All Notifications");

  before(async () => {
    editor = await openEditor({
      files: {
        "chat.jsonl": chat,
        "repeated.jsonl": repeated,
        "more.jsonl": textOf([...chatRows.slice(28), written(messages({ prompt: "a", completion: "b" }))]),
        "blank.jsonl": textOf(blankRows),
        "tunesmith.lint.json": written({
          rules: { "too-few-rows": "off" },
          datasets: [{ files: "blank.jsonl", model: join(root, "test/fixtures/text/chatml") }],
        }),
      },
      settings: plainTyping,
    });
    dataset = new DatasetEditor(editor);
    // The worker stops while there is a file "crash" in the workspace.
    appendFileSync(
      editor.installedFile("tunesmith", "dist/lint.js"),
      `;{
        const { existsSync, readFileSync, rmSync } = require("node:fs");
        const mark = ${written(crash())};
        setInterval(() => {
          if (!existsSync(mark)) return;
          if (readFileSync(mark, "utf8") === "once") rmSync(mark);
          throw new Error("made to stop");
        }, 100);
      }`,
    );
  });
  after(() => editor?.dispose());

  it("one is converted in two steps, of which the first can be gone back to", async () => {
    const { quickInput } = editor;
    await editor.openFile("chat.jsonl");
    await editor.statusBarItem(/30 examples/).waitFor();
    await editor.runCommand("Tunesmith: Convert dataset…");
    await quickInput.shown("Convert chat.jsonl (1/2)");
    assert.match((await quickInput.items())[0]!, /^chat, as it is, /);
    await quickInput.pick("chat");
    await quickInput.shown("(2/2)");
    assert.deepEqual(await quickInput.items(), [
      ".jsonl, one record on each line",
      ".json, a list of records",
    ]);
    await quickInput.box.getByRole("button", { name: "Back" }).click();
    await quickInput.shown("(1/2)");
    await quickInput.pick("alpaca");
    await quickInput.shown("(2/2)");
    await quickInput.pick(".csv");
    await dialog().waitFor();
    assert.equal(await asked(), "Write chat.alpaca.csv beside the dataset?");
    assert.match(await detail(), /^chat\.alpaca\.csv: 30 rows\s*Nothing is lost: converted back/);
    await press("Preview");
    await dataset.lines("instruction,input,output").waitFor();
    assert.ok(!existsSync(join(editor.workspace, "chat.alpaca.csv")));
    await editor.notification("Write chat.alpaca.csv").getByRole("button", { name: "Write" }).click();
    await eventually("the file", () => existsSync(join(editor.workspace, "chat.alpaca.csv")));
    await editor.page.locator(".editor-instance .codelens-decoration").first().waitFor();
    // The file's own tab takes the place of the preview's.
    await eventually(
      "one tab",
      async () => (await editor.page.locator('.tab[data-resource-name="chat.alpaca.csv"]').count()) === 1,
    );
    const [, first] = rowsIn(dataset.onDisk("chat.alpaca.csv"));
    assert.equal(first, `${pairs[0]!.prompt},,${pairs[0]!.completion}`);
  });

  it("one is split; what cannot be is said while it is typed, and Escape writes nothing", async () => {
    const { quickInput, page } = editor;
    const split = async (validation: string, test: string) => {
      await editor.openFile("chat.jsonl");
      await editor.runCommand("Tunesmith: Split dataset…");
      await quickInput.shown("Split chat.jsonl (1/2)");
      await quickInput.type(validation);
      await quickInput.accept();
      await quickInput.shown("(2/2)");
      await quickInput.type(test);
    };
    await split("0.5", "20");
    await eventually("the problem", async () => /left to train on.*30 rows/.test(await quickInput.message()));
    await quickInput.type("6");
    await quickInput.accept();
    await dialog().waitFor();
    assert.equal(await asked(), "Write 3 files beside the dataset?");
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "hidden" });
    assert.ok(!existsSync(join(editor.workspace, "chat-train.jsonl")));

    await split("0.2", "3");
    await quickInput.accept();
    await dialog().waitFor();
    await press("Write");
    await editor.notification("Written: chat-train.jsonl, chat-validation.jsonl, chat-test.jsonl.").waitFor();
    await editor.tab("chat-train.jsonl").waitFor();
    const parts = ["train", "validation", "test"].map((part) => rowsIn(dataset.onDisk(`chat-${part}.jsonl`)));
    assert.deepEqual(
      parts.map(({ length }) => length),
      [21, 6, 3],
    );
    assert.deepEqual(parts.flat().sort(), [...chatRows].sort());

    await split("0.2", "3");
    await quickInput.accept();
    await dialog().waitFor();
    assert.match(
      await detail(),
      /Already there: chat-train\.jsonl, chat-validation\.jsonl, chat-test\.jsonl/,
    );
    await dialog().getByRole("button", { name: "Overwrite" }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("duplicates are shown before they go, and come back by undo", async () => {
    const { quickInput, page } = editor;
    await clearNotifications();
    await editor.openFile("repeated.jsonl");
    await editor.statusBarItem(/32 examples/).waitFor();
    await editor.runCommand("Tunesmith: Remove duplicate rows…");
    await quickInput.shown("Remove duplicate rows of repeated.jsonl");
    await quickInput.pick("Whole rows, keep the first");
    await editor.tab("repeated.jsonl: before and after").waitFor();
    await editor
      .notification("Duplicates removed: 2 of 32 rows. Line 11: as line 3.")
      .getByRole("button", { name: "Apply" })
      .click();
    await editor.tab("repeated.jsonl: before and after").waitFor({ state: "detached" });
    await dataset.savedAs("repeated.jsonl", chat);
    await editor.runCommand("Tunesmith: Remove duplicate rows…");
    await quickInput.pick("Whole rows, keep the first");
    await editor.notification("repeated.jsonl has no such duplicate rows.").waitFor();
    await dataset.focus();
    await page.keyboard.press("Control+Z");
    await dataset.savedAs("repeated.jsonl", repeated);
  });

  it("one is shuffled, and its editor wraps lines no more than it did", async () => {
    const { quickInput, page } = editor;
    await editor.openFile("chat.jsonl");
    await editor.runCommand("Tunesmith: Shuffle dataset…");
    await quickInput.shown("Shuffle chat.jsonl");
    await quickInput.type("7");
    await quickInput.accept();
    await editor.notification("30 rows in another order.").waitFor();
    await page.locator('.editor-actions [aria-label^="Apply what is shown"]').click();
    await editor.tab("chat.jsonl: before and after").waitFor({ state: "detached" });
    await dataset.save();
    await eventually("another order", () => dataset.onDisk("chat.jsonl") !== chat);
    assert.deepEqual(rowsIn(dataset.onDisk("chat.jsonl")).sort(), [...chatRows].sort());
    const lines = await page.locator(".editor-instance .line-numbers").allTextContents();
    assert.ok(lines.length >= 30, `lines in sight: ${lines.length}`);
    await page.keyboard.press("Control+Z");
    await dataset.savedAs("chat.jsonl", chat);
  });

  it("files that are selected in the explorer are merged", async () => {
    const { page } = editor;
    const file = (name: string) =>
      page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
    await file("chat.jsonl").click();
    await file("more.jsonl").click({ modifiers: ["Control"] });
    await file("chat.jsonl").click({ button: "right" });
    // A menu takes no click in its first moments.
    await eventually("the question", async () => {
      const item = page.locator(".monaco-menu").getByText("Merge datasets…");
      await item.click({ timeout: 1_000 }).catch(() => {});
      return appears(dialog(), 2_000);
    });
    assert.equal(await asked(), "Write chat-merged.jsonl beside the dataset?");
    assert.match(await detail(), /chat\.jsonl: 30 rows\.\s*more\.jsonl: 3 rows\./);
    await press("Write");
    await editor.tab("chat-merged.jsonl").waitFor();
    assert.equal(rowsIn(dataset.onDisk("chat-merged.jsonl")).length, 33);
  });

  it("everything safe is fixed at once, also what the model sees only then, and is undone as one", async () => {
    await editor.openFile("blank.jsonl");
    await dataset.rulesAre("json-parse");
    await editor.runCommand("Tunesmith: Fix everything that can be fixed safely");
    await dataset.rulesAre();
    await editor.statusBarItem("2 problems fixed.").waitFor();
    await dataset.focus();
    await dataset.savedAs("blank.jsonl", textOf(pairs));
    await editor.page.keyboard.press("Control+Z");
    await dataset.savedAs("blank.jsonl", textOf(blankRows));
  });

  it("a linter that stops is started again, and goes on where it was", async () => {
    await editor.openFile("chat.jsonl");
    await dataset.rulesAre();
    writeFileSync(crash(), "once");
    await eventually("the linter stops", () => !existsSync(crash()));
    await dataset.typeAt(2, 1, "x");
    await dataset.rulesAre("json-parse");
    assert.equal(await editor.notification("The linter has stopped").count(), 0);
  });

  it("one that keeps stopping is told of once, and started again when it is asked for", async () => {
    writeFileSync(crash(), "always");
    const told = editor.notification("The linter has stopped several times, and is off");
    await told.waitFor();
    await dataset.rulesAre();
    assert.ok(!(await editor.statusBarItem(/examples/).isVisible()));
    assert.equal(await told.count(), 1);
    rmSync(crash());
    await told.getByRole("button", { name: "Start Again" }).click();
    await dataset.rulesAre("json-parse");
    await editor.page.keyboard.press("Backspace");
    await dataset.rulesAre();
  });
});
