/** A file in parts has the problems that it has as a whole, however it is cut; and little of it is held. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { LintDocument, type Range } from "../../src/data/lint/document.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { StreamLint, type StreamOptions } from "../../src/data/lint/stream.ts";
import { rowKey, Suppressions } from "../../src/data/lint/suppressions.ts";
import { rules } from "../../src/data/rules/index.ts";
import { containerOf, extensionOf } from "../../src/data/source/container.ts";
import { decode, encode } from "../../src/data/source/decode.ts";
import { PartDecoder } from "../../src/data/source/decode-parts.ts";
import { readThrough } from "../../src/linter/read-through.ts";
import { Random } from "../../src/random/random.ts";
import { soundFiles, soundRecords, sounds } from "./sound-records.ts";

const origin = { encoding: "utf-8", byteOrderMark: false } as const;

interface Told {
  rule: string;
  severity: string;
  message: string;
  range: Range;
}

function whole(name: string, text: string): Told[] {
  const document = new LintDocument(name, text, defaultSettings, rules);
  document.checkAll();
  return document.problems().map((problem) => ({
    rule: problem.rule.id,
    severity: problem.severity,
    message: problem.message,
    range: document.rangeOf(problem),
  }));
}

function inParts(name: string, text: string, size: number, options: StreamOptions = {}): StreamLint {
  const extension = extensionOf(name)!;
  const container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
  const read = (more: StreamOptions) => {
    const lint = new StreamLint(name, { container, extension }, defaultSettings, rules, origin, more);
    for (let at = 0; at < text.length; at += size) lint.push(text.slice(at, at + size));
    return { lint, isDone: lint.end() };
  };
  const first = read(options);
  if (first.isDone) return first.lint;
  const again = read({ ...options, confirmed: { format: first.lint.format } });
  assert.ok(again.isDone, "two readings are enough");
  return again.lint;
}

/** Rules on all rows tell where a row begins: it is not there any more when they speak. */
function key({ rule, severity, message, range }: Told, name: string): string {
  const isOfSet = rules.find(({ id }) => id === rule)!.on === "set";
  const place = !isOfSet ? JSON.stringify(range) : name.endsWith("json") ? "" : range.start.line;
  return `${rule} ${severity} ${place} ${message}`;
}

function assertSame(name: string, text: string, size: number, history: string): void {
  const lint = inParts(name, text, size);
  const told = lint.problems();
  const wanted = whole(name, text);
  const { error, warning, info } = lint.counts();
  assert.equal(error + warning + info, wanted.length, `${history}: the number of problems`);
  const found = told.flatMap(({ kept }) =>
    kept.map(({ rule, severity, message, range }) => ({ rule: rule.id, severity, message, range })),
  );
  // Of rules with very many problems only the first are kept.
  const cut = new Set(told.flatMap(({ kept, more }) => (more > 0 ? [kept[0]!.rule.id] : [])));
  const keys = (list: Told[]) => list.flatMap((each) => (cut.has(each.rule) ? [] : [key(each, name)])).sort();
  assert.deepEqual(keys(found), keys(wanted), history);
}

/** Something is wrong in places. */
function spoiled(text: string, random: Random): string {
  const spoil = [
    (line: string) => line.replace('"', ""),
    (line: string) => line.replace(/"(user|human|text|prompt)"/, '"usre"'),
    (line: string) => `${line}${line}`,
    (line: string) =>
      line.replace(/It is|The answer/, "As an AI language model, I \\u200b ünï 😀 <|im_end|>"),
    (line: string) => line.slice(0, Math.floor(line.length / 2)),
    () => "",
    (line: string) => line.replace(/[a-z]{4,}/, ""),
  ];
  return text
    .split("\n")
    .map((line) => (random.integer(8) === 0 ? spoil[random.integer(spoil.length)]!(line) : line))
    .join("\n");
}

