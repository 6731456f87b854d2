// Pictures of every screen, made by driving the packaged extension in the real VS Code: `npm run screenshots`. Each is made
// in every theme, into dist/screenshots; `--publish` also renews those of the README and the walkthrough, and the animated
// picture of the main journey; `--linting` is for those of the linter alone.
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installCodeServer } from "../test/peers/install.mjs";
import { ensureInstalled, root } from "./install.mjs";

ensureInstalled();
process.env.TUNESMITH_CODE_SERVER ??= installCodeServer();
const { openEditor } = await import("../test/editor/editor.ts");
const { Film } = await import("./film.mjs");
const { pictures } = await import("./pictures.mjs");

const size = { width: 1280, height: 800 };
const publish = process.argv.includes("--publish");
const folder = join(root, "dist", "screenshots");
mkdirSync(folder, { recursive: true });

await linting();
if (process.argv.includes("--linting")) process.exit();

const editor = await openEditor({
  files: { "support.jsonl": readFileSync(join(root, "assets", "sample", "support.jsonl"), "utf8") },
  size,
});
const { page, quickInput } = editor;
const picture = pictures(editor, folder, size);
const film = new Film(page, size);
try {
  await editor.openFile("support.jsonl");
  const lens = page.getByText("Fine-tune on this dataset").first();
  await lens.waitFor();
  // The linter's lenses are there by then, too.
  await editor.statusBarItem(/examples · \S+ tokens/).waitFor();
  await picture("dataset");

  film.start();
  await film.hold(800);
  await editor.runCommand("Tunesmith: Fine-tune on this dataset");
  for (const step of [1, 2, 3, 4]) {
    await quickInput.shown(`(${step}/4)`);
    await (step === 4 ? page.getByText(/Enter starts.*free/) : quickInput.rows.first()).waitFor();
    await film.hold(1200);
    await film.pause(() => picture(`wizard-${step}`));
    await quickInput.accept();
  }
  await editor.statusBarItem(/loss \d/).waitFor();
  await editor.runCommand("Tunesmith: Show run");
  const run = await editor.webviewFrame("support");
  await run.getByText("Best validation").waitFor();
  await film.hold(5000);
  await film.pause(() => picture("run-running"));
  const trained = editor.notification(/support.*trained/);
  await trained.waitFor({ timeout: 240_000 });
  await film.hold(1500);
  await trained.getByRole("button", { name: "Compare" }).click();
  const comparison = await editor.webviewFrame(/Comparison/);
  await film.hold(3000);
  await comparison
    .getByText(/is better|No difference shown|Too few/)
    .first()
    .waitFor({ timeout: 240_000 });
  await film.hold(1500);
  await scrollThrough(comparison);
  await film.hold(1500);
  film.stop();
  await editor.runCommand("Notifications: Clear All Notifications");

  await top(comparison);
  await picture("comparison");
  await comparison.getByRole("heading", { name: /^Rows/ }).scrollIntoViewIfNeeded();
  await comparison.locator('[role="row"], [role="option"]').nth(2).click();
  await picture("comparison-row");
  await comparison.getByRole("heading", { name: "Try it" }).click();
  await comparison.getByPlaceholder("Ask both models").fill("where is the charger for my phone");
  await comparison.getByText("Send", { exact: true }).click();
  await comparison
    .getByText(/tokens in/)
    .last()
    .waitFor();
  await comparison.getByPlaceholder("Ask both models").scrollIntoViewIfNeeded();
  await picture("try-it");

  await editor.runCommand("Tunesmith: Show run");
  const done = await editor.webviewFrame("support");
  await done.getByText("Done").first().waitFor();
  await picture("run-done");
  await done.getByRole("heading", { name: "Texts written during training" }).scrollIntoViewIfNeeded();
  await picture("run-details");

  await editor.openFile("support.tune.json");
  await picture("recipe");
  await editor.runCommand("Welcome: Open Walkthrough...");
  await (await quickInput.shown()).type("Fine-tune your first model");
  await quickInput.accept();
  await page.getByText("Open a dataset").first().waitFor();
  await picture("walkthrough");

  await film.write(join(folder, "journey.gif"));
  if (publish) publishAll();
} catch (error) {
  console.error(`What was to be seen: ${await editor.screenshot("failed")}`);
  throw error;
} finally {
  await editor.dispose();
}

async function linting() {
  const { lintingFiles, lintingScene } = await import("./linting-scene.mjs");
  const editor = await openEditor({ files: lintingFiles, size });
  try {
    await lintingScene(editor, pictures(editor, folder, size));
    if (!publish) return;
    for (const name of ["linting", "preview", "statistics"])
      cpSync(join(folder, `${name}-dark.png`), join(root, "docs", "images", `${name}.png`));
  } catch (error) {
    console.error(`What was to be seen: ${await editor.screenshot("failed")}`);
    throw error;
  } finally {
    await editor.dispose();
  }
}

async function scrollThrough(frame) {
  for (let y = 0; y <= 900; y += 300) {
    await frame.evaluate((top) => scrollTo({ top }), y);
    await film.hold(600);
  }
}

async function top(frame) {
  await frame.evaluate(() => scrollTo({ top: 0 }));
}

function publishAll() {
  const images = join(root, "docs", "images");
  for (const name of ["wizard-4-dark", "run-running-dark", "comparison-dark", "comparison-row-light"]) {
    cpSync(join(folder, `${name}.png`), join(images, `${name}.png`));
  }
  cpSync(join(folder, "journey.gif"), join(images, "journey.gif"));
  const steps = { dataset: "dataset", tune: "wizard-4", watch: "run-running", compare: "comparison" };
  mkdirSync(join(root, "media", "walkthrough"), { recursive: true });
  for (const [step, name] of Object.entries(steps)) {
    for (const theme of ["dark", "light"]) {
      cpSync(
        join(folder, `${name}-${theme}.png`),
        join(root, "media", "walkthrough", `${step}-${theme}.png`),
      );
    }
  }
}
