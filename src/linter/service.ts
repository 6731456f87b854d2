/** Answers the extension host: keeps the open files, and asks them. Lives in the lint worker; tests call it directly. */
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type {
  FixChoice,
  LintEdit,
  LintFix,
  LintRange,
  LintReport,
  LintWorkerContract,
} from "../contracts/lint.ts";
import { addFree, editsOf } from "../data/lint/fixes.ts";
import { entryAt, positionsOf } from "../data/lint/positions.ts";
import type { Problem } from "../data/lint/problem.ts";
import { Suppressions, suppressionsSuffix } from "../data/lint/suppressions.ts";
import type { OtherFile } from "../data/rules/rule.ts";
import type { TextEdit } from "../data/source/edit.ts";
import { countLines } from "../data/source/piece.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import type { Handlers } from "../protocol/channel.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { Crew } from "./crew.ts";
import { DatasetLint } from "./dataset-lint.ts";
import { editorHandlers } from "./editor/index.ts";
import { outlookOf } from "./editor/outlook.ts";
import { transformed } from "./editor/transform.ts";
import { OpenFile, type Surroundings } from "./open-file.ts";
import { otherFile } from "./others.ts";
import { type Project, projectOf, type Sibling } from "./project.ts";
import { largestHeld, readHead, readSuppressions, readText, sizeOf } from "./read.ts";
import { lintLargeFile } from "./stream.ts";
import { TokenPass } from "./token-pass.ts";

export class LintService {
  readonly #files = new Map<string, OpenFile>();
  /** Other files of open ones' data, as read from the disk. */
  readonly #others = new Map<string, Promise<OtherFile | undefined>>();
  #model = "tiny";
  readonly #around: Surroundings;

