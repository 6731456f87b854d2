/** Checkpoints appear whole, are thinned to the last two and the best, and damage of any kind is found. */
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import {
  lastCheckpoint,
  listCheckpoints,
  verifyCheckpoint,
  writeCheckpoint,
} from "../../src/runs/checkpoints.ts";
import { checkpointName } from "../../src/runs/layout.ts";
import { temporaryFolder } from "./temporary.ts";

const root = temporaryFolder();
let made = 0;
function directory(): string {
  const path = join(root, String(++made));
  mkdirSync(path);
  return path;
}

const weights = Buffer.alloc(3_000_000, "weights");
const save = (path: string, step: number, loss: number | null = null, content: Buffer = weights) =>
  writeCheckpoint(path, step, loss, (folder) => {
    writeFileSync(join(folder, "state.json"), JSON.stringify({ step }));
    writeFileSync(join(folder, "weights.bin"), content);
  });
const stepsOf = (path: string) => listCheckpoints(path).map(({ step }) => step);
const last = (path: string) => {
  const notices: string[] = [];
  return { step: lastCheckpoint(path, (message) => notices.push(message))?.step, notices };
};

describe("checkpoints", () => {
  it("sort by step, and none is a start from nothing", async () => {
    const path = directory();
    assert.deepEqual(last(path), { step: undefined, notices: [] });
    await save(path, 999_999);
    await save(path, 1_000_000);
    assert.deepEqual(readdirSync(join(path, "checkpoints")).sort(), ["step-1000000", "step-999999"]);
    assert.equal(last(path).step, 1_000_000, "by number, not by letters");
  });

  it("keep the last two and the best", async () => {
    const path = directory();
    for (const [step, loss] of [
      [10, 0.9],
      [20, 0.3],
      [30, 0.3],
      [40, null],
      [50, 0.8],
      [60, null],
    ] as const) {
      await save(path, step, loss);
    }
    assert.deepEqual(stepsOf(path), [20, 50, 60], "20 is the best: the earlier one on a tie");
    await save(path, 70, 0.1);
    assert.deepEqual(stepsOf(path), [60, 70]);
  });

  it("leave no trace when writing fails, and earlier ones stay", async () => {
    const path = directory();
    await save(path, 1);
    const failing = writeCheckpoint(path, 2, null, (folder) => {
      writeFileSync(join(folder, "half"), "half");
      throw Object.assign(new Error("write"), { code: "ENOSPC" });
    });
    await assert.rejects(
      failing,
      (error: unknown) => error instanceof TunesmithError && error.code === "disk-full",
    );
    assert.deepEqual(readdirSync(join(path, "checkpoints")), ["step-000001"]);
    assert.equal(last(path).step, 1);
  });

  it("of a step that is reached again replace the earlier ones", async () => {
    const path = directory();
    await save(path, 5);
    const again = await save(path, 5, null, Buffer.from("again"));
    assert.equal(readFileSync(join(again.path, "weights.bin"), "utf8"), "again");
    assert.deepEqual(readdirSync(join(path, "checkpoints")), ["step-000005"]);
  });

  it("do not bring back a directory that was removed", async () => {
    const path = directory();
    rmSync(path, { recursive: true });
    await assert.rejects(
      save(path, 1),
      (error: unknown) => error instanceof TunesmithError && error.code === "run-not-found",
    );
    assert.throws(() => readdirSync(path));
  });

  it("ignore and clear away what a killed process left unfinished", async () => {
    const path = directory();
    await save(path, 1);
    const unfinished = join(path, "checkpoints", `.${checkpointName(2)}.0123456789ab.tmp`);
    mkdirSync(unfinished);
    writeFileSync(join(unfinished, "weights.bin"), "half");
    assert.deepEqual(stepsOf(path), [1]);
    assert.equal(last(path).step, 1);
    assert.deepEqual(readdirSync(join(path, "checkpoints")), ["step-000001"]);
  });
});

describe("a damaged checkpoint", () => {
  const damage: [string, RegExp, (folder: string) => void][] = [
    [
      "truncated",
      /weights\.bin has 2999999 bytes instead of 3000000/,
      (folder) => truncateSync(join(folder, "weights.bin"), 2_999_999),
    ],
    [
      "grown",
      /weights\.bin has 3000001 bytes instead of 3000000/,
      (folder) => appendFileSync(join(folder, "weights.bin"), "x"),
    ],
    [
      "bit-flipped",
      /the content of weights\.bin has changed/,
      (folder) => flip(join(folder, "weights.bin"), 2_000_000),
    ],
    ["incomplete", /weights\.bin cannot be read \(ENOENT\)/, (folder) => rmSync(join(folder, "weights.bin"))],
    [
      "without manifest",
      /manifest\.json is missing or unreadable/,
      (folder) => rmSync(join(folder, "manifest.json")),
    ],
    [
      "with a torn manifest",
      /manifest\.json is missing or unreadable/,
      (folder) => truncateSync(join(folder, "manifest.json"), 40),
    ],
    [
      "of another step",
      /manifest\.json is missing or unreadable/,
      (folder) => replace(join(folder, "manifest.json"), '"step": 2', '"step": 3'),
    ],
    [
      "with an altered loss",
      /manifest\.json is missing or unreadable/,
      (folder) => replace(join(folder, "manifest.json"), "0.25", "0.05"),
    ],
  ];
  for (const [kind, message, spoil] of damage) {
    it(`(${kind}) is found, and the one before it is used`, async () => {
      const path = directory();
      await save(path, 1, 0.5);
      const { path: folder } = await save(path, 2, 0.25);
      verifyCheckpoint(folder);
      spoil(folder);
      assert.throws(
        () => verifyCheckpoint(folder),
        (error: unknown) =>
          error instanceof TunesmithError && error.code === "run-corrupt" && message.test(error.message),
      );
      const { step, notices } = last(path);
      assert.equal(step, 1);
      assert.equal(notices.length, 1);
      assert.match(notices[0]!, message);
      assert.deepEqual(last(path), { step: 1, notices: [] }, "it is gone, and not complained about twice");
    });
  }
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

function replace(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(from), text);
  writeFileSync(file, text.replace(from, to));
}
