/** The peers of the real tier, as test/peers/install.mjs sets them up: where they are, and their scripts run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const { TUNESMITH_PYTHON, TUNESMITH_SMOLLM2, TUNESMITH_DATA, TUNESMITH_REAL } = process.env;

/** Why a test has to be skipped, or `false`. */
export const withoutPython =
  TUNESMITH_PYTHON === undefined && "TUNESMITH_PYTHON does not name a Python with transformers and PEFT";
export const withoutSmolLM2 =
  TUNESMITH_SMOLLM2 === undefined && "TUNESMITH_SMOLLM2 does not name the folder of SmolLM2-135M-Instruct";

/** SmolLM2-135M-Instruct's folder. */
export const smollm2 = TUNESMITH_SMOLLM2!;
/** The folder of the real datasets. */
export const realData: string | undefined = TUNESMITH_DATA;
/** The short form, for CI: the same comparisons over fewer steps. */
export const short = TUNESMITH_REAL === "short";

const root = join(import.meta.dirname, "../..");

/** Runs a Python script of this repository, or `-c` with one; the last line it prints is JSON. */
export async function runPeer(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(TUNESMITH_PYTHON!, [script, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    // PyTorch's threads wait without spinning: on cores that other tests use too, spinning makes them six times slower.
    env: { ...process.env, HF_HUB_DISABLE_XET: "1", OMP_WAIT_POLICY: "PASSIVE", ...env },
  });
  const last = stdout.trimEnd().split("\n").at(-1);
  assert.ok(last, `${script} printed nothing`);
  return JSON.parse(last);
}
