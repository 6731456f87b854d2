/** The record of rows: what it adds up to, torn, damaged and superseded lines, and the latest run on a file. */
import assert from "node:assert/strict";
import type fs from "node:fs";
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { encodeLine } from "../../src/runs/checked-lines.ts";
import { createRun } from "../../src/runs/directory.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { latestHistoryFor, readRowHistory } from "../../src/runs/row-history.ts";
import { type NamedRows, RowLog, readRowLog, type SeenRows } from "../../src/runs/row-log.ts";
import { temporaryFolder, withFileSystem } from "./temporary.ts";

const root = temporaryFolder();
let made = 0;
function directory(): { path: string; file: string } {
  const path = join(root, String(++made));
  mkdirSync(path);
  return { path, file: join(path, "rows.jsonl") };
}

/** Three rows of two tokens and one of five, a long text. */
const named: NamedRows = {
  path: "/data/train.jsonl",
  lines: [1, 2, 4, 9],
  hashes: ["aa", "bb", "cc", "dd"],
  tokens: [2, 2, 2, 5],
};
const step = (
  step: number,
  epoch: number,
  ...rows: [row: number, nll: number, tokens: number][]
): SeenRows => ({
  step,
  epoch,
  rows: rows.map(([row]) => row),
  nll: rows.map(([, nll]) => nll),
  tokens: rows.map(([, , tokens]) => tokens),
  sure: rows.map(([, , tokens]) => tokens),
});
/** Two epochs of two steps; the long text comes in two parts. */
const steps = [
  step(1, 0, [0, 4, 2], [3, 6, 3]),
  step(2, 0, [2, 2, 2], [1, 3, 2], [3, 4, 2]),
  step(3, 1, [3, 1, 2], [1, 2, 2]),
  step(4, 1, [3, 4, 3], [0, 1, 2], [2, 5, 2]),
];

function write(path: string, attempt: number, resumedStep: number, seen: readonly SeenRows[]): void {
  const log = new RowLog(path, attempt, resumedStep, named);
  for (const each of seen) log.write(each);
  log.close();
}

/** Losses of each row by its line. */
function lossesOf(path: string): Record<number, number[]> {
  const { rows } = readRowHistory(path)!;
  return Object.fromEntries(rows.map(({ line, history }) => [line, history.losses]));
}
const whole = { 1: [2, 0.5], 2: [1.5, 1], 4: [1, 2.5], 9: [2, 1] };

const corrupt = (words: RegExp) => (error: unknown) =>
  error instanceof TunesmithError && error.code === "run-corrupt" && words.test(error.message);

describe("a run's rows", () => {
  it("come with their place, name and losses; the parts of a long text add up", () => {
    const { path } = directory();
    write(path, 1, 0, steps);
    const { rows } = readRowHistory(path)!;
    assert.deepEqual(
      rows.map(({ path, line, hash }) => [path, line, hash]),
      [1, 2, 4, 9].map((line, i) => ["/data/train.jsonl", line, named.hashes[i]]),
    );
    assert.deepEqual(lossesOf(path), whole);
    const [{ history }] = rows as [(typeof rows)[number]];
    assert.ok(Math.abs(history.confidence - (Math.exp(-2) + Math.exp(-0.5)) / 2) < 1e-12);
    assert.deepEqual([history.epochs, history.lastLoss, history.neverLearned], [2, 0.5, false]);
  });

  it("are those met so far; a long text counts once all of it was", () => {
    const { path } = directory();
    write(path, 1, 0, steps.slice(0, 1));
    assert.deepEqual(lossesOf(path), { 1: [2] });
    write(path, 2, 1, steps.slice(1, 3));
    assert.deepEqual(lossesOf(path), { 1: [2], 2: [1.5, 1], 4: [1], 9: [2] });
  });

  it("are undefined where none were recorded", () => {
    const { path, file } = directory();
    assert.equal(readRowHistory(path), undefined);
    assert.equal(readRowHistory(join(path, "gone")), undefined);
    writeFileSync(file, "");
    assert.equal(readRowHistory(path), undefined);
    writeFileSync(file, '{"type":"attempt","att');
    assert.equal(readRowHistory(path), undefined, "a first line that is still being written");
  });

  it("of an attempt supersede what earlier ones did after its checkpoint", () => {
    const { path } = directory();
    write(
      path,
      1,
      0,
      steps.map((each) => ({ ...each, nll: each.nll.map((nll) => nll * (each.step > 2 ? 9 : 1)) })),
    );
    write(path, 2, 2, []);
    assert.deepEqual(lossesOf(path), { 1: [2], 2: [1.5], 4: [1], 9: [2] });
    write(path, 3, 2, steps.slice(2));
    assert.deepEqual(lossesOf(path), whole);
    assert.equal(readFileSync(join(path, "rows.jsonl"), "utf8").split('"hashes"').length, 2, "named once");
  });

  it("are named anew by an attempt from the start, whose dataset may be another", () => {
    const { path } = directory();
    write(path, 1, 0, steps);
    const other = { path: "/data/other.jsonl", lines: [7], hashes: ["ee"], tokens: [2] };
    const log = new RowLog(path, 2, 0, other);
    log.write(step(1, 0, [0, 3, 2]));
    log.close();
    assert.deepEqual(
      readRowHistory(path)!.rows.map(({ path, line, history }) => [path, line, history.losses]),
      [["/data/other.jsonl", 7, [1.5]]],
    );
  });
});

