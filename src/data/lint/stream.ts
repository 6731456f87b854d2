/**
 * Lints a text that is too large to hold, as it comes. Of every record a few numbers are kept, for the rules that look
 * at all rows together; of every rule the first problems with their places, and the number of the others.
 */
import type { Format } from "../formats/format.ts";
import type { OtherFile, Place, Rule, SetIndex } from "../rules/rule.ts";
import type { Container, Extension, FileFacts, Header } from "../source/container.ts";
import type { Origin } from "../source/decode.ts";
import { locate } from "../source/locate.ts";
import { type Piece, type Segmenter, segmenterOf } from "../source/piece.ts";
import { headerOf } from "../source/table.ts";
import { type Digest, Digester } from "./digest.ts";
import type { Range } from "./document.ts";
import { FormatEvidence } from "./evidence.ts";
import { KeptProblems, type StreamProblem } from "./kept-problems.ts";
import { PieceCounter, type Placed, rangeIn } from "./placed.ts";
import { checkFile, checkRecord, type Problem, type RuleSet, ruleSet, severityOf } from "./problem.ts";
import { Likeness } from "./recognise.ts";
import { activeRules, type LintSettings } from "./settings.ts";
import { StreamRows } from "./stream-rows.ts";
import { fileKey, rowKey, type Suppression, Suppressions } from "./suppressions.ts";
import { View } from "./view.ts";

/** The format is judged by so many records, and confirmed by all. */
const firstRecords = 200;
/** Records wait for that while they are no longer than this together. */
const mostWaiting = 16 * 1024 * 1024;
/** The end of a record is not waited for over more text than this: it is taken for one that has none. */
const longestRecord = 64 * 1024 * 1024;
/** From this on, records are long. */
const longRecord = 256 * 1024;
/** How plain text is divided shows in so much of it. */
const documentsHead = 64 * 1024;
/** So many sets of keys are told apart. */
const mostKeys = 1000;
/** What rules on the file as a whole call the two records that they may point to. */
const ids = { first: 1, broken: 2 };

/** What else is known of a file. */
export interface StreamOptions {
  /** The format that all of its records speak for, once they were read. */
  confirmed?: { format: Format | undefined };
  others?: readonly OtherFile[];
  suppressions?: Suppressions;
}

export class StreamLint {
  readonly #settings: LintSettings;
  readonly #rules: readonly Rule[];
  readonly #origin: Origin;
  readonly #name: string;
  readonly #container: Container;
  readonly #segmenter: Segmenter;
  readonly #counter: PieceCounter;
  readonly #evidence: FormatEvidence;
  readonly #others: readonly OtherFile[];
  readonly #suppressions: Suppressions;
  readonly #likeness: Likeness;
  readonly #digester = new Digester();
  readonly #keys = new Set<string>();
  readonly #rows = new StreamRows();
  /** Of rows of which something is let be: how suppressions call them. */
  readonly #rowKeys = new Map<number, string>();
  readonly #problems: KeptProblems;
  #ruleSet: RuleSet;
  #indices: SetIndex[] = [];
  #header: Header | undefined;
  #format: Format | undefined;
  /** Records and gaps that wait until the format is known. */
  #waiting: Placed[] | undefined = [];
  readonly #waits = { records: 0, characters: 0 };
  #rest = "";
  /** Nothing is looked for before so much text is there. */
  #wanted = 0;
  #state: string | undefined;
  #readable = 0;
  #records = 0;
  /** The header, or the first piece where there is none. */
  #head: Placed | undefined;
  #first: Placed | undefined;
  /** The first piece with a character that stands for what could not be read. */
  #broken: Placed | undefined;
  #brokenLine: number | undefined;

  constructor(
    name: string,
    { container, extension }: { container: Container; extension: Extension },
    settings: LintSettings,
    rules: readonly Rule[],
    origin: Origin,
    { confirmed, others = [], suppressions = new Suppressions() }: StreamOptions = {},
  ) {
    this.#name = name;
    this.#container = container;
    this.#segmenter = segmenterOf(container, extension);
    this.#counter = new PieceCounter(container);
    this.#settings = settings;
    this.#rules = rules;
    this.#origin = origin;
    this.#others = others;
    this.#suppressions = suppressions;
    this.#problems = new KeptProblems(suppressions);
    this.#likeness = new Likeness(container);
    this.#evidence = new FormatEvidence(settings.format, settings.columns);
    if (confirmed) {
      this.#format = this.#candidate(confirmed.format);
      this.#waiting = undefined;
    }
    this.#ruleSet = this.#makeRules();
  }

