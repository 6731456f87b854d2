/** The worker's reports as squiggles and entries of the Problems view. */
import * as vscode from "vscode";
import type { LintEdit, LintProblem, LintRange, LintReport } from "../../contracts/lint.ts";
import { commands } from "../contributions.ts";

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

export class Diagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("tunesmith");

  dispose(): void {
    this.#collection.dispose();
  }

  clear(uri: vscode.Uri): void {
    this.#collection.delete(uri);
  }

  show({ uri, problems }: LintReport): void {
    const file = vscode.Uri.parse(uri);
    this.#collection.set(
      file,
      problems.map((problem) => diagnosticOf(file, problem)),
    );
  }
}

function diagnosticOf(
  file: vscode.Uri,
  { rule, severity, message, range, related, more }: LintProblem,
): vscode.Diagnostic {
  const others = more > 0 ? ` (${vscode.l10n.t("and {0} more of this kind, not listed", more)})` : "";
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  const diagnostic = new vscode.Diagnostic(inEditor(range), sentence + others, severities[severity]);
  diagnostic.source = "tunesmith";
  diagnostic.code = { value: rule, target: explanation(rule) };
  diagnostic.relatedInformation = related.map(
    (each) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(each.path ? vscode.Uri.file(each.path) : file, inEditor(each.range)),
        each.message,
      ),
  );
  return diagnostic;
}

/** Opens the page as a page; a link to its file would show its source. */
function explanation(rule: string): vscode.Uri {
  return vscode.Uri.parse(`command:${commands.explainRule}?${encodeURIComponent(JSON.stringify([rule]))}`);
}

/** The page that explains a rule; it comes with the extension. */
export function ruleDocs(extension: vscode.Uri, rule: string): vscode.Uri {
  return vscode.Uri.joinPath(extension, "docs", "rules", `${rule}.md`);
}

export function inEditor({ start, end }: LintRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

export function fromEditor({ start, end }: vscode.Range): LintRange {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

/** The worker's edits of one document. */
export function workspaceEdit(uri: vscode.Uri, edits: readonly LintEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits.map(({ range, text }) => vscode.TextEdit.replace(inEditor(range), text)),
  );
  return edit;
}
