/** Several processes that convert one model, some of them killed: the rest, and whoever comes later, get whole weights. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { float32Weights } from "../../src/files/float32-cache.ts";
import { bfloat16ToFloat32 } from "../../src/files/half.ts";
import { openModelFolder } from "../../src/files/model-folder.ts";
import { readTensorFloat32 } from "../../src/files/safetensors.ts";
import { writeSafetensors } from "../../src/files/safetensors-writer.ts";
import { random, temporaryFolder } from "./temporary.ts";

test("processes that convert at once, and are killed while they do, never leave half a file", async (t) => {
  const folder = temporaryFolder(t);
  const cacheDir = join(folder, "cache");
  const bits = Uint16Array.from({ length: 12_000_000 }, (_, i) => (i * 7) & 0x7f7f);
  writeFileSync(join(folder, "config.json"), "{}");
  await writeSafetensors(join(folder, "model.safetensors"), [
    { name: "w", dtype: "BF16", shape: [3000, 4000], data: bits },
  ]);
  const expected = Buffer.from(bfloat16ToFloat32(bits).buffer);
  const convert = () => {
    const script = resolve("test/files/convert.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, folder, cacheDir], {
      stdio: "inherit",
    });
    // Listened to from the start: a process may be gone before anyone waits for it.
    return { child, exit: once(child, "exit") };
  };
  const temporaries = () => {
    try {
      return readdirSync(join(cacheDir, "float32")).filter(
        (name) => name.endsWith(".tmp") && name.includes("safetensors"),
      );
    } catch {
      return [];
    }
  };

  const next = random(2);
  let killedWhileWriting = 0;
  for (let round = 0; round < 3; round++) {
    const children = [convert(), convert()];
    while (
      temporaries().length <= killedWhileWriting &&
      children.some(({ child }) => child.exitCode === null)
    )
      await sleep(2);
    await sleep(next() * 20);
    for (const { child } of children) child.kill("SIGKILL");
    await Promise.all(children.map(({ exit }) => exit));
    if (temporaries().length > killedWhileWriting) killedWhileWriting = temporaries().length;
    else break; // This round was faster than the kill, and the file is made.
  }
  assert.ok(killedWhileWriting > 0, "no process was killed while it wrote");

  const children = [convert(), convert(), convert()];
  const weights = await float32Weights(await openModelFolder(folder), { cacheDir });
  assert.ok(Buffer.from((await readTensorFloat32(weights.get("w")!)).buffer).equals(expected));
  for (const [code] of await Promise.all(children.map(({ exit }) => exit))) assert.equal(code, 0);
  assert.ok(Buffer.from((await readTensorFloat32(weights.get("w")!)).buffer).equals(expected));
});
