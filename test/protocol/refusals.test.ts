/** The system's refusals: raised by the system itself where it can be made to, and sorted into the catalogue. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isSyncUnknown, isTemporary, renameRetryMs, temporaryBeside } from "../../src/files/temporary.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { asReadError, asWriteError, errorCode, isMissing } from "../../src/protocol/refusals.ts";
import { asRunWriteError } from "../../src/runs/durable.ts";
import { temporaryFolder } from "../runs/temporary.ts";

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was refused");
}
const refusal = (code: string) => Object.assign(new Error(code), { code });

function described(error: unknown): string[] {
  assert.ok(error instanceof TunesmithError, String(error));
  return [error.code, error.message, error.hint];
}

const folder = temporaryFolder();
writeFileSync(join(folder, "file"), "");
mkdirSync(join(folder, "folder"));

describe("refusals to read", () => {
  const refused = (...path: string[]) => thrownBy(() => readFileSync(join(folder, ...path)));

  it("say whether there is no such file or it cannot be read, and what to do", () => {
    for (const error of [refused("none"), refused("file", "below")]) {
      assert.ok(isMissing(error));
      assert.deepEqual(described(asReadError(error, "x")), [
        "file-not-found",
        "x does not exist",
        "Check the path.",
      ]);
    }
    const advice = { whenMissing: "Find it.", whenUnreadable: "Mend it." };
    assert.equal(described(asReadError(refused("none"), "x", advice))[2], "Find it.");
    assert.deepEqual(described(asReadError(refused("folder"), "x", advice)), [
      "file-unreadable",
      "x cannot be read (EISDIR)",
      "Mend it.",
    ]);
  });

  it("are kept as the cause, and what is none passes through", () => {
    const error = refused("none");
    assert.equal((asReadError(error, "x") as Error).cause, error);
    const known = new TunesmithError("dataset-invalid", "m");
    for (const other of [known, new TypeError("ours"), "text"]) {
      assert.equal(asReadError(other, "x"), other);
      assert.equal(asWriteError(other, "x"), other);
      assert.equal(asRunWriteError(other, "x"), other);
    }
    assert.equal(errorCode(known), "dataset-invalid");
    assert.equal(errorCode("text"), undefined);
  });
});

describe("refusals to write", () => {
  it("tell a full disk from a place that cannot be written", () => {
    assert.equal(described(asWriteError(refusal("EDQUOT"), "x"))[1], "the disk of x is full");
    assert.equal(
      described(asWriteError(refusal("ENOSPC"), "x", { bytesNeeded: 1536 }))[1],
      "the disk of x is full (1.5 KB needed)",
    );
    const error = thrownBy(() => writeFileSync(join(folder, "folder"), ""));
    assert.deepEqual(described(asWriteError(error, "x")).slice(0, 2), [
      "file-unwritable",
      "x cannot be written (EISDIR)",
    ]);
    const unknown = refusal("EIO");
    assert.equal(asWriteError(unknown, "x"), unknown);
  });

  it("in a run say how the run goes on, also where the files room has spoken before", () => {
    const before = asWriteError(refusal("ENOSPC"), "some temporary");
    for (const error of [refusal("ENOSPC"), before]) {
      const [code, message, hint] = described(asRunWriteError(error, "state"));
      assert.deepEqual([code, message], ["disk-full", "the disk of state is full"]);
      assert.match(hint!, /tunesmith resume/);
    }
    assert.equal(described(asRunWriteError(refusal("ENOENT"), "x"))[0], "run-not-found");
    assert.match(described(asRunWriteError(refusal("EROFS"), "x"))[2]!, /--run/);
  });
});

describe("what is unfinished", () => {
  it("has a name of its own beside the file, and is known by it", () => {
    const [one, other] = [temporaryBeside("/a/b.json"), temporaryBeside("/a/b.json")];
    assert.match(one, /^[\\/]a[\\/]\.b\.json\.[0-9a-f]{12}\.tmp$/);
    assert.notEqual(one, other);
    assert.ok(isTemporary(one.slice(3)) && isTemporary(`${one.slice(3)}.replaced`));
    assert.ok(![".hidden", "b.json", "b.json.0123456789ab.tmp"].some(isTemporary));
  });

  it("is renamed again on Windows alone, for ten seconds at most, and only where the refusal passes", (t) => {
    const platform = Object.getOwnPropertyDescriptor(process, "platform")!;
    t.after(() => Object.defineProperty(process, "platform", platform));
    const on = (value: string) => Object.defineProperty(process, "platform", { ...platform, value });
    on("linux");
    assert.equal(renameRetryMs(refusal("EPERM"), 0), undefined);
    on("win32");
    assert.equal(renameRetryMs(refusal("ENOENT"), 0), undefined);
    let waited = 0;
    let attempt = 0;
    for (let wait = 0; ; attempt++) {
      const next = renameRetryMs(refusal("EBUSY"), attempt);
      if (next === undefined) break;
      assert.ok(next > wait, "longer each time");
      wait = next;
      waited += next;
    }
    assert.ok(attempt > 5 && waited > 5_000 && waited < 11_000, `${attempt} times, ${waited} ms`);
  });

  it("is not wrong where a file system cannot sync folders", () => {
    assert.ok(isSyncUnknown(refusal("EINVAL")));
    assert.ok(!isSyncUnknown(refusal("EIO")));
  });
});
