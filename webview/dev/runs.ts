/** Made-up runs for the harness: one in every state a person can meet. */
import {
  type RunInfo,
  type RunSnapshot,
  type StepColumns,
  stepColumns,
} from "../../src/contracts/monitor.ts";
import { Random } from "../../src/random/random.ts";
import type { RunEvent } from "../../src/runs/schema.ts";

const began = Date.UTC(2026, 10, 24, 9, 30);
export const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** How a made-up run goes. */
interface Plan {
  steps: number;
  of: number;
  rate?: number;
  info?: Partial<RunInfo>;
  more?: RunEvent[];
  text?: string;
  recipe?: string;
  comparisons?: Partial<RunInfo>[];
}

const failure = {
  message: "the loss of step 412 is not a finite number",
  hint: "Lower train.learningRate, then resume: it goes on from the checkpoint of step 400.",
};

const plans: Record<string, Plan> = {
  running: { steps: 1840, of: 3000, info: { state: "running", secondsLeft: 812 } },
  long: { steps: 100_000, of: 120_000, info: { state: "running", secondsLeft: 15_400 } },
  paused: { steps: 900, of: 3000, rate: 0.7, info: { state: "paused" } },
  failed: { steps: 411, of: 2000, rate: 1.4, info: { state: "failed", problem: failure } },
  starting: {
    steps: 0,
    of: 3000,
    info: { state: "starting", phase: "downloading the model 41 %" },
    more: [
      { type: "progress", time: began, phase: "downloading the model", done: 41, total: 100, unit: "%" },
    ],
  },
  done: {
    steps: 2400,
    of: 2400,
    rate: 1.2,
    info: { state: "done" },
    comparisons: [
      { name: "comparison 2", state: "running", phase: "asking 120 of 400" },
      { name: "comparison 1", state: "done" },
    ],
  },
  hostile: {
    steps: 300,
    of: 600,
    text: hostile,
    recipe: `{\n  "note": "${hostile}"\n}`,
    info: { state: "failed", name: hostile, model: hostile, problem: { message: hostile, hint: hostile } },
    more: [{ type: "notice", time: began, level: "warning", message: hostile }],
    comparisons: [{ name: hostile, state: "failed", problem: { message: hostile, hint: "" } }],
  },
};

export const runNames = Object.keys(plans);
export const pathOf = (name: string) => `/home/me/project/.tunesmith/runs/${name}`;
const planOf = (run: string) => plans[run.split("/").at(-1)!]!;

const recipe = `{
  "model": "HuggingFaceTB/SmolLM2-135M-Instruct",
  "data": { "train": "support.jsonl", "validation": 0.1, "test": 0.1 },
  "method": { "name": "lora", "rank": 16, "alpha": 32 },
  "train": { "steps": 3000, "batchSize": 4, "learningRate": 0.0002, "schedule": "cosine" }
}`;

export function infoOf(run: string): RunInfo {
  const { steps, of, info } = planOf(run);
  return {
    run,
    name: run.split("/").at(-1)!,
    kind: "tune",
    state: "done",
    asked: null,
    model: "SmolLM2-135M-Instruct",
    method: "LoRA, rank 16",
    created: began,
    step: steps,
    totalSteps: of,
    loss: steps > 0 ? stepOf(run, steps).loss : null,
    bestValidationLoss: null,
    secondsLeft: null,
    phase: null,
    problem: null,
    ...info,
  };
}

/** The same for the same run and number. */
export function stepOf(run: string, step: number): RunEvent<"step"> {
  const { of, rate = 1 } = planOf(run);
  const random = new Random(step * 7919 + run.length);
  const done = step / of;
  const noise = 0.18 * random.normal();
  const spike = random.uniform() < 0.002 ? 0.9 : 0;
  return {
    type: "step",
    time: began + step * 700,
    step,
    epoch: (3 * step) / of,
    loss: 0.62 + (1.9 * rate) / (1 + 14 * done) + noise * (0.35 + 0.65 * (1 - done)) + spike,
    learningRate: 2e-4 * Math.min(1, step / (0.03 * of)) * (0.5 + 0.5 * Math.cos(Math.PI * done)),
    gradientNorm: 0.9 + 0.8 * random.uniform() + 2 * spike,
    tokensPerSecond: 1430 + 160 * noise + (step % 400 === 1 ? -600 : 0),
    trainedTokens: 480,
    paddingShare: 0.06 + 0.03 * random.uniform(),
    seconds: 0.68 + 0.05 * random.uniform(),
    memoryBytes: Math.round(1.31e9 + 4e7 * Math.min(1, step / 200) + 4e6 * random.uniform()),
  };
}

