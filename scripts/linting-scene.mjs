// The linter's pictures: a dataset with mistakes, its problems, a row as the model sees it, statistics.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";

const turn = (role, content) => `{"role": "${role}", "content": ${JSON.stringify(content)}}`;
const chatOf = ({ prompt, completion }) =>
  `{"messages": [${turn("user", prompt)}, ${turn("assistant", completion)}]}`;

/** Rows made for the picture, and below them enough others for statistics. */
export const lintingFiles = {
  "support.jsonl": [
    readFileSync(join(root, "scripts", "faulty.jsonl"), "utf8").trim(),
    ...readFileSync(join(root, "assets", "sample", "support.jsonl"), "utf8")
      .trim()
      .split("\n")
      .slice(0, 120)
      .map((line) => chatOf(JSON.parse(line))),
    "",
  ].join("\n"),
};

export async function lintingScene(editor, picture) {
  const { page } = editor;
  await editor.runCommand("View: Toggle Primary Side Bar Visibility");
  await editor.openFile("support.jsonl");
  await editor.statusBarItem(/examples · \S+ tokens · \d+ problems/).waitFor();
  await page.keyboard.press("Control+Shift+M");
  await page.locator(".markers-panel .monaco-list-row", { hasText: "asistant" }).dblclick();
  await picture("problems");
  const menu = page.locator(".action-widget .monaco-list-row").first();
  for (let i = 0; i < 10 && !(await menu.isVisible()); i++) {
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Control+.");
    await page.waitForTimeout(2000);
  }
  await picture("linting", { asItIs: true });
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+J");
  await page.keyboard.press("Control+Home");
  await page.getByText("Preview as the model sees it").first().click();
  const preview = await editor.webviewFrame(/^Preview/);
  await preview.getByRole("spinbutton").waitFor();
  await picture("preview");

  await editor.runCommand("View: Close All Editors");
  await editor.openFile("support.jsonl");
  await editor.runCommand("Tunesmith: Show dataset statistics");
  const statistics = await editor.webviewFrame(/^Statistics/);
  await statistics.getByText(/^A run trains on/).waitFor();
  // The workspace of a picture is a temporary folder.
  await statistics.evaluate((folder) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { currentNode } = texts;
      currentNode.nodeValue = currentNode.nodeValue.replace(folder, "~/data");
    }
  }, editor.workspace);
  await picture("statistics");
  await statistics.getByRole("heading", { name: "Labels" }).scrollIntoViewIfNeeded();
  await picture("statistics-labels");
}
