/** The compare page's host side through a port: what a page gets while a comparison goes on, and what it may ask. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { RunStore } from "../../src/host/runs/store.ts";
import { sampleRecord } from "../evaluate/sample.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { ComparisonFolder } from "./compare-folder.ts";
import { PageInTest } from "./compare-page.ts";

const root = temporaryFolder();
const store = new RunStore();
after(() => store.dispose());

function known(folder: ComparisonFolder): ComparisonFolder {
  store.add(folder.run);
  return folder;
}

describe("a finished comparison", () => {
  const folder = known(
    ComparisonFolder.finished(
      join(root, "finished"),
      sampleRecord({ rows: 60, right: { "few-shot-4": 0.3 } }),
    ),
  );

  it("opens with its verdict and hands out its rows", async () => {
    const page = new PageInTest(folder.directory, store);
    const head = await page.open();
    assert.equal(head.comparison?.verdict.outcome, "fine-tuned-better");
    assert.deepEqual([head.rowsAnswered, head.rowsPlanned, head.task], [60, 60, "labels"]);
    assert.deepEqual(head.tuningRun, { run: folder.run, name: "banking", there: true });
    assert.equal(head.job.state, "done");
    assert.equal("rows" in head.comparison, false);
    assert.deepEqual(
      [...page.rows.keys()],
      Array.from({ length: 60 }, (_, i) => i),
    );
    assert.equal(page.rows.get(0)!.question, "Message 0 about something that matters to the customer.");
    const whole = await page.channel.request("row", { index: 3 });
    assert.deepEqual(
      whole.answers.map(({ way, shots }) => [way, shots.length]),
      [
        ["zero-shot", 0],
        ["one-shot", 1],
        ["few-shot-4", 4],
        ["fine-tuned", 0],
      ],
    );
    assert.deepEqual(whole.answers[1]!.shots[0], {
      id: "train.jsonl:3",
      question: "A message about billing, shown as an example.",
      answer: "billing",
    });
    await assert.rejects(page.channel.request("row", { index: 60 }), /there is no row 60/);
    page.panel.dispose();
  });
});
