/** The extension's entry: hands every part what they share. Nothing is read or started before something is used. */
import { join } from "node:path";
import * as vscode from "vscode";
import { settings } from "./contributions.ts";
import { features } from "./features.ts";
import type { Host } from "./host.ts";
import { Linter } from "./lint/linter.ts";
import { ProgramCopy } from "./program.ts";
import type { RunStore } from "./runs/store.ts";
import type { SessionClient } from "./session-client.ts";

/** Folders of runs that this workspace has had: where to look before anybody asks. */
const foldersKey = "runFolders";

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Tunesmith", { log: true });
  const copy = new ProgramCopy(context.extensionPath, join(context.globalStorageUri.fsPath, "programs"));
  const program = () => {
    const node = vscode.workspace.getConfiguration().get<string>(settings.nodePath, "").trim();
    return copy.locate(node);
  };
  let client: Promise<SessionClient> | undefined;
  const session = () => {
    client ??= import("./session-client.ts").then(
      ({ SessionClient }) => new SessionClient(program, (text) => log.info(`session: ${text}`)),
    );
    return client;
  };
  const remembered = () => context.workspaceState.get<string[]>(foldersKey, []);
  let store: Promise<RunStore> | undefined;
  const watchers: ((store: RunStore) => void)[] = [];
  const host: Host = {
    context,
    log,
    program,
    linter: new Linter({ context, log }),
    session: { request: async (...asked) => (await session()).request(...asked) },
    runs() {
      store ??= import("./runs/store.ts").then(({ RunStore }) => {
        const made = new RunStore();
        for (const watcher of watchers) watcher(made);
        for (const folder of remembered()) made.addFolder(folder);
        return made;
      });
      return store;
    },
    onRuns: (told) => void watchers.push(told),
    async addRunsFolder(folder) {
      const runs = await host.runs();
      runs.addFolder(folder);
      const known = remembered();
      if (!known.includes(folder)) await context.workspaceState.update(foldersKey, [...known, folder]);
    },
  };
  context.subscriptions.push(
    log,
    host.linter,
    { dispose: () => void client?.then((session) => session.dispose()) },
    { dispose: () => void store?.then((runs) => runs.dispose()) },
    ...features.map((feature) => feature(host)),
  );
  // A run that was started before the window was closed may still be going on.
  if (remembered().length > 0) void host.runs();
}
