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
import { checkFile, fixesFor, type Problem, placeIn, type RuleSet, severityOf } from "./problem.ts";
import { checkedRows, type RowBatch, type RowFindings } from "./row-batch.ts";
import { type Checked, type FileContext, keysOf, RowChecker } from "./row-checker.ts";
import type { LintSettings } from "./settings.ts";
import type { View } from "./view.ts";

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

/** Records that another thread looks at. */
export interface Claim {
  entries: readonly Entry[];
  /** What it is sent. */
  batch: RowBatch;
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
  #checker: RowChecker;
  readonly #keys = new Map<string, number>();
  readonly #digester = new Digester();
  #indices: SetIndex[] = [];
  #arePositionsKnown = false;
  /** Entries, by id, that have not been looked at under the rules as they are now. */
  readonly #pending = new Set<number>();
  /** What others look at. */
  readonly #claims = new Set<Claim>();
  /** Entries from this one on were offered to others. */
  #claimedTo = Number.POSITIVE_INFINITY;
  /** Entries, by id, with problems: few, mostly. */
  readonly #flagged = new Set<number>();
  /** Entries that are records, those of them that are objects, and that have a digest under the rules as they are. */
  readonly #count = { records: 0, readable: 0, digests: 0 };
  readonly #ranges = new WeakMap<Problem, Range>();
  /** The first entry that the last edit touched, and where it begins. */
  #edited = { first: 0, offset: 0 };
  /** No piece has looked farther beyond its end. */
  #farthestReach = 0;
  /** As `prompts` gives them, as long as nothing has changed. */
  #prompts: Map<number, number> | undefined;

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
    this.#checker = this.#makeRules();
    this.#begin(text);
  }

  /** The whole text anew. */
  #begin(text: string): void {
    const extension = extensionOf(this.path) ?? ".jsonl";
    this.#container = containerOf(extension, text, text.trimEnd().at(-1) ?? "");
    this.#segmenter = segmenterOf(this.#container, extension);
    this.#entries = [];
    this.#edited = { first: 0, offset: 0 };
    this.#farthestReach = 0;
    this.#prompts = undefined;
    this.#byId.clear();
    this.#pending.clear();
    this.#claims.clear();
    this.#claimedTo = Number.POSITIVE_INFINITY;
    this.#flagged.clear();
    this.#count.records = 0;
    this.#count.readable = 0;
    this.#evidence = new FormatEvidence(this.settings.format, this.settings.columns);
    this.#keys.clear();
    this.#header = undefined;
    this.#format = undefined;
    this.#checker = this.#makeRules();
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
    const { first, firstStart, next } = this.#touched(start, end);
    const old = this.#entries
      .slice(first, next)
      .map(({ piece }) => piece.text)
      .join("");
    const local = old.slice(0, start - firstStart) + put + old.slice(end - firstStart);
    this.#segmentAgain(first, next, local);
    this.#watchContainer();
  }

  /** The entries that a stretch of the text touches, and where the first of them begins. */
  #touched(start: number, end: number): { first: number; firstStart: number; next: number } {
    const entries = this.#entries;
    const last = entries.length - 1;
    // Whoever types goes on where the last edit was.
    let { first, offset } = this.#edited;
    while (first > 0 && offset + this.#farthestReach >= start) offset -= entries[--first]!.piece.text.length;
    // The end of the text is looked at, too: what is put there comes behind the last character that was.
    for (; first < last; first++) {
      const { text, reach } = entries[first]!.piece;
      if (offset + text.length + reach >= start) break;
      offset += text.length;
    }
    const firstStart = offset;
    this.#edited = { first, offset };
    let next = first + 1;
    offset += entries[first]!.piece.text.length;
    for (; next <= last && offset < end; next++) offset += entries[next]!.piece.text.length;
    return { first, firstStart, next };
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
    this.#prompts = undefined;
    const made = found.slice(head, found.length - tail).map(({ piece, state }) => this.#entry(piece, state));
    const gone = old.slice(head, old.length - tail);
    for (const entry of gone) this.#forget(entry);
    this.#entries.splice(first + head, gone.length, ...made);
    if (this.#arePositionsKnown) this.#arePositionsKnown = this.#takePlaces(gone, made);
    if (
      gone.some(({ piece }) => piece.kind === "header") ||
      made.some(({ piece }) => piece.kind === "header")
    ) {
      this.#noteHeader();
    }
  }

  /** Gives entries the positions of those in whose place they are; false where that moves what follows. */
  #takePlaces(gone: readonly Entry[], made: readonly Entry[]): boolean {
    const isLikeBefore =
      this.#container !== "array" &&
      gone.length === made.length &&
      gone.every(({ lines }, i) => lines === made[i]!.lines);
    if (!isLikeBefore) return false;
    for (const [i, { rank, line, column }] of gone.entries()) Object.assign(made[i]!, { rank, line, column });
    return true;
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
    this.#farthestReach = Math.max(this.#farthestReach, piece.reach);
    if (piece.kind !== "header") this.#pending.add(entry.id);
    if (piece.kind === "record") this.#count.records++;
    return entry;
  }

  #forget(entry: Entry): void {
    this.#byId.delete(entry.id);
    this.#pending.delete(entry.id);
    this.#flagged.delete(entry.id);
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
    const { digest } = entry;
    if (!digest) return;
    this.#count.digests--;
    for (const index of this.#indices) index.remove(entry.id, digest);
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

  #makeRules(): RowChecker {
    const made = new RowChecker(this.#context, this.#rules, {
      evidence: this.#evidence,
      digester: this.#digester,
    });
    for (const entry of this.#entries) entry.digest = undefined;
    this.#count.digests = 0;
    this.#indices = made.ruleSet.set.map(({ rule, context }) => rule.index(context));
    return made;
  }

  get #context(): FileContext {
    const { name, settings } = this;
    const file = { name, container: this.#container, ...(this.#header && { header: this.#header }) };
    return { settings, file, format: this.#format };
  }

  #recheckAll(): void {
    for (const { id, piece } of this.#entries) if (piece.kind !== "header") this.#pending.add(id);
    this.#claims.clear();
    this.#claimedTo = Number.POSITIVE_INFINITY;
    this.#checker = this.#makeRules();
  }

  view(entry: Entry): View {
    const view = this.#checker.view(entry.piece, entry.scores);
    if (view.scores && !entry.scores) this.#noteScores(entry, view.scores, keysOf(view));
    return view;
  }

  #noteScores(entry: Entry, scores: Scores, keys: string): void {
    entry.scores = scores;
    entry.keys = keys;
    this.#evidence.add(scores);
    this.#countKeys(entry, 1);
    this.#count.readable++;
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
      for (const id of this.#pending) {
        if (seen === 0 && this.#format === undefined) this.#settleFormat(firstRecords);
        this.#look(this.#byId.get(id)!);
        if (++seen % 64 === 0) yield;
      }
      if (this.isWaiting || !this.#settleFormat()) return;
      seen = Math.max(seen, 1);
    }
  }

  /** All at once. */
  checkAll(): void {
    for (const _ of this.check());
  }

  #look(entry: Entry): void {
    this.#note(entry, this.#checker.check(this.view(entry), entry.piece, entry.id));
    this.#pending.delete(entry.id);
  }

  #note(entry: Entry, { problems, digest }: Checked): void {
    entry.problems = problems;
    this.#prompts = undefined;
    this.#dropDigest(entry);
    entry.digest = digest;
    if (digest) {
      this.#count.digests++;
      for (const index of this.#indices) index.add(entry.id, digest);
    }
    if (problems.length > 0) this.#flagged.add(entry.id);
    else this.#flagged.delete(entry.id);
  }

  /** How many records wait to be looked at. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Others have claimed records, and have not said what they found. */
  get isWaiting(): boolean {
    return this.#claims.size > 0;
  }

  /**
   * Records for another thread to look at: the last of those that wait, since `check` begins with the first. Undefined
   * where there are none, and where nobody knows the file's format.
   */
  claim(count: number): Claim | undefined {
    if (this.#format === undefined) this.#settleFormat(firstRecords);
    if (this.#format === undefined) return undefined;
    const entries: Entry[] = [];
    this.#claimedTo = Math.min(this.#claimedTo, this.#entries.length);
    while (this.#claimedTo > 0 && entries.length < count) {
      const entry = this.#entries[--this.#claimedTo]!;
      if (this.#pending.delete(entry.id)) entries.push(entry);
    }
    if (entries.length === 0) return undefined;
    const pieces = entries.map(({ piece }) => piece);
    const claim: Claim = {
      entries,
      batch: { context: { ...this.#context, format: this.#format.name }, pieces },
    };
    this.#claims.add(claim);
    return claim;
  }

  /** Takes what was found in claimed records, but for those that were edited meanwhile. */
  take(claim: Claim, findings: RowFindings): void {
    if (!this.#claims.delete(claim)) return;
    const ids = claim.entries.map(({ id }) => id);
    const named = (id: string) => this.#rules.find((rule) => rule.id === id)!;
    let row = 0;
    for (const { scores, keys, ...checked } of checkedRows(findings, ids, named)) {
      const entry = claim.entries[row++]!;
      if (!this.#byId.has(entry.id)) continue;
      if (scores && !entry.scores) this.#noteScores(entry, scores, keys);
      this.#note(entry, checked);
    }
  }

  /** Claimed records that nobody looks at after all. */
  giveBack(claim: Claim): void {
    if (!this.#claims.delete(claim)) return;
    for (const { id } of claim.entries) if (this.#byId.has(id)) this.#pending.add(id);
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

  get hasRecordProblems(): boolean {
    return this.#flagged.size > 0;
  }

  /** What was found in records, in their order. */
  recordProblems(): Problem[] {
    if (this.#flagged.size * 4 > this.#entries.length)
      return this.#entries.flatMap(({ problems }) => problems);
    this.#locateEntries();
    return Array.from(this.#flagged, (id) => this.#byId.get(id)!)
      .sort((a, b) => a.rank - b.rank)
      .flatMap(({ problems }) => problems);
  }

  /** What is found in the file as a whole, and in all rows together. */
  setProblems(others: readonly OtherFile[] = []): Problem[] {
    const check = this.checkSet(others);
    for (;;) {
      const { done, value } = check.next();
      if (done) return value;
    }
  }

  /** As `setProblems`, rule by rule; to be given up where the text is edited in between. */
  *checkSet(others: readonly OtherFile[] = []): Generator<void, Problem[]> {
    const problems = checkFile(this.facts, this.#checker.ruleSet.file);
    const rows = this.#rows(others);
    for (const [i, active] of this.#checker.ruleSet.set.entries()) {
      yield;
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
  prompts(): ReadonlyMap<number, number> {
    if (this.#prompts) return this.#prompts;
    const found = new Map<number, number>();
    this.#prompts = found;
    for (const { id, digest } of this.#entries) {
      if (digest && digest.prompt !== 0 && !found.has(digest.prompt))
        found.set(digest.prompt, this.lineOf(id) + 1);
    }
    return found;
  }

  #rows(others: readonly OtherFile[]): Rows {
    const { part } = this.settings;
    type WithDigest = Entry & { digest: Digest };
    let all: WithDigest[] | undefined;
    return {
      count: this.#count.digests,
      all: () => (all ??= this.#entries.filter((entry): entry is WithDigest => entry.digest !== undefined)),
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
    return this.#checker.ruleSet;
  }

  /** What can be done about a problem, the best first. */
  fixesOf(problem: Problem): readonly Fix[] {
    if (problem.fixes) return problem.fixes();
    const entry = problem.id === undefined ? undefined : this.#byId.get(problem.id);
    return entry && problem.fixable ? fixesFor(this.view(entry), problem, this.#checker.ruleSet.record) : [];
  }
}
