/** The commands of `tunesmith`. A new one is one new file and one entry here. */
import type { Command } from "../command.ts";

const run = { usage: "RUN", positionals: [1, 1], options: {} } satisfies Partial<Command>;
const model = {
  model: { type: "string", help: "tiny, a folder, or a hub name" },
  adapter: { type: "string", help: "a PEFT folder to put on the model" },
} satisfies Command["options"];

export const commands: readonly Command[] = [
  {
    name: "lint",
    usage: "[FILES] [--fix] [--format pretty|json|sarif|github] [--max-warnings N] [--model M]",
    summary: "find what is wrong with training data, before a model learns it",
    options: {
      fix: { type: "boolean", help: "mend what can be mended safely, in place" },
      format: { type: "string", help: "pretty, json, sarif or github" },
      "max-warnings": { type: "string", help: "more warnings than this are a failure" },
      model: { type: "string", help: "see rows with the eyes of tiny, a folder, or a hub name" },
      "max-length": { type: "string", help: "most tokens of a row" },
      target: { type: "string", help: "which trainer the data is for" },
    },
    positionals: [0, 1000],
    failure: 2,
    load: () => import("./lint.ts"),
  },
  {
    name: "tune",
    usage: "RECIPE [--run DIR]",
    summary: "fine-tune as a recipe says; the run goes on when the terminal closes",
    options: {
      run: { type: "string", help: "the run's directory (default: .tunesmith/runs beside the recipe)" },
    },
    positionals: [1, 1],
    load: () => import("./tune.ts"),
  },
  {
    name: "runs",
    usage: "",
    summary: "list the runs of this folder",
    options: {},
    positionals: [0, 0],
    load: () => import("./runs.ts"),
  },
  {
    name: "resume",
    summary: "let a run go on from its last checkpoint",
    ...run,
    load: () => import("./resume.ts"),
  },
  {
    name: "pause",
    summary: "save and end a running run, to resume later",
    ...run,
    load: () => import("./pause.ts"),
  },
  {
    name: "stop",
    summary: "end a run and keep what it has learned",
    ...run,
    load: () => import("./stop.ts"),
  },
  {
    name: "compare",
    usage: "RUN [--shots 0,1,4] [--limit N] [--test FILE]",
    summary: "put prompting beside the fine-tuned model, on rows neither has seen",
    options: {
      shots: {
        type: "string",
        default: "0,1,4",
        help: "examples before the question, for each way of prompting",
      },
      limit: { type: "string", help: "at most so many test rows" },
      test: { type: "string", help: "a file of test rows instead of the recipe's" },
    },
    positionals: [1, 1],
    load: () => import("./compare.ts"),
  },
  {
    name: "estimate",
    usage: "RECIPE",
    summary: "memory, time and disk of a recipe, before it runs",
    options: {},
    positionals: [1, 1],
    load: () => import("./estimate.ts"),
  },
  {
    name: "generate",
    usage: "--model M [--adapter DIR] --prompt TEXT [--max-tokens N]",
    summary: "answer a prompt",
    options: {
      ...model,
      prompt: { type: "string", help: "what the user says" },
      "max-tokens": { type: "string", default: "256", help: "most tokens of the answer" },
      temperature: { type: "string", default: "0", help: "0 takes the most likely token" },
      seed: { type: "string", default: "0", help: "of the sampling" },
    },
    positionals: [0, 0],
    load: () => import("./generate.ts"),
  },
  {
    name: "evaluate",
    usage: "--model M [--adapter DIR] --data FILE",
    summary: "loss, perplexity and task metrics of a model on a dataset",
    options: {
      ...model,
      data: { type: "string", help: "the rows, in any format a recipe reads" },
      limit: { type: "string", help: "at most so many rows" },
    },
    positionals: [0, 0],
    load: () => import("./evaluate.ts"),
  },
];