  /** Takes the text's next part. */
  push(text: string): void {
    const whole = this.#rest + text;
    const isTooEarly =
      this.#container === "documents" && this.#state === undefined && whole.length < documentsHead;
    if (isTooEarly || whole.length < this.#wanted) this.#rest = whole;
    else this.#take(whole, false);
  }

  /**
   * No more comes.
   *
   * @param brokenLine the first line, from 1, with bytes that could not be read
   * @returns false where all of it must be read again in another format, which is `format`
   */
  end(brokenLine?: number): boolean {
    this.#brokenLine = brokenLine;
    this.#take(this.#rest, true);
    this.#settle();
    if (this.#evidence.format !== this.#format) return false;
    this.#looksAtAll();
    return true;
  }

  /** The format that the records so far speak for. */
  get format(): Format | undefined {
    return this.#evidence.format;
  }

  /** As `looksLikeDataset`; undefined where too few records have come to tell. */
  get isDataset(): boolean | undefined {
    return this.#likeness.isSettled ? this.#likeness.isDataset : undefined;
  }

  #candidate(format: Format | undefined): Format | undefined {
    return this.#evidence.candidates.find(({ name }) => name === format?.name);
  }

  #take(text: string, isEnd: boolean): void {
    let at = 0;
    this.#state ??= this.#segmenter.begin(text);
    while (at < text.length) {
      const isLost = text.length - at > longestRecord;
      const next = this.#segmenter.next(text, at, this.#state, isEnd || isLost);
      if (!next) break;
      const placed = this.#counter.place(next.piece);
      if (next.piece.kind === "header") this.#noteHeader(placed, next.state);
      else this.#piece(placed);
      at += next.piece.text.length;
      this.#state = next.state;
    }
    this.#rest = text.slice(at);
    // The end of a long record is not looked for anew with every part.
    this.#wanted = this.#rest.length < longRecord ? 0 : 2 * this.#rest.length;
  }

