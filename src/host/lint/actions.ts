/** Commands on the dataset in the editor. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { LintEdit, LintRange } from "../../contracts/lint.ts";
import { rules } from "../../data/rules/index.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { commands } from "../contributions.ts";
import type { Host } from "../host.ts";
import { inEditor, ruleDocs, workspaceEdit } from "./diagnostics.ts";
import type { Linter } from "./linter.ts";
import { propose } from "./proposal.ts";

/** The document that a command means: the one it was called on, or the one in the editor. @throws `usage` */
export async function chosenDocument(given: unknown): Promise<vscode.TextDocument> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === "file") return vscode.workspace.openTextDocument(uri);
  throw new TunesmithError(
    "usage",
    vscode.l10n.t("no dataset is open in the editor"),
    vscode.l10n.t("Open one first: a .jsonl, .json, .csv, .tsv or .txt file."),
  );
}

/** The quick pick behind the status bar item. */
export async function datasetMenu(linter: Linter): Promise<void> {
  const document = await chosenDocument(undefined);
  const report = linter.reportOf(document.uri);
  const item = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const items = [
    item("rocket", vscode.l10n.t("Fine-tune on this dataset"), commands.fineTune),
    item("open-preview", vscode.l10n.t("Preview as the model sees it"), commands.previewRow),
    item("graph", vscode.l10n.t("Statistics"), commands.showStatistics),
    item("preview", vscode.l10n.t("What would a run drop, cut and mask?"), commands.showOutlook),
    item("list-ordered", vscode.l10n.t("Go to row…"), commands.goToRow),
    item("wand", vscode.l10n.t("Fix everything that can be fixed safely"), commands.fixAllSafe),
    item("diff", vscode.l10n.t("Preview the safe fixes as a diff"), commands.previewFixes),
    item("warning", vscode.l10n.t("Show problems"), "workbench.actions.view.problems"),
    item("arrow-swap", vscode.l10n.t("Convert…"), commands.convertDataset),
    item("split-horizontal", vscode.l10n.t("Split…"), commands.splitDataset),
    item("list-filter", vscode.l10n.t("Remove duplicate rows…"), commands.dedupeDataset),
    item("arrow-both", vscode.l10n.t("Shuffle…"), commands.shuffleDataset),
  ];
  const treat = item("checklist", vscode.l10n.t("Treat as dataset"), commands.treatAsDataset);
  const picked = await vscode.window.showQuickPick(report?.isDataset ? items : [treat], {
    placeHolder: basename(document.uri.fsPath),
  });
  if (picked) await vscode.commands.executeCommand(picked.command);
}

export async function treatAsDataset(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  linter.tell("treat", { uri: document.uri.toString() });
}

/** A file that no editor can hold, or that should not be opened: its problems go to the Problems view. */
export async function lintFile(linter: Linter, given: unknown): Promise<void> {
  const chosen =
    given instanceof vscode.Uri ? given : (await vscode.window.showOpenDialog({ canSelectMany: false }))?.[0];
  if (!chosen) return;
  const title = vscode.l10n.t("Linting {0}", basename(chosen.fsPath));
  const report = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => linter.lintFile(chosen, token),
  );
  const { errors, warnings, infos } = report.counts;
  const found = vscode.l10n.t(
    "{0}: {1} rows, {2} errors, {3} warnings, {4} notes",
    basename(chosen.fsPath),
    report.rows.toLocaleString(),
    errors.toLocaleString(),
    warnings.toLocaleString(),
    infos.toLocaleString(),
  );
  const show = vscode.l10n.t("Show Problems");
  if ((await vscode.window.showInformationMessage(found, show)) === show) {
    await vscode.commands.executeCommand("workbench.actions.view.problems");
  }
}

/** A fix makes room for others, mostly in the second round; a bound, should two ever undo each other. */
const mostRounds = 10;

/** Goes on until nothing is left to fix; in an editor all of it is undone as one. */
export async function fixAllSafe(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  let all = 0;
  for (let round = 0; round < mostRounds; round++) {
    // What is known is fixed at once; what only the model sees is known when its tokens have been counted.
    if (round > 0 && !(await isLookedAt(linter, document))) break;
    const { edits, fixed } = await linter.request(document.uri, "fixAll", { of: "safe" });
    if (edits.length > 0) await applyAsOne(document, edits, all === 0);
    else if (round > 0) break;
    all += fixed;
  }
  void vscode.window.setStatusBarMessage(fixedInWords(all), 5000);
}

