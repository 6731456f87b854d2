/** `412 examples · 38k tokens · 3 problems`, for the dataset in the editor. */
import * as vscode from "vscode";
import type { LintReport } from "../../contracts/lint.ts";
import { commands } from "../contributions.ts";
import type { Linter } from "./linter.ts";

export class LintStatus implements vscode.Disposable {
  readonly #linter: Linter;
  readonly #own: vscode.Disposable[];
  #item: vscode.StatusBarItem | undefined;

  constructor(linter: Linter) {
    this.#linter = linter;
    this.#own = [
      linter.onReport((report) => {
        if (report.uri === vscode.window.activeTextEditor?.document.uri.toString()) this.#show(report);
      }),
      linter.onForgotten((uri) => {
        if (uri.toString() === vscode.window.activeTextEditor?.document.uri.toString()) this.#show(undefined);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) =>
        this.#show(editor && this.#linter.reportOf(editor.document.uri)),
      ),
    ];
  }

  dispose(): void {
    for (const each of this.#own) each.dispose();
    this.#item?.dispose();
  }

  #show(report: LintReport | undefined): void {
    if (!report?.isDataset) {
      this.#item?.hide();
      return;
    }
    this.#item ??= vscode.window.createStatusBarItem(
      "tunesmith.dataset",
      vscode.StatusBarAlignment.Right,
      90,
    );
    this.#item.name = vscode.l10n.t("Tunesmith: dataset");
    this.#item.text = textOf(report);
    this.#item.tooltip = tooltipOf(report);
    this.#item.command = { command: commands.datasetMenu, title: "" };
    this.#item.show();
  }
}

export function textOf({ rows, tokens, counts, pending }: LintReport): string {
  const { errors, warnings, infos } = counts;
  const problems = errors + warnings + infos;
  const parts = [
    rows === 1 ? vscode.l10n.t("1 example") : vscode.l10n.t("{0} examples", rows.toLocaleString()),
    ...(tokens === undefined ? [] : [vscode.l10n.t("{0} tokens", short(tokens))]),
    problems === 1 ? vscode.l10n.t("1 problem") : vscode.l10n.t("{0} problems", problems.toLocaleString()),
  ];
  const icon =
    pending === "rows" ? "$(loading~spin) " : errors > 0 ? "$(error) " : warnings > 0 ? "$(warning) " : "";
  return icon + parts.join(" · ");
}

function tooltipOf({
  format,
  confidence,
  counts,
  target,
  model,
  troubles,
}: LintReport): vscode.MarkdownString {
  const share = new Intl.NumberFormat(vscode.env.language, { style: "percent" }).format(confidence);
  const lines = [
    format
      ? vscode.l10n.t("Format: {0} ({1} sure)", format, share)
      : vscode.l10n.t("The records are in no known format"),
    vscode.l10n.t("{0} errors, {1} warnings, {2} notes", counts.errors, counts.warnings, counts.infos),
    vscode.l10n.t(
      "For {0}, as the model “{1}” sees it, at most {2} tokens a row",
      target,
      model.name,
      model.maxLength,
    ),
    ...(model.trouble ? [`$(warning) ${model.trouble}`] : []),
    ...troubles.map((trouble) => `$(warning) ${trouble}`),
  ];
  const text = new vscode.MarkdownString("", true);
  for (const line of lines) text.appendText(line).appendMarkdown("\n\n");
  return text;
}

/** 38 412 → "38k". */
function short(count: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 })
    .format(count)
    .toLowerCase();
}
