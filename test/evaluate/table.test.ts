import assert from "node:assert/strict";
import { test } from "node:test";
import { summarise } from "../../src/evaluate/summarise.ts";
import { markdownSummary, terminalSummary } from "../../src/evaluate/table.ts";
import { recordOf, sampleRecord } from "./sample.ts";

const quick = { resamples: 50 };
const short = { id: "short-answer" as const, labels: [], reason: "" };

test("the terminal's table is aligned, fits 80 columns for four ways, and has no colour codes", () => {
  const comparison = summarise(sampleRecord({ rows: 60 }), quick);
  for (const box of [false, true]) {
    const text = terminalSummary(comparison, { box });
    assert.ok(text.split("\n").every((line) => line.length <= 80));
    assert.ok(!text.includes("\u001b"));
    for (const { title } of comparison.ways) assert.ok(text.includes(title));
    const table = text.split("\n\n")[1]!.split("\n");
    assert.ok(new Set(table.map((line) => line.length)).size === 1, "every line is as long as the others");
    assert.match(table[box ? 3 : 1]!, /Accuracy +│? +\d+\.\d% /);
  }
});

test("the terminal's table, to the letter", () => {
  const record = recordOf(short, ["a", "b"], { prompting: ["a", "c"], tuned: ["a", "b"] });
  for (const row of record.rows) {
    for (const answer of Object.values(row.answers)) {
      Object.assign(answer, {
        ended: true,
        promptTokens: 1200,
        outputTokens: 2,
        seconds: 0.5,
        loss: { nats: 1, tokens: 2, bytes: 4 },
      });
    }
  }
  // Wilson for 1 of 2 is 9.5 to 90.5 and for 2 of 2 34.2 to 100.
  const table = terminalSummary(summarise(record, quick), { width: 200 }).split("\n\n")[1];
  assert.equal(
    table,
    [
      "                            prompting        tuned",
      "Exact match                     50.0%       100.0%",
      "  95% interval               9.5–90.5   34.2–100.0",
      "Exact match, to the letter      50.0%       100.0%",
      "  95% interval               9.5–90.5   34.2–100.0",
      "Token F1                         50.0        100.0",
      "  95% interval              0.0–100.0  100.0–100.0",
      "Loss per token                  0.500        0.500",
      "Loss per byte                   0.250        0.250",
      "Ended by itself                100.0%       100.0%",
      "Prompt tokens                   1,200        1,200",
      "Output tokens                     2.0          2.0",
      "Time per answer                500 ms       500 ms",
    ].join("\n"),
  );
});

test("Markdown has a row for every way, and titles cannot break its cells", () => {
  const record = sampleRecord({ rows: 20 });
  record.ways[0]!.title = "Zero|shot\n*bold* <b>";
  const lines = markdownSummary(summarise(record, quick))
    .split("\n")
    .filter((line) => line.startsWith("|"));
  assert.equal(lines.length, 2 + 4);
  const cells = lines.map((line) => line.replaceAll("\\|", "").split("|").length);
  assert.equal(new Set(cells).size, 1);
  assert.ok(lines[2]!.startsWith("| Zero\\|shot \\*bold\\* \\<b\\> |"));
});
