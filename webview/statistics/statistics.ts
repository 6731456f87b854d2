/** The page: what the file holds, what a run would make of it, what is wrong with it, and what the last run found hard. */
import type { DatasetState, statisticsHost, statisticsPanel } from "../../src/contracts/dataset.ts";
import type { HardRow, Histogram, LintStatistics } from "../../src/contracts/lint.ts";
import type { Channel } from "../../src/protocol/channel.ts";
import { icon, problem, problemOf, section } from "../common/controls.ts";
import { type Child, fill, filled, h, setText } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import type { ViewState } from "../common/vscode.ts";
import { HistogramCard } from "./histogram.ts";
import {
  hardColumns,
  imbalanceOf,
  type Label,
  labelColumns,
  labelsOf,
  type ProblemCount,
  problemColumns,
  shareTable,
} from "./lists.ts";
import { outlookView } from "./outlook.ts";
import { SortedList } from "./sorted-list.ts";
import type { Sort } from "./sorting.ts";

export type HostChannel = Channel<typeof statisticsPanel, typeof statisticsHost>;

/** How a person has set the page up; it outlives a reload. */
export interface View {
  /** The host reads it to restore the page. */
  uri: string;
  /** Sections that were closed. */
  closed: string[];
  labelSort: Sort;
  problemSort: Sort;
  hardSort: Sort;
}

export const defaultView: View = {
  uri: "",
  closed: [],
  labelSort: { column: "rows", descending: true },
  problemSort: { column: "severity", descending: true },
  hardSort: { column: "loss", descending: true },
};

/** What says whether the difference between labels is worth a warning: as the file's settings have it. */
const imbalanceRule = "class-imbalance";

type Name = Histogram["name"];

export class Statistics {
  readonly element: HTMLElement;
  readonly #channel: HostChannel;
  readonly #view: ViewState<View>;
  readonly #failed = h("div", { class: "failures" });
  readonly #content = h("div");
  readonly #waiting = h("p", { class: "quiet waiting" });
  readonly #parts: { update(state: DatasetState, statistics: LintStatistics): void }[] = [];
  readonly #outlookSection: HTMLDetailsElement;