describe("a damaged record of rows", () => {
  it("loses a torn last line, at any byte, and goes on", () => {
    const { path, file } = directory();
    write(path, 1, 0, steps.slice(0, 3));
    const bytes = readFileSync(file);
    const lastLine = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
    for (let length = lastLine; length < bytes.length; length++) {
      writeFileSync(file, bytes);
      truncateSync(file, length);
      assert.deepEqual(lossesOf(path), { 1: [2], 2: [1.5], 4: [1], 9: [2] });
      write(path, 2, 2, steps.slice(2));
      assert.deepEqual(lossesOf(path), whole);
      assert.equal(readRowLog(path).damaged, 0, "nothing torn is left in the middle");
    }
    appendFileSync(file, "x".repeat(100_000));
    write(path, 3, 4, []);
    assert.ok(readFileSync(file, "utf8").endsWith("}\n"), "all of it is cut, however long");
  });

  it("leaves out a line that was altered", () => {
    const { path, file } = directory();
    write(path, 1, 0, steps);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"nll":[2,3,4]', '"nll":[2,8,4]'));
    assert.deepEqual(lossesOf(path), { 1: [2, 0.5], 2: [1], 4: [2.5], 9: [1] });
    assert.equal(readRowLog(path).damaged, 1);
  });

  it("keeps each step once although the line of an attempt is lost", () => {
    const { path, file } = directory();
    write(path, 1, 0, steps);
    write(path, 2, 2, steps.slice(2));
    writeFileSync(file, readFileSync(file, "utf8").replace('"attempt":2', '"attempt":3'));
    assert.deepEqual(lossesOf(path), whole);
  });

  it("is said when nothing names the rows, and mended by the next attempt", () => {
    const { path, file } = directory();
    write(path, 1, 0, steps.slice(0, 2));
    writeFileSync(file, readFileSync(file, "utf8").replace('"bb"', '"bx"'));
    assert.throws(
      () => readRowHistory(path),
      corrupt(/rows\.jsonl cannot be read: no whole line .* names the rows/),
    );
    write(path, 2, 2, steps.slice(2));
    assert.deepEqual(lossesOf(path), whole);
  });

  const impossible: [string, object, RegExp][] = [
    ["a row that is not named", { type: "step", ...step(5, 2, [4, 1, 2]) }, /rows that are not named/],
    ["columns of different lengths", { type: "step", ...steps[0], nll: [1] }, /a step is incomplete/],
    ["a loss that is no number", { type: "step", ...steps[0], nll: [null, 1] }, /a step is incomplete/],
    ["an attempt from nowhere", { type: "attempt", attempt: 2 }, /does not say where/],
    ["rows without names", { type: "attempt", resumedStep: 0, rows: { ...named, hashes: [] } }, /in full/],
  ];
  for (const [name, line, words] of impossible) {
    it(`is said: ${name}`, () => {
      const { path, file } = directory();
      write(path, 1, 0, steps);
      appendFileSync(file, encodeLine(line));
      assert.throws(() => readRowHistory(path), corrupt(words));
      new RowLog(path, 2, 4, named).close(); // and the run goes on all the same
    });
  }

  it("is said when it cannot be read at all", () => {
    const { path, file } = directory();
    mkdirSync(file);
    assert.throws(() => readRowHistory(path), corrupt(/EISDIR/));
  });

  it("is none for lines of types to come", () => {
    const { path, file } = directory();
    write(path, 1, 0, steps);
    appendFileSync(file, encodeLine({ type: "remark", text: "new" }));
    assert.deepEqual(lossesOf(path), whole);
  });

  it("ends with the last whole line when the disk is full", () => {
    const { path } = directory();
    const log = new RowLog(path, 1, 0, named);
    log.write(steps[0]!);
    const full = (write: typeof fs.writeSync) =>
      ((file: number, bytes: Uint8Array, from: number, _length: number, offset: number): number => {
        write(file, bytes, from, 20, offset);
        throw Object.assign(new Error("no room"), { code: "ENOSPC" });
      }) as typeof write;
    withFileSystem("writeSync", full, () => {
      assert.throws(
        () => log.write(steps[1]!),
        (error) => error instanceof TunesmithError && error.code === "disk-full",
      );
    });
    assert.deepEqual(lossesOf(path), { 1: [2] });
    for (const each of steps.slice(1)) log.write(each);
    log.close();
    assert.deepEqual(lossesOf(path), whole);
  });
});

