/** The rows of a comparison for other tools: CSV for spreadsheets, JSON Lines for programs. */
import type { Comparison } from "./comparison.ts";

/** One JSON object a line: the row as recorded, with each answer's scores. Nothing is lost or changed. */
export function rowsAsJsonl(comparison: Comparison): string {
  const { rows, ways, scores } = comparison;
  return rows
    .map((row, r) => {
      const answers = ways.map(({ id }) => {
        const ofAnswer = Object.entries(scores).map(([metric, byWay]) => [metric, byWay[id]![r]!]);
        return [id, { ...row.answers[id], scores: Object.fromEntries(ofAnswer) }];
      });
      return `${JSON.stringify({ ...row, answers: Object.fromEntries(answers) })}\n`;
    })
    .join("");
}

/**
 * CSV after RFC 4180, UTF-8, with a header line: the row, then for every way its answer, scores and figures.
 *
 * A cell that a spreadsheet would run as a formula gets a ' in front (OWASP, "CSV injection"): answers are not ours, and
 * the file is meant to be opened. Plain numbers stay as they are.
 */
export function rowsAsCsv(comparison: Comparison): string {
  const { rows, ways, scores } = comparison;
  const metrics = Object.keys(scores);
  const perWay = [
    "answer",
    ...metrics,
    "ended",
    "prompt_tokens",
    "output_tokens",
    "seconds",
    "loss_nats",
    "shots",
  ];
  const header = [
    "row",
    "question",
    "reference",
    ...ways.flatMap(({ id }) => perWay.map((name) => `${id}_${name}`)),
  ];
  const lines = rows.map((row, r) => [
    row.id,
    row.messages.at(-1)?.content ?? "",
    row.reference,
    ...ways.flatMap(({ id }) => {
      const answer = row.answers[id]!;
      return [
        answer.text,
        ...metrics.map((metric) => String(scores[metric]![id]![r])),
        String(answer.ended),
        String(answer.promptTokens),
        String(answer.outputTokens),
        String(answer.seconds),
        answer.loss ? String(answer.loss.nats) : "",
        answer.shots.join(" "),
      ];
    }),
  ]);
  return [header, ...lines].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

function csvCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
