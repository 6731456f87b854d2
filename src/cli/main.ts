#!/usr/bin/env node
/** `tunesmith`: the command line. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { TunesmithError, toErrorRecord } from "../protocol/errors.ts";
import { nearest } from "../protocol/suggest.ts";
import type { Command, Given, Told } from "./command.ts";
import { commands } from "./commands/index.ts";

const common = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

const exitCodes = `Exit codes: 0 done, 1 something you can mend, 2 a bug of ours,
130 paused before the end (Ctrl-C, or \`tunesmith pause\`).`;

// Whoever reads the output may stop reading: `tunesmith runs | head -1`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const { value, text, exitCode } = await told(args, json);
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
    return exitCode ?? 0;
  } catch (error) {
    return fail(error, json, commands.find(({ name }) => args.includes(name))?.failure);
  }
}

/** Common options may stand before the command: `tunesmith --json runs`. */
async function told(args: readonly string[], json: boolean): Promise<Told> {
  const at = args.findIndex((arg) => !["--json", "--help", "-h"].includes(arg));
  const name = args[at];
  if (name === undefined || name === "help") return helped(help());
  const command = findCommand(name);
  const given = parse(command, args.toSpliced(at, 1));
  if (given.values.help) return helped(commandHelp(command));
  const { run } = await command.load();
  return run(given, json);
}

function helped(text: string): Told {
  return { value: { help: text }, text };
}

function findCommand(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const near = nearest(
    name,
    commands.map((each) => each.name),
  );
  throw new TunesmithError(
    "usage",
    `there is no command "${name}"`,
    near ? `Did you mean "${near}"?` : "`tunesmith --help` lists the commands.",
  );
}

function parse(command: Command, args: string[]): Given {
  const options = { ...command.options, ...common };
  const end = args.indexOf("--");
  const unknown = args.slice(0, end < 0 ? undefined : end).find((arg) => {
    const flag = /^--([^=]+)/.exec(arg)?.[1];
    return flag !== undefined && !Object.hasOwn(options, flag);
  });
  if (unknown !== undefined) {
    const near = nearest(/[^-][^=]*/.exec(unknown)![0], Object.keys(options));
    throw usage(command, `"${unknown}" is no option of ${command.name}`, near && `Did you mean "--${near}"?`);
  }
  const { values, positionals, tokens } = parsed(command, args, options);
  const given = tokens.flatMap((token) => (token.kind === "option" ? [token] : []));
  const twice = given.find(({ name }, i) => given.findIndex((other) => other.name === name) < i);
  if (twice) throw usage(command, `--${twice.name} is given twice`);
  const empty = given.find(({ value }) => value?.trim() === "");
  if (empty) throw usage(command, `--${empty.name} is empty`);
  if (positionals.includes("")) throw usage(command, "an argument is empty");
  const [least, most] = command.positionals;
  if (!values.help && (positionals.length < least || positionals.length > most)) {
    throw usage(command, `${command.name} takes ${command.usage || "no arguments"}`);
  }
  return { positionals, values: values as Given["values"] };
}

/** @throws `usage`, in the words of Node's parser */
function parsed(command: Command, args: string[], options: NonNullable<ParseArgsConfig["options"]>) {
  try {
    return parseArgs({ args, options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw usage(command, (error as Error).message);
  }
}

function usage(command: Command, message: string, hint?: string): TunesmithError {
  return new TunesmithError(
    "usage",
    message,
    hint ?? `Usage: tunesmith ${command.name} ${command.usage}`.trim(),
  );
}

function fail(error: unknown, json: boolean, failure = 1): number {
  const record = toErrorRecord(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: record })}\n`);
  else process.stderr.write(`tunesmith: ${record.message}\n${record.hint ? `  ${record.hint}\n` : ""}`);
  if (process.env.TUNESMITH_DEBUG) console.error(error);
  return error instanceof TunesmithError && error.blame === "user" ? failure : 2;
}

function help(): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`);
  return `tunesmith: fine-tune language models, and see with figures whether it was worth it\n\n${lines.join("\n")}\n\nEvery command takes --json and --help.\n${exitCodes}\n`;
}

function commandHelp({ name, usage: form, summary, options }: Command): string {
  const lines = Object.entries(options).map(
    ([option, { help: text, default: value }]) =>
      `  --${option.padEnd(14)}${text}${value === undefined ? "" : ` (default ${value})`}`,
  );
  return `Usage: tunesmith ${name} ${form}\n\n${summary}\n${lines.length > 0 ? `\n${lines.join("\n")}\n` : ""}`;
}
