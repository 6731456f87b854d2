/**
 * The main journey, in the real VS Code, from the packaged extension: a dataset, four Enters, a loss that falls, a window
 * that is reloaded meanwhile, pause and resume, the comparison, its verdict, its export. One test: each step needs the last.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runNames } from "../../src/runs/directory.ts";
import { runsFolder } from "../../src/runs/layout.ts";
import { readRun } from "../../src/runs/reader.ts";
import { readRecipe } from "../../src/runs/recipe.ts";
import { violationsIn } from "./accessibility.ts";
import { withEditor, withoutEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const lines = readFileSync(join(import.meta.dirname, "../../assets/sample/support.jsonl"), "utf8")
  .trim()
  .split("\n");
/** The sample several times over, differently begun: training shall still be going on when the window is back. */
const dataset = ["", "hello ", "please ", "now ", "hi ", "well "]
  .flatMap((greeting) => lines.map((line) => line.replace('"prompt":"', `"prompt":"${greeting}`)))
  .join("\n");

it(
  "dataset → four Enters → loss → reload → pause → resume → compare → verdict → export",
  { skip: withoutEditor },
  () =>
    withEditor({ files: { "support.jsonl": dataset } }, async (editor) => {
      const { page, workspace, quickInput } = editor;
      await editor.openFile("support.jsonl");
      await page.getByText("Fine-tune on this dataset").first().waitFor();
      await editor.runCommand("Tunesmith: Fine-tune on this dataset");
      for (const step of [1, 2, 3, 4]) {
        await quickInput.shown(`(${step}/4)`);
        if (step === 4) await eventually("the estimate", async () => /free/.test(await quickInput.message()));
        else await quickInput.rows.first().waitFor();
        await quickInput.accept();
      }

      const runs = join(workspace, runsFolder);
      const name = await eventually("the run's directory", () => runNames(runs)[0]);
      const run = join(runs, name);
      assert.equal(readRecipe(join(workspace, "support.tune.json")).model, "tiny");
      await editor.statusBarItem(/loss \d/).waitFor();
      const side = await editor.webviewFrame("Monitor");
      await side.getByText("Best validation").waitFor();
      assert.deepEqual(await violationsIn(side), []);

      await editor.runCommand("Tunesmith: Show run");
      await (await editor.webviewFrame("support")).getByText("Best validation").waitFor();
      await editor.reloadWindow();
      assert.equal(readRun(run).state, "running", "the run goes on without the window");
      await editor.statusBarItem(/loss \d/).waitFor();
      const monitor = await editor.webviewFrame("support");
      await monitor.getByRole("button", { name: "Pause" }).click();
      await eventually("the pause", () => readRun(run).state === "paused");
      const paused = readRun(run).history.steps.length;
      await monitor.getByRole("button", { name: "Resume" }).click();
      await eventually("more steps", () => readRun(run).history.steps.length > paused + 5);
      assert.deepEqual(await violationsIn(monitor), []);

      const trained = editor.notification(/support.*trained/);
      await trained.waitFor({ timeout: 240_000 });
      const { history } = readRun(run);
      assert.equal(history.attempts.length, 2);
      const [first, last] = [history.validations[0]!.loss, history.validations.at(-1)!.loss];
      assert.ok(last < first / 2, `the loss fell: ${first} → ${last}`);
      await trained.getByRole("button", { name: "Compare" }).click();

      const compare = await editor.webviewFrame(/Comparison/);
      const comparison = await eventually("the comparison", () => {
        const folder = join(run, "comparisons");
        return runNames(folder).map((each) => join(folder, each))[0];
      });
      await eventually("its end", () => readRun(comparison).state === "done", 240_000);
      const headline = compare.getByRole("heading", { level: 1 });
      await eventually("a verdict", async () =>
        /is better|No difference shown|Too few/.test((await headline.textContent()) ?? ""),
      );
      await compare.getByRole("row").first().waitFor();
      assert.deepEqual(await violationsIn(compare), []);

      await compare.getByText("Export", { exact: true }).click();
      await compare.locator('[data-format="markdown"]').click();
      await quickInput.shown();
      await quickInput.accept();
      const exported = await eventually("the export", () =>
        readdirSync(workspace).find((file) => file.endsWith(".md")),
      );
      const verdict = (await headline.textContent())!.trim();
      assert.ok(
        readFileSync(join(workspace, exported), "utf8").includes(verdict),
        `"${verdict}" is in ${exported}`,
      );
      assert.deepEqual(
        editor.log("tunesmith.tunesmith").filter((line) => /\[error\]/.test(line)),
        [],
      );
    }),
);
