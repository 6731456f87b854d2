/** "Fine-tune on this dataset" above a dataset's first row. */
import * as vscode from "vscode";
import { commands, settings } from "../contributions.ts";
import type { Linter } from "../lint/linter.ts";
import { firstRow } from "./first-row.ts";

/** Characters that are looked at. */
const prefix = 64 * 1024;
const selector = { scheme: "file", pattern: "**/*.{jsonl,ndjson,json,csv,tsv}" };

export class FineTuneLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #linter: Linter;
  readonly #own: vscode.Disposable;

  constructor(linter: Linter) {
    this.#linter = linter;
    this.#own = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider(selector, this),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.codeLens)) this.#changed.fire();
      }),
      linter.onRecognised(() => this.#changed.fire()),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const isWanted = vscode.workspace.getConfiguration().get(settings.codeLens, true);
    // Our own runs' logs are no datasets, nor are others'.
    if (!isWanted || !vscode.workspace.isTrusted || /[\\/]\.tunesmith[\\/]/.test(document.uri.fsPath))
      return [];
    if (this.#linter.reportOf(document.uri)?.isDataset === false) return [];
    const beginning = new vscode.Range(new vscode.Position(0, 0), document.positionAt(prefix));
    const offset = firstRow(document.uri.path, document.getText(beginning));
    if (offset === undefined) return [];
    const place = document.positionAt(offset);
    const title = `$(rocket) ${vscode.l10n.t("Fine-tune on this dataset")}`;
    const lens = { title, command: commands.fineTune, arguments: [document.uri] };
    return [new vscode.CodeLens(new vscode.Range(place, place), lens)];
  }
}
