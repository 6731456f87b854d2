/** What the editor asks about a dataset beside problems: outline, folds, hovers, completions, labels. The worker knows. */
import * as vscode from "vscode";
import type { LintSymbol } from "../../contracts/lint.ts";
import { inEditor, workspaceEdit } from "./diagnostics.ts";
import type { Linter } from "./linter.ts";

/** CSV and TSV often have no language: by name. */
export const datasetSelector: vscode.DocumentFilter = {
  scheme: "file",
  pattern: "**/*.{jsonl,ndjson,json,csv,tsv,txt}",
};

export function registerLanguage(linter: Linter): vscode.Disposable {
  const { languages } = vscode;
  const outline = () =>
    vscode.Disposable.from(
      languages.registerDocumentSymbolProvider(datasetSelector, new Outline(linter), { label: "Tunesmith" }),
      languages.registerFoldingRangeProvider(datasetSelector, new Folds(linter)),
    );
  let shown = outline();
  return vscode.Disposable.from(
    { dispose: () => shown.dispose() },
    linter.onRecognised(() => {
      // The editor asks for an outline when a text changes, or when there is another who may know.
      shown.dispose();
      shown = outline();
    }),
    languages.registerHoverProvider(datasetSelector, new Hovers(linter)),
    languages.registerCompletionItemProvider(datasetSelector, new Completions(linter), '"', ":", ","),
    languages.registerReferenceProvider(datasetSelector, new Labels(linter)),
    languages.registerRenameProvider(datasetSelector, new Labels(linter)),
  );
}

class Outline implements vscode.DocumentSymbolProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideDocumentSymbols(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentSymbol[]> {
    const found = await this.#linter.ask(document, token, "outline", {});
    return found ? found.map(symbolOf) : [];
  }
}

function symbolOf({ name, detail, range, children }: LintSymbol): vscode.DocumentSymbol {
  const place = inEditor(range);
  const kind = children ? vscode.SymbolKind.Array : vscode.SymbolKind.Object;
  const symbol = new vscode.DocumentSymbol(name, detail, kind, place, place);
  symbol.children = (children ?? []).map(symbolOf);
  return symbol;
}

class Folds implements vscode.FoldingRangeProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideFoldingRanges(
    document: vscode.TextDocument,
    _context: vscode.FoldingContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.FoldingRange[] | undefined> {
    const found = await this.#linter.ask(document, token, "folding", {});
    // None at all leaves the editor to fold by indentation.
    return found && found.length > 0
      ? found.map(({ start, end }) => new vscode.FoldingRange(start, end))
      : undefined;
  }
}

class Hovers implements vscode.HoverProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const found = await this.#linter.ask(document, token, "hover", { position: plain(position) });
    if (!found) return undefined;
    // It is shown where its range begins: of a whole row that would be far from the mouse.
    const range = document.getWordRangeAtPosition(position) ?? inEditor(found.range);
    return new vscode.Hover(new vscode.MarkdownString(found.markdown), range);
  }
}

class Completions implements vscode.CompletionItemProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    const found = await this.#linter.ask(document, token, "complete", { position: plain(position) });
    return (found ?? []).map(({ label, kind, detail, documentation, range, text }, i) => {
      const { Property, Value } = vscode.CompletionItemKind;
      const item = new vscode.CompletionItem(label, kind === "key" ? Property : Value);
      item.detail = detail;
      item.documentation = new vscode.MarkdownString(documentation);
      item.range = inEditor(range);
      item.insertText = text;
      // What is typed begins with the quote that the text has, too.
      item.filterText = text;
      item.sortText = String(i).padStart(5, "0");
      return item;
    });
  }
}

class Labels implements vscode.RenameProvider, vscode.ReferenceProvider {
  readonly #linter: Linter;

  constructor(linter: Linter) {
    this.#linter = linter;
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    _context: vscode.ReferenceContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.Location[]> {
    const found = await this.#linter.ask(document, token, "label", { position: plain(position) });
    return (found?.places ?? []).map((range) => new vscode.Location(document.uri, inEditor(range)));
  }

  async prepareRename(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<{ range: vscode.Range; placeholder: string }> {
    const found = await this.#linter.ask(document, token, "label", { position: plain(position) });
    if (!found)
      throw new Error(
        this.#linter.reportOf(document.uri)?.isDataset
          ? vscode.l10n.t("Only labels can be renamed: put the cursor into a short answer.")
          : vscode.l10n.t("There is nothing here that can be renamed."),
      );
    return { range: inEditor(found.range), placeholder: found.label };
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    name: string,
    token: vscode.CancellationToken,
  ): Promise<vscode.WorkspaceEdit> {
    const edits = await this.#linter.ask(document, token, "renameLabel", { position: plain(position), name });
    return workspaceEdit(document.uri, edits ?? []);
  }
}

function plain({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
