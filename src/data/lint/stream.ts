/**
 * Lints a text that is too large to hold, as it comes. Of every record a few numbers are kept, for the rules that look
 * at all rows together; of every rule the first problems with their places, and the number of the others.
 */
import type { Format } from "../formats/format.ts";
import type { OtherFile, Place, Rule, SetIndex } from "../rules/rule.ts";
import type { Container, Extension, FileFacts } from "../source/container.ts";
import type { Origin } from "../source/decode.ts";
import { locate } from "../source/locate.ts";
import type { Piece } from "../source/piece.ts";
import { headerOf } from "../source/table.ts";
import { type Digest, Digester } from "./digest.ts";
import type { Range } from "./document.ts";
import { FormatEvidence } from "./evidence.ts";
import { KeptProblems, type StreamProblem } from "./kept-problems.ts";
import { type Placed, rangeIn } from "./placed.ts";
import { checkFile, type Problem, severityOf } from "./problem.ts";
import { Likeness } from "./recognise.ts";
import { RowChecker } from "./row-checker.ts";
import type { LintSettings } from "./settings.ts";
import { StreamFacts } from "./stream-facts.ts";
import { type StreamPiece, StreamPieces } from "./stream-pieces.ts";
import { StreamRows } from "./stream-rows.ts";
import { StreamTokens } from "./stream-tokens.ts";
import { fileKey, rowKey, type Suppression, Suppressions } from "./suppressions.ts";
import type { TokenLinter } from "./token-check.ts";
import { View } from "./view.ts";

/** The format is judged by so many records, and confirmed by all. */
const firstRecords = 200;
/** Records wait for that while they are no longer than this together. */
const mostWaiting = 16 * 1024 * 1024;

/** What else is known of a file. */
export interface StreamOptions {
  /** The format that all of its records speak for, once they were read. */
  confirmed?: { format: Format | undefined };
  others?: readonly OtherFile[];
  suppressions?: Suppressions;
  /** The model whose eyes rows are to be seen with: without, rules on tokens find nothing. */
  tokens?: TokenLinter | undefined;
}

export class StreamLint {
  readonly #settings: LintSettings;
  readonly #rules: readonly Rule[];
  readonly #name: string;
  readonly #container: Container;
  readonly #pieces: StreamPieces;
  readonly #facts: StreamFacts;
  readonly #evidence: FormatEvidence;
  readonly #others: readonly OtherFile[];
  readonly #suppressions: Suppressions;
  readonly #likeness: Likeness;
  readonly #digester = new Digester();
  readonly #rows = new StreamRows();
  /** Of rows of which something is let be: how suppressions call them. */
  readonly #rowKeys = new Map<number, string>();
  readonly #problems: KeptProblems;
  readonly #tokens: StreamTokens | undefined;
  #checker: RowChecker;
  #indices: SetIndex[] = [];
  #format: Format | undefined;
  /** Records and gaps that wait until the format is known. */
  #waiting: Placed[] | undefined = [];
  readonly #waits = { records: 0, characters: 0 };

  constructor(
    name: string,
    { container, extension }: { container: Container; extension: Extension },
    settings: LintSettings,
    rules: readonly Rule[],
    origin: Origin,
    { confirmed, others = [], suppressions = new Suppressions(), tokens }: StreamOptions = {},
  ) {
    this.#name = name;
    this.#container = container;
    this.#pieces = new StreamPieces(container, extension);
    this.#settings = settings;
    this.#rules = rules;
    this.#others = others;
    this.#suppressions = suppressions;
    this.#problems = new KeptProblems(suppressions);
    this.#likeness = new Likeness(container);
    this.#evidence = new FormatEvidence(settings.format, settings.columns);
    this.#facts = new StreamFacts(name, container, origin, this.#evidence);
    this.#tokens = tokens && new StreamTokens(tokens);
    if (confirmed) {
      this.#format = this.#candidate(confirmed.format);
      this.#waiting = undefined;
    }
    this.#checker = this.#makeRules();
  }

