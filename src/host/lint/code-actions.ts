/** Quick fixes of a problem, of all problems of its kind, and of all that can be fixed safely. */
import * as vscode from "vscode";
import type { FixChoice, LintFix } from "../../contracts/lint.ts";
import { commands } from "../contributions.ts";
import { fromEditor, inEditor } from "./diagnostics.ts";
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
    if (only && fixAllKind.contains(only) && !vscode.CodeActionKind.QuickFix.contains(only)) {
      const title = vscode.l10n.t("Fix everything that can be fixed safely");
      const action = new LateAction(title, fixAllKind, document, { of: "safe" });
      // On save the editor asks for edits at once.
      return [await this.resolveCodeAction(action, token)];
    }
    const ours = diagnostics.filter(({ source }) => source === "tunesmith");
    if (ours.length === 0) return [];
    const fixes = (await this.#linter.ask(document, token, "fixes", { range: fromEditor(range) })) ?? [];
    return ours.flatMap((diagnostic) => this.#actionsFor(document, diagnostic, fixes));
  }

  async resolveCodeAction(
    action: vscode.CodeAction,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction> {
    if (!(action instanceof LateAction)) return action;
    const done = await this.#linter.ask(action.document, token, "fixAll", action.choice);
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(
      action.document.uri,
      (done?.edits ?? []).map(({ range, text }) => vscode.TextEdit.replace(inEditor(range), text)),
    );
    return action;
  }

  #actionsFor(
    document: vscode.TextDocument,
    diagnostic: vscode.Diagnostic,
    fixes: readonly LintFix[],
  ): vscode.CodeAction[] {
    const rule = ruleOf(diagnostic);
    if (rule === undefined) return [];
    const own = fixes.filter((fix) => fix.rule === rule && inEditor(fix.range).isEqual(diagnostic.range));
    const quick = own.map((fix, i) => {
      const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      action.edit.set(
        document.uri,
        fix.edits.map(({ range, text }) => vscode.TextEdit.replace(inEditor(range), text)),
      );
      action.diagnostics = [diagnostic];
      action.isPreferred = i === 0 && fix.safe;
      return action;
    });
    const others = [
      own.length > 0
        ? new LateAction(
            vscode.l10n.t("Fix all problems of “{0}”", rule),
            vscode.CodeActionKind.QuickFix,
            document,
            { of: { rule } },
          )
        : undefined,
      commandAction(
        vscode.l10n.t("Let this be: suppress “{0}” for this row", rule),
        commands.suppressProblem,
        [document.uri, rule, fromEditor(diagnostic.range)],
      ),
      commandAction(vscode.l10n.t("Explain “{0}”", rule), commands.explainRule, [rule]),
    ].filter((action) => action !== undefined);
    for (const action of others) action.diagnostics = [diagnostic];
    return [...quick, ...others];
  }
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
