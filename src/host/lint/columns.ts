/** For data in no known format: which column is the question, which the answer. Kept in `tunesmith.lint.json`. */
import { dirname, join, relative, sep } from "node:path";
import * as vscode from "vscode";
import { findLintConfig } from "../../linter/config.ts";
import { withColumns } from "../../linter/config-edit.ts";
import { lintConfigName } from "../../linter/config-schema.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { chosenDocument } from "./actions.ts";
import type { Linter } from "./linter.ts";

export async function chooseColumns(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const columns = linter.reportOf(document.uri)?.columns ?? [];
  if (columns.length < 2) {
    throw new TunesmithError(
      "usage",
      vscode.l10n.t("the records have fewer than two columns"),
      vscode.l10n.t("A question and an answer need one each."),
    );
  }
  const title = vscode.l10n.t("The dataset's columns");
  const ask = (placeHolder: string, from: readonly string[]) =>
    vscode.window.showQuickPick(from, { title, placeHolder });
  const input = await ask(vscode.l10n.t("Which column is the question?"), columns);
  if (input === undefined) return;
  const rest = columns.filter((column) => column !== input);
  const output = await ask(vscode.l10n.t("Which column is the answer?"), rest);
  if (output === undefined) return;
  const none = vscode.l10n.t("None");
  const others = rest.filter((column) => column !== output);
  const system =
    others.length === 0
      ? none
      : await ask(vscode.l10n.t("Is there a column with a system message?"), [none, ...others]);
  if (system === undefined) return;
  await write(document.uri, { input, output, ...(system !== none && { system }) });
}

async function write(
  file: vscode.Uri,
  columns: { input: string; output: string; system?: string },
): Promise<void> {
  const path = findLintConfig(file.fsPath)?.path ?? join(dirname(file.fsPath), lintConfigName);
  const uri = vscode.Uri.file(path);
  let text: string | undefined;
  try {
    text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString("utf8");
  } catch {
    // There is none yet.
  }
  const name = relative(dirname(path), file.fsPath).split(sep).join("/");
  await vscode.workspace.fs.writeFile(uri, Buffer.from(withColumns(text, name, columns)));
  const show = vscode.l10n.t("Show");
  const told = vscode.l10n.t("Noted in {0}; new recipes for this dataset take it over.", lintConfigName);
  void vscode.window.showInformationMessage(told, show).then(async (chosen) => {
    if (chosen === show) await vscode.window.showTextDocument(uri);
  });
}
