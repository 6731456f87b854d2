/** What is known of a file as a whole by the time that it was read through. */
import type { Container, FileFacts, Header } from "../source/container.ts";
import type { Origin } from "../source/decode.ts";
import type { FormatEvidence } from "./evidence.ts";
import type { Placed } from "./placed.ts";

/** So many sets of keys are told apart. */
const mostKeys = 1000;
/** What rules on the file as a whole call the two records that they may point to. */
const ids = { first: 1, broken: 2 };

export class StreamFacts {
  readonly #name: string;
  readonly #container: Container;
  readonly #origin: Origin;
  readonly #evidence: FormatEvidence;
  readonly #keys = new Set<string>();
  /** The header, or the first piece where there is none. */
  #head: Placed | undefined;
  #first: Placed | undefined;
  /** The first piece with a character that stands for what could not be read. */
  #broken: Placed | undefined;
  #records = 0;
  #readable = 0;
  #header: Header | undefined;
  /** The first line, from 1, with bytes that could not be read. */
  brokenLine: number | undefined;

  constructor(name: string, container: Container, origin: Origin, evidence: FormatEvidence) {
    this.#name = name;
    this.#container = container;
    this.#origin = origin;
    this.#evidence = evidence;
  }

  /** Where the file begins. */
  get head(): Placed | undefined {
    return this.#head;
  }

  /** Records so far. */
  get records(): number {
    return this.#records;
  }

  get header(): Header | undefined {
    return this.#header;
  }

  begin(placed: Placed): void {
    this.#head ??= placed;
  }

  /** The header, which blank lines may stand before. */
  beginTable(placed: Placed, header: Header): void {
    this.#head = placed;
    this.#header = header;
  }

  /** @param record what the piece holds, if that is an object */
  add(placed: Placed, record: object | undefined): void {
    if (placed.piece.kind === "record") {
      this.#records++;
      this.#first ??= placed;
    }
    if (!this.#broken && placed.piece.text.includes("\uFFFD")) this.#broken = placed;
    if (!record) return;
    this.#readable++;
    if (this.#keys.size < mostKeys) this.#keys.add(Object.keys(record).join("\0"));
  }

  /** The record that a rule on the file as a whole points to. */
  pointedTo(id: number | undefined): Placed | undefined {
    if (id === undefined) return undefined;
    return id === ids.first ? this.#first : this.#broken;
  }

  /** @param format the one that the records are read in */
  facts(format: FileFacts["format"]): FileFacts {
    const { evidence } = this.#evidence;
    const isBroken = this.brokenLine !== undefined;
    return {
      ...this.#origin,
      ...(isBroken && { brokenLine: this.brokenLine }),
      ...(isBroken && this.#broken && { broken: ids.broken }),
      name: this.#name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
      records: this.#readable,
      unreadable: this.#records - this.#readable,
      evidence,
      format,
      confidence: evidence.find((each) => each.format === format)?.score ?? 0,
      columns: [...new Set([...this.#keys].sort().flatMap((keys) => keys.split("\0")))],
      first: this.#first && ids.first,
    };
  }
}
