/** Quick fixes of a problem, of all problems of its kind, and of all that can be fixed safely. */
import * as vscode from "vscode";
import type { FixChoice, LintFix } from "../../contracts/lint.ts";
import { commands } from "../contributions.ts";
import { fromEditor, inEditor, workspaceEdit } from "./diagnostics.ts";
import { datasetSelector } from "./language.ts";
import type { Linter } from "./linter.ts";

/** As ESLint's `source.fixAll.eslint`: for `editor.codeActionsOnSave`. */
export const fixAllKind = vscode.CodeActionKind.SourceFixAll.append("tunesmith");

/** An action whose edits are worked out when it is chosen, or looked at. */
class LateAction extends vscode.CodeAction {
  readonly document: vscode.TextDocument;
  readonly choice: FixChoice;

  constructor(title: string, kind: vscode.CodeActionKind, document: vscode.TextDocument, choice: FixChoice) {
    super(title, kind);
    this.document = document;
    this.choice = choice;
  }
}

export function registerCodeActions(linter: Linter): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(datasetSelector, new CodeActions(linter), {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAllKind],
  });
}

class CodeActions implements vscode.CodeActionProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics, only }: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    if (!this.#linter.reportOf(document.uri)?.isDataset) return [];
    // "Source Action…" and a file that is saved ask for these alone, by this kind or one above it; on save the editor
    // asks for the edits at once.
    if (only?.contains(fixAllKind))
      return [await this.resolveCodeAction(fixEverything(document, fixAllKind), token)];
    if (only && !only.intersects(vscode.CodeActionKind.QuickFix)) return [];
    const ours = diagnostics.filter(({ source }) => source === "tunesmith");
    if (ours.length === 0) return [];
    const fixes = (await this.#linter.ask(document, token, "fixes", { range: fromEditor(range) })) ?? [];
    const found = ours.map((diagnostic) => actionsFor(document, diagnostic, fixes));
    const fixAll = found.some((each) => each.fixes.some(({ isPreferred }) => isPreferred))
      ? [fixEverything(document, vscode.CodeActionKind.QuickFix)]
      : [];
    // What mends something, from the nearest to the farthest, before what does not.
    return [
      ...found.flatMap((each) => each.fixes),
      ...found.flatMap((each) => each.fixAll),
      ...fixAll,
      ...found.flatMap((each) => each.others),
    ];
  }

  async resolveCodeAction(
    action: vscode.CodeAction,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction> {
    if (!(action instanceof LateAction)) return action;
    const done = await this.#linter.ask(action.document, token, "fixAll", action.choice);
    action.edit = workspaceEdit(action.document.uri, done?.edits ?? []);
    return action;
  }
}

function fixEverything(document: vscode.TextDocument, kind: vscode.CodeActionKind): LateAction {
  return new LateAction(vscode.l10n.t("Fix everything that can be fixed safely"), kind, document, {
    of: "safe",
  });
}

interface Actions {
  fixes: vscode.CodeAction[];
  fixAll: vscode.CodeAction[];
  others: vscode.CodeAction[];
}

function actionsFor(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  all: readonly LintFix[],
): Actions {
  const rule = ruleOf(diagnostic);
  if (rule === undefined) return { fixes: [], fixAll: [], others: [] };
  const own = all.filter((fix) => fix.rule === rule && inEditor(fix.range).isEqual(diagnostic.range));
  const fixes = own.map((fix, i) => {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.edit = workspaceEdit(document.uri, fix.edits);
    action.isPreferred = i === 0 && fix.safe;
    return action;
  });
  const allOfIt = vscode.l10n.t("Fix all problems of “{0}”", rule);
  const fixAll =
    own.length > 0
      ? [new LateAction(allOfIt, vscode.CodeActionKind.QuickFix, document, { of: { rule } })]
      : [];
  const others = [
    commandAction(vscode.l10n.t("Let this be: suppress “{0}” for this row", rule), commands.suppressProblem, [
      document.uri,
      rule,
      fromEditor(diagnostic.range),
    ]),
    commandAction(vscode.l10n.t("Explain “{0}”", rule), commands.explainRule, [rule]),
  ];
  for (const action of [...fixes, ...fixAll, ...others]) action.diagnostics = [diagnostic];
  return { fixes, fixAll, others };
}

function commandAction(title: string, command: string, parameters: unknown[]): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.command = { command, title, arguments: parameters };
  return action;
}

/** The rule that a diagnostic of ours names. */
export function ruleOf({ code }: vscode.Diagnostic): string | undefined {
  return typeof code === "object" && code !== null ? String(code.value) : undefined;
}
