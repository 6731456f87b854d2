/**
 * A file that an editor holds: checked in slices, so that whoever types or asks is never waited for, and told of in
 * stages: rows first, the set a moment later, tokens when they are counted.
 */
import type { LintProblem, LintReport } from "../contracts/lint.ts";
import type { LintDocument } from "../data/lint/document.ts";
import type { Problem } from "../data/lint/problem.ts";
import { looksLikeDataset } from "../data/lint/recognise.ts";
import { Suppressions } from "../data/lint/suppressions.ts";
import type { Fix, OtherFile } from "../data/rules/rule.ts";
import { TunesmithError } from "../protocol/errors.ts";
import type { Crew } from "./crew.ts";
import { DatasetLint } from "./dataset-lint.ts";
import { countsOf, findingOf, shownInEditor, withinLimit } from "./finding.ts";
import { HistoryPass } from "./history-pass.ts";
import { type Project, projectOf } from "./project.ts";
import { readSuppressions, type readText } from "./read.ts";
import { TokenPass } from "./token-pass.ts";
import { Turn } from "./turns.ts";

/** The first report of a long check, and those after it; of a file of which nothing was told, as soon as there is something. */
const firstReportMs = 150;
const nextReportMs = 1000;
/** What concerns all rows is looked at when nobody has typed for so long. */
const setDelayMs = 120;

export interface Surroundings {
  report(report: LintReport): void;
  /** Whose eyes rows are seen with where nothing else names a model. */
  model(): string;
  others(project: Project): Promise<OtherFile[]>;
  /** The prompts of this file may have changed. */
  changed(file: OpenFile): void;
  /** Threads that look at its rows, too. */
  crew(): Crew | undefined;
}

export class OpenFile {
  readonly uri: string;
  readonly path: string;
  version: number;
  lint: DatasetLint;
  isDataset: boolean;
  #isTreated = false;
  readonly #around: Surroundings;
  #setProblems: readonly Problem[] = [];
  #work:
    | { begun: number; reportAt: number; restart: boolean; setDelay: number; isResting: boolean }
    | undefined;
  readonly #crew: Crew | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The look at the set that goes on, slice by slice. */
  #setCheck: ReturnType<LintDocument["checkSet"]> | undefined;
  #isClosed = false;
  #isTold = false;
  #isSettled = false;
  readonly #waiting: ((report: LintReport) => void)[] = [];
  #tokens: TokenPass;
  #history: HistoryPass;
  #troubles: string[] = [];
  /** Versions of other open files that the set was compared with. */
  readonly #seen = new Map<string, number>();

  constructor(
    { uri, path, version }: { uri: string; path: string; version: number },
    { text, origin }: ReturnType<typeof readText>,
    around: Surroundings,
  ) {
    this.uri = uri;
    this.path = path;
    this.version = version;
    this.#around = around;
    this.#crew = around.crew();
    this.lint = this.#made(text, origin);
    this.isDataset = this.#recognised();
    this.#tokens = new TokenPass(this.lint);
    this.#history = new HistoryPass(this.lint);
  }

  /** Begins to look, and to tell. */
  start(): void {
    this.#start();
  }

  /** Tells of what is there at once, as of the first part of a file. */
  tellAsPart(): void {
    if (!this.isDataset) return;
    this.lint.document.checkAll();
    if (this.lint.document.hasRecordProblems) this.#tell("rows");
  }

  #made(text: string, origin: ReturnType<typeof readText>["origin"]): DatasetLint {
    const project = projectOf(this.path, { defaultModel: this.#around.model() });
    this.#troubles = project.troubles.map(({ message }) => message);
    let suppressions = new Suppressions();
    try {
      suppressions = readSuppressions(this.path);
    } catch (error) {
      if (!(error instanceof TunesmithError)) throw error;
      this.#troubles.push(error.message);
    }
    return new DatasetLint(this.path, text, project, suppressions, origin);
  }

  #recognised(): boolean {
    const { isIgnored, namedBy } = this.lint.project;
    if (isIgnored) return false;
    return this.#isTreated || namedBy !== undefined || looksLikeDataset(this.lint.document);
  }

