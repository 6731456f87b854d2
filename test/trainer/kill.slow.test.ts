/**
 * The real trainer, killed: runs that get SIGKILL at random moments, again and again, and end with the same weights, bit
 * for bit, and the same record of rows, as one left alone. Full tuning and LoRA with dropout, accumulation, validation and
 * early checkpoints.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Random } from "../../src/random/random.ts";
import { createRun } from "../../src/runs/directory.ts";
import { readRun } from "../../src/runs/reader.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { type RowLogContent, readRowLog } from "../../src/runs/row-log.ts";
import { finish } from "./finish.ts";

const sample = fileURLToPath(new URL("../../assets/sample/support.jsonl", import.meta.url));
const killsPerMethod = 16;
const methods = {
  lora: { name: "lora", rank: 4, alpha: 8, dropout: 0.1, targets: "all-linear" },
  full: { name: "full" },
};

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "tunesmith-kill-"));
  cpSync(sample, join(folder, "support.jsonl"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("a run that is killed and continued ends with the weights of one left alone", () => {
  for (const [name, method] of Object.entries(methods)) {
    it(name, async () => {
      const recipe = resolveRecipe(
        {
          model: "tiny",
          data: { train: "support.jsonl", validation: 20, test: 20 },
          method,
          train: {
            steps: 40,
            batchSize: 4,
            gradientAccumulation: 2,
            learningRate: 1e-3,
            evaluateEvery: 10,
            checkpointEvery: 3,
            threads: 1,
            seed: 11,
          },
        },
        folder,
      );
      const start = (id: string) => createRun(id, recipe, { directory: join(folder, id) });
      const undisturbed = start(`${name}-alone`);
      await runOnce(undisturbed);
      assert.equal(readRun(undisturbed).state, "done");
      const expected = weightsOf(undisturbed);
      const seen = seenIn(undisturbed);
      assert.equal(seen.steps.length, 40);

      const random = new Random("kills", name);
      let kills = 0;
      for (let run = 0; kills < killsPerMethod; run++) {
        const directory = start(`${name}-${run}`);
        const delays: number[] = [];
        while (readRun(directory).state !== "done") {
          // Mostly inside training; at times before anything is loaded. Later tries get longer, so that it ends.
          const delay = kills < killsPerMethod ? random.uniform() * (1200 + 400 * delays.length) : undefined;
          if (await runOnce(directory, delay)) {
            kills += 1;
            delays.push(Math.round(delay!));
          }
        }
        assert.equal(weightsOf(directory), expected, `run ${run}, killed after ${delays.join(", ")} ms`);
        assert.deepEqual(seenIn(directory), seen, "every row once an epoch, as it was met");
      }
      assert.ok(kills >= killsPerMethod);
    });
  }
});

/** Starts the job; waits for its end, or kills it so many milliseconds after it took the directory. True: killed. */
async function runOnce(directory: string, killAfterMs?: number): Promise<boolean> {
  const { state, history, killed } = await finish(directory, killAfterMs);
  if (!killed) assert.equal(state, "done", JSON.stringify(history.ended?.error));
  return state !== "done";
}

/** The record of rows: what was met in which step. */
function seenIn(directory: string): RowLogContent {
  const content = readRowLog(directory);
  assert.equal(content.damaged, 0);
  return content;
}

/** One hash over the result's weights. */
function weightsOf(directory: string): string {
  const result = readdirSync(directory).find((name) => name === "adapter" || name === "model");
  assert.ok(result, "the run left no result");
  const hash = createHash("sha256");
  for (const name of readdirSync(join(directory, result)).sort()) {
    if (name.endsWith(".safetensors")) hash.update(readFileSync(join(directory, result, name)));
  }
  return hash.digest("hex");
}
