/**
 * Lints a text that is too large to hold, as it comes. Of every record a few numbers are kept, for the rules that look
 * at all rows together; of every rule the first problems with their places, and the number of the others.
 */
import type { Format } from "../formats/format.ts";
import type { Rows, Rule, SetFound, SetIndex } from "../rules/rule.ts";
import type { Container, Extension, FileFacts, Header } from "../source/container.ts";
import { locate } from "../source/locate.ts";
import { type Piece, type Segmenter, segmenterOf } from "../source/piece.ts";
import { headerOf } from "../source/table.ts";
import { type Digest, Digester } from "./digest.ts";
import { countLines, type Origin, type Position, type Range } from "./document.ts";
import { FormatEvidence } from "./evidence.ts";
import { checkFile, checkRecord, type Problem, type RuleSet, ruleSet, severityOf } from "./problem.ts";
import { activeRules, type LintSettings } from "./settings.ts";
import { View } from "./view.ts";

/** Of every rule so many problems are kept with their places. */
const keptPerRule = 100;
/** The format is judged by so many records, and confirmed by all. */
const firstRecords = 200;

export interface StreamProblem extends Pick<Problem, "rule" | "severity" | "message"> {
  range: Range;
  related: { range: Range; message: string }[];
}

export class StreamLint {
  readonly #settings: LintSettings;
  readonly #rules: readonly Rule[];
  readonly #origin: Origin;
  readonly #name: string;
  readonly #container: Container;
  readonly #segmenter: Segmenter;
  readonly #evidence: FormatEvidence;
  readonly #digester = new Digester();
  readonly #columns = new Set<string>();
  #digests: Digest[] = [];
  /** First line of every record, from 0. */
  #lines: number[] = [];
  #ruleSet: RuleSet;
  #indices: SetIndex[];
  #header: Header | undefined;
  #format: Format | undefined;
  /** Pieces that wait until the format is known. */
  #waiting: { piece: Piece; line: number }[] | undefined = [];
  #rest = "";
  #state: string | undefined;
  #line = 0;
  #readable = 0;
  #records = 0;
  readonly #kept = new Map<Rule, StreamProblem[]>();
  readonly #counts = new Map<Rule, Record<Problem["severity"], number>>();

  constructor(
    name: string,
    { container, extension }: { container: Container; extension: Extension },
    settings: LintSettings,
    rules: readonly Rule[],
    origin: Origin,
  ) {
    this.#name = name;
    this.#container = container;
    this.#segmenter = segmenterOf(container, extension);
    this.#settings = settings;
    this.#rules = rules;
    this.#origin = origin;
    this.#evidence = new FormatEvidence(settings.format, settings.columns);
    this.#ruleSet = this.#made();
    this.#indices = this.#ruleSet.set.map(({ rule, context }) => rule.index(context));
  }

  /** Takes the text's next part. */
  push(text: string): void {
    this.#take(this.#rest + text, false);
  }

  /** No more comes. @returns false where all of it must be read again in another format, which is known then */
  end(): boolean {
    this.#take(this.#rest, true);
    this.#settle();
    if (this.#evidence.format !== this.#format) return false;
    this.#looksAtAll();
    return true;
  }

  get format(): Format | undefined {
    return this.#evidence.format;
  }

  #take(text: string, isEnd: boolean): void {
    let at = 0;
    this.#state ??= this.#segmenter.begin(text);
    while (at < text.length) {
      const next = this.#segmenter.next(text, at, this.#state, isEnd);
      if (!next) break;
      const { piece } = next;
      if (piece.kind === "header")
        this.#header = headerOf(piece.text.slice(piece.start, piece.end), next.state);
      if (piece.kind === "header") this.#ruleSet = this.#made();
      if (piece.kind !== "header") this.#piece(piece, this.#line);
      at += piece.text.length;
      this.#line += countLines(piece.text);
      this.#state = next.state;
    }
    this.#rest = text.slice(at);
  }

  #piece(piece: Piece, line: number): void {
    if (!this.#waiting) {
      this.#look(piece, line);
      return;
    }
    this.#waiting.push({ piece, line });
    if (this.#waiting.length >= firstRecords) this.#settle();
  }

  /** Takes the format that the first records speak for, and looks at them. */
  #settle(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    const first = new FormatEvidence(this.#settings.format, this.#settings.columns);
    for (const { piece } of waiting) {
      const { record } = new View(piece, this.#container, this.#header);
      if (record) first.add(first.scores(record));
    }
    this.#format = this.#evidence.candidates.find(({ name }) => name === first.format?.name);
    this.#ruleSet = this.#made();
    this.#indices = this.#ruleSet.set.map(({ rule, context }) => rule.index(context));
    for (const { piece, line } of waiting) this.#look(piece, line);
  }

