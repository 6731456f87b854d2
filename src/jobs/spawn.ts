/**
 * Starts a job as a process that outlives this one: detached, in a process group of its own, its output in the job's
 * directory, no channel to its parent. Returns once the job holds its directory, or says why it does not.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isJsonObject } from "../json/object.ts";
import { type ErrorRecord, errorCodes, TunesmithError } from "../protocol/errors.ts";
import { asRunWriteError } from "../runs/durable.ts";
import { files } from "../runs/layout.ts";
import { inspectLock } from "../runs/lock.ts";

/** How a job is started. */
export interface JobProgram {
  /** The Node that runs it, or an Electron that is one: by default the one that runs this. */
  node?: string | undefined;
  /** What Node is given before the job's directory. */
  entry?: readonly string[];
}

/** Loading Node and our code takes well under a second, but not on a machine that is busy or has a cold disk. */
const startLimitMs = 60_000;
const lookEveryMs = 25;

/** The job's program: beside the bundled code, or the sources through tsx where those are running. */
export function jobEntry(): readonly string[] {
  if (!import.meta.url.endsWith(".ts")) return [fileURLToPath(new URL("./job.js", import.meta.url))];
  // As an address: the job's working directory need not know tsx.
  return [
    "--import",
    import.meta.resolve("tsx"),
    fileURLToPath(new URL("../trainer/job.ts", import.meta.url)),
  ];
}

/**
 * @param directory the job's absolute directory
 * @returns the attempt's number and the process's id
 * @throws whatever kept the job from starting: `run-locked`, `run-state`, `run-corrupt`, …
 */
export async function spawnJob(
  directory: string,
  { node = process.execPath, entry = jobEntry() }: JobProgram = {},
  limitMs = startLimitMs,
): Promise<{ attempt: number; pid: number }> {
  const before = inspectLock(directory).attempt;
  const output = join(directory, files.output);
  let log: number;
  try {
    log = openSync(output, "a");
  } catch (error) {
    throw asRunWriteError(error, output);
  }
  let logStart: number;
  let child: ChildProcess;
  try {
    startLog(log, output);
    logStart = fstatSync(log).size;
    child = spawn(node, [...entry, directory], {
      cwd: directory,
      detached: true,
      stdio: ["ignore", log, log],
      windowsHide: true,
      env: jobEnvironment(process.env),
    });
  } finally {
    closeSync(log);
  }
  child.unref();
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });

  const since = () => readFileSync(output).subarray(logStart).toString();
  for (const deadline = Date.now() + limitMs; Date.now() < deadline; await sleep(lookEveryMs)) {
    const ended = failure !== undefined || child.exitCode !== null || child.signalCode !== null;
    const { attempt, process: holder } = inspectLock(directory);
    if (attempt > before && child.pid !== undefined && holder?.pid === child.pid)
      return { attempt, pid: child.pid };
    if (ended) throw whyNotStarted(since(), failure);
  }
  child.kill("SIGKILL");
  const message = `the job in ${directory} did not start within ${limitMs / 1000} seconds`;
  throw new TunesmithError("job-start-failed", message, lastWords(since()) || `See ${output}.`);
}

/** A heading for this attempt's output; where there is no room for it, the job could not even say so. */
function startLog(log: number, path: string): void {
  try {
    writeSync(log, `${new Date().toISOString()} starting\n`);
  } catch (error) {
    throw asRunWriteError(error, path);
  }
}

/**
 * The environment of a job: not the editor's inner settings, nor options meant for this process. Under VS Code the
 * program is Electron, which is a Node only when told so.
 */
export function jobEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(own).filter(
    ([name]) => !/^(VSCODE_.*|NODE_OPTIONS|NODE_CHANNEL_.*|NODE_UNIQUE_ID)$/i.test(name),
  );
  return {
    ...heapSettings,
    ...Object.fromEntries(kept),
    ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: "1" } : {}),
  };
}

/**
 * glibc keeps the heap that a training step frees for the next step, large blocks too, instead of giving it back and
 * faulting it in again: 13 % of a step (docs/log.md). Other C libraries ignore these.
 */
export const heapSettings = {
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  MALLOC_TOP_PAD_: String(64 * 2 ** 20),
};

/** The error that the job printed, or else the last thing it said. */
function whyNotStarted(output: string, failure: Error | undefined): TunesmithError {
  for (const line of output.split("\n").reverse()) {
    const error = errorRecordOf(line);
    if (error) return new TunesmithError(error.code, error.message, error.hint);
  }
  const words = failure?.message ?? lastWords(output);
  return new TunesmithError(
    "job-start-failed",
    `the job's process ended before it began${words ? `: ${words}` : ""}`,
    "See output.log in the run directory.",
    {
      cause: failure,
    },
  );
}

function errorRecordOf(line: string): ErrorRecord | undefined {
  if (!line.startsWith('{"error":')) return undefined;
  try {
    const { error } = JSON.parse(line);
    const valid = isJsonObject(error) && typeof error.code === "string" && error.code in errorCodes;
    return valid
      ? { code: error.code as ErrorRecord["code"], message: String(error.message), hint: String(error.hint) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The line that names an error, or else the last one. */
function lastWords(output: string): string {
  const lines = output.split("\n").filter((line) => /\S/.test(line));
  return (lines.find((line) => /^([A-Z]\w*)?Error\b.*: /.test(line)) ?? lines.at(-1) ?? "").trim();
}
