/** The host's end of the lint worker, with workers that end. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { LintClient } from "../../../src/host/lint/client.ts";
import { TunesmithError } from "../../../src/protocol/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "tunesmith-client-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A client of a worker that ends with the first message; it is asked again whenever it was started anew. */
async function clientOf(program: string) {
  const path = join(folder, "worker.cjs");
  writeFileSync(path, program);
  const said: string[] = [];
  const errors: unknown[] = [];
  const ask = () =>
    client.request("row", { uri: "file:///a.jsonl", row: 1 }).catch((error: unknown) => errors.push(error));
  let over = () => {};
  const isOver = new Promise<void>((resolve) => {
    over = resolve;
  });
  const client = new LintClient(path, {
    report: () => {},
    restarted: () => {
      said.push("restarted");
      void ask();
    },
    gaveUp: () => {
      said.push("gave up");
      over();
    },
    log: () => {},
    settings: () => "tiny",
  });
  void ask();
  await isOver;
  return { client, said, errors };
}

describe("a lint worker that ends", () => {
  const failing =
    'require("node:worker_threads").parentPort.on("message", () => { throw new Error("oh"); });';

  it("is started again twice, and no more", async () => {
    const { client, said } = await clientOf(failing);
    assert.deepEqual(said, ["restarted", "restarted", "gave up"]);
    assert.throws(
      () => client.request("row", { uri: "file:///a.jsonl", row: 1 }),
      (error: unknown) => error instanceof TunesmithError && error.code === "disconnected",
    );
    assert.deepEqual(said, ["restarted", "restarted", "gave up"]);
    client.dispose();
  });

  it("is told of in plain words to who waits for an answer", async () => {
    const { client, errors } = await clientOf(failing);
    assert.equal(errors.length, 3);
    for (const error of errors) {
      assert.ok(error instanceof TunesmithError);
      assert.match(error.message, /^the linter has stopped$/);
    }
    client.dispose();
  });
});
