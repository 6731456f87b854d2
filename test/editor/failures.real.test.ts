/** What goes wrong, in the real VS Code: each failure says what happened and what to do, and nothing is lost. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runNames } from "../../src/runs/directory.ts";
import { runsFolder } from "../../src/runs/layout.ts";
import { readRun } from "../../src/runs/reader.ts";
import { type Editor, openEditor, withEditor, withoutEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const sample = readFileSync(join(import.meta.dirname, "../../assets/sample/support.jsonl"), "utf8");
const fineTune = "Tunesmith: Fine-tune on this dataset";
/** Long enough to be met while it runs. */
const long = { epochs: 200, batchSize: 8, learningRate: 1e-3, checkpointEvery: 10 };
const recipe = (settings: object) =>
  JSON.stringify({ model: "tiny", data: { train: "support.jsonl" }, ...settings });

describe("the extension, when something is wrong", { skip: withoutEditor }, () => {
  let editor: Editor;
  before(async () => {
    editor = await openEditor({
      files: {
        "support.jsonl": sample,
        "long.tune.json": recipe({ train: long }),
        "no-model.tune.json": recipe({ model: "./not-here" }),
        "mistyped.tune.json": recipe({ train: { epohcs: 3 } }),
        "wordy.jsonl": `${JSON.stringify({ prompt: "why ".repeat(4000), completion: "so" })}\n`.repeat(100),
        "too-big.tune.json": recipe({
          data: { train: "wordy.jsonl" },
          train: { epochs: 1, batchSize: 64, maxLength: 4096 },
        }),
        "broken.jsonl": `{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion"\n{"sense": "none"}\n`,
        "nothing.jsonl": "\n\n",
        "full/support.jsonl": sample,
        "full/full.tune.json": recipe({ train: long }),
      },
    });
  });
  after(() => editor?.dispose());

  const runsIn = (folder = "") => {
    const path = join(editor.workspace, folder, runsFolder);
    return runNames(path).map((name) => join(path, name));
  };
  const start = async (file: string) => {
    await editor.openFile(file);
    await editor.runCommand(fineTune);
  };
  const said = async (text: RegExp) => {
    const notification = editor.notification(text);
    await notification.waitFor();
    const words = await notification.locator(".notification-list-item-message").textContent();
    await notification.hover();
    await notification.locator(".codicon-notifications-clear").click();
    return words ?? "";
  };

  it("a mistyped recipe: names the line and what may have been meant", async () => {
    await start("mistyped.tune.json");
    assert.match(await said(/epohcs/), /mistyped\.tune\.json:1:\d+.*“?epochs/s);
    assert.deepEqual(runsIn(), [], "nothing was made");
  });

  it("a model that is not there", async () => {
    await start("no-model.tune.json");
    assert.match(await said(/not-here/), /model/);
    assert.deepEqual(runsIn(), []);
  });

  it("a dataset with errors, and one without rows", async () => {
    await start("nothing.jsonl");
    await said(/nothing\.jsonl/);
    assert.ok(!(await editor.quickInput.box.isVisible()), "there is nothing to ask");
    assert.deepEqual(runsIn(), []);
  });

  it("a run that does not fit the machine: names settings that would", async () => {
    await start("too-big.tune.json");
    const words = await said(/memory/);
    assert.match(words, /would fit|smaller model/);
  });

  it("a trainer that is killed from outside: said at once, and resumed from its checkpoint", async () => {
    await start("long.tune.json");
    const directory = await eventually("the run", () => runsIn().find((path) => path.endsWith("long")));
    const running = await eventually("a checkpoint", () => {
      const run = readRun(directory);
      return run.history.checkpoints.length > 0 && run;
    });
    process.kill(running.holder.process!.pid, "SIGKILL");
    const failed = editor.notification(/long.*failed/);
    await failed.waitFor();
    await failed.getByRole("button", { name: "Resume" }).click();
    const resumed = await eventually("the second attempt", () => {
      const run = readRun(directory);
      return run.state === "running" && run.history.attempts.length === 2 && run;
    });
    assert.ok(resumed.history.attempts[1]!.resumedStep > 0);
    await editor.runCommand("Tunesmith: Pause");
    await eventually("the pause", () => readRun(directory).state === "paused");
  });

  it("a disk that is full", async (t) => {
    const folder = join(editor.workspace, "full", ".tunesmith");
    mkdirSync(folder);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder]).status !== 0) {
      t.skip("no disk to fill: mounting a small one takes root on Linux");
      return;
    }
    try {
      await start("full/full.tune.json");
      const directory = await eventually("the run", () => runsIn("full")[0]);
      const { holder } = await eventually("a checkpoint", () => {
        const run = readRun(directory);
        return run.history.checkpoints.length > 0 && run;
      });
      fill(folder, holder.process!.pid);
      await said(/disk.*full/);
      assert.equal(readRun(directory).state, "failed");
      rmSync(join(folder, "ballast"));
    } finally {
      spawnSync("umount", ["-l", folder]);
    }
  });

  it("nothing of all that is an error of the extension's own", () => {
    assert.deepEqual(
      editor.log("tunesmith.tunesmith").filter((line) => line.includes("internal:")),
      [],
    );
  });
});

it("an untrusted workspace: runs can be seen, and training asks for trust", {
  skip: withoutEditor,
}, async () => {
  await withEditor(
    { files: { "support.jsonl": sample, "a.tune.json": recipe({}) }, trusted: false },
    async (editor) => {
      await editor.openFile("a.tune.json");
      await editor.runCommand(fineTune);
      await editor.notification(/trusted workspace/).waitFor();
      assert.ok(!existsSync(join(editor.workspace, runsFolder)));
    },
  );
});

/** To the last byte, while the job is held: it would free some on its way down. */
function fill(folder: string, pid: number): void {
  process.kill(pid, "SIGSTOP");
  for (let bytes = 2 ** 20; bytes >= 1; ) {
    try {
      appendFileSync(join(folder, "ballast"), Buffer.alloc(bytes));
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
  process.kill(pid, "SIGCONT");
}
