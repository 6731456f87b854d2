/** JSON Lines for programs: a row a line as recorded, with each answer's scores and thumb. Nothing is lost or changed. */
import { notesOf } from "../notes.ts";
import type { Exporter } from "./exporter.ts";

export const jsonl: Exporter = {
  id: "jsonl",
  title: "JSON Lines, for programs",
  extension: "jsonl",

  export({ rows, ways, scores }, { notes = [] }) {
    const noted = notesOf(rows, notes);
    return rows
      .map((row, r) => {
        const answers = ways.map(({ id }) => {
          const ofAnswer = Object.entries(scores).map(([metric, byWay]) => [metric, byWay[id]![r]!]);
          const thumb = noted[r]?.thumbs[id];
          return [id, { ...row.answers[id], scores: Object.fromEntries(ofAnswer), ...(thumb && { thumb }) }];
        });
        const note = noted[r]?.text;
        const whole = { ...row, answers: Object.fromEntries(answers), ...(note && { note }) };
        return `${JSON.stringify(whole)}\n`;
      })
      .join("");
  },
};