describe("a file in parts", () => {
  for (const size of [1, 7, 1000]) {
    it(`of ${size}: the problems of the whole, in every format and kind of file`, () => {
      for (const [i, [what, sound]] of Object.entries(sounds).entries()) {
        // One character at a time takes long.
        if (size === 1 && i % 5 > 0) continue;
        const seed = size * 1000 + i;
        const random = new Random(seed, "stream");
        const records = soundRecords(sound, size === 1 ? 15 : 40);
        for (const [name, text] of Object.entries(soundFiles(sound, records))) {
          assertSame(name, spoiled(text, random), size, `seed ${seed}, ${what}, ${name}, parts of ${size}`);
        }
      }
    });
  }

  it("plain text, however its documents are divided", () => {
    for (const text of [
      "One.\n\nTwo,\nof two lines.\r\n\r\n\nThree.",
      "One.\n<|endoftext|>\n\nTwo.\n\nStill two.\n<|endoftext|>\n",
      " = One = \n\n = = Part = = \n\nText.\n = Two = \n\nText \uFFFD.\n",
    ])
      for (const size of [1, 7, 1000]) assertSame("notes.txt", text, size, `${text} in parts of ${size}`);
  });

  it("a table whose header stands behind a blank line", () => {
    const text = "\nWhere is it?,Here.\nAnd now?,There.\n";
    for (const size of [1, 7, 1000]) assertSame("table.csv", text, size, `parts of ${size}`);
  });

  it("a format that shows only after the first rows", () => {
    const early = soundRecords(sounds["prompt and completion"]!, 250);
    const late = soundRecords(sounds.chat!, 400, 250);
    const text = [...early, ...late].map((record) => `${JSON.stringify(record)}\n`).join("");
    const lint = inParts("data.jsonl", text, 1000);
    assert.equal(lint.format?.name, "chat");
    const mixed = lint.problems().find(({ kept }) => kept[0]!.rule.id === "mixed-formats")!;
    assert.deepEqual([mixed.kept.length + mixed.more, mixed.kept[0]!.range.start.line], [250, 0]);
    assertSame("data.jsonl", text, 1000, "late format");
  });

  it("suppressions and other files count", () => {
    const records = [...soundRecords(sounds.chat!, 60), soundRecords(sounds.chat!, 1)[0]!];
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const of = (lint: StreamLint) => lint.problems().map(({ kept }) => kept[0]!.rule.id);
    assert.ok(of(inParts("data.jsonl", text, 500)).includes("duplicate-row"));
    const suppressions = new Suppressions([
      { rule: "duplicate-row", row: rowKey({ value: records[0], source: "" }) },
      { rule: "secret", row: "0123" },
    ]);
    const lint = inParts("data.jsonl", text, 500, { suppressions });
    assert.ok(!of(lint).includes("duplicate-row"));
    assert.deepEqual(
      lint.unusedSuppressions().map(({ rule }) => rule),
      ["secret"],
    );
    const other = new LintDocument("test.jsonl", text, defaultSettings, []);
    other.checkAll();
    const prompts = lint.prompts();
    assert.deepEqual(prompts, other.prompts());
    const others = [{ name: "test.jsonl", part: "test" as const, prompts }];
    const settings = { ...defaultSettings, part: "train" as const };
    const parts = new StreamLint(
      "x.jsonl",
      { container: "lines", extension: ".jsonl" },
      settings,
      rules,
      origin,
      { others },
    );
    parts.push(text);
    parts.end();
    assert.ok(of(parts).includes("train-eval-leak"));
  });

  it("is known for a dataset, or for none, early", () => {
    const log = '{"level": "info", "pid": 1, "msg": "up"}\n'.repeat(60);
    assert.equal(inParts("a.jsonl", log, 500).isDataset, false);
    assert.equal(inParts("a.jsonl", soundFiles(sounds.chat!)["data.jsonl"]!, 500).isDataset, true);
  });
});