  #noteHeader(placed: Placed, delimiter: string): void {
    const { text, start, end } = placed.piece;
    this.#head = placed;
    this.#header = headerOf(text.slice(start, end), delimiter);
    this.#ruleSet = this.#makeRules();
  }

  #piece(placed: Placed): void {
    this.#head ??= placed;
    const isRecord = placed.piece.kind === "record";
    if (isRecord && !this.#likeness.isSettled) {
      const { record } = this.#view(placed.piece);
      this.#likeness.add(record && this.#evidence.scores(record));
    }
    if (!this.#waiting) {
      this.#look(placed);
      return;
    }
    this.#waiting.push(placed);
    if (isRecord) this.#waits.records++;
    this.#waits.characters += placed.piece.text.length;
    if (this.#waits.records >= firstRecords || this.#waits.characters > mostWaiting) this.#settle();
  }

  /** Takes the format that the first records speak for, and looks at them. */
  #settle(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    const first = new FormatEvidence(this.#settings.format, this.#settings.columns);
    for (const { piece } of waiting) {
      const { record } = this.#view(piece);
      if (record) first.add(first.scores(record));
    }
    this.#format = this.#candidate(first.format);
    this.#ruleSet = this.#makeRules();
    for (const placed of waiting) this.#look(placed);
  }

  #makeRules(): RuleSet {
    const file = {
      name: this.#name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
    };
    const made = ruleSet(activeRules(this.#rules, this.#settings), this.#settings, this.#format, file);
    this.#indices = made.set.map(({ rule, context }) => rule.index(context));
    return made;
  }

  #view(piece: Piece): View {
    return new View(piece, this.#container, this.#header);
  }

  #look(placed: Placed): void {
    const { piece } = placed;
    const view = this.#view(piece);
    const { record } = view;
    if (piece.kind === "record") {
      this.#records++;
      this.#first ??= placed;
    }
    if (!this.#broken && piece.text.includes("\uFFFD")) this.#broken = placed;
    if (record) {
      const scores = this.#evidence.scores(record);
      this.#evidence.add(scores);
      view.formatOfFile = this.#format;
      view.format = this.#evidence.formatFor(scores, this.#format);
      this.#readable++;
      if (this.#keys.size < mostKeys) this.#keys.add(Object.keys(record).join("\0"));
    }
    for (const problem of checkRecord(view, this.#ruleSet.record, this.#records)) {
      this.#problems.add(
        problem,
        () => rowKey(view),
        () => ({ range: this.#rangeIn(placed, problem.place), related: [] }),
      );
    }
    const digest = this.#digester.digest(view, piece.split);
    if (digest) this.#addRow(placed, view, digest);
  }

  #addRow(placed: Placed, view: View, digest: Digest): void {
    const row = this.#rows.add(digest, rangeIn(placed, { start: 0, end: 0 }).start);
    if (!this.#suppressions.isEmpty) {
      const key = rowKey(view);
      if (this.#suppressions.list.some((each) => each.row === key)) this.#rowKeys.set(row, key);
    }
    for (const index of this.#indices) index.add(row, digest);
  }

  #rangeIn(placed: Placed, place: Place): Range {
    const { text, start, end } = placed.piece;
    return rangeIn(placed, locate(text.slice(start, end), this.#container, this.#header, place));
  }

  #looksAtAll(): void {
    for (const problem of checkFile(this.facts, this.#ruleSet.file)) {
      this.#addOfFile(problem, problem.id === ids.first ? this.#first : this.#broken);
    }
    const rows = this.#rows.withOthers(this.#others, this.#settings.part);
    for (const [i, active] of this.#ruleSet.set.entries()) {
      this.#indices[i]!.report(rows, (found) => {
        const { id, message, related = [] } = found;
        this.#problems.add(
          { rule: active.rule, severity: severityOf(active, found), message },
          () => (id === undefined ? fileKey : (this.#rowKeys.get(id) ?? "")),
          () => ({
            range: id === undefined ? this.#startOfFile : this.#rows.startOf(id),
            related: related.map((each) => ({ range: this.#rows.startOf(each.id), message: each.message })),
          }),
        );
      });
    }
  }

  #addOfFile(problem: Problem, record: Placed | undefined): void {
    const placed = problem.id === undefined ? undefined : record;
    const [start, end] = problem.place.source ?? [0, 0];
    const key = placed ? rowKey(this.#view(placed.piece)) : fileKey;
    const ofFile = () => (this.#head ? rangeIn(this.#head, { start, end }) : this.#startOfFile);
    this.#problems.add(
      problem,
      () => key,
      () => ({ range: placed ? this.#rangeIn(placed, problem.place) : ofFile(), related: [] }),
    );
  }

  get #startOfFile(): Range {
    if (this.#head) return rangeIn(this.#head, { start: 0, end: 0 });
    return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  }

  get facts(): FileFacts {
    const { evidence } = this.#evidence;
    const isBroken = this.#brokenLine !== undefined;
    return {
      ...this.#origin,
      ...(isBroken && { brokenLine: this.#brokenLine }),
      ...(isBroken && this.#broken && { broken: ids.broken }),
      name: this.#name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
      records: this.#readable,
      unreadable: this.#records - this.#readable,
      evidence,
      format: this.#format,
      confidence: evidence.find(({ format }) => format === this.#format)?.score ?? 0,
      columns: [...new Set([...this.#keys].sort().flatMap((keys) => keys.split("\0")))],
      first: this.#first && ids.first,
    };
  }

  /** As those of a document. */
  prompts(): Map<number, number> {
    return this.#rows.prompts();
  }

  /** The problems that are kept, and how many more there are of each rule. */
  problems(): { kept: StreamProblem[]; more: number }[] {
    return this.#problems.all();
  }

  counts(): Record<Problem["severity"], number> {
    return this.#problems.counts();
  }

  /** Suppressions that nothing has needed. */
  unusedSuppressions(): Suppression[] {
    return this.#problems.unused();
  }
}