describe("the latest run on a dataset file", () => {
  const place = temporaryFolder();
  const runs = join(place, ".tunesmith", "runs");
  const file = (name: string) => {
    writeFileSync(join(place, name), "{}\n");
    return join(place, name);
  };
  let seconds = 0;
  /** A run with some steps, each run a second younger than the last. */
  function run(train: string, seen: readonly SeenRows[]): string {
    const recipe = resolveRecipe({ model: "tiny", data: { train } }, place);
    const path = createRun("run", recipe, { root: runs });
    const job = JSON.parse(readFileSync(join(path, "job.json"), "utf8"));
    const created = new Date(Date.UTC(2026, 0, 1, 0, 0, ++seconds)).toISOString();
    writeFileSync(join(path, "job.json"), JSON.stringify({ ...job, created }));
    if (seen.length > 0) write(path, 1, 0, seen);
    return path;
  }
  const found = (path: string) => latestHistoryFor(path, runs)?.directory;

  it("has met every row; else it is the latest that has begun", () => {
    const [train, other] = [file("train.jsonl"), file("other.jsonl")];
    assert.equal(found(train), undefined, "there is no folder yet");
    const begun = run("train.jsonl", steps.slice(0, 1));
    assert.equal(found(train), begun);
    const first = run("train.jsonl", steps);
    const second = run("train.jsonl", steps.slice(0, 3));
    run("other.jsonl", steps);
    const begunSince = run("train.jsonl", steps.slice(0, 1));
    run("train.jsonl", []);
    assert.equal(found(train), second);
    assert.notEqual(found(other), second);
    assert.equal(found(join(place, "third.jsonl")), undefined);
    assert.deepEqual(Object.keys(latestHistoryFor(train, runs)!).sort(), ["directory", "rows"]);

    writeFileSync(join(second, "rows.jsonl"), "damaged\n");
    assert.equal(found(train), first, "one that cannot be read is passed over");
    writeFileSync(join(first, "job.json"), "{");
    assert.equal(found(train), begunSince);
  });

  it("is found by another path to the same file", { skip: process.platform === "win32" }, () => {
    const path = file("linked.jsonl");
    const expected = run("linked.jsonl", steps);
    symlinkSync(path, join(place, "link.jsonl"));
    assert.equal(found(join(place, "link.jsonl")), expected);
    rmSync(path);
    assert.equal(found(path), expected, "also when it is gone");
  });
});