  /** Takes the text's next part. */
  push(text: string): void {
    for (const piece of this.#pieces.push(text)) this.#take(piece);
  }

  /**
   * No more comes.
   *
   * @param brokenLine the first line, from 1, with bytes that could not be read
   * @returns false where all of it must be read again in another format, which is `format`
   */
  end(brokenLine?: number): boolean {
    this.#facts.brokenLine = brokenLine;
    for (const piece of this.#pieces.end()) this.#take(piece);
    this.#settle();
    if (this.#evidence.format !== this.#format) return false;
    this.#looksAtAll();
    return true;
  }

  /** Sees rows with the model's eyes: enough at a time, and all that are left once no more come. */
  async checkTokens(isEnd = false): Promise<void> {
    if (!this.#tokens || !(isEnd || this.#tokens.isFull)) return;
    await this.#tokens.check(this.#checker.ruleSet.tokens, (problem, placed, view) =>
      this.#addOfRecord(problem, placed, view),
    );
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

  #take({ placed, state }: StreamPiece): void {
    const { kind, text, start, end } = placed.piece;
    if (kind === "header") {
      this.#facts.beginTable(placed, headerOf(text.slice(start, end), state));
      this.#checker = this.#makeRules();
    } else {
      this.#facts.begin(placed);
      this.#piece(placed);
    }
  }

  #piece(placed: Placed): void {
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
    this.#checker = this.#makeRules();
    for (const placed of waiting) this.#look(placed);
  }

  #makeRules(): RowChecker {
    const { header } = this.#facts;
    const file = { name: this.#name, container: this.#container, ...(header && { header }) };
    const made = new RowChecker({ settings: this.#settings, file, format: this.#format }, this.#rules, {
      evidence: this.#evidence,
      digester: this.#digester,
    });
    this.#indices = made.ruleSet.set.map(({ rule, context }) => rule.index(context));
    return made;
  }

  #view(piece: Piece): View {
    return new View(piece, this.#container, this.#facts.header);
  }

  #look(placed: Placed): void {
    const view = this.#checker.view(placed.piece);
    this.#facts.add(placed, view.record);
    if (view.scores) this.#evidence.add(view.scores);
    const { problems, digest } = this.#checker.check(view, placed.piece, this.#facts.records);
    for (const problem of problems) this.#addOfRecord(problem, placed, view);
    this.#tokens?.add(placed, view);
    if (digest) this.#addRow(placed, view, digest);
  }

  #addOfRecord(problem: Problem, placed: Placed, view: View): void {
    this.#problems.add(
      problem,
      () => rowKey(view),
      () => ({ range: this.#rangeIn(placed, problem.place), related: [] }),
    );
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
    return rangeIn(placed, locate(text.slice(start, end), this.#container, this.#facts.header, place));
  }

  #looksAtAll(): void {
    for (const problem of checkFile(this.facts, this.#checker.ruleSet.file)) {
      this.#addOfFile(problem, this.#facts.pointedTo(problem.id));
    }
    const rows = this.#rows.withOthers(this.#others, this.#settings.part);
    for (const [i, active] of this.#checker.ruleSet.set.entries()) {
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

  #addOfFile(problem: Problem, placed: Placed | undefined): void {
    const { head } = this.#facts;
    const [start, end] = problem.place.source ?? [0, 0];
    const key = placed ? rowKey(this.#view(placed.piece)) : fileKey;
    const ofFile = () => (head ? rangeIn(head, { start, end }) : this.#startOfFile);
    this.#problems.add(
      problem,
      () => key,
      () => ({ range: placed ? this.#rangeIn(placed, problem.place) : ofFile(), related: [] }),
    );
  }

  get #startOfFile(): Range {
    const { head } = this.#facts;
    if (head) return rangeIn(head, { start: 0, end: 0 });
    return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  }

  get facts(): FileFacts {
    return this.#facts.facts(this.#format);
  }

  /** Tokens of all rows; undefined where no model was named. */
  get tokens(): number | undefined {
    return this.#tokens?.total;
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
