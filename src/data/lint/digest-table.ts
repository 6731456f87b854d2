/**
 * Digests of millions of rows, in columns: 46 bytes a row, where objects would take 200. Sketches and counts of tokens
 * are not kept, and of texts that rows share (labels, system messages, shapes) only so many different ones.
 */
import type { Digest } from "./digest.ts";

/** Columns grow by so many rows: growing by doubling would hold them twice for a moment. */
const chunkRows = 1 << 15;

function newChunk() {
  return {
    content: new Float64Array(chunkRows),
    prompt: new Float64Array(chunkRows),
    answer: new Float64Array(chunkRows),
    line: new Uint32Array(chunkRows),
    promptLength: new Uint32Array(chunkRows),
    answerLength: new Uint32Array(chunkRows),
    turns: new Uint16Array(chunkRows),
    label: new Uint16Array(chunkRows),
    system: new Uint16Array(chunkRows),
    shape: new Uint16Array(chunkRows),
    language: new Uint8Array(chunkRows),
    split: new Uint8Array(chunkRows),
  };
}

export class DigestTable {
  readonly #chunks: ReturnType<typeof newChunk>[] = [];
  readonly #labels = new Values(0xffff);
  readonly #systems = new Values(0xffff);
  readonly #shapes = new Values(0xffff);
  readonly #languages = new Values(0xff);
  readonly #splits = new Values(0xff);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param line where the row begins, from 0. @returns its number, from 0 */
  add(digest: Digest, line: number): number {
    const row = this.#length++;
    if (row % chunkRows === 0) this.#chunks.push(newChunk());
    const chunk = this.#chunks.at(-1)!;
    const i = row % chunkRows;
    chunk.content[i] = digest.content;
    chunk.prompt[i] = digest.prompt;
    chunk.answer[i] = digest.answer;
    chunk.line[i] = line;
    chunk.promptLength[i] = digest.promptLength;
    chunk.answerLength[i] = digest.answerLength;
    chunk.turns[i] = Math.min(digest.turns, 0xffff);
    chunk.label[i] = this.#labels.add(digest.label);
    chunk.system[i] = this.#systems.add(digest.system);
    chunk.shape[i] = this.#shapes.add(digest.shape);
    chunk.language[i] = this.#languages.add(digest.language);
    chunk.split[i] = this.#splits.add(digest.split);
    return row;
  }

  line(row: number): number {
    return this.#chunks[Math.floor(row / chunkRows)]!.line[row % chunkRows]!;
  }

  /** The hash alone: to see whether a row is looked for costs no object. */
  prompt(row: number): number {
    return this.#chunks[Math.floor(row / chunkRows)]!.prompt[row % chunkRows]!;
  }

  at(row: number): Digest {
    const chunk = this.#chunks[Math.floor(row / chunkRows)]!;
    const i = row % chunkRows;
    return {
      content: chunk.content[i]!,
      prompt: chunk.prompt[i]!,
      answer: chunk.answer[i]!,
      label: this.#labels.at(chunk.label[i]!),
      system: this.#systems.at(chunk.system[i]!),
      sketch: undefined,
      promptLength: chunk.promptLength[i]!,
      answerLength: chunk.answerLength[i]!,
      turns: chunk.turns[i]!,
      language: this.#languages.at(chunk.language[i]!),
      shape: this.#shapes.at(chunk.shape[i]!) ?? "",
      split: this.#splits.at(chunk.split[i]!),
    };
  }

  *rows(): Generator<number> {
    for (let row = 0; row < this.#length; row++) yield row;
  }
}

/** Different texts by number, from 1; 0 is none, and every one that comes when there are too many. */
class Values {
  readonly #most: number;
  readonly #numbers = new Map<string, number>();
  readonly #values: string[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(value: string | undefined): number {
    if (value === undefined) return 0;
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    if (this.#values.length >= this.#most) return 0;
    const number = this.#values.push(value);
    this.#numbers.set(value, number);
    return number;
  }

  at(number: number): string | undefined {
    return this.#values[number - 1];
  }
}