describe("bytes in parts", () => {
  it("decode as the whole, wherever they are cut, also where they are broken", () => {
    const random = new Random(11, "parts");
    const text = 'é "ünï 😀 𝔘\uFEFF日本\r\n';
    for (let round = 0; round < 400; round++) {
      const encoding = (["utf-8", "utf-16le", "utf-16be"] as const)[round % 3]!;
      const byteOrderMark = encoding !== "utf-8" || random.integer(2) === 0;
      const bytes = encode(text.repeat(1 + random.integer(4)), { encoding, byteOrderMark });
      if (round % 2 === 1) bytes[4 + random.integer(bytes.length - 4)]! ^= 1 << random.integer(8);
      const wanted = decode(bytes, "x");
      const size = 1 + random.integer(9);
      const decoder = new PartDecoder(bytes.subarray(0, 4));
      let found = "";
      for (let at = 0; at < bytes.length; at += size)
        found += decoder.decode(bytes.subarray(at, at + size), at + size >= bytes.length);
      const { text: decoded, ...from } = wanted;
      const history = `round ${round}: ${encoding} in parts of ${size}: ${bytes.toString("hex")}`;
      assert.equal(found, decoded, history);
      assert.deepEqual(decoder.origin, from, history);
    }
  });

  it("files in UTF-16, and with broken bytes, are read from the disk as others are", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tunesmith-parts-"));
    after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "data.json");
    const records = soundRecords(sounds.chat!, 60);
    const text = JSON.stringify(records, null, 1);
    for (const encoding of ["utf-16le", "utf-16be"] as const) {
      writeFileSync(path, encode(text, { encoding, byteOrderMark: true }));
      const { facts } = await readThrough(path, defaultSettings, rules);
      assert.deepEqual(
        [facts.container, facts.records, facts.unreadable, facts.encoding],
        ["array", 60, 0, encoding],
      );
    }
    const bytes = Buffer.from(`${text.replace("Norway", "Norw\u00e9")}`, "latin1");
    writeFileSync(path, bytes);
    const lint = await readThrough(path, defaultSettings, rules);
    const line = text.slice(0, text.indexOf("Norway")).split("\n").length;
    assert.equal(lint.facts.brokenLine, line);
    const told = lint.problems().find(({ kept }) => kept[0]!.rule.id === "encoding-not-utf8")!;
    assert.equal(told.kept[0]!.range.start.line, 1, "the record that holds them");
  });
});

describe("memory", { skip: process.platform !== "linux" && "only Linux says how much was held" }, () => {
  it("does not grow with the file's text", () => {
    const folder = mkdtempSync(join(tmpdir(), "tunesmith-memory-"));
    after(() => rmSync(folder, { recursive: true }));
    const held = [60, 120].map((megabytes) => {
      const path = join(folder, `${megabytes}.jsonl`);
      writeRows(path, megabytes);
      const most = mostHeld(path);
      rmSync(path);
      return most;
    });
    // Of every row a few numbers are kept: of 100 000 more, some megabytes.
    assert.ok(held[1]! < 300, `${held} MB`);
    assert.ok(held[1]! - held[0]! < 60, `${held} MB`);
  });
});

/** Rows of about 600 bytes, all different. */
function writeRows(path: string, megabytes: number): void {
  const file = openSync(path, "w");
  const random = new Random(5, "memory");
  const word = () =>
    "lorem ipsum dolor sit amet sed diam nonumy eirmod tempor".split(" ")[random.integer(10)]! +
    random.integer(999);
  for (let written = 0, i = 0; written < megabytes * 2 ** 20; ) {
    let block = "";
    for (let row = 0; row < 500; row++, i++) {
      const words = Array.from({ length: 60 }, word).join(" ");
      block += `${JSON.stringify({ prompt: `Question ${i}: ${words.slice(0, 80)}?`, completion: `${words}.` })}\n`;
    }
    written += writeSync(file, block);
  }
  closeSync(file);
}

/** Megabytes that a process of its own has held at most, linting a file. */
function mostHeld(path: string): number {
  const program = `
    const { lintStream } = await import(${JSON.stringify(fileURLToPath(new URL("../../src/linter/stream.ts", import.meta.url)))});
    const { lint } = await lintStream(process.argv[1]);
    const { readFileSync } = await import("node:fs");
    const status = readFileSync("/proc/self/status", "utf8");
    console.log(JSON.stringify({ kb: Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]), rows: lint.facts.records }));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", program, path];
  const { kb, rows } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  assert.ok(rows > 10_000);
  return kb / 1024;
}