  constructor(channel: HostChannel, view: ViewState<View>) {
    this.#channel = channel;
    this.#view = view;
    const outlook = h("div", { class: "outlook" });
    const showOutlook = filled(
      outlook,
      (state: DatasetState) => this.#outlook(state),
      ({ outlook, outlookProblem, pending }) => JSON.stringify([outlook, outlookProblem, pending === null]),
    );
    this.#parts.push({ update: showOutlook });
    this.#outlookSection = this.#section("outlook", t("What a run would make of it"), outlook);
    const title = h("h1");
    const head = h("dl", { class: "tiles" });
    const pending = h("div", { class: "pending quiet", role: "status" });
    const path = h("p", { class: "quiet path" });
    const showHead = filled(head, headOf);
    const showPending = filled(pending, pendingOf);
    this.#parts.push({
      update: (state, statistics) => {
        setText(path, statistics.path);
        // In the folder that is open, its name says all.
        path.hidden = statistics.path === state.name;
        showHead(statistics);
        showPending(state.pending);
      },
    });
    fill(
      this.#content,
      path,
      head,
      pending,
      this.#outlookSection,
      this.#section("lengths", t("Lengths"), this.#lengths()),
      this.#labels(),
      this.#section("mix", t("Languages and splits"), this.#mix()),
      this.#section("problems", t("Problems by rule"), ...this.#problems()),
      this.#section("hard", t("What the last run found hard"), ...this.#hard()),
    );
    this.element = h(
      "div",
      { class: "statistics" },
      h("header", null, h("div", { class: "crumb-line" }, title), this.#failed),
      this.#waiting,
      this.#content,
    );
    this.#parts.push({ update: ({ name }) => setText(title, name) });
  }

  show(state: DatasetState): void {
    const { statistics, problem: why } = state;
    fill(this.#failed, why && problem(why.message, why.hint));
    this.#content.hidden = statistics === null;
    this.#waiting.hidden = statistics !== null || why !== null;
    setText(this.#waiting, t("Counting…"));
    if (statistics) for (const part of this.#parts) part.update(state, statistics);
    else setText(this.element.querySelector("h1")!, state.name);
  }

  focusOutlook(): void {
    this.#outlookSection.open = true;
    this.#outlookSection.scrollIntoView();
    this.#outlookSection.querySelector("summary")!.focus();
  }

  #section(id: string, title: string, ...children: Child[]): HTMLDetailsElement {
    const onToggle = (open: boolean) => {
      const others = this.#view.value.closed.filter((each) => each !== id);
      this.#view.set({ closed: open ? others : [...others, id] });
    };
    return section(title, { open: !this.#view.value.closed.includes(id), onToggle }, ...children);
  }

  async #ask(asked: Promise<unknown>): Promise<void> {
    try {
      await asked;
    } catch (error) {
      fill(this.#failed, problemOf(error));
    }
  }

  #reveal(line: number): void {
    void this.#ask(this.#channel.request("reveal", { line }));
  }

  #outlook({ outlook, outlookProblem, pending }: DatasetState): Child[] {
    if (outlookProblem) return [problem(outlookProblem.message, outlookProblem.hint)];
    if (!outlook) {
      const isBusy = pending !== null;
      return [h("p", { class: "quiet" }, isBusy ? t("Known once all tokens are counted.") : t("Counting…"))];
    }
    return outlookView(outlook, (line) => this.#reveal(line));
  }

  #lengths(): HTMLElement {
    const element = h("div", { class: "cards" });
    const cards = new Map<Name, HistogramCard>();
    const titles: Record<Name, [title: string, unit: string]> = {
      promptTokens: [t("Tokens in"), t("Tokens")],
      answerTokens: [t("Tokens out"), t("Tokens")],
      promptCharacters: [t("Characters in"), t("Characters")],
      answerCharacters: [t("Characters out"), t("Characters")],
      turns: [t("Turns"), t("Turns")],
    };
    const show = filled(
      element,
      (names: Name[]) =>
        names.map((name) => {
          if (!cards.has(name)) cards.set(name, new HistogramCard(...titles[name]));
          return cards.get(name)!.element;
        }),
      (names) => names.join(),
    );
    this.#parts.push({
      update: (_, { histograms }) => {
        const shown = shownHistograms(histograms);
        show(shown.map(({ name }) => name));
        for (const histogram of shown) cards.get(histogram.name)!.show(histogram);
      },
    });
    return element;
  }

  /** Where answers are no labels, it is not there. */
  #labels(): HTMLDetailsElement {
    let most = 1;
    const note = h("p", { class: "note" });
    const list = new SortedList<Label>({
      name: "labels",
      label: t("Labels"),
      columns: labelColumns(() => most),
      sort: this.#view.value.labelSort,
      onSort: (labelSort) => this.#view.set({ labelSort }),
    });
    const section = this.#section("labels", t("Labels"), note, list.element);
    const showNote = filled(note, (about: Parameters<typeof labelsNote>[0]) => labelsNote(about));
    this.#parts.push({
      update: (_, statistics) => {
        const labels = labelsOf(statistics);
        most = Math.max(1, ...labels.map(({ rows }) => rows));
        section.hidden = labels.length === 0;
        showNote({ labels, isUneven: statistics.problems.some(({ rule }) => rule === imbalanceRule) });
        list.show(labels);
      },
    });
    return section;
  }

  #mix(): HTMLElement {
    const element = h("div", { class: "cards" });
    const show = filled(element, ({ languages, parts }: Pick<LintStatistics, "languages" | "parts">) => [
      languages.length > 0 &&
        shareTable(
          t("Languages"),
          t("Language"),
          languages.map(({ language, rows }) => [languageName(language), rows]),
        ),
      parts.length > 0 &&
        shareTable(
          t("Splits"),
          t("Split"),
          parts.map(({ part, rows }) => [part, rows]),
        ),
      languages.length + parts.length === 0 && h("p", { class: "quiet" }, t("The file names no splits.")),
    ]);
    this.#parts.push({ update: (_, { languages, parts }) => show({ languages, parts }) });
    return element;
  }

  #problems(): Child[] {
    const none = h(
      "p",
      { class: "sound" },
      icon("pass"),
      h("span", null, t("Nothing is wrong with the file.")),
    );
    const list = new SortedList<ProblemCount>({
      name: "problems",
      label: t("Problems by rule"),
      columns: problemColumns((rule) => void this.#ask(this.#channel.request("explain", { rule }))),
      sort: this.#view.value.problemSort,
      onSort: (problemSort) => this.#view.set({ problemSort }),
      open: ({ lines }) => {
        if (lines[0] !== undefined) this.#reveal(lines[0]);
      },
    });
    this.#parts.push({
      update: ({ pending }, { problems }) => {
        none.hidden = problems.length > 0 || pending !== null;
        list.element.hidden = problems.length === 0;
        list.show(problems);
      },
    });
    return [none, list.element];
  }

  #hard(): Child[] {
    const about = h("div", { class: "note" });
    const list = new SortedList<HardRow>({
      name: "hard",
      label: t("Rows that the last run found hard"),
      columns: hardColumns(),
      sort: this.#view.value.hardSort,
      onSort: (hardSort) => this.#view.set({ hardSort }),
      open: ({ line }) => this.#reveal(line),
    });
    const showAbout = filled(
      about,
      (history: LintStatistics["history"]) => hardNote(history),
      (history) => JSON.stringify([history?.run, history?.rows.length]),
    );
    this.#parts.push({
      update: (_, { history }) => {
        showAbout(history);
        list.element.hidden = !history || history.rows.length === 0;
        list.show(history?.rows ?? []);
      },
    });
    return [about, list.element];
  }
}

