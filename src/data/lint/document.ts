/**
 * A dataset file under the linter's eyes: its records with what was found in each, kept up to date edit by edit.
 *
 * What is found in a record depends on its text and on few facts of the file (format, header, settings); so an edit
 * looks again at the records it touched, and at all of them only where such a fact has changed. Work is done in steps,
 * so that whoever drives it can answer others in between.
 */
import { basename } from "node:path";
import type { Format } from "../formats/format.ts";
import type { Fix, OtherFile, Place, Rows, Rule, SetFound, SetIndex } from "../rules/rule.ts";
import {
  type Container,
  containerOf,
  extensionOf,
  type FileFacts,
  type Header,
} from "../source/container.ts";
import type { Origin } from "../source/decode.ts";
import { locate, type Stretch } from "../source/locate.ts";
import { countLines, type Piece, positionAt, type Segmenter, segmenterOf } from "../source/piece.ts";
import { headerOf } from "../source/table.ts";
import { type Digest, Digester } from "./digest.ts";
import { FormatEvidence, type Scores } from "./evidence.ts";
import {
  checkFile,
  checkRecord,
  fixesFor,
  type Problem,
  placeIn,
  type RuleSet,
  ruleSet,
  severityOf,
} from "./problem.ts";
import { activeRules, type LintSettings } from "./settings.ts";
import { View } from "./view.ts";

export interface Entry {
  id: number;
  piece: Piece;
  /** The segmenter's state before it. */
  state: string;
  /** Line ends in its text. */
  lines: number;
  /** How the formats take it; undefined where it is no object. */
  scores: Scores | undefined;
  keys: string;
  digest: Digest | undefined;
  problems: readonly Problem[];
  /** Position among the entries and first line, from 0: as they were when positions were last asked for. */
  rank: number;
  line: number;
  /** Where it begins on that line: records of an array do not begin lines. */
  column: number;
}

/** A position as editors have it: both from 0, characters in UTF-16 units. */
export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

const plainOrigin: Origin = { encoding: "utf-8", byteOrderMark: false };
/** Before this many records no format is taken for the file's. */
const firstRecords = 200;

export class LintDocument {
  readonly path: string;
  readonly name: string;
  readonly settings: LintSettings;
  readonly #rules: readonly Rule[];
  readonly #origin: Origin;
  #entries: Entry[] = [];
  #byId = new Map<number, Entry>();
  #lastId = 0;
  #container: Container = "lines";
  #segmenter: Segmenter;
  #header: Header | undefined;
  #evidence: FormatEvidence;
  #format: Format | undefined;
  #ruleSet: RuleSet;
  readonly #keys = new Map<string, number>();
  readonly #digester = new Digester();
  #indices: SetIndex[] = [];
  #arePositionsKnown = false;
  /** Entries that have not been looked at under the rules as they are now. */
  readonly #pending = new Set<Entry>();
  /** Entries with problems: few, mostly. */
  readonly #flagged = new Set<Entry>();
  /** Entries that are records, and those of them that are objects. */
  readonly #count = { records: 0, readable: 0 };
  readonly #ranges = new WeakMap<Problem, Range>();

  constructor(
    path: string,
    text: string,
    settings: LintSettings,
    rules: readonly Rule[],
    origin: Origin = plainOrigin,
  ) {
    this.path = path;
    this.name = basename(path);
    this.settings = settings;
    this.#rules = rules;
    this.#origin = origin;
    this.#segmenter = segmenterOf("lines", "");
    this.#evidence = new FormatEvidence(settings.format, settings.columns);
    this.#ruleSet = this.#makeRules();
    this.#begin(text);
  }

