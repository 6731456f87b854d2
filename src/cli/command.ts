/** What a command is. Each is one file, loaded when it is called, so that `--help` costs nothing. */
import type { ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Command {
  name: string;
  /** `RECIPE [--run DIR]` */
  usage: string;
  /** One line. */
  summary: string;
  /** Its own options, beside --json and --help; `help` is shown by `tunesmith COMMAND --help`. */
  options: Record<string, Options[string] & { help: string }>;
  /** Arguments by position: at least and at most. */
  positionals: [least: number, most: number];
  load(): Promise<{ run: RunCommand }>;
}

export interface Given {
  positionals: string[];
  values: Record<string, string | boolean | undefined>;
}

/**
 * @returns what `--json` prints, and how a person reads it; a command that has printed everything itself returns no text
 */
export type RunCommand = (given: Given, json: boolean) => Promise<{ value: object; text: string }>;
