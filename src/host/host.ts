/** What every part of the extension is handed. */
import type * as vscode from "vscode";
import type { Linter } from "./lint/linter.ts";
import type { Program } from "./program.ts";
import type { RunStore } from "./runs/store.ts";
import type { SessionClient } from "./session-client.ts";

export interface Host {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  /** Loaded, with everything it needs, when first asked for: activation does no work. */
  runs(): Promise<RunStore>;
  /** For parts that only watch: told the runs once something has asked for them. */
  onRuns(told: (store: RunStore) => void): void;
  readonly session: Pick<SessionClient, "request">;
  readonly linter: Linter;
  /** How jobs are started. @throws `platform-unsupported`, `disk-full` */
  program(): Promise<Program>;
  /** Remembers a folder of runs for this workspace, and watches it. */
  addRunsFolder(folder: string): Promise<void>;
}

/** A part of the extension: registers what it contributes and does no work before it is used. */
export type Feature = (host: Host) => vscode.Disposable;
