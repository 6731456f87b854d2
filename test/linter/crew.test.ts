/** Other threads that look at the rows of a large file: what is reported is what one thread alone would report. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { LintReport } from "../../src/contracts/lint.ts";
import { BatchChecker } from "../../src/data/lint/row-batch.ts";
import { rules } from "../../src/data/rules/index.ts";
import { Crew, type Helper, threadHelper } from "../../src/linter/crew.ts";
import { LintService } from "../../src/linter/service.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-crew-"));
after(() => rmSync(folder, { recursive: true }));

/** Rows of which every seventh repeats another, and every eleventh has a fault. */
const rows = Array.from({ length: 12_000 }, (_, i) => {
  const n = i % 7 === 0 ? i % 500 : i;
  const role = i % 11 === 0 ? "asistant" : "assistant";
  return JSON.stringify({
    messages: [
      { role: "user", content: `What is ${n} and a half?` },
      { role, content: `It is ${n}.5, as ever.` },
    ],
  });
});
const path = join(folder, "rows.jsonl");
writeFileSync(path, `${rows.join("\n")}\n`);

/** The last report of the file, once its rows and the set are done. */
async function linted(crew?: () => Crew, change?: (handlers: LintService["handlers"]) => void) {
  const asked = { signal: new AbortController().signal, progress: () => {} } as never;
  let resolve: (report: LintReport) => void = () => {};
  const promise = new Promise<LintReport>((done) => {
    resolve = done;
  });
  const service = new LintService((report) => {
    if (report.pending !== "rows" && report.pending !== "set") resolve(report);
  }, crew);
  const text = `${rows.join("\n")}\n`;
  const about = {
    uri: "rows",
    path,
    eol: "\n",
    version: 1,
    lines: rows.length + 1,
    length: text.length,
  } as const;
  await service.handlers.open(about, asked);
  change?.(service.handlers);
  try {
    const { tokens: _, pending: __, ...report } = await promise;
    return report;
  } finally {
    service.dispose();
  }
}

/** One that answers when others had their turn, and counts what it was asked. */
function lateHelper(seen: { rows: number; stopped: number }, failsAfter = Number.POSITIVE_INFINITY): Helper {
  const checker = new BatchChecker(rules);
  let batches = 0;
  return {
    async check(batch) {
      await new Promise((resolve) => setTimeout(resolve, 3));
      if (++batches > failsAfter) throw new Error("gone");
      seen.rows += batch.pieces.length;
      return structuredClone(checker.check(structuredClone(batch)));
    },
    stop: () => void seen.stopped++,
  };
}

describe("a crew", () => {
  it("finds what one thread alone finds, and is dismissed then", async () => {
    const seen = { rows: 0, stopped: 0 };
    const crew = () => new Crew(() => lateHelper(seen), { threads: 2, fewestRows: 1000 });
    assert.deepEqual(await linted(crew), await linted());
    assert.ok(seen.rows >= 1500, `${seen.rows} rows`);
    assert.ok(seen.stopped >= 2);
  });

  it("that breaks off leaves nothing undone", async () => {
    const seen = { rows: 0, stopped: 0 };
    let started = 0;
    const crew = () => new Crew(() => lateHelper(seen, started++), { threads: 2, fewestRows: 1000 });
    assert.deepEqual(await linted(crew), await linted());
    assert.equal(started, 2, "what has failed once is not tried again");
  });

  it("is not asked about few rows", async () => {
    const crew = () => new Crew(() => assert.fail("was started"));
    await linted(crew);
  });

  it("may be edited meanwhile", async () => {
    const seen = { rows: 0, stopped: 0 };
    const crew = () => new Crew(() => lateHelper(seen), { threads: 2, fewestRows: 1000 });
    const edit = (handlers: LintService["handlers"]) => {
      // The last row gets a fault: it is with the crew.
      const end = `${rows.join("\n")}\n`.length;
      const change = { start: end - 2, end: end - 1, text: ",}" };
      setTimeout(() => handlers.change!({ uri: "rows", version: 2, changes: [change] }), 5);
    };
    assert.deepEqual(await linted(crew, edit), await linted(undefined, edit));
  });

  it("can be threads", async () => {
    const outfile = join(folder, "rows.mjs");
    await build({
      entryPoints: ["src/linter/crew-worker.ts"],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      logLevel: "error",
      alias: { "jsonc-parser": join(process.cwd(), "node_modules/jsonc-parser/lib/esm/main.js") },
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    const helpers: { batches: number }[] = [];
    const start = () => {
      const thread = threadHelper(pathToFileURL(outfile));
      const counted = { ...thread, batches: 0 };
      counted.check = (batch) => {
        counted.batches++;
        return thread.check(batch);
      };
      helpers.push(counted);
      return counted;
    };
    const crew = () => new Crew(start, { threads: 2, fewestRows: 1000 });
    assert.deepEqual(await linted(crew), await linted());
    assert.ok(helpers.every(({ batches }) => batches > 0));
  });

  it("whose program is not there is done without", async () => {
    const crew = () =>
      new Crew(() => threadHelper(pathToFileURL(join(folder, "nothing.mjs"))), {
        threads: 1,
        fewestRows: 1000,
      });
    assert.deepEqual(await linted(crew), await linted());
  });
});
