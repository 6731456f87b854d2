/**
 * CSV for spreadsheets (RFC 4180, UTF-8, a header line): the row, then for every way its answer, scores and figures, then
 * what people noted.
 *
 * Answers are not ours, and the file is meant to be opened: what a spreadsheet would run as a formula gets a ' in front
 * (OWASP, "CSV injection": = + - @, their full-width forms, tab, carriage return and line feed at the start of a cell).
 * A reader that parts cells at semicolons or tabs instead of commas heeds no quotes in the middle of a line, so what it
 * would find at the start of a cell is treated alike, but for the "- " of a list. Plain numbers stay as they are.
 */
import { notesOf } from "../notes.ts";
import type { Exporter } from "./exporter.ts";

const figures = ["ended", "prompt_tokens", "output_tokens", "seconds", "loss_nats", "shots", "thumb"];

export const csv: Exporter = {
  id: "csv",
  title: "CSV, for spreadsheets",
  extension: "csv",

  export({ rows, ways, scores }, { notes = [] }) {
    const metrics = Object.keys(scores);
    const noted = notesOf(rows, notes);
    const ofWays = ways.flatMap(({ id }) =>
      ["answer", ...metrics, ...figures].map((name) => `${id}_${name}`),
    );
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
          noted[r]?.thumbs[id] ?? "",
        ];
      }),
      noted[r]?.text ?? "",
    ]);
    return [["row", "question", "reference", ...ofWays, "note"], ...lines]
      .map((cells) => `${cells.map(cell).join(",")}\r\n`)
      .join("");
  },
};

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const formula = /^(?=[=+\-@\t\r\n＝＋－＠])|(?<=[;\t\r\n]["\s]*)(?=[=@＝＠]|[+\-＋－]\S)/g;

function cell(text: string): string {
  const safe = number.test(text) ? text : text.replace(formula, "'");
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
