/**
 * `notes.json`: what people think of a comparison's answers, beside it. A file that cannot be read is never written over:
 * the next note puts it aside under another name.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSameRow, type Note } from "../evaluate/notes.ts";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { readJson, renameDurably, writeJsonDurably } from "./durable.ts";
import { files } from "./layout.ts";

const format = "tunesmith-notes-1";

/** The notes of a comparison; none where there is no file. @throws `run-corrupt` */
export function readNotes(directory: string): Note[] {
  const path = join(directory, files.notes);
  try {
    const value = readJson(path);
    return value === undefined ? [] : parseNotes(value);
  } catch (error) {
    throw new TunesmithError(
      "run-corrupt",
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "Mend it or leave it: the next note starts a new file, and this one is kept under another name.",
      { cause: error },
    );
  }
}

/**
 * Puts a note in the place of an earlier one on the same row; one without thumbs and text takes it away.
 *
 * @returns all notes, and where a damaged file was put aside
 * @throws `disk-full`, `file-unwritable`
 */
export function saveNote(directory: string, note: Note): { notes: Note[]; putAside?: string } {
  const path = join(directory, files.notes);
  let notes: Note[] = [];
  let putAside: string | undefined;
  try {
    notes = readNotes(directory);
  } catch (error) {
    if (!(error instanceof TunesmithError)) throw error;
    putAside = freeName(directory);
    renameDurably(path, putAside);
  }
  const isEmpty = Object.keys(note.thumbs).length === 0 && note.text.trim() === "";
  const others = notes.filter((each) => !isSameRow(each, note));
  const kept = isEmpty ? others : [...others, note];
  writeJsonDurably(path, { format, notes: kept });
  return { notes: kept, ...(putAside !== undefined && { putAside }) };
}

function freeName(directory: string): string {
  for (let number = 1; ; number++) {
    const path = join(directory, `notes.damaged-${number}.json`);
    if (!existsSync(path)) return path;
  }
}

/** @throws Error saying what is wrong */
function parseNotes(value: unknown): Note[] {
  if (!isJsonObject(value) || value.format !== format || !Array.isArray(value.notes))
    throw new Error(`it is no ${format}`);
  return value.notes.map((note: unknown, i) => {
    const { row, hash, thumbs, text } = isJsonObject(note) ? note : {};
    const areThumbs =
      isJsonObject(thumbs) && Object.values(thumbs).every((thumb) => thumb === "up" || thumb === "down");
    if (typeof row !== "string" || typeof hash !== "string" || typeof text !== "string" || !areThumbs)
      throw new Error(`note ${i + 1} is damaged`);
    return { row, hash, text, thumbs: thumbs as Note["thumbs"] };
  });
}
