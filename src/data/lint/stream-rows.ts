/** What is kept of the rows of a file that nobody holds: some sixty bytes of each, in their order. */
import type { OtherFile, Part, Rows } from "../rules/rule.ts";
import type { Digest } from "./digest.ts";
import type { Position, Range } from "./document.ts";

export class StreamRows {
  #count = 0;
  readonly #lines = new Column(Int32Array);
  /** Of those that do not begin a line: all of an array may stand on one. */
  readonly #characters = new Column(Float64Array);
  readonly #hashes = {
    content: new Column(Float64Array),
    prompt: new Column(Float64Array),
    answer: new Column(Float64Array),
  };
  readonly #counts = {
    promptLength: new Column(Int32Array),
    answerLength: new Column(Int32Array),
    turns: new Column(Uint16Array),
  };
  readonly #words = {
    label: new Words(),
    system: new Words(),
    language: new Words(),
    split: new Words(),
    shape: new Words(),
  };

  /** @returns the row's number, from 0 */
  add(digest: Digest, { line, character }: Position): number {
    const row = this.#count++;
    this.#lines.set(row, line);
    if (character > 0) this.#characters.set(row, character);
    for (const key of keysOf(this.#hashes)) this.#hashes[key].set(row, digest[key]);
    for (const key of keysOf(this.#counts)) this.#counts[key].set(row, Math.min(digest[key], mostOf[key]));
    for (const key of keysOf(this.#words)) this.#words[key].set(row, digest[key]);
    return row;
  }

  /** Without its sketch, which whoever compares sketches has kept. */
  #digest(row: number): Digest {
    const { content, prompt, answer } = this.#hashes;
    const { promptLength, answerLength, turns } = this.#counts;
    const { label, system, language, split, shape } = this.#words;
    return {
      content: content.get(row),
      prompt: prompt.get(row),
      answer: answer.get(row),
      label: label.get(row),
      system: system.get(row),
      sketch: undefined,
      promptLength: promptLength.get(row),
      answerLength: answerLength.get(row),
      turns: turns.get(row),
      language: language.get(row),
      shape: shape.get(row) ?? "",
      split: split.get(row),
    };
  }

  *#all(): ReturnType<Rows["all"]> & Generator {
    for (let id = 0; id < this.#count; id++) yield { id, digest: this.#digest(id) };
  }

  /** As rules see them. */
  withOthers(others: readonly OtherFile[], part: Part | undefined): Rows {
    return {
      count: this.#count,
      all: () => this.#all(),
      rank: (id) => id,
      line: (id) => this.#lines.get(id) + 1,
      digest: (id) => this.#digest(id),
      others,
      part,
    };
  }

  /** The record itself is not there any more: its first character stands for it. */
  startOf(row: number): Range {
    const line = this.#lines.get(row);
    const character = this.#characters.get(row);
    return { start: { line, character }, end: { line, character: character + 1 } };
  }

  /** Hashes of the prompts with their first lines, for other files to look for. */
  prompts(): Map<number, number> {
    const found = new Map<number, number>();
    for (let row = 0; row < this.#count; row++) {
      const prompt = this.#hashes.prompt.get(row);
      if (prompt !== 0 && !found.has(prompt)) found.set(prompt, this.#lines.get(row) + 1);
    }
    return found;
  }
}

/** That fits: nobody asks how much longer such a conversation is. */
const mostOf = { promptLength: 2 ** 31 - 1, answerLength: 2 ** 31 - 1, turns: 2 ** 16 - 1 };

function keysOf<K extends string>(columns: Record<K, unknown>): K[] {
  return Object.keys(columns) as K[];
}

const blockRows = 2 ** 16;

type Blocks = typeof Float64Array | typeof Int32Array | typeof Uint16Array;

/** A number for each row, 0 where none was set. In blocks: growing would copy, and hold both copies for a while. */
class Column {
  readonly #Block: Blocks;
  readonly #blocks: InstanceType<Blocks>[] = [];

  constructor(Block: Blocks) {
    this.#Block = Block;
  }

  set(row: number, value: number): void {
    const block = Math.floor(row / blockRows);
    this.#blocks[block] ??= new this.#Block(blockRows);
    this.#blocks[block][row % blockRows] = value;
  }

  get(row: number): number {
    return this.#blocks[Math.floor(row / blockRows)]?.[row % blockRows] ?? 0;
  }
}

/** More different texts than this are no labels, and no system messages either. */
const mostWords = 2 ** 16 - 1;

/** A text for each row, of which many are the same. */
class Words {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  /** From 1. */
  readonly #rows = new Column(Uint16Array);

  set(row: number, text: string | undefined): void {
    if (text === undefined) return;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#texts.length === mostWords) return;
      const kept = withoutFile(text);
      number = this.#texts.push(kept);
      this.#numbers.set(kept, number);
    }
    this.#rows.set(row, number);
  }

  get(row: number): string | undefined {
    return this.#texts[this.#rows.get(row) - 1];
  }
}

/** A part of a string keeps the whole of it, which here is megabytes of the file. */
export function withoutFile(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
