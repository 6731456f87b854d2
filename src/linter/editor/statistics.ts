/** What the statistics page shows of an open file. */
import type { HardRow, Histogram, LintProblem, LintStatistics } from "../../contracts/lint.ts";
import type { Digest } from "../../data/lint/digest.ts";
import type { Entry } from "../../data/lint/document.ts";
import { type Histogram as Counted, statisticsOf as figuresOf } from "../../data/statistics.ts";
import type { OpenFile } from "../open-file.ts";

/** Lines that are named of a rule, and hard rows that are sent. */
const namedLines = 20;
const mostHardRows = 10_000;
const shownText = 160;

export function statisticsOf(file: OpenFile): LintStatistics {
  const { document } = file.lint;
  const records = document.entries.filter(({ piece }) => piece.kind === "record");
  const readable = records.filter((entry): entry is Entry & { digest: Digest } => entry.digest !== undefined);
  const isCounted = file.tokens.isDone && file.tokens.total !== undefined;
  const tokens = readable.map((entry) => {
    const figures = file.tokens.figuresOf(entry);
    return figures && { prompt: figures.promptTokens, answer: figures.answerTokens };
  });
  const { facts } = document;
  const figures = figuresOf(
    readable.map(({ digest }) => digest),
    isCounted ? tokens : [],
    facts.unreadable,
  );
  return {
    uri: file.uri,
    path: file.path,
    rows: figures.rows,
    unreadable: figures.unreadable,
    format: facts.format?.name,
    confidence: facts.confidence,
    tokens: isCounted ? file.tokens.total : undefined,
    duplicates: figures.duplicates.rows,
    histograms: [
      ...(figures.tokens
        ? [histogram("promptTokens", figures.tokens.prompt), histogram("answerTokens", figures.tokens.answer)]
        : []),
      histogram("promptCharacters", figures.characters.prompt),
      histogram("answerCharacters", figures.characters.answer),
      histogram("turns", figures.turns),
    ],
    labels: (figures.labels ?? []).map(({ value, rows }) => ({ label: value, rows })),
    languages: figures.languages.map(({ value, rows }) => ({ language: value, rows })),
    parts: partsOf(records),
    problems: problemsOf(file),
    history: historyOf(file, records),
  };
}

function histogram(name: Histogram["name"], { bins, median, p95, most }: Counted): Histogram {
  return {
    name,
    bins: bins.map(({ from, to, count }) => ({ from, to, rows: count })),
    median,
    p95,
    max: most,
  };
}

function partsOf(records: readonly Entry[]): LintStatistics["parts"] {
  const parts = new Map<string, number>();
  for (const { piece } of records) {
    if (piece.split !== undefined) parts.set(piece.split, (parts.get(piece.split) ?? 0) + 1);
  }
  return [...parts].map(([part, rows]) => ({ part, rows }));
}

const order: Record<LintProblem["severity"], number> = { error: 0, warning: 1, info: 2 };

function problemsOf(file: OpenFile): LintStatistics["problems"] {
  const { document } = file.lint;
  const byRule = new Map<
    string,
    { rule: string; severity: LintProblem["severity"]; count: number; lines: number[] }
  >();
  for (const problem of file.problems().problems) {
    const { rule, severity } = problem;
    const key = `${rule.id} ${severity}`;
    const known = byRule.get(key) ?? { rule: rule.id, severity, count: 0, lines: [] };
    known.count++;
    if (known.lines.length < namedLines) known.lines.push(document.rangeOf(problem).start.line);
    byRule.set(key, known);
  }
  return [...byRule.values()].sort((a, b) => order[a.severity] - order[b.severity] || b.count - a.count);
}

function historyOf(file: OpenFile, records: readonly Entry[]): LintStatistics["history"] {
  const { run } = file.history;
  if (run === undefined) return undefined;
  const { document } = file.lint;
  const hard = records.flatMap((entry, i) => {
    const history = file.history.historyOf(entry);
    return history ? [{ entry, row: i + 1, history }] : [];
  });
  hard.sort((a, b) => a.history.lossRank - b.history.lossRank);
  const rows = hard.slice(0, mostHardRows).map(({ entry, row, history }): HardRow => {
    const { texts } = document.view(entry).parts;
    const asked = texts.findLast(({ side }) => side === "user" || side === "text");
    const answer = texts.findLast(({ side, rejected }) => side === "assistant" && !rejected);
    return {
      line: document.lineOf(entry.id),
      row,
      text: short(asked?.text ?? ""),
      answer: short(answer?.text ?? ""),
      loss: history.lastLoss,
      confidence: history.confidence,
      variability: history.variability ?? undefined,
      forgotten: history.forgotten ?? 0,
      neverLearned: history.neverLearned,
    };
  });
  return { run, rows };
}

function short(text: string): string {
  return text.length > shownText ? `${text.slice(0, shownText - 1)}…` : text;
}
