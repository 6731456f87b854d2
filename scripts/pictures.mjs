// Pictures of an editor in every theme, for scripts/screenshots.mjs.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const themes = {
  dark: "Dark 2026",
  light: "Light 2026",
  "hc-black": "Default High Contrast",
  "hc-light": "Default High Contrast Light",
};

/** @returns takes a picture by name, into `<folder>/<name>-<theme>.png` */
export function pictures({ page, workspace }, folder, size) {
  mkdirSync(folder, { recursive: true });
  /** @param asItIs in the theme that is worn, dark: a menu would close with another theme */
  return async (name, { asItIs = false } = {}) => {
    await page.mouse.move(size.width / 2, size.height - 4); // where nothing shows a tooltip
    for (const [id, theme] of Object.entries(themes)) {
      if (asItIs && id !== "dark") continue;
      if (!asItIs) await wear(page, workspace, theme);
      const path = join(folder, `${name}-${id}.png`);
      await page.screenshot({ path, animations: "disabled", caret: "hide" });
    }
    if (!asItIs) await wear(page, workspace, themes.dark);
    console.log(name);
  };
}

/** The workspace's setting is followed at once. */
async function wear(page, workspace, theme) {
  mkdirSync(join(workspace, ".vscode"), { recursive: true });
  writeFileSync(
    join(workspace, ".vscode", "settings.json"),
    JSON.stringify({ "workbench.colorTheme": theme }),
  );
  const kind =
    { "Dark 2026": "vs-dark", "Light 2026": "vs", "Default High Contrast": "hc-black" }[theme] ?? "hc-light";
  await page.locator(`.monaco-workbench.${kind}`).waitFor();
  // Charts are drawn anew in the next frames.
  await page.waitForTimeout(400);
}
