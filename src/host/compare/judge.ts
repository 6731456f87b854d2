/** One comparison as its page shows it: read as it grows, judged, and handed out in parts. */
import type { ListedRow, WholeRow } from "../../contracts/compare.ts";
import type { Comparison } from "../../evaluate/comparison.ts";
import { exporters } from "../../evaluate/exports/index.ts";
import { humanVerdict, type Note, noteOn, notesOf } from "../../evaluate/notes.ts";
import { type JudgedRow, judgedRows } from "../../evaluate/row-filters.ts";
import { summarise, tasksOf } from "../../evaluate/summarise.ts";
import { markdownSummary } from "../../evaluate/table.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import type { Handlers } from "../../protocol/channel.ts";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { ComparisonTail } from "../../runs/comparison.ts";
import { trainingCurves } from "../../runs/comparison-page.ts";
import { readNotes, saveNote } from "../../runs/notes.ts";
import { readRun } from "../../runs/reader.ts";
import { type Judged, type judge, nothingJudged } from "./judging.ts";

export function judgeOf(directory: string): Handlers<typeof judge> {
  const it = new Judge(directory);
  return {
    look: ({ task }) => it.look(task),
    rows: ({ from, count }) => ({ rows: it.rows(from, count) }),
    row: ({ index }) => it.row(index),
    note: ({ index, note }) => it.note(index, note),
    summary: () => ({ markdown: it.summary() }),
    export: ({ format, path }) => it.export(format, path),
  };
}

class Judge {
  readonly #directory: string;
  readonly #tail: ComparisonTail;
  #notes: Note[] = [];
  #task: string | null = null;
  #comparison: Comparison | null = null;
  #rows: JudgedRow[] = [];
  #problems: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#tail = new ComparisonTail(directory);
  }

  /** @throws `usage` for a task that these answers do not allow */
  look(task: string | null): Judged {
    const began = performance.now();
    const { record, changed, problems } = this.#tail.read();
    this.#problems = [...problems];
    this.#readNotes();
    if (!record) return { head: nothingJudged, changedFrom: 0, problems: this.#problems, ms: 0 };
    const offered = tasksOf(record);
    const chosen = offered.find(({ id }) => id === task);
    if (task !== null && !chosen)
      throw new TunesmithError("usage", `these answers cannot be scored as "${task}"`);
    let changedFrom = this.#rows.length;
    if (changed || task !== this.#task || !this.#comparison) {
      const before = this.#rows;
      const isRescored = task !== this.#task;
      this.#comparison = summarise(record, chosen && { task: chosen.task });
      this.#rows = judgedRows(this.#comparison);
      this.#task = task;
      const same = before.findIndex((row, r) => row.id !== this.#rows[r]?.id);
      changedFrom = isRescored ? 0 : same < 0 ? before.length : same;
    }
    const { rows, shots: _, scores, ...comparison } = this.#comparison;
    return {
      head: {
        comparison,
        tasks: offered.map(({ id, title, description }) => ({ id, title, description })),
        task: chosen?.id ?? record.task.id,
        humanVerdict: humanVerdict(record, this.#notes) ?? null,
        rowsAnswered: rows.length,
        rowsPlanned: comparison.rowsPlanned,
      },
      changedFrom,
      problems: this.#problems,
      ms: performance.now() - began,
    };
  }

  rows(from: number, count: number): ListedRow[] {
    if (!this.#comparison) return [];
    const rows = this.#comparison.rows.slice(from, from + count);
    const notes = notesOf(rows, this.#notes);
    return this.#rows.slice(from, from + count).map((row, r) => {
      const { thumbs, text } = notes[r] ?? {};
      return { ...row, note: thumbs ? { thumbs, text: text ?? "" } : null };
    });
  }

  row(index: number): WholeRow {
    const { row, comparison } = this.#at(index);
    const shots = new Map(comparison.shots.map((shot) => [shot.id, shot]));
    return {
      index,
      messages: row.messages,
      answers: comparison.ways.map(({ id: way }) => {
        const { ended, promptTokens, outputTokens, seconds, prompt, shotsDropped, ...answer } =
          row.answers[way]!;
        const shown = answer.shots.map((id) => {
          const shot = shots.get(id);
          return { id, question: shot?.messages.at(-1)?.content ?? "", answer: shot?.answer ?? "" };
        });
        const figures = { ended, promptTokens, outputTokens, seconds, prompt, shotsDropped };
        return { way, ...figures, shots: shown, samples: answer.samples ?? [] };
      }),
    };
  }

  note(index: number, note: Pick<Note, "thumbs" | "text">) {
    const { row, comparison } = this.#at(index);
    const { notes, putAside } = saveNote(this.#directory, noteOn(row, note));
    this.#notes = notes;
    return { humanVerdict: humanVerdict(comparison, notes) ?? null, putAside: putAside ?? null };
  }

  summary(): string {
    const comparison = this.#comparison;
    return comparison && comparison.rows.length > 0 ? markdownSummary(comparison) : "";
  }

  async export(format: string, path: string): Promise<Record<string, never>> {
    const exporter = exporters.find(({ id }) => id === format);
    if (!exporter) throw new TunesmithError("usage", `there is no export called "${format}"`);
    if (!this.#comparison) throw new TunesmithError("run-state", "there is nothing to export yet");
    const run = readRun(this.#directory).comparison?.run;
    const training = run === undefined ? undefined : trainingCurves(run);
    const extras = { notes: this.#notes, ...(training && { training }) };
    await writeFileAtomic(path, exporter.export(this.#comparison, extras));
    return {};
  }

  /** Other windows and people write notes too. */
  #readNotes(): void {
    try {
      this.#notes = readNotes(this.#directory);
    } catch (error) {
      const { message, hint } = toErrorRecord(error);
      this.#problems.push(`${message}. ${hint}`);
    }
  }

  #at(index: number) {
    const row = this.#comparison?.rows[index];
    if (!row) throw new TunesmithError("run-state", `there is no row ${index}`);
    return { row, comparison: this.#comparison! };
  }
}
