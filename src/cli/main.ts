#!/usr/bin/env node
/** `tunesmith`: the command line. Exit codes: 0 done, 1 the user's mistake, 2 a bug of ours. */
import { parseArgs } from "node:util";
import { TunesmithError, toErrorRecord } from "../protocol/errors.ts";
import { nearest } from "../protocol/suggest.ts";
import type { Command, Given } from "./command.ts";
import { commands } from "./commands/index.ts";

const common = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const [name, ...rest] = args;
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      process.stdout.write(help());
      return 0;
    }
    const command = findCommand(name);
    const given = parse(command, rest);
    if (given.values.help) {
      process.stdout.write(commandHelp(command));
      return 0;
    }
    const { run } = await command.load();
    const { value, text } = await run(given, json);
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : text);
    return 0;
  } catch (error) {
    return fail(error, json);
  }
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
  const unknown = args.find((arg) => {
    const flag = /^--([^=]+)/.exec(arg)?.[1];
    return flag !== undefined && !Object.hasOwn(options, flag);
  });
  if (unknown !== undefined) {
    const near = nearest(unknown.slice(2), Object.keys(options));
    throw usage(command, `"${unknown}" is no option of ${command.name}`, near && `Did you mean "--${near}"?`);
  }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [least, most] = command.positionals;
    const wrong = positionals.length < least || positionals.length > most;
    if (wrong && !values.help)
      throw usage(command, `${command.name} takes ${command.usage || "no arguments"}`);
    return { positionals, values: values as Given["values"] };
  } catch (error) {
    if (error instanceof TunesmithError) throw error;
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

function fail(error: unknown, json: boolean): number {
  const record = toErrorRecord(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: record })}\n`);
  else process.stderr.write(`tunesmith: ${record.message}\n${record.hint ? `  ${record.hint}\n` : ""}`);
  if (process.env.TUNESMITH_DEBUG) console.error(error);
  return error instanceof TunesmithError && error.blame === "user" ? 1 : 2;
}

function help(): string {
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`);
  return `tunesmith: fine-tune language models, and see with figures whether it was worth it\n\n${lines.join("\n")}\n\nEvery command takes --json and --help.\n`;
}

function commandHelp({ name, usage: form, summary, options }: Command): string {
  const lines = Object.entries(options).map(
    ([option, { help: text, default: value }]) =>
      `  --${option.padEnd(14)}${text}${value === undefined ? "" : ` (default ${value})`}`,
  );
  return `Usage: tunesmith ${name} ${form}\n\n${summary}\n${lines.length > 0 ? `\n${lines.join("\n")}\n` : ""}`;
}
