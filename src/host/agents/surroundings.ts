/** What the tools work with, of this window. */
import * as vscode from "vscode";
import { commands } from "../contributions.ts";
import type { Host } from "../host.ts";
import { candidatesHere } from "../models/of-workspace.ts";
import { act } from "../monitor/actions.ts";
import { startRun } from "../start/start-run.ts";
import type { Surroundings } from "./tool.ts";
import { verdictOf } from "./verdict.ts";

export function surroundings(host: Host): Surroundings {
  return {
    l10n: vscode.l10n,
    folders: (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === "file")
      .map(({ uri }) => uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    session: host.session,
    async runs() {
      await vscode.commands.executeCommand(commands.refreshRuns);
      return host.runs();
    },
    candidates: candidatesHere,
    startRun: (recipe) => startRun(host, recipe),
    async compare(run) {
      await act(host, run, "compare");
      return (await host.runs()).get(run)!.comparisons[0]!.info.run;
    },
    lint: (path, signal) => host.linter.lintPath(path, signal),
    verdict: verdictOf,
  };
}