  /** @param crew threads for the rows of one large file; without, it is looked at by this one alone */
  constructor(report: (report: LintReport) => void, crew: () => Crew | undefined = () => undefined) {
    this.#around = {
      crew,
      report,
      model: () => this.#model,
      others: (project) => this.#othersOf(project),
      changed: (changed) => this.#lookAgain(changed),
    };
  }

  get handlers(): Handlers<LintWorkerContract> {
    return {
      open: (asked) => this.#open(asked),
      lintFile: ({ uri, path }, { signal }) => this.#lintFile(uri, path, signal),
      fixes: ({ uri, range }) => this.#fixes(this.file(uri), range),
      fixAll: ({ uri, ...choice }) => this.#fixAll(this.file(uri), choice),
      suppress: ({ uri, rule, range }) => this.#suppress(this.file(uri), rule, range),
      outlook: (asked, { signal }) => this.#outlook(asked, signal),
      transform: ({ uri, path, transformation }) => transformed(this.#lintOf(uri, path), transformation),
      ...editorHandlers((uri) => this.file(uri)),
      settings: ({ model }) => this.#settings(model),
      change: ({ uri, version, changes }) => this.#files.get(uri)?.change(version, changes),
      close: ({ uri }) => this.#close(uri),
      treat: ({ uri }) => this.#files.get(uri)?.treat(),
      changedOnDisk: ({ paths }) => this.#changedOnDisk(paths),
    };
  }

  /** @throws `file-not-found` for one that is not open */
  file(uri: string): OpenFile {
    const file = this.#files.get(uri);
    if (file) return file;
    throw new TunesmithError("file-not-found", `${uri} is not open`, "Open it in an editor.");
  }

  #settings(model: string): void {
    if (model === this.#model) return;
    this.#model = model;
    for (const file of this.#files.values()) file.reload();
  }

  dispose(): void {
    for (const uri of [...this.#files.keys()]) this.#close(uri);
  }

  #open({
    uri,
    path,
    eol,
    version,
    lines,
    length,
    text,
  }: Parameters<Handlers<LintWorkerContract>["open"]>[0]): { wantsText: boolean } {
    if (text === undefined && length > largeText) this.#peek({ uri, path, version }, eol);
    let read: ReturnType<typeof readText> | undefined;
    try {
      read = readText(path);
    } catch (error) {
      if (!(error instanceof TunesmithError)) throw error;
    }
    const origin = read?.origin ?? { encoding: "utf-8", byteOrderMark: false };
    const shown = text ?? (read && withLineEnds(read.text, eol));
    const isSame = shown !== undefined && shown.length === length && countLines(shown) + 1 === lines;
    if (text === undefined && !isSame) return { wantsText: true };
    this.#close(uri);
    const file = new OpenFile({ uri, path, version }, { text: shown!, origin }, this.#around);
    this.#files.set(uri, file);
    file.start();
    return { wantsText: false };
  }

  /** Tells of the first rows of a large file before the others are read. */
  #peek(about: { uri: string; path: string; version: number }, eol: "\n" | "\r\n"): void {
    const head = readHead(about.path);
    if (head === undefined) return;
    new OpenFile(
      about,
      { text: withLineEnds(head, eol), origin: { encoding: "utf-8", byteOrderMark: false } },
      this.#around,
    ).tellAsPart();
  }

  #close(uri: string): void {
    const file = this.#files.get(uri);
    file?.close();
    this.#files.delete(uri);
    if (file) this.#others.delete(file.path);
  }

  async #othersOf({ siblings, settings }: Project): Promise<OtherFile[]> {
    const others = await Promise.all(siblings.map((sibling) => this.#other(sibling, settings)));
    return others.filter((other) => other !== undefined);
  }

  #other(
    sibling: Sibling,
    settings: Project["settings"],
  ): OtherFile | undefined | Promise<OtherFile | undefined> {
    const { path, part } = sibling;
    const open = [...this.#files.values()].find((file) => file.path === path);
    if (open) return { name: basename(path), part, prompts: open.lint.document.prompts() };
    // Such a file would be held as long as this one is open.
    if ((sizeOf(path) ?? 0) > largestHeld) return undefined;
    const known = this.#others.get(path) ?? readOther(sibling, settings);
    this.#others.set(path, known);
    return known;
  }

  /** Files that are compared with this one. */
  #lookAgain(changed: OpenFile): void {
    for (const file of this.#files.values()) {
      if (file !== changed && file.lint.project.siblings.some(({ path }) => path === changed.path)) {
        file.siblingChanged(changed);
      }
    }
  }

  #changedOnDisk(paths: readonly string[]): void {
    for (const path of paths) this.#others.delete(path);
    for (const file of this.#files.values()) {
      const { project } = file.lint;
      const isSetting = (path: string) => /(?:tunesmith\.lint|\.tune|\.suppressions)\.json$/.test(path);
      const isRun = (path: string) => /[\\/]\.tunesmith[\\/]/.test(path);
      if (paths.some((path) => isSetting(path) || isRun(path))) file.reload();
      else if (project.siblings.some((sibling) => paths.includes(sibling.path))) file.lookAtSetAgain();
    }
  }

  async #fixes(file: OpenFile, range: LintRange): Promise<LintFix[]> {
    const { document } = file.lint;
    const found: LintFix[] = [];
    for (const problem of this.#touching(file, range)) {
      for (const fix of await file.fixesOf(problem)) {
        // How a document is saved is for people to choose.
        if (fix.save) continue;
        found.push({
          title: fix.title,
          rule: problem.rule.id,
          safe: fix.safe ?? false,
          edits: inLines(file, editsOf(document, problem, fix)),
          message: problem.message,
          range: document.rangeOf(problem),
        });
      }
    }
    return found;
  }

  #touching(file: OpenFile, range: LintRange): Problem[] {
    const { document } = file.lint;
    return file.problems().problems.filter((problem) => {
      const { start, end } = document.rangeOf(problem);
      return !isBefore(end, range.start) && !isBefore(range.end, start);
    });
  }

  /** Of a file that is open, or as it is on the disk. */
  #lintOf(uri: string, path: string): DatasetLint {
    return this.#files.get(uri)?.lint ?? this.#fromDisk(path);
  }

  #fromDisk(path: string): DatasetLint {
    return this.#lookedAt(path, readText(path));
  }

  #lookedAt(path: string, { text, origin }: ReturnType<typeof readText>): DatasetLint {
    const lint = new DatasetLint(path, text, this.#projectOf(path), readSuppressions(path), origin);
    lint.document.checkAll();
    return lint;
  }

  /** As the disk has it now. */
  #projectOf(path: string): Project {
    return projectOf(path, { defaultModel: this.#model });
  }

  async #lintFile(uri: string, path: string, signal: AbortSignal): Promise<LintReport> {
    const open = this.#files.get(uri);
    if (open) return open.settled(signal);
    if ((sizeOf(path) ?? 0) > largestHeld)
      return lintLargeFile(uri, path, {
        signal,
        report: this.#around.report,
        defaultModel: this.#model,
      });
    const read = readText(path);
    const file = new OpenFile({ uri, path, version: 0 }, read, {
      ...this.#around,
      report: () => {},
      changed: () => {},
    });
    file.treat();
    try {
      return await file.settled(signal);
    } finally {
      file.close();
    }
  }

  async #outlook({ uri, path }: { uri: string; path: string }, signal: AbortSignal) {
    const file = this.#files.get(uri);
    // A recipe that was just written says whose eyes the rows are seen with; that it was is heard of later.
    if (file && !isDeepStrictEqual(file.lint.project, this.#projectOf(path))) file.reload();
    if (file?.isDataset) {
      await file.settled(signal);
      return outlookOf(file.lint, file.tokens, file.problems().problems);
    }
    // A file that is taken for no dataset is not looked at in its editor.
    const lint = this.#lookedAt(path, file ? file.lint.document : readText(path));
    const tokens = new TokenPass(lint);
    await tokens.run(() => {});
    const found = [...lint.document.problems(await this.#othersOf(lint.project)), ...tokens.problems()];
    return outlookOf(lint, tokens, lint.unsuppressed(found).problems);
  }

  async #fixAll(file: OpenFile, choice: FixChoice): Promise<{ edits: LintEdit[]; fixed: number }> {
    const done = file.lint.fixAll(choice, await this.#othersOf(file.lint.project));
    // What only the model sees comes last: other fixes change the rows that it was seen in.
    const { edits, fixed } = done.edits.length > 0 ? done : await this.#fixTokens(file, choice);
    return { edits: inLines(file, edits), fixed };
  }

  async #fixTokens(file: OpenFile, { of }: FixChoice): Promise<{ edits: TextEdit[]; fixed: number }> {
    const { problems } = file.problems();
    const edits: TextEdit[] = [];
    let fixed = 0;
    for (const problem of problems) {
      if (problem.rule.on !== "tokens" || (of !== "safe" && problem.rule.id !== of.rule)) continue;
      const fix = (await file.fixesOf(problem)).find(({ safe }) => of !== "safe" || safe);
      if (!fix) continue;
      const made = editsOf(file.lint.document, problem, fix);
      if (made.length > 0 && addFree(edits, made)) fixed++;
    }
    return { edits: edits.sort((a, b) => a.start - b.start), fixed };
  }

  async #suppress(file: OpenFile, rule: string, range: LintRange): Promise<{ path: string }> {
    const problem = this.#touching(file, range).find((each) => each.rule.id === rule);
    if (!problem) {
      throw new TunesmithError(
        "usage",
        `there is no problem of ${rule} here any more`,
        "Nothing needs to be done.",
      );
    }
    const entry = entryAt(file.lint.document, range.start)!;
    const text = entry.piece.text.slice(entry.piece.start, entry.piece.end).slice(0, 80);
    const path = file.path + suppressionsSuffix;
    const suppressions = new Suppressions(file.lint.suppressions.list).with({
      rule,
      row: file.lint.keyOf(problem),
      text,
    });
    await writeFileAtomic(path, suppressions.toText());
    file.reload();
    return { path };
  }
}

export function inLines({ lint: { document } }: OpenFile, edits: readonly TextEdit[]): LintEdit[] {
  const positions = positionsOf(
    document,
    edits.flatMap(({ start, end }) => [start, end]),
  );
  return edits.map(({ text }, i) => ({
    range: { start: positions[2 * i]!, end: positions[2 * i + 1]! },
    text,
  }));
}

function isBefore(a: LintRange["start"], b: LintRange["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Undefined where it cannot be read: it says so when it is linted itself. */
async function readOther(sibling: Sibling, settings: Project["settings"]): Promise<OtherFile | undefined> {
  try {
    return await otherFile(sibling, readText(sibling.path).text, settings);
  } catch (error) {
    if (error instanceof TunesmithError) return undefined;
    throw error;
  }
}

/** UTF-16 units; a smaller text is read and looked at before anybody waits. */
const largeText = 2_000_000;

/** Editors give a document one kind of line ends, whatever the file has. */
function withLineEnds(text: string, eol: "\n" | "\r\n"): string {
  return eol === "\n" && !text.includes("\r") ? text : text.replace(/\r\n|\r|\n/g, eol);
}
