/**
 * Measures Tunesmith beside its peers, all in one sitting, side after side and round after round:
 *
 *   npm run bench -- --model DIR --python PYTHON [--data DIR] [--only training,generation] [--rounds 3] [--threads N]
 *                    [--cache DIR] [--out FILE] [--quick]
 *
 * DIR is a Hugging Face folder of a Llama; PYTHON has torch, transformers, peft, trl, datasets and gguf; the data folder
 * holds banking77/train.csv. node-llama-cpp is installed into the cache when it is first needed.
 *
 * Prints Markdown; FILE (.tunesmith/bench.json) gets everything that was measured. --quick does so few steps that the
 * figures mean nothing, to see that all works.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, freemem, homedir, loadavg, platform, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { processor } from "../src/runs/machine.ts";
import { banking77 } from "./banking77.ts";
import type { Benchmark, Figures, Setting, Side } from "./benchmark.ts";
import { generation } from "./generation.ts";
import { linting } from "./linting.ts";
import { buildOurs, measure, root } from "./processes.ts";
import { type Judged, judge, judgedTable, type Round, show } from "./report.ts";
import { sessions } from "./sessions.ts";
import { startup } from "./startup.ts";
import { training } from "./training.ts";

const benchmarks: readonly Benchmark[] = [training, banking77, generation, startup, sessions, linting];

interface Measured {
  benchmark: Benchmark;
  sides: readonly Side[];
  rounds: Round[];
  problems: string[];
}

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    python: { type: "string" },
    data: { type: "string" },
    only: { type: "string", default: benchmarks.map(({ name }) => name).join() },
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: String(availableParallelism()) },
    cache: { type: "string", default: join(homedir(), ".cache", "tunesmith-bench") },
    out: { type: "string", default: join(root, ".tunesmith", "bench.json") },
    quick: { type: "boolean", default: false },
  },
});
const chosen = values.only.split(",").map((name) => {
  const benchmark = benchmarks.find((each) => each.name === name);
  if (!benchmark) throw fail(`there is no benchmark "${name}"`);
  return benchmark;
});
if (values.model === undefined) throw fail("--model DIR is missing");
const setting: Setting = {
  model: resolve(values.model),
  python: values.python ?? "",
  data: values.data === undefined ? "" : resolve(values.data),
  cache: resolve(values.cache),
  threads: Number(values.threads),
  quick: values.quick,
};
const machine = describeMachine();
if (machine.load > 0.5) {
  say(
    `WARNING: the load average is ${machine.load.toFixed(2)}; with other work running, figures mean little.`,
  );
}
mkdirSync(setting.cache, { recursive: true });
await buildOurs();
const measured = await prepare();
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const each of measured) await measureRound(each, round);
}
finish();

/** The benchmarks that can run here, with what their sides share. */
async function prepare(): Promise<Measured[]> {
  const has = {
    python: setting.python !== "",
    data: setting.data !== "",
    linux: platform() === "linux",
  };
  const ready: Measured[] = [];
  for (const benchmark of chosen) {
    const missing = benchmark.needs.filter((need) => !has[need]);
    if (missing.length > 0) {
      say(`${benchmark.name} is left out: it needs ${missing.join(" and ")}`);
      continue;
    }
    say(`${benchmark.name}: preparing …`);
    try {
      ready.push({ benchmark, sides: await benchmark.sides(setting), rounds: [], problems: [] });
    } catch (error) {
      say(`${benchmark.name} is left out: ${(error as Error).message}`);
    }
  }
  return ready;
}

/** A side that fails is said and left out; the others go on. */
async function measureRound({ benchmark, sides, rounds, problems }: Measured, number: number): Promise<void> {
  const round: Round = {};
  for (const side of sides) {
    const began = Date.now();
    try {
      round[side.name] = await measure(side);
      say(
        `${benchmark.name}, round ${number}: ${side.name} took ${show((Date.now() - began) / 1000, "seconds")}`,
      );
    } catch (error) {
      const problem = `${benchmark.name}, round ${number}: ${side.name} failed: ${(error as Error).message}`;
      problems.push(problem);
      say(problem);
    }
  }
  rounds.push(round);
}

function finish(): void {
  const judged: Judged[] = measured.flatMap(({ benchmark, sides, rounds }) =>
    judge(benchmark, sides[0]!.name, rounds),
  );
  const { cpu, cores, features, memory, load, system, node } = machine;
  const parts = [
    `${cpu}, ${cores} cores (${features.join(" ")}), ${show(memory, "bytes")} of memory, ${system}, Node ${node}.`,
    `${setting.threads} threads; load average before: ${load.toFixed(2)}; ${values.rounds} rounds: median (least – most).${setting.quick ? " **Quick: these figures mean nothing.**" : ""}`,
    versions(),
    ...measured.map(({ benchmark }) => `- ${benchmark.name}: ${benchmark.title}`),
  ];
  const details = measured.flatMap(({ benchmark, sides, rounds }) => {
    const own = rounds.flatMap((round): Figures[] => {
      const figures = round[sides[0]!.name];
      return figures ? [figures] : [];
    });
    const twice = Math.max(0, ...own.map(({ countedTwiceBytes }) => Number(countedTwiceBytes)));
    return [
      ...(twice > 0
        ? [
            `${benchmark.name}: ${show(twice, "bytes")} of our peak memory are weights that lie in memory once and are counted again for each further session that maps them.`,
          ]
        : []),
      ...(benchmark.details && own.length > 0 ? [`${benchmark.name}: ${benchmark.details(own)}`] : []),
    ];
  });
  const problems = measured.flatMap((each) => each.problems);
  console.log(`\n${[parts.join("\n"), judgedTable(judged), ...details, ...problems].join("\n\n")}`);

  const raw = measured.map(({ benchmark: { name, title }, rounds, problems }) => ({
    name,
    title,
    rounds,
    problems,
  }));
  const { quick, threads } = setting;
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(
    values.out,
    `${JSON.stringify({ machine, quick, threads, judged, benchmarks: raw }, null, 2)}\n`,
  );
  say(`\n${values.out} holds all figures.`);
}

/** Of every side's libraries, each once. */
function versions(): string {
  const all = measured
    .flatMap(({ rounds }) => rounds.flatMap((round) => Object.values(round)))
    .flatMap((figures) => Object.entries((figures.versions ?? {}) as Record<string, string>))
    .map(([name, version]) => `${name} ${version}`);
  return `${[...new Set(all)].sort().join(", ")}.`;
}

function describeMachine() {
  const { cpu, cpuFeatures } = processor();
  return {
    time: new Date().toISOString(),
    cpu,
    cores: availableParallelism(),
    features: cpuFeatures.filter((name) => /^avx|^amx|^asimd|i8mm|bf16/.test(name)),
    memory: totalmem(),
    freeMemory: freemem(),
    load: loadavg()[0]!,
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(message: string): never {
  say(`bench: ${message} (the benchmarks are ${benchmarks.map(({ name }) => name).join(", ")})`);
  process.exit(1);
}