  /** The whole text anew. */
  #begin(text: string): void {
    const extension = extensionOf(this.path) ?? ".jsonl";
    this.#container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
    this.#segmenter = segmenterOf(this.#container, extension);
    this.#entries = [];
    this.#byId.clear();
    this.#pending.clear();
    this.#flagged.clear();
    this.#count.records = 0;
    this.#count.readable = 0;
    this.#evidence = new FormatEvidence(this.settings.format, this.settings.columns);
    this.#keys.clear();
    this.#header = undefined;
    this.#format = undefined;
    this.#ruleSet = this.#makeRules();
    let state = this.#segmenter.begin(text);
    for (let at = 0; at < text.length; ) {
      const next = this.#segmenter.next(text, at, state, true)!;
      this.#entries.push(this.#entry(next.piece, state));
      at += next.piece.text.length;
      state = next.state;
    }
    this.#arePositionsKnown = false;
    this.#noteHeader();
  }

  get origin(): Origin {
    return this.#origin;
  }

  get container(): Container {
    return this.#container;
  }

  get header(): Header | undefined {
    return this.#header;
  }

  get format(): Format | undefined {
    return this.#format;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get text(): string {
    return this.#entries.map(({ piece }) => piece.text).join("");
  }

  /** The same file under the same rules, to try something on. */
  copy(): LintDocument {
    return new LintDocument(this.path, this.text, this.settings, this.#rules, this.#origin);
  }

  entry(id: number): Entry | undefined {
    return this.#byId.get(id);
  }

  /**
   * Replaces a stretch of the text. What was found in records that are touched is gone until `check` has run.
   *
   * @param start offsets into the text as it is, in UTF-16 units
   */
  edit(start: number, end: number, put: string): void {
    if (this.#entries.length === 0 || this.#container === "documents") {
      const text = this.text;
      this.#replaceAll(text.slice(0, start) + put + text.slice(end));
      return;
    }
    let first = -1;
    let firstStart = 0;
    let last = 0;
    let offset = 0;
    for (const [i, { piece }] of this.#entries.entries()) {
      const pieceEnd = offset + piece.text.length;
      const isLast = i === this.#entries.length - 1;
      // The end of the text is looked at, too: what is put there comes behind the last character that was.
      if (first < 0 && (pieceEnd + piece.reach >= start || isLast)) {
        first = i;
        firstStart = offset;
      }
      if (first >= 0) {
        last = i;
        if (pieceEnd >= end) break;
      }
      offset = pieceEnd;
    }
    const old = this.#entries
      .slice(first, last + 1)
      .map(({ piece }) => piece.text)
      .join("");
    const local = old.slice(0, start - firstStart) + put + old.slice(end - firstStart);
    this.#segmentAgain(first, last + 1, local);
    this.#watchContainer();
  }

  /** Finds the pieces of `local`, which stands where entries `first` to `next` stood, and of what must follow it. */
  #segmentAgain(first: number, next: number, local: string): void {
    const state = this.#entries[first]!.state;
    const found: { piece: Piece; state: string }[] = [];
    let text = local;
    let at = 0;
    let follow = next;
    let now = state;
    for (let step = 1; ; ) {
      const following = this.#entries[follow];
      if (at === text.length && (following === undefined || following.state === now)) break;
      const result =
        at === text.length ? undefined : this.#segmenter.next(text, at, now, following === undefined);
      if (result === undefined) {
        const more = this.#entries.slice(follow, follow + step);
        follow += more.length;
        text = text.slice(at) + more.map(({ piece }) => piece.text).join("");
        at = 0;
        step *= 2;
        continue;
      }
      found.push({ piece: result.piece, state: now });
      at += result.piece.text.length;
      now = result.state;
    }
    this.#splice(first, follow, found);
  }

  /** Puts other pieces into the place of some; those with the same text at both ends stay what they are. */
  #splice(first: number, end: number, found: { piece: Piece; state: string }[]): void {
    const old = this.#entries.slice(first, end);
    const isSame = (entry: Entry | undefined, to: (typeof found)[number] | undefined) =>
      entry !== undefined &&
      to !== undefined &&
      entry.state === to.state &&
      entry.piece.text === to.piece.text &&
      JSON.stringify({ ...entry.piece, text: "" }) === JSON.stringify({ ...to.piece, text: "" });
    let head = 0;
    while (isSame(old[head], found[head])) head++;
    let tail = 0;
    while (
      tail < Math.min(old.length, found.length) - head &&
      isSame(old[old.length - 1 - tail], found[found.length - 1 - tail])
    ) {
      tail++;
    }
    const made = found.slice(head, found.length - tail).map(({ piece, state }) => this.#entry(piece, state));
    const gone = old.slice(head, old.length - tail);
    for (const entry of gone) this.#forget(entry);
    this.#entries.splice(first + head, gone.length, ...made);
    this.#arePositionsKnown = false;
    if (
      gone.some(({ piece }) => piece.kind === "header") ||
      made.some(({ piece }) => piece.kind === "header")
    ) {
      this.#noteHeader();
    }
  }

  #entry(piece: Piece, state: string): Entry {
    const entry: Entry = {
      id: ++this.#lastId,
      piece,
      state,
      lines: countLines(piece.text),
      scores: undefined,
      keys: "",
      digest: undefined,
      problems: [],
      rank: 0,
      line: 0,
      column: 0,
    };
    this.#byId.set(entry.id, entry);
    if (piece.kind !== "header") this.#pending.add(entry);
    if (piece.kind === "record") this.#count.records++;
    return entry;
  }

  #forget(entry: Entry): void {
    this.#byId.delete(entry.id);
    this.#pending.delete(entry);
    this.#flagged.delete(entry);
    if (entry.piece.kind === "record") this.#count.records--;
    this.#forgetScores(entry);
    this.#dropDigest(entry);
  }

  #forgetScores(entry: Entry): void {
    if (!entry.scores) return;
    this.#evidence.add(entry.scores, -1);
    this.#countKeys(entry, -1);
    this.#count.readable--;
    entry.scores = undefined;
    entry.keys = "";
  }

  #dropDigest(entry: Entry): void {
    if (entry.digest) for (const index of this.#indices) index.remove(entry.id, entry.digest);
    entry.digest = undefined;
  }

  #noteHeader(): void {
    const piece = this.#entries.find(({ piece }) => piece.kind === "header")?.piece;
    const before = this.#header;
    const delimiter = this.#entries.at(-1)?.piece.kind === "header" ? undefined : this.#entries.at(-1)?.state;
    this.#header =
      piece && headerOf(piece.text.slice(piece.start, piece.end), this.#delimiter(piece, delimiter));
    if (before?.source === this.#header?.source && before?.delimiter === this.#header?.delimiter) return;
    // Cells have other names now: all records are others.
    for (const entry of this.#entries) this.#forgetScores(entry);
    this.#recheckAll();
  }

  #delimiter(header: Piece, known: string | undefined): string {
    return known || this.#segmenter.next(header.text, 0, "", true)!.state;
  }

  /** An edit at a file's beginning or end can make lines of an array, or the other way round. */
  #watchContainer(): void {
    const extension = extensionOf(this.path) ?? ".jsonl";
    if (extension === ".csv" || extension === ".tsv") return;
    let head = "";
    for (const { piece } of this.#entries) {
      if (piece.text.trim() === "") continue;
      // The first line, and something of what follows it.
      const isBehind = head.includes("\n");
      head += piece.text;
      if (isBehind) break;
    }
    const last =
      this.#entries
        .findLast(({ piece }) => piece.text.trim() !== "")
        ?.piece.text.trimEnd()
        .at(-1) ?? "";
    if (containerOf(extension, head, last) !== this.#container) this.#replaceAll(this.text);
  }

  #replaceAll(text: string): void {
    this.#begin(text);
  }

  #makeRules(): RuleSet {
    const { name } = this;
    const file = { name, container: this.#container, ...(this.#header && { header: this.#header }) };
    const made = ruleSet(activeRules(this.#rules, this.settings), this.settings, this.#format, file);
    for (const entry of this.#entries) entry.digest = undefined;
    this.#indices = made.set.map(({ rule, context }) => rule.index(context));
    return made;
  }

  #recheckAll(): void {
    for (const entry of this.#entries) if (entry.piece.kind !== "header") this.#pending.add(entry);
    this.#ruleSet = this.#makeRules();
  }

  view(entry: Entry): View {
    const view = new View(entry.piece, this.#container, this.#header);
    const { record } = view;
    if (record) {
      entry.scores ??= this.#score(view, entry);
      view.formatOfFile = this.#format;
      view.format = this.#evidence.formatFor(entry.scores, this.#format);
    }
    return view;
  }

  #score({ record }: View, entry: Entry): Scores {
    const scores = this.#evidence.scores(record!);
    this.#evidence.add(scores);
    entry.keys = Object.keys(record!).join("\0");
    this.#countKeys(entry, 1);
    this.#count.readable++;
    return scores;
  }

  #countKeys({ keys }: Entry, sign: 1 | -1): void {
    const count = (this.#keys.get(keys) ?? 0) + sign;
    if (count === 0) this.#keys.delete(keys);
    else this.#keys.set(keys, count);
  }

  /**
   * Looks at what has not been looked at. Yields now and then, after so many records; what is found by then can be
   * asked for.
   */
  *check(): Generator<void> {
    for (let seen = 0; ; ) {
      for (const entry of this.#pending) {
        if (seen === 0 && this.#format === undefined) this.#settleFormat(firstRecords);
        this.#look(entry);
        if (++seen % 64 === 0) yield;
      }
      if (!this.#settleFormat()) return;
      seen = Math.max(seen, 1);
    }
  }

  /** All at once. */
  checkAll(): void {
    for (const _ of this.check());
  }

  #look(entry: Entry): void {
    const view = this.view(entry);
    entry.problems = checkRecord(view, this.#ruleSet.record, entry.id);
    this.#dropDigest(entry);
    entry.digest = this.#digester.digest(view, entry.piece.split);
    if (entry.digest) for (const index of this.#indices) index.add(entry.id, entry.digest);
    this.#pending.delete(entry);
    if (entry.problems.length > 0) this.#flagged.add(entry);
    else this.#flagged.delete(entry);
  }

  /** Takes the format that the evidence speaks for; true if that is another one than before. */
  #settleFormat(records?: number): boolean {
    if (records !== undefined) {
      const first = this.#entries.filter(({ piece }) => piece.kind === "record").slice(0, records);
      for (const entry of first) this.view(entry);
    }
    const format = this.#evidence.format;
    if (format === this.#format) return false;
    this.#format = format;
    this.#recheckAll();
    return true;
  }

  /** What is known of the file as a whole. */
  get facts(): FileFacts {
    const { records, readable } = this.#count;
    const { evidence } = this.#evidence;
    const columns = [...new Set([...this.#keys.keys()].sort().flatMap((keys) => keys.split("\0")))];
    // Bytes that could not be read are gone once somebody has written something else there.
    const broken =
      this.#origin.brokenLine === undefined
        ? undefined
        : this.#entries.find(({ piece }) => piece.text.includes("\uFFFD"))?.id;
    return {
      ...this.#origin,
      ...(broken !== undefined && { broken }),
      name: this.name,
      container: this.#container,
      ...(this.#header && { header: this.#header }),
      records: readable,
      unreadable: records - readable,
      evidence,
      format: this.#format,
      confidence: evidence.find(({ format }) => format === this.#format)?.score ?? 0,
      columns,
      first: this.#entries.find(({ piece }) => piece.kind === "record")?.id,
    };
  }

  /** What was found in records, in their order. */
  recordProblems(): Problem[] {
    if (this.#flagged.size * 4 > this.#entries.length)
      return this.#entries.flatMap(({ problems }) => problems);
    this.#locateEntries();
    return [...this.#flagged].sort((a, b) => a.rank - b.rank).flatMap(({ problems }) => problems);
  }

  /** What is found in the file as a whole, and in all rows together. */
  setProblems(others: readonly OtherFile[] = []): Problem[] {
    const problems = checkFile(this.facts, this.#ruleSet.file);
    const rows = this.#rows(others);
    for (const [i, active] of this.#ruleSet.set.entries()) {
      this.#indices[i]!.report(rows, (found) => {
        const { id, where = "record", message, related, fixes } = found;
        const entry = id === undefined ? undefined : this.#byId.get(id);
        problems.push({
          rule: active.rule,
          severity: severityOf(active, found),
          message,
          place: typeof where === "object" ? placeIn(where) : entry ? this.#whereIn(entry, where) : {},
          ...(id !== undefined && { id }),
          ...(related && { related }),
          fixable: fixes !== undefined,
          fixes: fixes && (() => fixes(entry && this.view(entry))),
        });
      });
    }
    return problems;
  }

  /** All problems, by place. */
  problems(others: readonly OtherFile[] = []): Problem[] {
    return this.sorted([...this.recordProblems(), ...this.setProblems(others)]);
  }

  sorted(problems: readonly Problem[]): Problem[] {
    const rank = ({ id }: Problem) => (id === undefined ? -1 : this.rankOf(id));
    return [...problems].sort((a, b) => rank(a) - rank(b));
  }

  /** Hashes of the prompts with their first lines, for other files to look for. */
  prompts(): Map<number, number> {
    const found = new Map<number, number>();
    for (const { id, digest } of this.#entries) {
      if (digest && digest.prompt !== 0 && !found.has(digest.prompt))
        found.set(digest.prompt, this.lineOf(id) + 1);
    }
    return found;
  }

  #rows(others: readonly OtherFile[]): Rows {
    const { part } = this.settings;
    return {
      count: this.#entries.reduce((count, { digest }) => count + (digest ? 1 : 0), 0),
      ids: () => this.#entries.filter(({ digest }) => digest).map(({ id }) => id),
      rank: (id) => this.rankOf(id),
      line: (id) => this.lineOf(id) + 1,
      digest: (id) => this.#byId.get(id)!.digest!,
      others,
      part,
    };
  }

  #whereIn(entry: Entry, where: Exclude<SetFound["where"], Place | undefined>): Problem["place"] {
    if (where === "record") return {};
    if (typeof where === "function") return placeIn(where(this.view(entry)));
    const { conversations, texts } = this.view(entry).parts;
    const turns = conversations.flatMap((conversation) => conversation.turns);
    const side = { prompt: "user", answer: "assistant", system: "system" }[where];
    const at =
      turns.findLast((turn) => turn.side === side)?.contentAt ??
      texts.findLast((text) => text.side === side)?.at;
    return at ? { at } : {};
  }

  /** Sees to it that entries know their ranks and lines. One pass, which is cheap even for a hundred thousand. */
  #locateEntries(): void {
    if (this.#arePositionsKnown) return;
    let line = 0;
    let column = 0;
    for (let rank = 0; rank < this.#entries.length; rank++) {
      const entry = this.#entries[rank]!;
      entry.rank = rank;
      entry.line = line;
      entry.column = column;
      line += entry.lines;
      // All other containers divide at line ends.
      if (this.#container !== "array") continue;
      const { text } = entry.piece;
      column = entry.lines === 0 ? column + text.length : text.length - text.lastIndexOf("\n") - 1;
    }
    this.#arePositionsKnown = true;
  }

  /** First line of a record, from 0. */
  lineOf(id: number): number {
    this.#locateEntries();
    const { piece, line } = this.#byId.get(id)!;
    return line + (piece.start === 0 ? 0 : countLines(piece.text.slice(0, piece.start)));
  }

  /** Position of an entry among all. */
  rankOf(id: number): number {
    this.#locateEntries();
    return this.#byId.get(id)!.rank;
  }

  /** Where a problem stands, in its record's source. */
  stretchOf({ id, place }: Problem): Stretch {
    const entry = id === undefined ? undefined : this.#byId.get(id);
    if (entry) {
      const { text, start, end } = entry.piece;
      return locate(text.slice(start, end), this.#container, this.#header, place);
    }
    if (place.source) return { start: place.source[0], end: place.source[1] };
    return { start: 0, end: 0 };
  }

  /** Where a problem stands in the file. */
  rangeOf(problem: Problem): Range {
    this.#locateEntries();
    const known = problem.id === undefined ? undefined : this.#byId.get(problem.id);
    const entry = known ?? this.#entries.find(({ piece }) => piece.kind === "header") ?? this.#entries[0];
    if (!entry) return { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const { line } = entry;
    const { start, end } = this.#rangeInEntry(problem, entry);
    const inFile = (position: Position): Position => ({
      line: line + position.line,
      character: position.character + (position.line === 0 ? entry.column : 0),
    });
    return { start: inFile(start), end: inFile(end) };
  }

  /** By the entry's own lines: these stay while those before it come and go. */
  #rangeInEntry(problem: Problem, { piece: { text, start } }: Entry): Range {
    const known = this.#ranges.get(problem);
    if (known) return known;
    const stretch = this.stretchOf(problem);
    const range = {
      start: positionAt(text, start + stretch.start),
      end: positionAt(text, start + stretch.end),
    };
    this.#ranges.set(problem, range);
    return range;
  }

  /** The rules that are on, with what they may know. */
  get ruleSet(): RuleSet {
    return this.#ruleSet;
  }

  /** What can be done about a problem, the best first. */
  fixesOf(problem: Problem): readonly Fix[] {
    if (problem.fixes) return problem.fixes();
    const entry = problem.id === undefined ? undefined : this.#byId.get(problem.id);
    return entry && problem.fixable ? fixesFor(this.view(entry), problem, this.#ruleSet.record) : [];
  }
}
