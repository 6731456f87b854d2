/** Exports: nothing is lost, notes go along, and no cell runs in a spreadsheet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import type { Comparison } from "../../src/evaluate/comparison.ts";
import { exporters } from "../../src/evaluate/exports/index.ts";
import { type Note, noteOn } from "../../src/evaluate/notes.ts";
import { summarise } from "../../src/evaluate/summarise.ts";
import { hostileRecord, hostileTexts, recordOf, sampleRecord } from "./sample.ts";

const quick = { resamples: 50 };
const short = { id: "short-answer" as const, labels: [], reason: "" };

function exported(id: string, comparison: Comparison, notes: readonly Note[] = []): string {
  return exporters.find((each) => each.id === id)!.export(comparison, { notes });
}

test("each exporter has its own id and extension, and says what it is", () => {
  assert.deepEqual(
    exporters.map(({ id, extension }) => [id, extension]),
    [
      ["html", "html"],
      ["csv", "csv"],
      ["jsonl", "jsonl"],
      ["markdown", "md"],
    ],
  );
});

test("JSON Lines keep each row as recorded, with its scores", () => {
  const comparison = summarise(hostileRecord("hostile"), quick);
  const lines = exported("jsonl", comparison).trimEnd().split("\n");
  assert.equal(lines.length, comparison.rows.length);
  lines.forEach((line, r) => {
    const row = JSON.parse(line) as {
      id: string;
      reference: string;
      answers: Record<string, { text: string; scores: Record<string, number> }>;
    };
    assert.equal(row.reference, comparison.rows[r]!.reference);
    assert.equal(row.answers["fine-tuned"]!.text, comparison.rows[r]!.answers["fine-tuned"]!.text);
    assert.equal(row.answers["fine-tuned"]!.scores.accuracy, comparison.scores.accuracy!["fine-tuned"]![r]);
  });
});

test("CSV reads back as written, but for cells that a spreadsheet would run", () => {
  const record = recordOf(short, ["a", "-5", "b"], {
    prompting: ['say "a", twice\r\n', "-5", "=1+1"],
    tuned: ["a", "-5.0e3", "@SUM(A1)"],
  });
  const rows = parse(exported("csv", summarise(record, quick)), { columns: true }) as Record<
    string,
    string
  >[];
  assert.deepEqual(
    rows.map((row) => row.prompting_answer),
    ['say "a", twice\r\n', "-5", "'=1+1"],
  );
  assert.deepEqual(
    rows.map((row) => row.tuned_answer),
    ["a", "-5.0e3", "'@SUM(A1)"],
  );
  assert.deepEqual(
    rows.map((row) => row["tuned_exact-match"]),
    ["1", "0", "0"],
  );
  assert.deepEqual(
    rows.map((row) => row.reference),
    ["a", "-5", "b"],
  );
});

test("every cell that could start a formula is text, wherever data or models can put one", () => {
  const starts = ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠"];
  const texts = starts.map((start) => `${start}cmd|' /C calc'!A0`);
  const record = recordOf(short, texts, {
    prompting: texts,
    tuned: texts.map((text) => `a;${text},${text}`),
  });
  record.rows.forEach((row, r) => {
    row.id = texts[r]!;
    row.messages = [{ role: "user", content: texts[r]! }];
  });
  const comparison = summarise(record, quick);
  const notes = comparison.rows.map((row) => noteOn(row, { thumbs: {}, text: row.reference }));
  // As a spreadsheet that takes any of these to part cells would.
  for (const delimiter of [",", ";", "\t"]) {
    const options = { delimiter, relax_column_count: true, relax_quotes: true };
    const cells = (parse(exported("csv", comparison, notes), options) as string[][]).flat();
    assert.deepEqual(
      cells.filter((cell) => /^["\s]*[=+@＝＋－＠]|^["\s]*-\D/.test(cell)),
      [],
    );
  }
});

test("notes and thumbs go into every export", () => {
  const record = sampleRecord({ rows: 6 });
  const comparison = summarise(record, quick);
  const text = "said *oddly*, <b>no</b>";
  const notes = [noteOn(record.rows[2]!, { thumbs: { "fine-tuned": "up", "zero-shot": "down" }, text })];
  const table = parse(exported("csv", comparison, notes), { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    table.map((row) => [row.note, row["fine-tuned_thumb"], row["zero-shot_thumb"], row["one-shot_thumb"]]),
    table.map((_, r) => (r === 2 ? [text, "up", "down", ""] : ["", "", "", ""])),
  );
  const lines = exported("jsonl", comparison, notes)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(lines[2].note, text);
  assert.equal(lines[2].answers["fine-tuned"].thumb, "up");
  assert.equal("note" in lines[1] || "thumb" in lines[1].answers["fine-tuned"], false);
  const markdown = exported("markdown", comparison, notes);
  assert.ok(markdown.includes("- test.jsonl:3: said \\*oddly\\*, \\<b\\>no\\</b\\>\n"));
  assert.ok(markdown.includes("Thumbs up for “Zero-shot” on 0 of 1 answer"));
  const page = exported("html", comparison, notes);
  assert.ok(page.includes("Thumbs up for “Zero-shot” on 0 of 1 answer"));
  const [, json] = /id="page-data">([\s\S]*?)<\/script>/.exec(page)!;
  const row = JSON.parse(json!).rows[2];
  assert.equal(row.note, text);
  assert.deepEqual(
    row.answers.map(({ thumb }: { thumb?: string }) => thumb),
    ["down", undefined, undefined, "up"],
  );
});

test("hostile notes stay text on the page and in Markdown", () => {
  const record = hostileRecord("hostile");
  const comparison = summarise(record, quick);
  const notes = record.rows.map((row, r) => noteOn(row, { thumbs: {}, text: hostileTexts[r]! }));
  const page = exported("html", comparison, notes);
  assert.equal(page.match(/<script/gi)!.length, 2);
  assert.equal(page.match(/<\/script/gi)!.length, 2);
  const listed = exported("markdown", comparison, notes).split("\nNotes:\n\n")[1]!;
  assert.ok(
    listed
      .trimEnd()
      .split("\n")
      .every((line) => line.startsWith("- ")),
  );
  assert.doesNotMatch(listed, /(^|[^\\])[<>`]/);
});

test("a comparison on its way is exported as far as it has come, and says so", () => {
  const record = { ...sampleRecord({ rows: 3 }), rowsPlanned: 8 };
  const [some, none] = [summarise(record, quick), summarise({ ...record, rows: [] }, quick)];
  assert.match(exported("markdown", some), /^\*\*So far, 3 of 8 rows\.\*\*/);
  assert.match(exported("html", some), /<h2 class="headline" id="verdict-title">So far, 3 of 8 rows<\/h2>/);
  assert.equal(exported("jsonl", some).trimEnd().split("\n").length, 3);
  assert.equal(exported("csv", none).trimEnd().split("\n").length, 1);
  assert.equal(exported("jsonl", none), "");
  assert.match(exported("markdown", none), /No rows so far/);
  assert.match(exported("html", none), /No rows so far/);
});