/** Tokens where they are counted, else characters. */
export function shownHistograms(histograms: readonly Histogram[]): Histogram[] {
  const isThere = (name: Name) => histograms.some((each) => each.name === name);
  const instead: Partial<Record<Name, Name>> = {
    promptCharacters: "promptTokens",
    answerCharacters: "answerTokens",
  };
  return histograms.filter(({ name }) => !instead[name] || !isThere(instead[name]));
}

function headOf(statistics: LintStatistics): Child[] {
  const { rows, tokens, format, confidence, duplicates, unreadable, problems } = statistics;
  const tile = (name: string, value: string, more?: Child) =>
    h("div", null, h("dt", null, name), h("dd", null, value, more));
  const small = (text: string) => h("small", null, text);
  const all = problems.reduce((sum, each) => sum + each.count, 0);
  return [
    tile(t("Rows"), count(rows), unreadable > 0 && small(unreadableNote(unreadable))),
    tokens !== undefined && tile(t("Tokens"), count(tokens)),
    tile(t("Format"), format ?? t("not known"), format !== undefined && small(sureness(confidence))),
    tile(t("Problems"), count(all)),
    tile(t("Duplicates"), count(duplicates)),
  ];
}

function unreadableNote(unreadable: number): string {
  return unreadable === 1 ? t("1 cannot be read") : t("{0} cannot be read", count(unreadable));
}

/** Whole percents, of which 100 are promised only where nothing speaks against the format. */
export function sureness(confidence: number): string {
  return confidence === 1 ? t("sure") : t("{0}% sure", Math.floor(100 * confidence));
}

function pendingOf(pending: DatasetState["pending"]): Child[] {
  if (pending === null) return [];
  const text = {
    rows: t("Rows are still being read."),
    set: t("Rows are still being compared with each other."),
    tokens: t("Tokens are still being counted; until then, lengths are in characters."),
  }[pending];
  return [icon("loading", true), h("span", null, text)];
}

function labelsNote({ labels, isUneven }: { labels: readonly Label[]; isUneven: boolean }): Child[] {
  const ratio = imbalanceOf(labels);
  const many = labels.length === 1 ? t("1 label.") : t("{0} labels.", count(labels.length));
  if (ratio === null) return [many];
  const times = ratio >= 10 ? count(Math.round(ratio)) : ratio.toFixed(1);
  return [
    isUneven && icon("warning"),
    `${many} ${t("The most frequent has {0} times the rows of the rarest.", times)}`,
    isUneven &&
      ` ${t("A model learns to guess frequent ones: add rows for the rare, or accept it knowingly.")}`,
  ];
}

function hardNote(history: LintStatistics["history"]): Child[] {
  if (!history) {
    return [
      h(
        "p",
        null,
        t(
          "No run has trained on this file yet. After one, its rows are listed here by how hard they were to learn: the cheapest known way to find wrong labels.",
        ),
      ),
    ];
  }
  const { run, rows } = history;
  const name = run.split(/[\\/]/).at(-1) ?? run;
  return [
    h(
      "p",
      null,
      t("From the run “{0}”: {1} rows.", name, count(rows.length)),
      " ",
      t("Click a row to see it."),
    ),
    h(
      "details",
      { class: "why" },
      h("summary", null, t("Why this matters")),
      h(
        "p",
        null,
        t(
          "It is the cheapest known way to find wrong labels. A row whose answer the model keeps finding unlikely, although it has seen it several times, is either hard or wrong; among those with the highest loss and the lowest confidence, wrong ones are many times as frequent as elsewhere.",
        ),
      ),
      h(
        "p",
        null,
        t(
          "Confidence is how likely the model thought the answer, on average over the epochs; variability how much that changed. Forgotten counts how often a row was learned and then lost again. High variability marks rows that teach much; low confidence with low variability those to look at first. (Dataset cartography, Swayamdipta et al. 2020; forgetting events, Toneva et al. 2019.)",
        ),
      ),
    ),
  ];
}

function languageName(code: string): string {
  if (code === "") return t("cannot be told");
  try {
    const names = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "language" });
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
