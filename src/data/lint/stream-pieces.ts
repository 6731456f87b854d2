/** Cuts a text into pieces as it comes: held is only what no piece could be made of yet. */
import type { Container, Extension } from "../source/container.ts";
import { type Segmenter, segmenterOf } from "../source/piece.ts";
import { PieceCounter, type Placed } from "./placed.ts";

/** The end of a record is not waited for over more text than this: it is taken for one that has none. */
const longestRecord = 64 * 1024 * 1024;
/** From this on, records are long. */
const longRecord = 256 * 1024;
/** How plain text is divided shows in so much of it. */
const documentsHead = 64 * 1024;

export interface StreamPiece {
  placed: Placed;
  /** The segmenter's state behind it: behind a table's header, the delimiter. */
  state: string;
}

export class StreamPieces {
  readonly #container: Container;
  readonly #segmenter: Segmenter;
  readonly #counter: PieceCounter;
  #rest = "";
  /** Nothing is looked for before so much text is there. */
  #wanted = 0;
  #state: string | undefined;

  constructor(container: Container, extension: Extension) {
    this.#container = container;
    this.#segmenter = segmenterOf(container, extension);
    this.#counter = new PieceCounter(container);
  }

  /** Takes the text's next part, and gives the pieces that end in it. */
  *push(text: string): Generator<StreamPiece> {
    const whole = this.#rest + text;
    const isTooEarly =
      this.#container === "documents" && this.#state === undefined && whole.length < documentsHead;
    if (isTooEarly || whole.length < this.#wanted) this.#rest = whole;
    else yield* this.#take(whole, false);
  }

  /** No more comes: the pieces that are left. */
  *end(): Generator<StreamPiece> {
    yield* this.#take(this.#rest, true);
  }

  *#take(text: string, isEnd: boolean): Generator<StreamPiece> {
    let at = 0;
    this.#state ??= this.#segmenter.begin(text);
    while (at < text.length) {
      const isLost = text.length - at > longestRecord;
      const next = this.#segmenter.next(text, at, this.#state, isEnd || isLost);
      if (!next) break;
      yield { placed: this.#counter.place(next.piece), state: next.state };
      at += next.piece.text.length;
      this.#state = next.state;
    }
    this.#rest = text.slice(at);
    // The end of a long record is not looked for anew with every part.
    this.#wanted = this.#rest.length < longRecord ? 0 : 2 * this.#rest.length;
  }
}
