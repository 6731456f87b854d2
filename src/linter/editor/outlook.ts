/** What a run on the file would do unasked: rows that it leaves out, cuts, and only reads. */
import type { LintOutlook } from "../../contracts/lint.ts";
import type { Entry } from "../../data/lint/document.ts";
import { summariseTokens, type TokenFigures, type TokenRow } from "../../data/lint/token-check.ts";
import type { DatasetLint } from "../dataset-lint.ts";
import { countsOf } from "../finding.ts";
import type { TokenPass } from "../token-pass.ts";

const namedLines = 10;

/** Said of one row and of many. */
const reasons: Record<Exclude<TokenFigures["status"], "ok"> | "unreadable" | "unlike", string> = {
  unreadable: "not readable",
  unlike: "not in the file's format",
  "answer-cut-away": "nothing of the answer is left within the limit",
  "nothing-trained": "nothing to be learned",
  refused: "refused by the model's chat template",
};

/** Rows that a run leaves out for one reason, and the lines of the first of them, from 1. */
interface Left {
  rows: number;
  lines: number[];
}

export async function outlookOf(
  lint: DatasetLint,
  tokens: TokenPass,
  problems: Parameters<typeof countsOf>[0],
): Promise<LintOutlook> {
  const { document, project } = lint;
  const unreadable: Left = { rows: 0, lines: [] };
  const unlike: Left = { rows: 0, lines: [] };
  const rows: { line: number; entry: Entry; row: TokenRow }[] = [];
  for (const entry of document.entries) {
    if (entry.piece.kind !== "record") continue;
    const line = document.lineOf(entry.id) + 1;
    const row = tokens.rowOf(entry);
    if (row) rows.push({ line, entry, row });
    else {
      const left = entry.digest ? unlike : unreadable;
      left.rows++;
      if (left.lines.length < namedLines) left.lines.push(line);
    }
  }
  const figures = await counted(tokens, rows);
  const summary = summariseTokens(
    rows.flatMap(({ line, row }) => {
      const own = figures.get(row.id);
      return own ? [{ line, figures: own }] : [];
    }),
  );
  const untrained = Object.entries(summary.dropped).map(([status, { count, lines }]) => [
    status,
    { rows: count, lines },
  ]);
  const left: Record<keyof typeof reasons, Left> = { unreadable, unlike, ...Object.fromEntries(untrained) };
  const dropped = (Object.keys(reasons) as (keyof typeof reasons)[])
    .map((why) => ({ reason: reasons[why], ...left[why] }))
    .filter((each) => each.rows > 0);
  const all = rows.length + unreadable.rows + unlike.rows;
  const cut = rows.filter(({ row }) => (figures.get(row.id)?.truncated ?? 0) > 0);
  return {
    rows: all,
    trained: all - dropped.reduce((sum, each) => sum + each.rows, 0),
    dropped,
    truncated: {
      rows: summary.truncatedRows,
      tokens: summary.truncatedTokens,
      lines: cut.slice(0, namedLines).map(({ line }) => line),
    },
    masked: summary.maskedMessages,
    tokens: summary.tokens,
    trainedTokens: summary.trainedTokens,
    longest: summary.longest?.tokens ?? 0,
    counts: countsOf(problems),
    model: project.model,
    maxLength: project.maxLength,
  };
}

/** Figures of rows; those that the pass has are not worked out again. */
async function counted(
  tokens: TokenPass,
  rows: readonly { entry: Entry; row: TokenRow }[],
): Promise<Map<number, TokenFigures>> {
  const figures = new Map<number, TokenFigures>();
  const missing = rows.flatMap(({ entry, row }) => {
    const known = tokens.figuresOf(entry);
    if (known) figures.set(row.id, known);
    return known ? [] : [row];
  });
  const linter = missing.length > 0 ? await tokens.linter() : undefined;
  if (linter) {
    for await (const batch of linter.check(missing, [])) {
      for (const each of batch) figures.set(each.id, each.figures);
    }
  }
  return figures;
}
