/** A file in parts has the token problems that it has as a whole; and a tokenizer's work is not held. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { FileResult } from "../../src/linter/run.ts";
import { lintFile } from "../../src/linter/run.ts";
import { lintLargeFile, lintStream, streamProblems } from "../../src/linter/stream.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-stream-tokens-"));
after(() => rmSync(folder, { recursive: true }));

const chat = (question: string, answer: string) =>
  `${JSON.stringify({
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
  })}\n`;

/** Some rows are too long, have an answer that is cut away, or a token in their content. */
function rows(count: number): string {
  return Array.from({ length: count }, (_, i) => {
    if (i % 97 === 5) return chat(`Number ${i}?`, `It is ${"very ".repeat(60)} much: ${i}.`);
    if (i % 131 === 7) return chat(`What is ${"really ".repeat(80)} the number ${i}?`, `${i}.`);
    if (i % 61 === 3) return chat(`Number ${i}?`, `It is <|end|> ${i}.`);
    return chat(`What is the number ${i}?`, `It is ${i}.`);
  }).join("");
}

function place(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const options = { model: "tiny", maxLength: 64 };
const told = (problems: FileResult["problems"]) =>
  problems
    .map(({ rule, message, range }) => `${range.start.line}:${range.start.character} ${rule} ${message}`)
    .sort();

describe("tokens of a file in parts", () => {
  it("are those of the whole, and so is what is wrong with them", async () => {
    const path = place("rows.jsonl", rows(900));
    const whole = (await lintFile(path, true, options))!;
    const { lint, trouble } = await lintStream(path, options);
    assert.equal(trouble, undefined);
    assert.equal(lint.tokens, whole.tokens);
    const few = place("few-rows.jsonl", rows(9));
    const inFew = (await lintFile(few, true, options))!;
    assert.ok(inFew.tokens! > 50);
    assert.equal((await lintStream(few, options)).lint.tokens, inFew.tokens);
    const ofTokens = ({ rule }: { rule: string }) =>
      ["exceeds-context", "answer-truncated-away", "special-token-in-content"].includes(rule);
    const wanted = told(whole.problems.filter(ofTokens));
    assert.ok(new Set(wanted.map((each) => each.split(" ")[1])).size >= 3, "of every kind some");
    assert.deepEqual(told(streamProblems(lint).filter(ofTokens)), wanted);
    const { error, warning, info } = lint.counts();
    assert.deepEqual({ errors: error, warnings: warning, infos: info }, whole.counts);
  });

  it("are not counted where nobody has named a model, and it is said why they cannot be", async () => {
    const path = place("few.jsonl", rows(30));
    assert.equal((await lintStream(path)).lint.tokens, undefined);
    const { tokens, model } = await lintLargeFile("few", path, { defaultModel: "other" });
    assert.deepEqual([tokens, model.name], [undefined, "other"]);
    const { lint, trouble } = await lintStream(path, { model: "nobody/has-this" });
    assert.equal(lint.tokens, undefined);
    assert.match(trouble!.message, /nobody\/has-this is not on this machine/);
    const report = await lintLargeFile("few", path, { model: "nobody/has-this" });
    assert.match(report.model.trouble!, /is not on this machine/);
  });

  it("are let be where somebody has let them be", async () => {
    const path = place("let.jsonl", rows(200));
    const first = await lintStream(path, options);
    const { rule } = streamProblems(first.lint).find((each) => each.rule === "special-token-in-content")!;
    const rowOf = await import("../../src/data/lint/suppressions.ts");
    const record = JSON.parse(rows(200).split("\n")[3]!);
    const key = rowOf.rowKey({ value: record, source: "" });
    writeFileSync(`${path}.suppressions.json`, new rowOf.Suppressions([{ rule, row: key }]).toText());
    const { lint } = await lintStream(path, options);
    const lines = streamProblems(lint)
      .filter((each) => each.rule === rule)
      .map(({ range }) => range.start.line);
    assert.ok(!lines.includes(3) && lines.includes(64));
    assert.deepEqual(lint.unusedSuppressions(), []);
  });
});

describe("memory", { skip: process.platform !== "linux" && "only Linux says how much was held" }, () => {
  it("does not grow with the tokens", () => {
    const held = [4, 12].map((thousands) => {
      const text = Array.from({ length: 1000 * thousands }, (_, i) =>
        chat(
          `Question ${i}?`,
          `It is ${Array.from({ length: 40 }, (_, k) => (i * 7919 + k * 104729) % 9973).join(" ")}.`,
        ),
      ).join("");
      return mostHeld(place(`${thousands}.jsonl`, text));
    });
    assert.ok(held[1]! - held[0]! < 80, `${held} MB`);
  });
});

/** Megabytes that a process of its own has held at most, counting the tokens of a file. */
function mostHeld(path: string): number {
  const program = `
    const { lintStream } = await import(${JSON.stringify(fileURLToPath(new URL("../../src/linter/stream.ts", import.meta.url)))});
    const { lint } = await lintStream(process.argv[1], { model: "tiny" });
    const { readFileSync } = await import("node:fs");
    const status = readFileSync("/proc/self/status", "utf8");
    console.log(JSON.stringify({ kb: Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]), tokens: lint.tokens }));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program, path];
  const { kb, tokens } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  assert.ok(tokens > 100_000);
  return kb / 1024;
}
