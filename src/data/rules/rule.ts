/**
 * What a lint rule is. Each is one file here and one line in `index.ts`; its page in the documentation and its tests
 * come from the same object.
 *
 * Rules name places as paths into the record and fixes as changes to its values. How that reads in JSON or CSV text is
 * none of their business: `source/` finds the characters and keeps all formatting around them.
 */
import type { JsonFault } from "../../json/scan.ts";
import type { Row } from "../../text/conversation.ts";
import type { DataRecord, FieldError, Format } from "../formats/format.ts";
import type { Digest } from "../lint/digest.ts";
import type { RowHistory } from "../lint/history.ts";
import type { TokenView } from "../lint/token-view.ts";
import type { Parts, Path } from "../parts.ts";
import type { Container, FileFacts } from "../source/container.ts";
import type { Origin } from "../source/decode.ts";

export const severities = ["error", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

export const levels = ["syntax", "schema", "conversation", "content", "tokens", "set", "training"] as const;
export type Level = (typeof levels)[number];

/** The trainers that data may be meant for. */
export const targets = [
  "tunesmith",
  "trl",
  "axolotl",
  "llama-factory",
  "mlx-lm",
  "openai",
  "gemini",
  "mistral",
] as const;
export type Target = (typeof targets)[number];

/** A place in a record; without anything, the whole record. */
export interface Place {
  at?: Path;
  /** The member's name or its value. Default: the value. */
  on?: "key" | "value";
  /** A stretch of the text at `at`, as decoded, in UTF-16 units. */
  span?: readonly [start: number, end: number];
  /** A stretch of the record as it is written, for what cannot be parsed. */
  source?: readonly [start: number, end: number];
}

/** A change of a record. Paths are those before any of the fix's edits. */
export type RecordEdit =
  | { kind: "replace"; at: Path; value: unknown }
  /** A stretch of the text at `at`, as decoded. */
  | { kind: "text"; at: Path; span: readonly [start: number, end: number]; text: string }
  | { kind: "rename"; at: Path; key: string }
  | { kind: "remove"; at: Path }
  /** `at` is the path that the value shall have: a new member at the end, or an element before the one there now. */
  | { kind: "insert"; at: Path; value: unknown }
  /** A stretch of the record as it is written. */
  | { kind: "source"; span: readonly [start: number, end: number]; text: string }
  | { kind: "remove-record" };

export interface Fix {
  /** In the imperative: `Change "human" to "user"`. */
  title: string;
  /** It loses nothing and leaves no choice: may be done to all without being looked at. */
  safe?: boolean;
  edits?: readonly RecordEdit[];
  /** Instead of edits: the whole file, written anew. */
  rewrite?: (text: string) => string;
  /** Instead of edits: how the file is to be saved, which its text does not show. Editors leave that to people. */
  save?: Origin;
}

/** For a record that nothing can be learned from. */
export const removeRow: Fix = { title: "Remove this row", edits: [{ kind: "remove-record" }] };

export interface Found extends Place {
  /** One sentence without a full stop: what is wrong, with the value; and what comes of it where that is not plain. */
  message: string;
  /** Where it differs from the rule's own. */
  severity?: Severity;
  /** The best first: that one is used where all problems of a kind are fixed. Called only when somebody asks. */
  fixes?: () => readonly Fix[];
}

/** A record as rules see it. What costs something is worked out when first read. */
export interface RecordView {
  /** A gap is what stands between records: a blank line, the brackets around an array. */
  readonly kind: "record" | "gap";
  /** The record as it is written, without what separates it from others. */
  readonly source: string;
  /** Its texts surely hold nothing but ASCII that can be seen, tabs and line ends. */
  readonly isPlain: boolean;
  /** How lines end in the piece of the file that holds it. */
  readonly lineEnd: "\n" | "\r\n";
  readonly container: Container;
  /** What `JSON.parse` makes of it, or an object of cells; undefined where it is not valid. */
  readonly value: unknown;
  readonly fault: JsonFault | undefined;
  /** The value, where it is an object. */
  readonly record: DataRecord | undefined;
  /** The format it is read in: its file's, where that knows it; else its own best. */
  readonly format: Format | undefined;
  readonly parts: Parts;
  /** What is learned from it, or why nothing can be. */
  readonly row: Row | FieldError | undefined;
}

/** What a rule may know beside the record. */
export interface Context {
  readonly target: Target;
  /** The format of the file as a whole. */
  readonly format: Format | undefined;
  /** The rule's thresholds, by name. */
  readonly options: Readonly<Record<string, number>>;
  /** What the recipe that trains on the file holds out of it; undefined where there is none. */
  readonly heldOut?: HeldOut | undefined;
  /** Nothing that changes when another record does. */
  readonly file: Pick<FileFacts, "name" | "container" | "header">;
}

/** Rows held out of a file, as a recipe says it: a share below 1, or a number; 0 where they are in files of their own. */
export interface HeldOut {
  validation: number;
  test: number;
}

/** A threshold that can be set in `tunesmith.lint.json`. */
export interface Option {
  default: number;
  minimum?: number;
  maximum?: number;
  description: string;
}

/** A whole file, for documentation and tests. */
export interface Example {
  /** With the expected ranges between « and »; an empty «» is a place. A good one has none. */
  text: string;
  /** Default `train.jsonl`. */
  name?: string;
  /** After the first fix of every problem of this rule; absent where there is no fix. */
  fixed?: string;
  target?: Target;
  options?: Record<string, number>;
  columns?: { input: string; output: string; system?: string };
  /** How it came from the disk. Default: as UTF-8 without a mark. */
  origin?: Origin;
  /** Other files of the same data, by name: "test.jsonl". */
  beside?: Record<string, string>;
  /** For rules on tokens: the model that the rows are for. Default: the bundled one. */
  model?: ExampleModel;
  /** What the last run learned of every row; the rest is as of a row like most. */
  history?: Partial<RowHistory>;
  /** What a recipe holds out of the file. */
  heldOut?: HeldOut;
  /** What there is to see, where it is not plain. */
  note?: string;
}

export interface ExampleModel {
  /** In words, for the page: "Mistral's template". */
  name: string;
  /** A chat template; default is the bundled model's. */
  template?: string;
  /** Which tokenizer it is written for. Default: the bundled model's. */
  tokenizer?: "tiny" | "chatml" | "llama2" | "llama3";
  /** Default 1024. */
  maxLength?: number;
}

interface Common {
  /** Kebab case; never changed once published. */
  id: string;
  level: Level;
  severity: Severity | "off";
  /** Where a trainer takes it otherwise. */
  targets?: Partial<Record<Target, Severity | "off">>;
  /** One line. */
  summary: string;
  /** Markdown: what happens to data like this, and why it matters. */
  rationale: string;
  /** Where that is known from: a trainer's source, an issue, a paper. Markdown. */
  source: string;
  options?: Record<string, Option>;
  bad: readonly Example[];
  good: readonly Example[];
}

/** Looks at one record; what it finds depends on nothing else, so that only what was changed is looked at again. */
export interface RecordRule extends Common {
  on: "record";
  /** It looks at gaps, too. */
  gaps?: boolean;
  /** It speaks only of records in which no other record rule has found an error: for what nobody else says. */
  unlessErrors?: boolean;
  check(record: RecordView, context: Context, report: (found: Found) => void): void;
}

/** Looks at what is known of the file as a whole. */
export interface FileRule extends Common {
  on: "file";
  check(file: FileFacts, context: Context, report: (found: FileFound) => void): void;
}

export interface FileFound extends Found {
  /** `at` and `source` are those of this record, by id; the header's or the file's beginning where there is none. */
  record?: number;
}

/** Looks at all rows together, by what was kept of each. */
export interface SetRule extends Common {
  on: "set";
  index(context: Context): SetIndex;
}

/** Grows and shrinks with the file, so that one changed row costs little. A row has the same digest in both calls. */
export interface SetIndex {
  add(id: number, digest: Digest): void;
  remove(id: number, digest: Digest): void;
  /** Findings now. The order of `add`s must not matter: where rows are equal, `rank` says which comes first. */
  report(rows: Rows, report: (found: SetFound) => void): void;
}

/** The rows that an index knows by id. */
export interface Rows {
  count: number;
  /** All of them, in the file's order: to look at each costs a third of asking for each by its id. */
  all(): Iterable<{ id: number; digest: Digest }>;
  /** Position in the file. */
  rank(id: number): number;
  /** First line, from 1, for messages. */
  line(id: number): number;
  digest(id: number): Digest;
  /** Other files of the same data. */
  others: readonly OtherFile[];
  /** What this file is for, where that is known. */
  part: Part | undefined;
}

export type Part = "train" | "validation" | "test";

export interface OtherFile {
  name: string;
  part: Part | undefined;
  /** Line of the first row with such a prompt. */
  prompts: ReadonlyMap<number, number>;
}

export interface SetFound {
  /** The row; absent for the file as a whole. */
  id?: number;
  /** Default: the whole record. A function is asked with the record, which indices do not keep. */
  where?: "record" | "prompt" | "answer" | "system" | Place | ((record: RecordView) => Place);
  message: string;
  severity?: Severity;
  /** Rows of this file that it is about, too. */
  related?: readonly { id: number; message: string }[];
  /** With the record, where it is about one. */
  fixes?: (record: RecordView | undefined) => readonly Fix[];
}

export type Rule = RecordRule | FileRule | SetRule | TokenRule | HistoryRule;

/** Looks at a row as the chosen model is trained on it. */
export interface TokenRule extends Common {
  on: "tokens";
  check(row: TokenView, context: Context, report: (found: Found) => void): void;
}

/** A row that the last run has trained on. What is found stands at its answer unless a rule says otherwise. */
export interface TrainedRowView {
  record: RecordView;
  history: RowHistory;
}

/** Looks at what the last run learned of a row. */
export interface HistoryRule extends Common {
  on: "history";
  check(row: TrainedRowView, context: Context, report: (found: Found) => void): void;
}
