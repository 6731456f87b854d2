/** tunesmith_lint: what is wrong with a dataset, before a model learns it. */
import { basename } from "node:path";
import Type from "typebox";
import type { LintProblem } from "../../contracts/lint.ts";
import { tools } from "../contributions.ts";
import { fileInWorkspace } from "./paths.ts";
import type { Tool } from "./tool.ts";

/** So many problems are told with their lines. */
const mostTold = 60;

const input = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description: "A dataset (.jsonl, .json, .csv, .tsv, .txt), relative to the workspace or absolute.",
    }),
  },
  { additionalProperties: false },
);

export const lint: Tool<typeof input> = {
  name: tools.lint,
  input,
  working: (l10n) => l10n.t("Linting the dataset"),

  async run({ path }, around, signal) {
    const file = fileInWorkspace(path, around.folders);
    const report = await around.lint(file, signal);
    const { problems, counts, rows, tokens, format, troubles } = report;
    const head = [
      `${basename(file)}: ${rows} rows, format ${format ?? "unknown"}${tokens === undefined ? "" : `, ${tokens} tokens`}.`,
      `${counts.errors} errors, ${counts.warnings} warnings, ${counts.infos} notes.`,
    ].join(" ");
    const told = [...problems].sort((a, b) => order[a.severity] - order[b.severity]).slice(0, mostTold);
    const left = counts.errors + counts.warnings + counts.infos - told.length;
    return [
      head,
      ...troubles,
      ...told.map(line),
      ...(left > 0 ? [`and ${left} more; \`tunesmith lint\` in a terminal lists all`] : []),
      ...(told.some(({ fixable }) => fixable)
        ? [
            "Problems marked * have a quick fix in the editor; `tunesmith lint --fix FILE` does the safe ones.",
          ]
        : []),
    ].join("\n");
  },
};

const order = { error: 0, warning: 1, info: 2 } as const;

function line({ rule, severity, message, range, fixable, more }: LintProblem): string {
  const place = `${range.start.line + 1}:${range.start.character + 1}`;
  return `- ${place} ${severity} ${rule}${fixable ? " *" : ""}: ${message}${more > 0 ? ` (and ${more} more)` : ""}`;
}
