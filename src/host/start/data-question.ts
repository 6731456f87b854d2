/**
 * Asked before a run starts on data that it would not learn as it stands: with errors, or with rows that it leaves out or
 * cuts. Sound data is asked nothing, and a linter that fails stops nobody. Knows nothing of VS Code.
 */
import type { LintOutlook } from "../../contracts/lint.ts";
import { count } from "../../evaluate/figures.ts";
import type { L10n } from "./ask.ts";

export interface DataQuestion {
  message: string;
  /** A line for each thing. */
  detail: string;
}

/** @returns undefined for sound data. Answers that are only read are no reason to ask: somebody marked them so. */
export function dataQuestion(file: string, outlook: LintOutlook, l10n: L10n): DataQuestion | undefined {
  const { rows, dropped, truncated, counts, masked, maxLength } = outlook;
  const left = dropped.reduce((sum, each) => sum + each.rows, 0);
  if (counts.errors === 0 && left === 0 && truncated.rows === 0) return undefined;
  const cut =
    truncated.rows === 1
      ? l10n.t("1 row is cut at {0} tokens", count(maxLength))
      : l10n.t("{0} rows are cut at {1} tokens", count(truncated.rows), count(maxLength));
  const lines = [
    left > 0 &&
      (left === 1
        ? l10n.t("1 of {0} rows will be left out:", count(rows))
        : l10n.t("{0} of {1} rows will be left out:", count(left), count(rows))),
    ...dropped.map(({ reason, rows: some }) => `• ${count(some)}: ${reason}`),
    truncated.rows > 0 &&
      (truncated.tokens === 1
        ? l10n.t("{0}, and loses 1.", cut)
        : l10n.t("{0}; together {1} tokens are lost.", cut, count(truncated.tokens))),
    masked > 0 &&
      (masked === 1
        ? l10n.t("1 answer is context only: it is read and not learned.")
        : l10n.t("{0} answers are context only: they are read and not learned.", count(masked))),
    counts.errors > 0 &&
      (counts.errors === 1
        ? l10n.t("The linter found 1 error.")
        : l10n.t("The linter found {0} errors.", count(counts.errors))),
  ];
  return {
    message: l10n.t("A run would not learn all of “{0}”.", file),
    detail: lines.filter((line) => line !== false).join("\n"),
  };
}

export interface Asking {
  l10n: L10n;
  /** The training file's name. */
  file: string;
  /** @throws `cancelled`; whatever the linter's worker throws */
  outlook(): Promise<LintOutlook>;
  choose(question: DataQuestion): Promise<"start" | "problems" | "cancel">;
  showProblems(): Promise<void>;
  /** The linter could not tell. */
  failed(error: unknown): void;
  /** Whether somebody called it off while the data was looked at. */
  isCancelled(error: unknown): boolean;
}

/** Whether to start. */
export async function mayStart(asking: Asking): Promise<boolean> {
  let outlook: LintOutlook | undefined;
  try {
    outlook = await asking.outlook();
  } catch (error) {
    if (asking.isCancelled(error)) return false;
    asking.failed(error);
  }
  const question = outlook && dataQuestion(asking.file, outlook, asking.l10n);
  if (!question) return true;
  const chosen = await asking.choose(question);
  if (chosen === "problems") await asking.showProblems();
  return chosen === "start";
}
