/** The packaged extension in the real VS Code: it is installed, wakes up, and its command can be found. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { withEditor, withoutEditor } from "./editor.ts";

const sample = join(import.meta.dirname, "../../assets/sample");
const extension = "tunesmith.tunesmith";

test("the extension activates in VS Code, and offers to fine-tune", { skip: withoutEditor }, async () => {
  await withEditor({ files: sample }, async (editor) => {
    await editor.openFile("support.jsonl");
    await editor.logged("remoteexthost", `_doActivateExtension ${extension}`);
    assert.ok((await editor.commands("Tunesmith:")).includes("Tunesmith: Fine-tune on this dataset"));

    const troubles = [
      ...editor.log("remoteexthost").filter((line) => line.includes(extension)),
      ...editor.log(extension),
    ];
    assert.deepEqual(
      troubles.filter((line) => /\[(error|warning)\]/.test(line)),
      [],
    );
  });
});
