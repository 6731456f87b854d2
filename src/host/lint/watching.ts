/** Tells the worker of files that it has read and that have changed on the disk: settings, recipes, datasets, runs. */
import * as vscode from "vscode";
import { settings } from "../contributions.ts";
import type { Linter } from "./linter.ts";

/** Changes within so short a time are told together. */
const gatherMs = 200;

export function watchSettings(linter: Linter): vscode.Disposable {
  const patterns = [
    "**/tunesmith.lint.json",
    "**/*.tune.json",
    "**/*.suppressions.json",
    "**/*.{jsonl,ndjson,csv,tsv}",
    "**/.tunesmith/runs/*/run.json",
  ];
  const gathered = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const changed = ({ fsPath }: vscode.Uri) => {
    gathered.add(fsPath);
    timer ??= setTimeout(() => {
      timer = undefined;
      const paths = [...gathered];
      gathered.clear();
      linter.tell("changedOnDisk", { paths });
    }, gatherMs);
  };
  const watchers = patterns.map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    ...watchers.flatMap((watcher) => [
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    ]),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.lintModel)) linter.tell("settings", { model: chosenModel() });
    }),
  );
}

export function chosenModel(): string {
  return vscode.workspace.getConfiguration().get(settings.lintModel, "").trim() || "tiny";
}
