/** Whether a file that nobody has called a dataset is one: a stray log or a configuration must be left alone. */
import type { Container } from "../source/container.ts";
import type { LintDocument } from "./document.ts";
import type { Scores } from "./evidence.ts";

const looked = 50;
const enough = 0.8;
/** Below this a format takes nearly any record, in thousandths. */
const looksLikeIt = 500;

export function looksLikeDataset(document: LintDocument): boolean {
  const likeness = new Likeness(document.container);
  for (const entry of document.entries) {
    if (entry.piece.kind !== "record") continue;
    document.view(entry);
    likeness.add(entry.scores);
    if (likeness.isSettled) break;
  }
  return likeness.isDataset;
}

/** How much a file's first records are like those of a dataset. */
export class Likeness {
  readonly #container: Container;
  #records = 0;
  #fitting = 0;

  constructor(container: Container) {
    this.#container = container;
  }

  /** @param scores how the formats take the next record; undefined where it is no object */
  add(scores: Scores | undefined): void {
    this.#records++;
    if (scores && Math.max(...scores) >= looksLikeIt) this.#fitting++;
  }

  /** Enough records were looked at. */
  get isSettled(): boolean {
    // Any text is plain text.
    return this.#container === "documents" || this.#records >= looked;
  }

  get isDataset(): boolean {
    if (this.#container === "documents") return false;
    return this.#fitting > 0 && this.#fitting >= this.#records * enough;
  }
}
