/** The compare page's host side through a port: what a page gets while a comparison goes on, and what it may ask. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { JudgeThread } from "../../src/host/compare/judge-thread.ts";
import type { DatasetRow } from "../../src/host/compare/panel.ts";
import { RunStore } from "../../src/host/runs/store.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { removeFolder } from "../../src/runs/durable.ts";
import { files } from "../../src/runs/layout.ts";
import { hostileRecord, sampleRecord } from "../evaluate/sample.ts";
import { temporaryFolder } from "../runs/temporary.ts";
import { ComparisonFolder } from "./compare-folder.ts";
import { PageInTest } from "./compare-page.ts";
import { eventually } from "./eventually.ts";

const root = temporaryFolder();
const store = new RunStore();
after(() => store.dispose());

function known(folder: ComparisonFolder): ComparisonFolder {
  store.add(folder.run);
  return folder;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const clear = { right: { "few-shot-4": 0.3 } };

describe("a finished comparison", () => {
  const folder = known(
    ComparisonFolder.finished(join(root, "finished"), sampleRecord({ rows: 60, ...clear })),
  );
  const opened = async (around?: ConstructorParameters<typeof PageInTest>[2]) => {
    const page = new PageInTest(folder.directory, store, around);
    await page.open();
    return page;
  };

  it("opens with its verdict and hands out its rows", async () => {
    const page = await opened();
    const { head } = page;
    assert.equal(head.comparison?.verdict.outcome, "fine-tuned-better");
    assert.deepEqual([head.rowsAnswered, head.rowsPlanned, head.task], [60, 60, "labels"]);
    assert.deepEqual(head.tuningRun, { run: folder.run, name: "banking", there: true });
    assert.deepEqual([head.job.state, head.job.problem, head.progress], ["done", null, null]);
    for (const part of ["rows", "shots", "scores"]) assert.equal(part in head.comparison, false, part);
    assert.deepEqual([...page.rows.keys()], upTo(60));
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

  it("is scored anew, head and rows, and says that this was chosen afterwards", async () => {
    const page = await opened();
    assert.deepEqual(
      page.head.tasks.map(({ id }) => id),
      ["labels", "short-answer", "long-text"],
    );
    page.rows.clear();
    await page.channel.request("score", { task: "long-text" });
    assert.equal(page.head.task, "long-text");
    assert.equal(page.head.comparison?.taskTitle, page.head.tasks[2]!.title);
    assert.match(page.head.comparison!.verdict.reason, /was chosen after the answers were there/);
    assert.deepEqual([...page.rows.keys()], upTo(60));
    assert.ok([...page.rows.values()].some(({ scores }) => ![0, 1].includes(scores["fine-tuned"]!)));
    await assert.rejects(page.channel.request("score", { task: "json" }), /cannot be scored as "json"/);
    await page.channel.request("score", { task: "labels" });
    assert.equal(page.head.comparison?.verdict.outcome, "fine-tuned-better");
    page.panel.dispose();
  });

  it("keeps notes for the next page, counts thumbs, and puts a damaged file aside", async () => {
    const page = await opened();
    const note = { thumbs: { "fine-tuned": "up" as const }, text: "</script> just so" };
    await page.channel.request("note", { index: 2, note });
    assert.deepEqual((await page.channel.request("rows", { from: 2, count: 1 })).rows[0]!.note, note);
    await eventually("told the thumbs", () => page.head.humanVerdict !== null);
    assert.match(page.head.humanVerdict!, /“Fine-tuned” on 1 of 1 answer/);
    const next = await opened();
    assert.deepEqual(next.rows.get(2)!.note, note);
    assert.equal(next.rows.get(3)!.note, null);
    writeFileSync(join(folder.directory, files.notes), "{ no JSON");
    const damaged = await opened();
    assert.match(damaged.head.job.problem!.message, /notes\.json cannot be read/);
    await damaged.channel.request("note", { index: 0, note });
    assert.match(damaged.problems.join(), /put aside as .*notes\.damaged-1\.json/);
    assert.equal(readFileSync(join(folder.directory, "notes.damaged-1.json"), "utf8"), "{ no JSON");
    for (const each of [page, next, damaged]) each.panel.dispose();
    rmSync(join(folder.directory, files.notes));
  });

  it("is exported where the person says, or not at all", async () => {
    const path = join(root, "out.csv");
    const asked: string[] = [];
    let answer: string | null = path;
    const page = await opened({
      askPath: async (format, name) => {
        asked.push(`${format} ${name}`);
        return answer;
      },
    });
    assert.deepEqual(await page.channel.request("export", { format: "csv" }), { path });
    assert.match(asked[0]!, /^csv \d{8}-\d{6}-banking$/);
    assert.equal(readFileSync(path, "utf8").trim().split("\r\n").length, 61);
    rmSync(path);
    answer = null;
    assert.deepEqual(await page.channel.request("export", { format: "csv" }), { path: null });
    assert.equal(existsSync(path), false);
    answer = join(root, "no", "such", "\0folder");
    await assert.rejects(page.channel.request("export", { format: "csv" }));
    await assert.rejects(page.channel.request("export", { format: "pdf" }), /no export called "pdf"/);
    page.panel.dispose();
  });

  it("hands rows for the dataset, actions and chats to whoever does them", async () => {
    const added: DatasetRow[] = [];
    const acted: string[] = [];
    const page = await opened({
      addToDataset: async (run, row) => {
        added.push(row);
        return run === folder.run;
      },
      act: async (action, run) => void acted.push(`${action} ${run === folder.run}`),
      chat: async (run, { side, messages }, { progress, signal }) => {
        progress({ phase: "loading the model" });
        progress({ text: `${side}: ` });
        if (messages[0]!.content === "for ever") {
          await new Promise((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason)),
          ).finally(() => acted.push("chat stopped"));
        }
        return { text: `${run === folder.run}`, ended: true, promptTokens: 1, outputTokens: 1, seconds: 1 };
      },
    });
    const { channel } = page;
    assert.deepEqual(await channel.request("addToDataset", { index: 5, answer: "refund" }), { added: true });
    assert.deepEqual(
      [added[0]!.id, added[0]!.answer, added[0]!.messages.length],
      ["test.jsonl:6", "refund", 2],
    );
    await channel.request("act", { action: "showRun" });
    assert.deepEqual(acted, ["showRun true"]);
    const came: unknown[] = [];
    const onProgress = (value: unknown) => came.push(value);
    const hello = { side: "base" as const, messages: [{ role: "user" as const, content: "hello" }] };
    assert.equal((await channel.request("chat", hello, { onProgress })).text, "true");
    assert.deepEqual(came, [{ phase: "loading the model" }, { text: "base: " }]);
    const stop = new AbortController();
    const forEver = { ...hello, messages: [{ role: "user" as const, content: "for ever" }] };
    const cancelled = channel.request("chat", forEver, {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await assert.rejects(cancelled, (error: TunesmithError) => error.code === "cancelled");
    await eventually("stopped the chat", () => acted.includes("chat stopped"));
    // A page that was loaded again has forgotten what it asked.
    acted.length = 0;
    channel.request("chat", forEver).catch(() => {});
    await sleep(5);
    await page.open();
    await eventually("stopped the old page's chat", () => acted.includes("chat stopped"));
    page.panel.dispose();
  });

  it("is told from one that is gone", async () => {
    const page = new PageInTest(join(root, "finished", "nothing"), store);
    await assert.rejects(page.open(), (error: TunesmithError) => error.code === "run-not-found");
    page.panel.dispose();
  });
});

describe("a comparison that goes on", () => {
  it("sends head and rows as they come, without a verdict, and the verdict in the end", async () => {
    const folder = new ComparisonFolder(join(root, "growing"), sampleRecord({ rows: 60, ...clear }));
    folder.begin();
    known(folder);
    const page = new PageInTest(folder.directory, store);
    const first = await page.open();
    assert.deepEqual([first.comparison, first.rowsAnswered, first.job.state], [null, 0, "running"]);
    folder.writePlan();
    folder.answer(10);
    await eventually("sent the first rows", () => page.rows.size === 10);
    assert.equal(page.head.comparison?.verdict.outcome, "preliminary");
    assert.deepEqual([page.head.rowsAnswered, page.head.rowsPlanned], [10, 60]);
    assert.deepEqual(page.head.progress, { done: 10, total: 60, phase: "asking" });
    folder.answer(50);
    folder.end("done");
    await eventually("ended", () => page.head.comparison?.verdict.outcome === "fine-tuned-better");
    assert.deepEqual([page.rows.size, page.head.job.state, page.head.progress], [60, "done", null]);
    const opened = new PageInTest(folder.directory, store);
    await opened.open();
    assert.deepEqual(page.rows, opened.rows);
    assert.deepEqual(page.head.comparison, opened.head.comparison);
    assert.deepEqual(page.problems, []);
    page.panel.dispose();
    opened.panel.dispose();
  });

  it("stops and goes on", async () => {
    const folder = new ComparisonFolder(join(root, "stopping"), sampleRecord({ rows: 30 }));
    folder.begin();
    folder.writePlan();
    folder.answer(5);
    known(folder);
    const page = new PageInTest(folder.directory, store);
    await page.open();
    folder.end("paused");
    await eventually("paused", () => page.head.job.state === "paused");
    assert.deepEqual([page.head.rowsAnswered, page.head.comparison?.verdict.outcome], [5, "preliminary"]);
    folder.begin();
    folder.answer(25);
    store.refresh(folder.directory);
    await eventually("went on", () => page.rows.size === 30);
    folder.end("done");
    await eventually("was done", () => page.head.job.state === "done" && page.head.comparison!.complete);
    page.panel.dispose();
  });

  it("is judged no more often than it can be, and sends nothing to a page that is hidden", async () => {
    const folder = new ComparisonFolder(join(root, "often"), sampleRecord({ rows: 400 }));
    folder.begin();
    folder.writePlan();
    known(folder);
    const page = new PageInTest(folder.directory, store);
    await page.open();
    const looks = () => page.judged.filter((name) => name === "look").length;
    for (let i = 0; i < 60; i++) {
      folder.answer(4);
      await sleep(25);
    }
    // 1.5 s: the one of `open`, and then one a second.
    assert.ok(looks() <= 3, `${looks()} looks`);
    assert.ok(page.sent <= 2 + 6 + 3, `${page.sent} messages`);
    page.panel.setVisible(false);
    await sleep(50);
    const [sent, looked] = [page.sent, looks()];
    folder.answer(100);
    store.refresh(folder.directory);
    await sleep(600);
    assert.deepEqual([page.sent, looks()], [sent, looked]);
    page.panel.setVisible(true);
    await page.open();
    assert.equal(page.head.rowsAnswered, 340);
    folder.end("paused");
    page.panel.dispose();
  });

  it("says what is damaged, and what is gone, and goes on with what it has", async () => {
    const folder = new ComparisonFolder(join(root, "damaged"), sampleRecord({ rows: 10 }));
    folder.begin();
    folder.damage("plan");
    known(folder);
    const page = new PageInTest(folder.directory, store);
    await page.open();
    assert.match(page.head.job.problem!.message, /plan\.json is damaged/);
    assert.equal(page.head.comparison, null);
    folder.writePlan();
    writeFileSync(join(folder.directory, files.answers), "torn {\n");
    folder.answer(3);
    await eventually("had rows", () => page.rows.size === 3);
    assert.match(page.head.job.problem!.message, /answers\.jsonl, line 1 is damaged and left out/);
    removeFolder(folder.directory);
    store.refresh(folder.directory);
    await eventually("missed it", () => /folder is gone/.test(page.head.job.problem?.message ?? ""));
    assert.equal((await page.channel.request("rows", { from: 0, count: 10 })).rows.length, 3);
    page.panel.dispose();
  });
});

it("hostile texts pass through as they are", async () => {
  const record = hostileRecord("hostile");
  const folder = known(ComparisonFolder.finished(join(root, "hostile"), record));
  const page = new PageInTest(folder.directory, store);
  await page.open();
  for (const [r, row] of record.rows.entries()) {
    const listed = page.rows.get(r)!;
    assert.equal(listed.question, row.messages.at(-1)!.content);
    assert.equal(listed.reference, row.reference);
    const { messages, answers } = await page.channel.request("row", { index: r });
    assert.equal(messages[1]!.content, row.messages[1]!.content);
    for (const { way, prompt } of answers) {
      assert.equal(listed.outputs[way], row.answers[way]!.text);
      assert.equal(prompt, row.answers[way]!.prompt);
    }
  }
  assert.equal(page.head.comparison?.title, record.title);
  assert.deepEqual(page.problems, []);
  page.panel.dispose();
});

it("a judge works in a thread, is started again if that ends, and says why it cannot start", async () => {
  const folder = ComparisonFolder.finished(join(root, "thread"), sampleRecord({ rows: 20 }));
  const outfile = join(root, "judge.mjs");
  const entryPoints = ["src/host/compare/judge-worker.ts"];
  buildSync({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  const thread = new JudgeThread(folder.directory, pathToFileURL(outfile));
  const { head } = await thread.request("look", { task: null });
  assert.deepEqual([head.rowsAnswered, head.comparison?.complete], [20, true]);
  const waiting = thread.request("look", { task: "long-text" });
  thread.dispose();
  await assert.rejects(waiting, (error: TunesmithError) => error.code === "disconnected");
  assert.equal((await thread.request("look", { task: null })).head.rowsAnswered, 20);
  thread.dispose();
  const later = join(root, "later.mjs");
  const missing = new JudgeThread(folder.directory, pathToFileURL(later));
  await assert.rejects(missing.request("look", { task: null }), (error) => error instanceof TunesmithError);
  copyFileSync(outfile, later);
  assert.equal((await missing.request("look", { task: null })).head.rowsAnswered, 20);
  missing.dispose();
});
