/** The page: which row, what of it is learned and what is lost, and its tokens. */
import type { PreviewAction, previewHost, previewPanel, ShownRow } from "../../src/contracts/dataset.ts";
import type { LintPreview } from "../../src/contracts/lint.ts";
import type { Channel } from "../../src/protocol/channel.ts";
import type { Announcer } from "../common/announce.ts";
import { button, icon, iconButton, problem, problemOf } from "../common/controls.ts";
import { type Child, fill, filled, h, setText } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { legend } from "./legend.ts";
import { TokenText } from "./token-text.ts";

export type HostChannel = Channel<typeof previewPanel, typeof previewHost>;

export class Preview {
  readonly element: HTMLElement;
  readonly #channel: HostChannel;
  readonly #announcer: Announcer;
  readonly #file = h("h1", { class: "file" });
  readonly #number = h("input", {
    type: "number",
    class: "field number",
    min: 1,
    "aria-label": t("Go to row"),
    oninput: () => {
      this.#isTyping = true;
    },
    onblur: () => {
      this.#isTyping = false;
    },
    onchange: () => {
      this.#isTyping = false;
      this.#go(this.#number.valueAsNumber);
    },
  });
  readonly #of = h("span", { class: "quiet of" });
  readonly #before = iconButton(t("Previous row (left arrow)"), "arrow-left", () => this.#step(-1));
  readonly #after = iconButton(t("Next row (right arrow)"), "arrow-right", () => this.#step(1));
  readonly #nav: HTMLElement;
  readonly #failed = h("div", { class: "failures" });
  readonly #tokens = new TokenText();
  readonly #legend = legend();
  readonly #empty = h("p", { class: "quiet waiting" });
  readonly #fillFigures: (preview: LintPreview | null) => void;
  readonly #fillNotes: (notes: readonly string[]) => void;
  readonly #fillTrouble: (shown: ShownRow) => void;
  #preview: LintPreview | null = null;
  /** The row that was asked for last and has not come yet. */
  #wanted: number | null = null;
  #isGoing = false;
  /** A number that is half typed is left alone. */
  #isTyping = false;

  constructor(channel: HostChannel, announcer: Announcer) {
    this.#channel = channel;
    this.#announcer = announcer;
    this.#nav = h(
      "nav",
      { class: "row-nav", "aria-label": t("Rows") },
      this.#before,
      h("label", { class: "go" }, h("span", { class: "word" }, t("Row")), this.#number, this.#of),
      this.#after,
      iconButton(t("Show the row in the editor"), "go-to-file", () => void this.#act("showRow")),
    );
    const figures = h("dl", { class: "tiles" });
    const notes = h("ul", { class: "notes" });
    const trouble = h("div", { class: "trouble" });
    this.#fillFigures = filled(figures, figuresOf, (preview) =>
      JSON.stringify(preview && { ...preview, tokens: preview.tokens.length }),
    );
    this.#fillNotes = filled(notes, (texts) =>
      texts.map((text) => h("li", null, icon("info"), h("span", null, text))),
    );
    this.#fillTrouble = filled(
      trouble,
      (shown) => this.#troubleOf(shown),
      ({ preview, modelTrouble, problem }) => JSON.stringify([preview?.trouble, modelTrouble, problem]),
    );
    this.element = h(
      "div",
      { class: "preview" },
      h(
        "header",
        null,
        h("div", { class: "crumb-line" }, this.#file, this.#nav),
        figures,
        notes,
        trouble,
        this.#failed,
      ),
      this.#empty,
      this.#legend,
      this.#tokens.element,
    );
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  show(shown: ShownRow): void {
    const { preview, name } = shown;
    const before = this.#preview;
    this.#preview = preview;
    setText(this.#file, name);
    this.#fillFigures(preview);
    this.#fillNotes(preview?.notes ?? []);
    this.#fillTrouble(shown);
    const isThere = preview !== null && preview.rows > 0;
    const hasTokens = isThere && preview.tokens.length > 0;
    this.#nav.hidden = !isThere;
    this.#legend.hidden = !hasTokens;
    this.#tokens.element.hidden = !hasTokens;
    this.#showEmpty(shown);
    if (!isThere) return;
    this.#showPlace(preview);
    if (hasTokens && before?.tokens !== preview.tokens) this.#tokens.show(preview);
    if (before?.row !== preview.row || before.uri !== preview.uri) this.#tokens.rewind();
  }

  #showEmpty({ preview, problem }: ShownRow): void {
    const isQuiet = problem !== null || (preview !== null && (preview.rows > 0 || !!preview.trouble));
    this.#empty.hidden = isQuiet;
    setText(this.#empty, preview === null ? t("Reading the row…") : t("This file holds no rows yet."));
  }

  #showPlace({ row, rows }: LintPreview): void {
    if (!this.#isTyping) this.#number.value = String(row);
    this.#number.max = String(rows);
    setText(this.#of, t("of {0}", count(rows)));
    // Not disabled: a button that is loses the focus.
    this.#before.setAttribute("aria-disabled", String(row <= 1));
    this.#after.setAttribute("aria-disabled", String(row >= rows));
  }

  #key(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target === this.#number) return;
    event.preventDefault();
    this.#step(by);
  }

  #step(by: number): void {
    if (this.#preview) this.#go((this.#wanted ?? this.#preview.row) + by);
  }

  /** Goes to the latest row that was asked for: with a key held down, those between are passed over. */
  #go(row: number): void {
    const { rows, row: shown } = this.#preview ?? { rows: 0, row: 0 };
    if (rows === 0) return;
    this.#wanted = Number.isInteger(row) ? Math.min(Math.max(1, row), rows) : shown;
    this.#number.value = String(this.#wanted);
    if (!this.#isGoing) void this.#follow();
  }

  async #follow(): Promise<void> {
    this.#isGoing = true;
    try {
      for (let row = this.#wanted; row !== null; row = this.#wanted) {
        await this.#channel.request("go", { row });
        if (this.#wanted === row) this.#wanted = null;
        this.#announcer.answer(t("Row {0}", count(row)));
      }
      fill(this.#failed);
    } catch (error) {
      this.#wanted = null;
      fill(this.#failed, problemOf(error));
    } finally {
      this.#isGoing = false;
    }
  }

  async #act(action: PreviewAction): Promise<void> {
    try {
      await this.#channel.request("act", { action });
      fill(this.#failed);
    } catch (error) {
      fill(this.#failed, problemOf(error));
    }
  }

  #troubleOf({ preview, modelTrouble, problem: why }: ShownRow): Child[] {
    const action = (label: string, name: PreviewAction, primary = false) =>
      button(label, () => void this.#act(name), { primary });
    if (why) return [problem(why.message, why.hint)];
    if (modelTrouble !== null) {
      const hint = t(
        "Choose a model that is on this machine. One from the hub is downloaded when a run starts on it.",
      );
      return [
        problem(modelTrouble, hint),
        h("div", { class: "actions" }, action(t("Choose a model…"), "chooseModel", true)),
      ];
    }
    if (preview?.trouble === undefined) return [];
    return [
      problem(preview.trouble, t("A run leaves this row out. Mend it, or choose another model.")),
      h(
        "div",
        { class: "actions" },
        action(t("Show the row"), "showRow", true),
        action(t("Show problems"), "showProblems"),
        action(t("Choose a model…"), "chooseModel"),
      ),
    ];
  }
}

function figuresOf(preview: LintPreview | null): Child[] {
  if (!preview || preview.rows === 0) return [];
  const { tokens, trained, truncated, model, maxLength } = preview;
  const figure = (name: string, value: string, kind = "") =>
    h("div", kind ? { class: kind } : null, h("dt", null, name), h("dd", null, value));
  const counted = [
    figure(t("Tokens"), count(tokens.length)),
    figure(t("Trained"), count(trained), "of-trained"),
    figure(t("Cut"), count(truncated), truncated > 0 ? "of-cut" : ""),
  ];
  return [
    ...(tokens.length > 0 ? counted : []),
    figure(t("At most"), count(maxLength)),
    figure(t("Model"), model, "of-model"),
  ];
}
