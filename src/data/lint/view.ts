/** A record as rules see it: nothing is worked out before a rule asks. */
import { isJsonObject } from "../../json/object.ts";
import { JsonFault, scanJson } from "../../json/scan.ts";
import type { Row } from "../../text/conversation.ts";
import { type DataRecord, type FieldError, type Format, readRow } from "../formats/format.ts";
import { noParts, type Parts } from "../parts.ts";
import type { RecordView } from "../rules/rule.ts";
import type { Container, Header } from "../source/container.ts";
import type { Piece } from "../source/piece.ts";
import { valueIn } from "../source/value.ts";
import type { Scores } from "./evidence.ts";

export class View implements RecordView {
  readonly kind: RecordView["kind"];
  readonly source: string;
  readonly container: Container;
  readonly value: unknown;
  /** Set by whoever has asked the formats: how they take the record, the one that knows it, the one its file is read in. */
  scores: Scores | undefined;
  format: Format | undefined;
  formatOfFile: Format | undefined;
  readonly #piece: Piece;
  readonly #isValid: boolean;
  #fault: JsonFault | undefined | null = null;
  #parts: Parts | undefined;
  #row: Row | FieldError | undefined | null = null;
  #isPlain: boolean | undefined;

  constructor(piece: Piece, container: Container, header: Header | undefined) {
    this.#piece = piece;
    this.container = container;
    this.source = piece.text.slice(piece.start, piece.end);
    this.kind = piece.kind === "record" ? "record" : "gap";
    const parsed = this.kind === "gap" ? undefined : valueIn(this.source, container, header);
    this.#isValid = parsed !== undefined;
    this.value = parsed?.value;
  }

  get fault(): JsonFault | undefined {
    if (this.#fault === null) this.#fault = this.#findFault();
    return this.#fault;
  }

  get lineEnd(): "\n" | "\r\n" {
    return this.#piece.text.includes("\r\n") ? "\r\n" : "\n";
  }

  get isPlain(): boolean {
    this.#isPlain ??= isPlain(this.source, this.container);
    return this.#isPlain;
  }

  get record(): DataRecord | undefined {
    return isJsonObject(this.value) ? this.value : undefined;
  }

  get parts(): Parts {
    this.#parts ??= this.record && this.format ? this.format.parts(this.record) : noParts;
    return this.#parts;
  }

  get row(): Row | FieldError | undefined {
    if (this.#row === null) this.#row = this.#read();
    return this.#row;
  }

  #findFault(): JsonFault | undefined {
    const { fault } = this.#piece;
    const isJson = this.kind === "record" && (this.container === "lines" || this.container === "array");
    const own = this.#isValid || !isJson ? undefined : scanJson(this.source);
    return own ?? (fault && new JsonFault(fault.offset, fault.message));
  }

  #read(): Row | FieldError | undefined {
    const format = this.formatOfFile ?? this.format;
    return this.record && format && readRow(this.record, format);
  }
}

/** Bytes are counted, as that is many times faster than looking at characters. */
function isPlain(source: string, container: Container): boolean {
  if (Buffer.byteLength(source) !== source.length || source.includes("\x7f")) return false;
  const isJson = container === "lines" || container === "array";
  if (isJson) return !source.includes("\\") || !/\\[ubf]/.test(source);
  return !/[^\t\n\r -~]/.test(source);
}
