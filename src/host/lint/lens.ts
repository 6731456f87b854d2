/** What can be done with a dataset, above its first row, beside "Fine-tune on this dataset". */
import * as vscode from "vscode";
import { commands, settings } from "../contributions.ts";
import { datasetSelector } from "./language.ts";
import type { Linter } from "./linter.ts";

export class DatasetLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #linter: Linter;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #own: vscode.Disposable;
  /** What the lenses show of each file: they are drawn anew only when that changes. */
  readonly #shown = new Map<string, string>();

  constructor(linter: Linter) {
    this.#linter = linter;
    this.#own = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider(datasetSelector, this),
      linter.onReport(({ uri, isDataset, firstLine }) => {
        const shown = `${isDataset} ${firstLine}`;
        if (this.#shown.get(uri) === shown) return;
        this.#shown.set(uri, shown);
        this.#changed.fire();
      }),
      linter.onForgotten((uri) => {
        if (this.#shown.delete(uri.toString())) this.#changed.fire();
      }),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const report = this.#linter.reportOf(document.uri);
    const isWanted = vscode.workspace.getConfiguration().get(settings.codeLens, true);
    if (!isWanted || !report?.isDataset || report.rows === 0) return [];
    // A table's rows are what stands under its header.
    const isTable = /\.(?:csv|tsv)$/i.test(document.uri.path);
    const place = new vscode.Position(isTable ? 0 : report.firstLine, 0);
    const lens = (title: string, command: string) =>
      new vscode.CodeLens(new vscode.Range(place, place), { title, command, arguments: [document.uri] });
    return [
      lens(vscode.l10n.t("Preview as the model sees it"), commands.previewRow),
      lens(vscode.l10n.t("Statistics"), commands.showStatistics),
      lens(vscode.l10n.t("Split"), commands.splitDataset),
      lens(vscode.l10n.t("Convert"), commands.convertDataset),
    ];
  }
}