  treat(): void {
    this.#isTreated = true;
    this.isDataset = true;
    this.#start();
  }

  /** Edits as the editor tells them: one after another, each by offsets into the text as it then is. */
  change(version: number, changes: readonly { start: number; end: number; text: string }[]): void {
    this.version = version;
    for (const { start, end, text } of changes) this.lint.document.edit(start, end, text);
    if (!this.isDataset) this.isDataset = this.#recognised();
    this.#tokens.edited();
    this.#start(setDelayMs);
  }

  /** Settings, suppressions, the model or a run have changed. */
  reload(): void {
    this.#crew?.stop();
    this.lint = this.#made(this.lint.document.text, this.lint.document.origin);
    this.isDataset = this.#recognised();
    this.#setProblems = [];
    this.#tokens.stop();
    this.#tokens = new TokenPass(this.lint);
    this.#history = new HistoryPass(this.lint);
    this.#start();
  }

  /** Another file of the same data has changed on the disk. */
  lookAtSetAgain(): void {
    if (this.isDataset && !this.#work) this.#scheduleSet(setDelayMs);
  }

  /** Another file of the same data was looked at in its editor: nothing is to be done where it is as it was. */
  siblingChanged({ uri, version }: OpenFile): void {
    if (this.#seen.get(uri) === version) return;
    this.#seen.set(uri, version);
    this.lookAtSetAgain();
  }

  close(): void {
    this.#isClosed = true;
    this.#crew?.stop();
    this.#tokens.stop();
    clearTimeout(this.#timer);
  }

  /** @param setDelay milliseconds to wait with what concerns all rows: whoever types goes on typing, mostly */
  #start(setDelay = 0): void {
    this.#isSettled = false;
    clearTimeout(this.#timer);
    this.#setCheck = undefined;
    if (this.#work) {
      Object.assign(this.#work, { restart: true, setDelay });
      this.#goOn();
      return;
    }
    if (!this.isDataset) {
      this.#tell(undefined);
      return;
    }
    this.#work = {
      begun: performance.now(),
      reportAt: firstReportMs,
      restart: false,
      setDelay,
      isResting: false,
    };
    this.#slice(this.lint.document.check());
  }

  #slice(check: Generator<void>): void {
    if (this.#isClosed) return;
    const work = this.#work!;
    const { document } = this.lint;
    const going = work.restart ? document.check() : check;
    work.restart = false;
    this.#crew?.help(document, () => this.#goOn());
    const turn = new Turn();
    while (!turn.isOver) {
      if (!going.next().done) continue;
      work.isResting = document.isWaiting;
      if (!work.isResting) this.#rowsDone();
      return;
    }
    const spent = performance.now() - work.begun;
    if (spent > work.reportAt || (!this.#isTold && document.hasRecordProblems)) {
      this.#tell("rows");
      work.reportAt = spent + nextReportMs;
    }
    setImmediate(() => this.#slice(going));
  }

  /** Nothing was left to do but to wait for the crew: now there is something. */
  #goOn(): void {
    if (!this.#work?.isResting) return;
    this.#work.isResting = false;
    this.#slice(this.lint.document.check());
  }

  #rowsDone(): void {
    const { setDelay } = this.#work!;
    this.#work = undefined;
    this.#setProblems = this.#setProblems.filter(
      ({ id }) => id === undefined || this.lint.document.entry(id),
    );
    this.#tell("set");
    this.#scheduleSet(setDelay);
  }

  #scheduleSet(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#lookAtSet(), delay);
  }

  async #lookAtSet(): Promise<void> {
    const { version, lint } = this;
    if (this.#isClosed || this.#work) return;
    const others = await this.#around.others(lint.project);
    if (this.#isClosed || this.#work || this.version !== version || this.lint !== lint) return;
    this.#setCheck = lint.document.checkSet(others);
    this.#sliceOfSet(this.#setCheck);
  }

  /** Goes on until something is edited: then it begins anew. */
  #sliceOfSet(check: ReturnType<LintDocument["checkSet"]>): void {
    const turn = new Turn();
    while (this.#setCheck === check && !this.#isClosed) {
      const { done, value } = check.next();
      if (done) {
        this.#setDone(value);
        return;
      }
      if (!turn.isOver) continue;
      setImmediate(() => this.#sliceOfSet(check));
      return;
    }
  }

  #setDone(problems: readonly Problem[]): void {
    this.#setCheck = undefined;
    this.#setProblems = problems;
    this.#tell("tokens");
    this.#around.changed(this);
    void this.#lookBehind();
  }

  /** What takes long and is not waited for: the last run's view of the rows, and the model's. */
  async #lookBehind(): Promise<void> {
    const { version, lint } = this;
    const [history, tokens] = [this.#history, this.#tokens];
    const isWanted = () => !this.#isClosed && this.version === version && this.lint === lint;
    try {
      await history.find(isWanted);
      if (!isWanted()) return;
      await tokens.run(() => {
        if (isWanted() && !this.#work) this.#tell(tokens.isDone ? undefined : "tokens");
      });
    } catch (error) {
      if (!isWanted()) return;
      this.#troubles.push(error instanceof Error ? error.message : String(error));
      this.#tell(undefined);
    }
  }

  /** Everything that is known now, by place. */
  problems(): { problems: Problem[]; unused: ReturnType<DatasetLint["unsuppressed"]>["unused"] } {
    const { document } = this.lint;
    return this.lint.unsuppressed([
      ...document.recordProblems(),
      ...this.#tokens.problems(),
      ...this.#history.problems(),
      ...this.#setProblems,
    ]);
  }

  get tokens(): TokenPass {
    return this.#tokens;
  }

  get history(): HistoryPass {
    return this.#history;
  }

  /** What can be done about a problem, the best first. */
  fixesOf(problem: Problem): Promise<readonly Fix[]> | readonly Fix[] {
    return problem.rule.on === "tokens" ? this.#tokens.fixesOf(problem) : this.lint.document.fixesOf(problem);
  }

  /** The report once everything has been looked at. @throws what the signal is aborted with */
  settled(signal: AbortSignal): Promise<LintReport> {
    return new Promise((resolve, reject) => {
      if (this.#isSettled) {
        resolve(this.#reported(undefined));
        return;
      }
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  #tell(pending: LintReport["pending"]): void {
    const report = this.#reported(pending);
    this.#around.report(report);
    this.#isTold = true;
    this.#isSettled = pending === undefined;
    if (this.#isSettled) for (const resolve of this.#waiting.splice(0)) resolve(report);
  }

  #reported(pending: LintReport["pending"]): LintReport {
    const { document, project } = this.lint;
    const { problems, unused } = this.isDataset ? this.problems() : { problems: [], unused: [] };
    const facts = document.facts;
    const first = facts.first === undefined ? 0 : document.lineOf(facts.first);
    const { name, maxLength, trouble } = this.#tokens.model;
    return {
      uri: this.uri,
      version: this.version,
      isDataset: this.isDataset,
      ...(pending && { pending }),
      problems: withinLimit(problems, shownInEditor).map(
        ({ problem, more }): LintProblem => ({ ...findingOf(document, problem), more }),
      ),
      counts: countsOf(problems),
      rows: facts.records + facts.unreadable,
      tokens: this.#tokens.total,
      format: facts.format?.name,
      confidence: facts.confidence,
      columns: facts.columns,
      firstLine: first,
      target: project.settings.target,
      model: { name, maxLength, ...(trouble && { trouble }) },
      troubles: [
        ...this.#troubles,
        ...(pending
          ? []
          : unused.map(
              ({ rule, row }) => `nothing needs the suppression of ${rule} for row ${row} any more`,
            )),
      ],
    };
  }
}
