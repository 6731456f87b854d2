/** The only place that shows errors: what happened, what to do, and never a stack. */
import * as vscode from "vscode";
import { TunesmithError, toErrorRecord } from "../protocol/errors.ts";
import type { Command } from "./contributions.ts";
import type { Host } from "./host.ts";

/** Registers a command whose errors are shown. What was cancelled is no error. */
export function command(
  host: Host,
  id: Command,
  run: (...parameters: never[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...parameters: never[]) => {
    try {
      return await run(...parameters);
    } catch (error) {
      showError(host, error);
    }
  });
}

export function showError(host: Host, error: unknown): void {
  if (error instanceof TunesmithError && error.code === "cancelled") return;
  const { message, hint } = toErrorRecord(error);
  host.log.error(error instanceof Error ? (error.stack ?? message) : message);
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  const showLog = vscode.l10n.t("Show Log");
  void vscode.window
    .showErrorMessage(
      [`${sentence}${/[.!?]$/.test(sentence) ? "" : "."}`, hint].filter(Boolean).join(" "),
      showLog,
    )
    .then((chosen) => chosen === showLog && host.log.show());
}

/** @throws `untrusted-workspace`: training runs code on files that the user has not vouched for */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new TunesmithError(
    "untrusted-workspace",
    vscode.l10n.t("Training needs a trusted workspace"),
    vscode.l10n.t(
      "Trust it with the command “Workspaces: Manage Workspace Trust”; datasets can be looked at without.",
    ),
  );
}
