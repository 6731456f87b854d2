/** What people think of the answers: thumbs and a text for each row, and what the thumbs say of each way of asking. */
import type { ComparisonRow, Way } from "./comparison.ts";
import { percent, plural } from "./figures.ts";
import { type Interval, wilsonInterval } from "./statistics/wilson.ts";

export type Thumb = "up" | "down";

/** Kept with its row's content: a note is shown only beside what it was written on. */
export interface Note {
  /** The row's id. */
  row: string;
  /** Of the row's messages and reference (`contentHash`). */
  hash: string;
  /** By way id. */
  thumbs: Record<string, Thumb>;
  text: string;
}

type Row = Pick<ComparisonRow, "id" | "messages" | "reference">;

/** FNV-1a (Fowler, Noll, Vo), 32 bits over UTF-16 units, as eight hexadecimal digits: to notice change, not to resist malice. */
export function contentHash({ messages, reference }: Row): string {
  const text = JSON.stringify([messages.map(({ role, content }) => [role, content]), reference]);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A note on a row. */
export function noteOn(row: Row, { thumbs, text }: Pick<Note, "thumbs" | "text">): Note {
  return { row: row.id, hash: contentHash(row), thumbs, text };
}

/** Whether two notes are on the same row. */
export function isSameRow(a: Note, b: Note): boolean {
  return a.row === b.row && a.hash === b.hash;
}

/** Each row's note, in the rows' order. */
export function notesOf(rows: readonly Row[], notes: readonly Note[]): (Note | undefined)[] {
  const key = ({ row, hash }: Pick<Note, "row" | "hash">) => `${hash} ${row}`;
  const found = new Map(notes.map((note) => [key(note), note]));
  return rows.map((row) =>
    notes.length === 0 ? undefined : found.get(key({ row: row.id, hash: contentHash(row) })),
  );
}

/** Thumbs of one way of asking. */
export interface HumanScore {
  way: string;
  up: number;
  down: number;
  /** up / (up + down), with Wilson's interval. */
  share: number;
  interval: Interval;
}

/** Of every way that has a thumb on one of the rows. */
export function humanScores(
  { rows, ways }: { rows: readonly Row[]; ways: readonly Way[] },
  notes: readonly Note[],
): HumanScore[] {
  const written = notesOf(rows, notes).flatMap((note) => note ?? []);
  return ways.flatMap(({ id: way }) => {
    const thumbs = written.flatMap((note) => (Object.hasOwn(note.thumbs, way) ? [note.thumbs[way]!] : []));
    const up = thumbs.filter((thumb) => thumb === "up").length;
    const down = thumbs.length - up;
    if (thumbs.length === 0) return [];
    return [{ way, up, down, share: up / thumbs.length, interval: wilsonInterval(up, thumbs.length) }];
  });
}

/** The thumbs in a sentence; undefined where there is none. */
export function humanVerdict(
  comparison: { rows: readonly Row[]; ways: readonly Way[] },
  notes: readonly Note[],
): string | undefined {
  const said = humanScores(comparison, notes).map(({ way, up, down, share, interval }) => {
    const { title } = comparison.ways.find(({ id }) => id === way)!;
    const range = `95% interval ${percent(interval.low)} to ${percent(interval.high)}`;
    return `“${title}” on ${up} of ${plural(up + down, "answer")} (${percent(share)}, ${range})`;
  });
  return said.length === 0 ? undefined : `Thumbs up for ${said.join("; for ")}.`;
}
