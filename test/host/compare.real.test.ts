/** The compare page in the real VS Code: chosen, noted, added to the dataset in an open file and undone, restored. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { runsFolder } from "../../src/runs/layout.ts";
import { readNotes } from "../../src/runs/notes.ts";
import { withEditor, withoutEditor } from "../editor/editor.ts";
import { eventually } from "../editor/eventually.ts";
import { sampleRecord } from "../evaluate/sample.ts";
import { ComparisonFolder } from "./compare-folder.ts";

const dataset = '{"prompt":"known question","completion":"billing"}\n';

it(
  "opens, keeps notes, adds to the dataset, and is there again after a reload",
  { skip: withoutEditor },
  () =>
    withEditor({ files: { "readme.md": "" } }, async (editor) => {
      const { page, workspace, quickInput } = editor;
      const runs = join(workspace, runsFolder);
      const record = sampleRecord({ rows: 40, right: { "few-shot-4": 0.2 } });
      for (const row of record.rows) row.messages = row.messages.slice(1);
      const folder = ComparisonFolder.finished(runs, record);
      // Where the run's recipe has it.
      const train = join(runs, "train.jsonl");
      writeFileSync(train, dataset);

      await editor.runCommand("Tunesmith: Show comparison");
      await quickInput.rows.first().waitFor();
      await quickInput.accept();
      const compare = await editor.webviewFrame(/Comparison/);
      await compare.getByRole("heading", { level: 1, name: /Fine-tuning is better/ }).waitFor();
      await compare.getByText("Message 3 about something").first().click();
      await compare.getByRole("button", { name: /Good answer: Fine-tuned/ }).click();
      await eventually("the note", () => {
        const notes = readNotes(folder.directory);
        return notes[0]?.row === "test.jsonl:4" && notes[0].thumbs["fine-tuned"] === "up";
      });

      await compare.getByText("Add to the dataset…").click();
      await compare.getByLabel("The answer to learn").fill("a better answer");
      await compare.getByRole("button", { name: "Add to the dataset" }).click();
      const question = editor.dialog(/is a test row/);
      await question.getByText(/can no longer be tested on it/).waitFor();
      await question.getByRole("button", { name: "Add All the Same" }).click();
      await editor.tab("train.jsonl").waitFor();
      const added =
        '{"prompt":"Message 3 about something that matters to the customer.","completion":"a better answer"}\n';
      await eventually("the row on the disk", () => readFileSync(train, "utf8") === dataset + added);
      // Now that the file is open, it is the editor that adds, and takes it back.
      await compare.getByLabel("The answer to learn").fill("another");
      await compare.getByRole("button", { name: "Add to the dataset" }).click();
      await editor
        .dialog(/is a test row/)
        .getByRole("button", { name: "Add All the Same" })
        .click();
      await eventually("the second row", () => readFileSync(train, "utf8").includes('"another"'));
      await editor.tab("train.jsonl").click();
      await page.keyboard.press("Control+Z");
      await page.keyboard.press("Control+S");
      await eventually("the row taken back", () => readFileSync(train, "utf8") === dataset + added);

      await editor.reloadWindow();
      const restored = await editor.webviewFrame(/Comparison/);
      await restored.getByRole("heading", { level: 1, name: /Fine-tuning is better/ }).waitFor();
      assert.deepEqual(
        [...editor.log("tunesmith.tunesmith"), ...editor.log("remoteexthost")].filter(
          (line) => /\[error\]/.test(line) && /tunesmith/i.test(line),
        ),
        [],
      );
    }),
);
