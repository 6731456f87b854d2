/** What counts as found, and how exactly: the same measure for everybody. */
import type { BrokenFile, Kind } from "./corpus/files.ts";

/** Something that a validator said. */
export interface Remark {
  message: string;
  /** From 1. */
  line?: number | undefined;
  /** Characters of that line, from 0, narrower than the record; absent where only the record is named. */
  characters?: readonly [start: number, end: number] | undefined;
}

/** What a validator made of a file. */
export interface Verdict {
  remarks: readonly Remark[];
  /** How many rows it left out without a word. */
  dropped: number;
}

/** By the file's id. */
export type Verdicts = Readonly<Record<string, Verdict>>;

export interface Validator {
  name: string;
  version: string;
  /** It ran; if not, its documented rules did. */
  isReal: boolean;
  kinds: readonly Kind[];
  verdicts: Verdicts;
}

export const outcomes = ["characters", "row", "file", "dropped", "nothing", "unread"] as const;
export type Outcome = (typeof outcomes)[number];

/** A remark that is made of the sound file, too, says nothing of the defect. */
export function judge({ kinds, verdicts }: Validator, file: BrokenFile): Outcome {
  if (!kinds.includes(file.kind)) return "unread";
  const verdict = verdicts[file.id];
  if (!verdict) throw new Error(`nobody looked at ${file.id}: run bench/validators/run.ts with --python`);
  const before = file.controls.map((id) => verdicts[id]!);
  const known = new Set(before.flatMap(({ remarks }) => remarks.map(gist)));
  const news = verdict.remarks.filter((remark) => !known.has(gist(remark)));
  const grades = news.map((remark) => grade(remark, file));
  const best = outcomes.find((outcome) => grades.includes(outcome));
  if (best) return best;
  return verdict.dropped > Math.max(0, ...before.map(({ dropped }) => dropped)) ? "dropped" : "nothing";
}

function grade({ line, characters }: Remark, { lines, spans }: BrokenFile): Outcome {
  if (line === undefined || !lines.includes(line)) return "file";
  if (!characters) return "row";
  const [from, to] = characters;
  // Parsers stop a character or two behind what is wrong.
  const isClose = spans.some((span) => span.line === line && from <= span.end + 2 && to >= span.start - 2);
  return isClose ? "characters" : "row";
}

/** Of two files: the same thing said. Numbers and what is quoted may differ. */
function gist({ message }: Remark): string {
  return message
    .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'[^']*'/g, "…")
    .replace(/\d+/g, "#")
    .slice(0, 200);
}
