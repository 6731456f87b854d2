/** The file of answers: appended, followed while it grows, torn or damaged without losing the rest. */
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AnswerLog, AnswerTail, type KeyedAnswer } from "../../src/runs/answers.ts";
import { hostileTexts, sampleRecord } from "../evaluate/sample.ts";
import { temporaryFolder, withFileSystem } from "./temporary.ts";

const root = temporaryFolder();
const place = () => mkdtempSync(join(root, "answers-"));
const fileIn = (directory: string) => join(directory, "answers.jsonl");
const { samples: _, ...sample } = sampleRecord({ rows: 1 }).rows[0]!.answers["zero-shot"]!;
const answer = (key: string, text = key): KeyedAnswer => ({ key, answer: { ...sample, text } });

test("answers come back as they were, whatever is in them", () => {
  const directory = place();
  const log = new AnswerLog(directory);
  // An unpaired surrogate is no text that UTF-8 can hold; JSON writes it as an escape.
  log.add(hostileTexts.map((text, i) => answer(`test/zero-shot/${i}`, text)));
  for (const { answers } of [log, new AnswerLog(directory)]) {
    assert.deepEqual(
      [...answers.values()].map(({ text }) => text),
      hostileTexts,
    );
  }
});

test("each look adds what is new, and a line being written waits for its end", () => {
  const directory = place();
  const tail = new AnswerTail(directory);
  assert.deepEqual(tail.read(), { added: 0, problems: [] });
  const log = new AnswerLog(directory);
  log.add([answer("a"), answer("b")]);
  assert.deepEqual(tail.read(), { added: 2, problems: [] });
  const line = Buffer.from(`${JSON.stringify(answer("c", "日本"))}\n`);
  // Cut in the middle of a character.
  const cut = line.indexOf(Buffer.from("本")) + 1;
  appendFileSync(fileIn(directory), line.subarray(0, cut));
  assert.deepEqual(tail.read(), { added: 0, problems: [] });
  appendFileSync(fileIn(directory), line.subarray(cut));
  assert.deepEqual(tail.read(), { added: 1, problems: [] });
  assert.equal(tail.answers.get("c")!.text, "日本");
  assert.deepEqual(tail.read(), { added: 0, problems: [] });
});

test("a torn line is cut off when the job goes on, and who follows does not notice", () => {
  const directory = place();
  new AnswerLog(directory).add([answer("a")]);
  const tail = new AnswerTail(directory);
  tail.read();
  appendFileSync(fileIn(directory), JSON.stringify(answer("b", "longer than what comes instead".repeat(9))));
  tail.read();
  const log = new AnswerLog(directory);
  log.add([answer("b")]);
  assert.deepEqual(tail.read(), { added: 1, problems: [] });
  assert.deepEqual([...tail.answers.keys()], ["a", "b"]);
  assert.equal(
    readFileSync(fileIn(directory), "utf8"),
    ["a", "b"].map((key) => `${JSON.stringify(answer(key))}\n`).join(""),
  );
});

test("damaged lines are said and left out, and left in the file", () => {
  const directory = place();
  const damaged = [
    "",
    "{}",
    "no JSON",
    "[]",
    '{"key":"x","answer":null}',
    JSON.stringify({ key: 1, answer: sample }),
    JSON.stringify({ key: "x", answer: { ...sample, text: 5 } }),
    JSON.stringify({ key: "x", answer: { ...sample, seconds: null } }),
    JSON.stringify({ key: "x", answer: { ...sample, shots: [1] } }),
    JSON.stringify({ key: "x", answer: { ...sample, loss: {} } }),
  ];
  const good = JSON.stringify(answer("a"));
  writeFileSync(fileIn(directory), `${[...damaged, good].join("\n")}\n`);
  const tail = new AnswerTail(directory);
  const { added, problems } = tail.read();
  assert.deepEqual([added, problems.length], [1, damaged.length]);
  assert.equal(problems[2], "answers.jsonl, line 3 is damaged and left out");
  const before = readFileSync(fileIn(directory));
  assert.deepEqual([...new AnswerLog(directory).answers.keys()], ["a"]);
  assert.deepEqual(readFileSync(fileIn(directory)), before);
});

test("a full disk is said, and what was written before stays", () => {
  const directory = place();
  const log = new AnswerLog(directory);
  log.add([answer("a")]);
  const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
  let room = 40;
  withFileSystem(
    "writeSync",
    (write) =>
      ((file: number, bytes: Uint8Array, from: number, length: number, offset: number) => {
        if (room === 0) throw full;
        const fits = Math.min(length, room);
        room -= fits;
        return write(file, bytes, from, fits, offset);
      }) as typeof write,
    () => assert.throws(() => log.add([answer("b")]), { code: "disk-full" }),
  );
  assert.ok(readFileSync(fileIn(directory), "utf8").endsWith("}\n"), "no torn line is left");
  log.add([answer("c")]);
  assert.deepEqual([...log.answers.keys()], ["a", "c"]);
  log.close();
  assert.deepEqual([...new AnswerLog(directory).answers.keys()], ["a", "c"]);
});
