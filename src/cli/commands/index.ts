/** The commands of `tunesmith`. A new one is one new file and one entry here. */
import type { Command } from "../command.ts";

const run = { usage: "RUN", positionals: [1, 1], options: {} } satisfies Partial<Command>;
const model = {
  model: { type: "string", help: "tiny, a folder, or a hub name" },
  adapter: { type: "string", help: "a PEFT folder to put on the model" },
} satisfies Command["options"];

const force = { type: "boolean", help: "replace files that are there already" } as const;
const written = {
  out: { type: "string", help: "the file to write (default: a new one beside it)" },
  "in-place": { type: "boolean", help: "change the file itself" },
  force,
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
    name: "stats",
    usage: "FILE [--model M]",
    summary: "what a dataset is like: rows, lengths, labels, duplicates, languages",
    options: { model: { type: "string", help: "count tokens as tiny, a folder, or a hub name" } },
    positionals: [1, 1],
    load: () => import("./stats.ts"),
  },
  {
    name: "convert",
    usage: "FILE --to FORMAT [--out FILE] [--allow-loss]",
    summary: "write a dataset in another format, or as another kind of file",
    options: {
      to: { type: "string", help: "chat, alpaca, sharegpt …, or an ending: jsonl, json, csv, tsv, txt" },
      out: { type: "string", help: "the file to write; its ending says its kind" },
      "allow-loss": { type: "boolean", help: "leave out what the format cannot hold" },
      force,
    },
    positionals: [1, 1],
    load: () => import("./convert.ts"),
  },
  {
    name: "split",
    usage: "FILE [--validation 0.1] [--test 0.1] [--seed 0] [--near] [--out DIR]",
    summary: "divide a dataset: labels in proportion, equal questions on one side",
    options: {
      validation: { type: "string", default: "0.1", help: "a share below 1, or a number of rows" },
      test: { type: "string", default: "0.1", help: "a share below 1, or a number of rows" },
      seed: { type: "string", default: "0", help: "of the drawing" },
      near: { type: "boolean", help: "keep questions that are nearly the same on one side, too" },
      out: { type: "string", help: "the folder to write into (default: the file's)" },
      force,
    },
    positionals: [1, 1],
    load: () => import("./split.ts"),
  },
  {
    name: "dedupe",
    usage: "FILE [--by prompt|row] [--keep first|last] [--out FILE | --in-place]",
    summary: "take out rows that say again what another says",
    options: {
      by: { type: "string", default: "row", help: "what must be the same: the whole row, or the prompt" },
      keep: { type: "string", default: "first", help: "which of them stays: first or last" },
      ...written,
    },
    positionals: [1, 1],
    load: () => import("./dedupe.ts"),
  },
  {
    name: "shuffle",
    usage: "FILE [--seed 0] [--out FILE | --in-place]",
    summary: "put a dataset's rows into another order",
    options: {
      seed: { type: "string", default: "0", help: "the same seed gives the same order" },
      ...written,
    },
    positionals: [1, 1],
    load: () => import("./shuffle.ts"),
  },
  {
    name: "merge",
    usage: "FILES --out FILE [--allow-loss]",
    summary: "put several datasets into one, in the format of the first",
    options: {
      out: { type: "string", help: "the file to write" },
      "allow-loss": { type: "boolean", help: "leave out what the first file's format cannot hold" },
      force,
    },
    positionals: [2, 1000],
    load: () => import("./merge.ts"),
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
