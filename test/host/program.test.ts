/** The trainer's program as the extension starts it: copied once, outside the extension's folder, and only where it can run. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ProgramCopy } from "../../src/host/program.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { temporaryFolder } from "../runs/temporary.ts";

const root = temporaryFolder();
const extension = join(root, "extension");
for (const [path, content] of Object.entries({
  "package.json": '{ "version": "1.2.3" }',
  "dist/job.js": "job",
  "dist/session.js": "session",
  "dist/job.js.map": "a map",
  "assets/tiny/config.json": "{}",
  "node_modules/native/index.js": "native",
  "media/icon.png": "no part of it",
})) {
  mkdirSync(join(extension, path, ".."), { recursive: true });
  writeFileSync(join(extension, path), content);
}

const withCode = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof TunesmithError && error.code === code && words.test(`${error.message} ${error.hint}`);

/** Runs `use` as if on another machine. */
async function on(platform: NodeJS.Platform, arch: string, use: () => Promise<void>): Promise<void> {
  const own = { platform: process.platform, arch: process.arch };
  const pretend = (as: typeof own | { platform: string; arch: string }) => {
    for (const [name, value] of Object.entries(as)) Object.defineProperty(process, name, { value });
  };
  pretend({ platform, arch });
  try {
    await use();
  } finally {
    pretend(own);
  }
}

describe("the trainer's program", () => {
  it("survives the extension's folder, whole, and is copied once for both windows", async () => {
    const storage = join(root, "storage");
    const [one, other] = await Promise.all([1, 2].map(() => new ProgramCopy(extension, storage).locate("")));
    assert.deepEqual(one, other);
    assert.equal(one!.node, process.execPath);
    const [name, ...more] = readdirSync(storage);
    assert.match(name!, /^1\.2\.3-[0-9a-f]{12}$/);
    assert.deepEqual(more, [], "nothing half-written is left");
    const copied = (readdirSync(join(storage, name!), { recursive: true }) as string[]).filter((path) =>
      /\.\w+$/.test(path),
    );
    assert.deepEqual(copied.map((path) => path.replaceAll("\\", "/")).sort(), [
      "assets/tiny/config.json",
      "dist/job.js",
      "dist/session.js",
      "node_modules/native/index.js",
      "package.json",
    ]);
    assert.deepEqual(one!.job.entry, [join(storage, name!, "dist", "job.js")]);
  });

  it("is another one after an update; those of long ago go", async () => {
    const storage = join(root, "updates");
    const updated = join(root, "updated");
    cpSync(extension, updated, { recursive: true });
    writeFileSync(join(updated, "dist", "job.js"), "a better job");
    const before = await new ProgramCopy(extension, storage).locate("");
    const after = await new ProgramCopy(updated, storage).locate("");
    assert.notEqual(before.session, after.session);
    assert.ok(existsSync(before.session), "a job may still run from it");
    const longAgo = new Date(Date.now() - 90 * 86_400_000);
    utimesSync(join(before.session, "..", ".."), longAgo, longAgo);
    await new ProgramCopy(updated, storage).locate("");
    for (let look = 0; look < 200 && existsSync(before.session); look++)
      await new Promise((r) => setTimeout(r, 10));
    assert.equal(existsSync(before.session), false);
    assert.ok(existsSync(after.session));
  });

  it("runs on the Node of the setting, or says that there is none", async () => {
    const copy = new ProgramCopy(extension, join(root, "node"));
    assert.equal((await copy.locate(process.execPath)).job.node, process.execPath);
    const missing = withCode("file-not-found", /no Node at .*nowhere.*tunesmith\.nodePath/);
    await assert.rejects(copy.locate(join(root, "nowhere")), missing);
  });

  it("tries again after a copy that failed, of which nothing is left", async () => {
    const broken = join(root, "broken");
    cpSync(extension, broken, { recursive: true });
    rmSync(join(broken, "dist", "session.js"));
    const storage = join(root, "retried");
    const copy = new ProgramCopy(broken, storage);
    await assert.rejects(copy.locate(""));
    assert.equal(existsSync(storage) && readdirSync(storage).length > 0, false);
    writeFileSync(join(broken, "dist", "session.js"), "session");
    assert.ok(existsSync((await copy.locate("")).session));
  });

  it("says so where ONNX Runtime has no library", async () => {
    const copy = new ProgramCopy(extension, join(root, "elsewhere"));
    await on("darwin", "x64", () =>
      assert.rejects(
        copy.locate(""),
        withCode("platform-unsupported", /Mac with an Intel processor.*Intel Macs/),
      ),
    );
    await on("freebsd", "x64", () =>
      assert.rejects(copy.locate(""), withCode("platform-unsupported", /freebsd x64.*darwin arm64/)),
    );
    assert.equal(existsSync(join(root, "elsewhere")), false);
  });
});
