/** The other files of the same data, by their prompts. One that cannot be read says so when it is linted itself. */
import { basename } from "node:path";
import { LintDocument } from "../data/lint/document.ts";
import type { OtherFile } from "../data/rules/rule.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { Project, Sibling } from "./project.ts";
import { largestHeld, readText, sizeOf } from "./read.ts";
import { readThrough } from "./read-through.ts";
import { Turn } from "./turns.ts";

export async function othersOf({ siblings, settings }: Project): Promise<OtherFile[]> {
  const others: OtherFile[] = [];
  for (const sibling of siblings) {
    try {
      others.push(await read(sibling, settings));
    } catch (error) {
      if (!(error instanceof TunesmithError)) throw error;
    }
  }
  return others;
}

async function read(sibling: Sibling, settings: Project["settings"]): Promise<OtherFile> {
  const { path, part } = sibling;
  if ((sizeOf(path) ?? 0) <= largestHeld) return otherFile(sibling, readText(path).text, settings);
  const lint = await readThrough(path, settingsOfOther(settings), []);
  return { name: basename(path), part, prompts: lint.prompts() };
}

/** In slices: somebody may be typing in the file that is compared with it. */
export async function otherFile(
  { path, part }: Sibling,
  text: string,
  settings: Project["settings"],
): Promise<OtherFile> {
  const document = new LintDocument(path, text, settingsOfOther(settings), []);
  const turn = new Turn();
  for (const _ of document.check()) if (turn.isOver) await turn.next();
  return { name: basename(path), part, prompts: document.prompts() };
}

function settingsOfOther({ format, columns, target }: Project["settings"]): Project["settings"] {
  return { target, rules: {}, format, columns };
}
