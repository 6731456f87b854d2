/** What a tool for coding agents is. None of them knows VS Code; `index.ts` registers them. */
import { Ajv } from "ajv";
import type { Static, TObject } from "typebox";
import type { LintReport } from "../../contracts/lint.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import type { tools } from "../contributions.ts";
import type { Candidate } from "../models/candidates.ts";
import type { RunStore } from "../runs/store.ts";
import type { SessionClient } from "../session-client.ts";
import type { L10n } from "../start/ask.ts";

/** What tools need of the world. */
export interface Surroundings {
  l10n: L10n;
  /** The workspace's, absolute. */
  folders: readonly string[];
  isTrusted: boolean;
  /** The runs there are, looked for just now. */
  runs(): Promise<RunStore>;
  session: Pick<SessionClient, "request">;
  /** The models a run could start from. */
  candidates(): Promise<Candidate[]>;
  /** Starts a recipe's run, and gives its directory. */
  startRun(recipe: string): Promise<string>;
  /** Starts a comparison of a run, and gives its directory. */
  compare(run: string): Promise<string>;
  /** All that the linter finds in a file, as it is in the editor or on the disk. */
  lint(path: string, signal: AbortSignal): Promise<LintReport>;
  /** Figures and verdict of a comparison as far as it is, in Markdown. */
  verdict(comparison: string): Promise<string>;
}

/** Asked of the person before a tool does something. */
export interface Confirmation {
  title: string;
  message: string;
}

export interface Tool<S extends TObject = TObject> {
  name: (typeof tools)[keyof typeof tools];
  /** The manifest's `inputSchema`; a test compares them. */
  input: S;
  /** Shown while it works. */
  working(l10n: L10n): string;
  /** Undefined for one that only looks. */
  confirm?(input: Static<S>, around: Surroundings, signal: AbortSignal): Promise<Confirmation | undefined>;
  /** What the agent reads. @throws what it should be told instead */
  run(input: Static<S>, around: Surroundings, signal: AbortSignal): Promise<string>;
}

/** Checked input, or an error that names what is wrong with it. @throws `usage` */
export function checkedInput<S extends TObject>({ name, input: schema }: Tool<S>, input: unknown): Static<S> {
  const ajv = new Ajv({ strict: false });
  if (ajv.validate(schema, input)) return input as Static<S>;
  const wrong = ajv.errorsText(ajv.errors, { dataVar: "the input" });
  throw new TunesmithError(
    "usage",
    `${name} does not understand this: ${wrong}`,
    "Correct the input and call it again.",
  );
}

/** What to ask a person first. Where that cannot be told, they are asked all the same: only bad input does nothing. */
export async function confirmationFor(
  tool: Tool,
  input: unknown,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Confirmation | undefined> {
  let checked: Record<string, unknown>;
  try {
    checked = checkedInput(tool, input);
  } catch {
    return undefined;
  }
  try {
    return await tool.confirm?.(checked, around, signal);
  } catch (error) {
    return { title: tool.working(around.l10n), message: errorText(error) };
  }
}

/** An error as an agent can act on it. */
export function errorText(error: unknown): string {
  const { code, message, hint } = toErrorRecord(error);
  return `Error (${code}): ${message}${/[.!?]$/.test(message) ? "" : "."}${hint ? ` ${hint}` : ""}`;
}

/** @throws `untrusted-workspace` */
export function requireTrusted({ isTrusted }: Surroundings): void {
  if (isTrusted) return;
  throw new TunesmithError(
    "untrusted-workspace",
    "this workspace is not trusted, so nothing can be trained or estimated in it",
    "Ask the user to trust it (Workspaces: Manage Workspace Trust).",
  );
}
