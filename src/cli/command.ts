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
  /** The exit code where it could not do its work because of something the user can mend; 1 unless it says otherwise. */
  failure?: number;
  load(): Promise<{ run: RunCommand }>;
}

/** As parsed: no text is empty. */
export interface Given {
  positionals: string[];
  values: Record<string, string | boolean | undefined>;
}

/** What a command has to say. */
export interface Told {
  /** What `--json` prints. */
  value: object;
  /** How a person reads it; what a command has printed already is not in it. */
  text: string;
  /** 0 unless it says otherwise. */
  exitCode?: number;
}

export type RunCommand = (given: Given, json: boolean) => Promise<Told>;
