/** The verdict and the figures in GitHub's Markdown, for an issue or a report; what people think below. */
import { humanVerdict, notesOf } from "../notes.ts";
import { escapeMarkdown, markdownSummary } from "../table.ts";
import type { Exporter } from "./exporter.ts";

export const markdown: Exporter = {
  id: "markdown",
  title: "Markdown table, for reports",
  extension: "md",

  export(comparison, { notes = [] }) {
    const { rows } = comparison;
    const written = notesOf(rows, notes).flatMap((note, r) =>
      note && note.text.trim() !== ""
        ? [`- ${escapeMarkdown(rows[r]!.id)}: ${escapeMarkdown(note.text.trim())}\n`]
        : [],
    );
    const human = humanVerdict(comparison, notes);
    return [
      markdownSummary(comparison),
      human === undefined ? "" : `\n${escapeMarkdown(human)}\n`,
      written.length === 0 ? "" : `\nNotes:\n\n${written.join("")}`,
    ].join("");
  },
};
