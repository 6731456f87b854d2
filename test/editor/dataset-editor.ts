/** Words for tests of the linter in the real VS Code: problems, places, fixes, what a file holds once it is saved. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { Editor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { appears, oneLine } from "./quick-input.ts";

/** Nothing comes between what a test types and the document. */
export const plainTyping = {
  "editor.autoClosingBrackets": "never",
  "editor.autoClosingQuotes": "never",
  "editor.autoSurround": "never",
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.stickyScroll.enabled": false,
  // In a browser VS Code saves by itself.
  "files.autoSave": "off",
};

export interface Shown {
  rule: string;
  message: string;
  line: number;
  column: number;
}

export class DatasetEditor {
  readonly editor: Editor;
  readonly #page: Page;

  constructor(editor: Editor) {
    this.editor = editor;
    this.#page = editor.page;
  }

  /** What the Problems view tells of the file that is open. */
  async problems(): Promise<Shown[]> {
    const rows = this.#page.locator(".markers-panel .monaco-list-row");
    if (!(await this.#page.locator(".markers-panel").isVisible())) await this.#showProblems();
    const shown = await rows.evaluateAll((all) =>
      all.map((row) => ({ isFile: row.getAttribute("aria-level") === "1", text: row.textContent ?? "" })),
    );
    const tab = this.#page.locator(".editor-group-container.active .tab.active").first();
    const name = (await tab.getAttribute("data-resource-name")) ?? "";
    const found: Shown[] = [];
    let isOurs = false;
    for (const { isFile, text } of shown) {
      if (isFile) isOurs = text.startsWith(name);
      const [, message, rule, line, column] =
        /^(.*)tunesmith([a-z0-9-]+)\[Ln (\d+), Col (\d+)\]$/.exec(oneLine(text)) ?? [];
      if (isOurs && rule) found.push({ rule, message: message!, line: Number(line), column: Number(column) });
    }
    return found;
  }

  async #showProblems(): Promise<void> {
    await this.#page.keyboard.press("Control+Shift+M");
    await this.#page.locator(".markers-panel").waitFor();
    await this.focus();
  }

  /** Until these rules, and no others, have problems. */
  rulesAre(...rules: string[]): Promise<Shown[]> {
    let last: Shown[] = [];
    const wanted = [...rules].sort().join();
    return eventually(`problems of ${wanted || "no rule"}`, async () => {
      last = await this.problems();
      return (
        last
          .map(({ rule }) => rule)
          .sort()
          .join() === wanted && last
      );
    }).catch((error) => {
      throw new Error(`${error.message}; there were: ${JSON.stringify(last)}`);
    });
  }

  problem(rule: string): Promise<Shown> {
    return eventually(`a problem of ${rule}`, async () =>
      (await this.problems()).find((each) => each.rule === rule),
    );
  }

  /** Puts the cursor into the file that is open; both from 1. */
  async goTo(line: number, column: number): Promise<void> {
    const { quickInput } = this.editor;
    await this.focus();
    await this.#page.keyboard.press("Control+G");
    await (await quickInput.shown()).type(`:${line}:${column}`);
    await quickInput.rows
      .filter({ hasText: new RegExp(`line ${line}\\b`) })
      .first()
      .waitFor();
    await quickInput.accept();
    await this.editor.statusBarItem(`Ln ${line}, Col ${column}`).waitFor();
  }

  async focus(): Promise<void> {
    await this.#page.keyboard.press("Control+1");
  }

  async typeAt(line: number, column: number, text: string): Promise<void> {
    await this.goTo(line, column);
    await this.#page.keyboard.type(text);
  }

  /** The quick fixes where the cursor is. */
  async quickFixes(): Promise<string[]> {
    const rows = this.#page.locator(".action-widget .monaco-list-row.action");
    // Whatever moves at the same moment closes the menu.
    await eventually("the quick fixes", async () => {
      await this.focus();
      await this.#page.keyboard.press("Control+.");
      return appears(rows.first(), 5_000);
    });
    return (await rows.allTextContents()).map(oneLine);
  }

  /** By the keyboard alone. */
  async quickFix(title: string): Promise<void> {
    const fixes = await this.quickFixes();
    const at = fixes.indexOf(title);
    if (at < 0) throw new Error(`no “${title}” among: ${fixes.join(", ")}`);
    for (let i = 0; i < at; i++) await this.#page.keyboard.press("ArrowDown");
    await this.#page.keyboard.press("Enter");
  }

  /** Lines on the screen with a text. */
  lines(text: string | RegExp): Locator {
    return this.#page.locator(".editor-instance .view-line", { hasText: text });
  }

  squiggles(severity: "error" | "warning" | "info"): Locator {
    return this.#page.locator(`.editor-instance .squiggly-${severity}`);
  }

  lenses(): Promise<string> {
    return this.#page
      .locator(".codelens-decoration")
      .allTextContents()
      .then((texts) => oneLine(texts.join(" ")));
  }

  outline(): Locator {
    return this.#page.locator(".outline-pane .monaco-list-row");
  }

  async save(): Promise<void> {
    await this.#page.keyboard.press("Control+S");
  }

  /** What the file holds once it is saved. */
  onDisk(name: string): string {
    return readFileSync(join(this.editor.workspace, name), "utf8");
  }

  async savedAs(name: string, text: string): Promise<void> {
    await this.save();
    await eventually(`${name} as expected`, () => this.onDisk(name) === text, 30_000).catch((error) => {
      throw new Error(`${error.message}; it holds: ${JSON.stringify(this.onDisk(name).slice(0, 400))}`);
    });
  }
}
