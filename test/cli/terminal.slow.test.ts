/** The command line on a terminal: what its progress line shows, what Ctrl-C does, and what closing the terminal does not. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { pauseRun } from "../../src/jobs/control.ts";
import { steps, until } from "../trainer/jobs.ts";
import { cli, environment, finished, json, project } from "./cli.ts";

const python = ["python3", "python"].find(
  (name) => spawnSync(name, ["-c", "import pty, os; os.waitstatus_to_exitcode"]).status === 0,
);
const skip = python === undefined && "no terminal to test on: it takes Python 3.9 with its pty module";
const ctrlC = "\x03";
const hangUp = 129;

/** A command on a terminal of its own. */
class Terminal {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  screen = "";

  constructor(cwd: string, ...args: string[]) {
    const script = fileURLToPath(new URL("./terminal.py", import.meta.url));
    this.#child = spawn(python!, [script, process.execPath, cli, ...args], { cwd, env: environment });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.screen += text;
    });
    this.ended = finished(this.#child).then(({ code }) => code);
  }

  async shows(wanted: RegExp): Promise<void> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      if (wanted.test(this.screen)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`no ${wanted} on the screen: ${JSON.stringify(this.screen.slice(-500))}`);
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  close(): void {
    this.#child.stdin!.end();
  }
}

describe("on a terminal", { skip }, () => {
  const train = { steps: 120, evaluateEvery: 60, checkpointEvery: 60 };
  const method = { name: "lora", rank: 2, dropout: 0.2 };

  it("shows how far it is; Ctrl-C pauses, and what goes on ends with the weights of a run left alone", async () => {
    const place = project({ train, method });
    const terminal = new Terminal(place, "tune", "recipe.json", "--run", "run");
    await terminal.shows(/█+░+ {2}step \d+\/120 {2}loss \d+\.\d{4} {2}\d+ tokens\/s {2}\d+:\d\d left/);
    terminal.type(ctrlC);
    assert.equal(await terminal.ended, 130);
    assert.match(terminal.screen, /pausing …/);
    assert.match(terminal.screen, /Paused\. Go on with: tunesmith resume run\r\n$/);
    const paused = await until(join(place, "run"), ({ state }) => state === "paused");
    assert.ok(steps(paused).at(-1)! < 120, "before its end");

    assert.deepEqual((await json(place, "resume", "run")).state, "done");
    await json(place, "tune", "recipe.json", "--run", "alone");
    const [weights, expected] = ["run", "alone"].map((run) =>
      readFileSync(join(place, run, "adapter", "adapter_model.safetensors")),
    );
    assert.ok(weights!.equals(expected!), "bit for bit");
  });

  it("Ctrl-C counts from the first moment; a second one does not wait", async () => {
    const place = project({ train });
    const first = new Terminal(place, "tune", "recipe.json", "--run", "first");
    await first.shows(/\(Ctrl-C pauses\)/);
    first.type(ctrlC);
    assert.equal(await first.ended, 130);
    await until(join(place, "first"), ({ state }) => state === "paused");

    const second = new Terminal(place, "tune", "recipe.json", "--run", "second");
    await second.shows(/step \d+\/120/);
    const run = join(place, "second");
    const { holder } = await until(run, ({ state }) => state === "running");
    process.kill(holder.process!.pid, "SIGSTOP"); // as if its step took long
    second.type(ctrlC);
    await second.shows(/pausing …/);
    second.type(ctrlC);
    assert.equal(await second.ended, 130);
    process.kill(holder.process!.pid, "SIGCONT");
    await until(run, ({ state }) => state === "paused");
  });

  it("that is closed, the job goes on, and `runs` shows it", async () => {
    const place = project({ train: { ...train, steps: 4000 } });
    const terminal = new Terminal(place, "tune", "recipe.json");
    await terminal.shows(/step \d+\/4000/);
    terminal.close();
    assert.equal(await terminal.ended, hangUp);
    const { runs } = await json(place, "runs");
    assert.deepEqual([runs.length, runs[0].state], [1, "running"]);
    await until(runs[0].directory, (run) => steps(run).length > runs[0].step + 3);
    pauseRun(runs[0].directory);
    await until(runs[0].directory, ({ holder }) => !holder.held);
  });
});