export function validationOf(run: string, step: number): RunEvent<"validation"> {
  const done = step / planOf(run).of;
  const loss = 0.84 + 1.5 / (1 + 13 * done) + 0.35 * Math.max(0, done - 0.45);
  return { type: "validation", time: began + step * 700, step, loss, tokens: 5210 };
}

export function snapshotOf(run: string): RunSnapshot {
  const { steps: count, of, more = [], text, recipe: ownRecipe, comparisons = [] } = planOf(run);
  const steps = Array.from({ length: count }, (_, index) => stepOf(run, index + 1));
  const columns = Object.fromEntries(
    stepColumns.map((name) => [name, Float64Array.from(steps, (each) => each[name])]),
  ) as StepColumns;
  const every = Math.max(20, of / 30);
  const stages = Array.from({ length: Math.floor(count / every) }, (_, index) =>
    Math.round((index + 1) * every),
  );
  return {
    info: infoOf(run),
    recipe: ownRecipe ?? recipe,
    recipeFile: "/home/me/project/support.tune.json",
    steps: columns,
    events: [
      ...(count > 0 ? beginning(of) : []),
      ...more,
      ...stages.flatMap((step) => stageOf(run, step, text)),
    ],
    comparisons: comparisons.map((info) => ({
      ...infoOf(run),
      problem: null,
      kind: "compare",
      run: `${run}/comparisons/${info.name}`,
      ...info,
    })),
  };
}

function beginning(totalSteps: number): RunEvent[] {
  const machine = { host: "workbench", platform: "linux", cpu: "AMD Ryzen 7 5800X", cpuFeatures: ["avx2"] };
  return [
    {
      ...{ type: "attempt", time: began, attempt: 1, resumedStep: 0, pid: 4711, ...machine },
      ...{ nodeVersion: "v20.20.2", device: "cpu", threads: 8, runtimeVersion: "1.30.0" },
    },
    {
      type: "notice",
      time: began,
      level: "warning",
      message:
        "12 rows of support.jsonl are longer than 512 tokens and lose their end; train.maxLength decides.",
    },
    {
      type: "notice",
      time: began,
      level: "info",
      message: "The base weights were converted to float32 once.",
    },
    {
      ...{
        type: "data",
        time: began,
        trainRows: 4210,
        validationRows: 468,
        testRows: 520,
        untrainableRows: 3,
      },
      ...{ truncatedRows: 12, trainedTokens: 611_430, trained: "the assistant's answers" },
    },
    {
      ...{ type: "started", time: began, totalSteps, stepsPerEpoch: Math.ceil(totalSteps / 3) },
      ...{ parameters: 134_515_008, trainableParameters: 4_884_480, predictedMemoryBytes: 1.42e9 },
    },
  ] as RunEvent[];
}

function stageOf(run: string, step: number, text?: string): RunEvent[] {
  const time = began + step * 700;
  const best = step / planOf(run).of < 0.55;
  const answer = [
    "I am sorry to hear that. Could you tell me the number of your order?",
    "Your order is on its way.\nIt should arrive within two days; the tracking link is in the mail we sent you.",
  ][step % 2]!;
  return [
    validationOf(run, step),
    { type: "checkpoint", time, step, best },
    { type: "sample", time, step, prompt: text ?? "Where is my order?", text: text ?? answer },
    {
      type: "sample",
      time,
      step,
      prompt: text ? `${text} 2` : "Can I send a dress back that I have worn once?",
      text: text ?? answer,
    },
  ];
}
