/**
 * Seconds from the command `tunesmith tune` to the first step of training: at the first start, which converts the
 * weights, and at the second; and of `tunesmith --help`. Arguments: CLI MODEL ROWS.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventTail } from "../../src/runs/events.ts";
import { median, options, report, seconds } from "./common.ts";

const { positionals, values } = options({ helps: 10 });
const [cli, model, train] = positionals;
const folder = mkdtempSync(join(tmpdir(), "tunesmith-bench-"));
const recipe = join(folder, "startup.json");
writeFileSync(
  recipe,
  JSON.stringify({
    model,
    data: { train, validation: 0, test: 0 },
    method: { name: "lora", rank: 8, alpha: 16, dropout: 0 },
    train: { steps: 1, batchSize: 4, maxLength: 256, threads: values.threads },
  }),
);

function tunesmith(...args: string[]): void {
  const env = { ...process.env, TUNESMITH_CACHE: join(folder, "cache") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli!, ...args], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`tunesmith ${args[0]} ended with ${status}: ${stderr || stdout}`);
}

/** When the job held its directory, knew its rows and model, and had made a step. */
function start(run: string): { attempt: number; started: number; step: number } {
  const began = Date.now();
  tunesmith("tune", recipe, "--run", join(folder, run), "--json");
  const { events } = new EventTail(join(folder, run)).read();
  const after = (type: string) => (events.find((event) => event.type === type)!.time - began) / 1000;
  return { attempt: after("attempt"), started: after("started"), step: after("step") };
}

try {
  const first = start("first");
  const second = start("second");
  const helps: number[] = [];
  for (let i = 0; i < values.helps; i++) helps.push(await seconds(async () => tunesmith("--help")));
  report({
    threads: values.threads,
    firstStartSeconds: first.step,
    secondStartSeconds: second.step,
    helpSeconds: median(helps),
    first,
    second,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