/** @returns false where somebody has edited it meanwhile: nothing more should change below the cursor */
async function isLookedAt(linter: Linter, document: vscode.TextDocument): Promise<boolean> {
  const { version } = document;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Looking for more to fix") },
    () => linter.lintPath(document.uri.fsPath, new AbortController().signal),
  );
  return document.version === version;
}

/** @param isFirst of several edits that are one step to undo, which only a document in an editor can have */
async function applyAsOne(
  document: vscode.TextDocument,
  edits: readonly LintEdit[],
  isFirst: boolean,
): Promise<void> {
  const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
  const isApplied = await editor?.edit(
    (builder) => {
      for (const { range, text } of edits) builder.replace(inEditor(range), text);
    },
    { undoStopBefore: isFirst, undoStopAfter: false },
  );
  if (!isApplied) await vscode.workspace.applyEdit(workspaceEdit(document.uri, edits));
}

/** The file as it would be, beside the file as it is. */
export async function previewFixes(linter: Linter, given: unknown): Promise<void> {
  const document = await chosenDocument(given);
  const { version } = document;
  const { edits, fixed } = await linter.request(document.uri, "fixAll", { of: "safe" });
  if (edits.length === 0) {
    void vscode.window.showInformationMessage(fixedInWords(0));
    return;
  }
  await propose({
    document,
    version,
    text: applied(document, edits),
    edit: workspaceEdit(document.uri, edits),
    title: vscode.l10n.t("{0}: safe fixes", basename(document.uri.fsPath)),
    question:
      fixed === 1
        ? vscode.l10n.t("1 problem can be fixed safely.")
        : vscode.l10n.t("{0} problems can be fixed safely.", fixed),
  });
}

export async function suppress(
  linter: Linter,
  uri: vscode.Uri,
  rule: string,
  range: LintRange,
): Promise<void> {
  const { path } = await linter.request(uri, "suppress", { rule, range });
  const open = vscode.l10n.t("Show");
  const told = vscode.l10n.t("Noted in {0}.", basename(path));
  void vscode.window.showInformationMessage(told, open).then(async (chosen) => {
    if (chosen === open) await vscode.window.showTextDocument(vscode.Uri.file(path));
  });
}

export async function explainRule(host: Host, given: unknown): Promise<void> {
  const rule = typeof given === "string" ? given : await pickRule();
  if (rule === undefined) return;
  await vscode.commands.executeCommand("markdown.showPreview", ruleDocs(host.context.extensionUri, rule));
}

async function pickRule(): Promise<string | undefined> {
  const items = rules.map(({ id, summary, level }) => ({ label: id, description: level, detail: summary }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t("Which rule?"),
    matchOnDetail: true,
  });
  return picked?.label;
}

export async function goToRow(linter: Linter): Promise<void> {
  const document = await chosenDocument(undefined);
  const { rows } = await linter.request(document.uri, "row", { row: 1 });
  const typed = await vscode.window.showInputBox({
    prompt: vscode.l10n.t("Row, from 1 to {0}", rows.toLocaleString()),
    validateInput: (value) =>
      /^\d+$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= rows
        ? undefined
        : vscode.l10n.t("A number from 1 to {0}", rows.toLocaleString()),
  });
  if (typed === undefined) return;
  const { line } = await linter.request(document.uri, "row", { row: Number(typed) });
  const place = new vscode.Position(line, 0);
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(place, place),
  });
  editor.revealRange(new vscode.Range(place, place), vscode.TextEditorRevealType.InCenter);
}

function applied(document: vscode.TextDocument, edits: readonly LintEdit[]): string {
  const text = document.getText();
  let result = "";
  let at = 0;
  for (const { range, text: put } of edits) {
    const { start, end } = inEditor(range);
    result += text.slice(at, document.offsetAt(start)) + put;
    at = document.offsetAt(end);
  }
  return result + text.slice(at);
}

function fixedInWords(fixed: number): string {
  if (fixed === 0) return vscode.l10n.t("There is nothing that could be fixed safely.");
  return fixed === 1 ? vscode.l10n.t("1 problem fixed.") : vscode.l10n.t("{0} problems fixed.", fixed);
}