  #made(): RuleSet {
    const file = {
      name: this.#name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
    };
    return ruleSet(activeRules(this.#rules, this.#settings), this.#settings, this.#format, file);
  }

  #look(piece: Piece, line: number): void {
    const view = new View(piece, this.#container, this.#header);
    const { record } = view;
    if (piece.kind === "record") this.#records++;
    const id = this.#records;
    if (record) {
      const scores = this.#evidence.scores(record);
      this.#evidence.add(scores);
      view.formatOfFile = this.#format;
      view.format = this.#evidence.formatFor(scores, this.#format);
      this.#readable++;
      if (this.#columns.size < 1000) for (const key of Object.keys(record)) this.#columns.add(key);
    }
    for (const problem of checkRecord(view, this.#ruleSet.record, id)) this.#keep(problem, piece, line);
    const digest = this.#digester.digest(view);
    if (!digest) return;
    const row = this.#digests.push(digest) - 1;
    this.#lines.push(line + countLines(piece.text.slice(0, piece.start)));
    for (const index of this.#indices) index.add(row, digest);
  }

  #keep(problem: Problem, piece: Piece, line: number): void {
    this.#count(problem, () => {
      const source = piece.text.slice(piece.start, piece.end);
      const { start, end } = locate(source, this.#container, this.#header, problem.place);
      const position = (offset: number): Position => {
        const before = piece.text.slice(0, piece.start + offset);
        return { line: line + countLines(before), character: before.length - before.lastIndexOf("\n") - 1 };
      };
      return { start: position(start), end: position(end) };
    });
  }

  #count(
    { rule, severity, message }: Pick<Problem, "rule" | "severity" | "message">,
    range: () => Range,
    related: StreamProblem["related"] = [],
  ): void {
    const counts = this.#counts.get(rule) ?? { error: 0, warning: 0, info: 0 };
    counts[severity]++;
    this.#counts.set(rule, counts);
    const kept = this.#kept.get(rule) ?? [];
    if (kept.length < keptPerRule) kept.push({ rule, severity, message, range: range(), related });
    this.#kept.set(rule, kept);
  }

  #looksAtAll(): void {
    for (const problem of checkFile(this.facts, this.#ruleSet.file)) {
      const row = problem.id === undefined ? undefined : this.#lineRange(problem.id - 1);
      this.#count(problem, () => row ?? startOfFile);
    }
    const { part } = this.#settings;
    const rows: Rows = {
      count: this.#digests.length,
      rank: (id) => id,
      line: (id) => this.#lines[id]! + 1,
      digest: (id) => this.#digests[id]!,
      others: [],
      part,
    };
    for (const [i, active] of this.#ruleSet.set.entries()) {
      this.#indices[i]!.report(rows, (found: SetFound) => {
        const problem = { rule: active.rule, severity: severityOf(active, found), message: found.message };
        const related = (found.related ?? []).map(({ id, message }) => ({
          range: this.#lineRange(id),
          message,
        }));
        this.#count(
          problem,
          () => (found.id === undefined ? startOfFile : this.#lineRange(found.id)),
          related,
        );
      });
    }
  }

  /** The record itself is not there any more: its first character stands for it. */
  #lineRange(row: number): Range {
    const line = this.#lines[row] ?? 0;
    return { start: { line, character: 0 }, end: { line, character: 1 } };
  }

  get facts(): FileFacts {
    const { evidence } = this.#evidence;
    return {
      ...this.#origin,
      name: this.#name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
      records: this.#readable,
      unreadable: this.#records - this.#readable,
      evidence,
      format: this.#format,
      confidence: evidence.find(({ format }) => format === this.#format)?.score ?? 0,
      columns: [...this.#columns],
      first: this.#records > 0 ? 1 : undefined,
    };
  }

  /** The problems that are kept, and how many more there are of each rule. */
  problems(): { kept: StreamProblem[]; more: number }[] {
    return [...this.#kept].map(([rule, kept]) => {
      const { error, warning, info } = this.#counts.get(rule)!;
      return { kept, more: error + warning + info - kept.length };
    });
  }

  counts(): Record<Problem["severity"], number> {
    const sum = { error: 0, warning: 0, info: 0 };
    for (const counts of this.#counts.values()) {
      for (const severity of ["error", "warning", "info"] as const) sum[severity] += counts[severity];
    }
    return sum;
  }
}

const startOfFile: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
