/** What a person thinks of a row: thumbs for each answer, a note, and a better answer for the dataset. */
import type { ListedRow, RowNote } from "../../src/contracts/compare.ts";
import { button, icon, problemOf, toggle } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import { type Page, titleOf } from "./page.ts";

/** A note is kept so long after the last key. */
const quietMs = 600;

const noNote: RowNote = { thumbs: {}, text: "" };

export interface RowNotes {
  /** The thumbs of a way. */
  thumbs(way: string): HTMLElement;
  note: HTMLElement;
  addToDataset: HTMLElement;
  /** The row has come anew. */
  update(row: ListedRow): void;
  /** Keeps at once what was typed. */
  flush(): void;
}

/** @param changed the row's note is another now */
export function rowNotes(page: Page, row: ListedRow, changed: () => void): RowNotes {
  const { index } = row;
  const outcome = h("div", { class: "quiet", role: "status" });
  const text = h("textarea", {
    class: "field",
    id: "note",
    rows: 2,
    placeholder: t("What is good or wrong here?"),
  });
  const updates: ((note: RowNote) => void)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const current = () => page.rows.get(index)?.note ?? noNote;

  const save = async (note: RowNote) => {
    clearTimeout(timer);
    timer = undefined;
    page.rows.set(index, { ...page.rows.get(index)!, note });
    for (const update of updates) update(note);
    changed();
    try {
      await page.channel.request("note", { index, note });
      fill(outcome, icon("check"), t("Saved"));
    } catch (error) {
      fill(outcome, problemOf(error));
    }
  };
  const saveText = () => void save({ ...current(), text: text.value });
  const flush = () => {
    if (timer !== undefined) saveText();
  };
  text.value = current().text;
  text.addEventListener("input", () => {
    fill(outcome);
    clearTimeout(timer);
    timer = setTimeout(saveText, quietMs);
  });
  text.addEventListener("blur", flush);

  const thumbs = (way: string) => {
    const title = titleOf(page, way);
    const set = (thumb: "up" | "down", pressed: boolean) => {
      const { [way]: _, ...others } = current().thumbs;
      void save({ text: text.value, thumbs: pressed ? { ...others, [way]: thumb } : others });
    };
    const make = (thumb: "up" | "down", label: string) => {
      const made = toggle(label, `thumbs${thumb}`, current().thumbs[way] === thumb, (on) => set(thumb, on));
      updates.push((note) => made.set(note.thumbs[way] === thumb));
      return made.element;
    };
    return h(
      "span",
      { class: "thumbs" },
      make("up", t("Good answer: {0}", title)),
      make("down", t("Bad answer: {0}", title)),
    );
  };

  const note = h("div", { class: "note" }, h("label", { for: "note" }, t("Note")), text, outcome);
  return {
    thumbs,
    note,
    addToDataset: addToDataset(page, row),
    update(row) {
      for (const update of updates) update(row.note ?? noNote);
      // What is being typed is newer.
      if (timer === undefined && document.activeElement !== text) text.value = row.note?.text ?? "";
    },
    flush,
  };
}

function addToDataset(page: Page, { index, reference }: ListedRow): HTMLElement {
  const outcome = h("p", { role: "status" });
  const answer = h("textarea", { class: "field", id: "better-answer", rows: 3 });
  answer.value = reference;
  const add = async () => {
    try {
      const { added } = await page.channel.request("addToDataset", { index, answer: answer.value });
      fill(outcome, added && t("Added. Once the model is trained on it, make the comparison again."));
    } catch (error) {
      fill(outcome, problemOf(error));
    }
  };
  return h(
    "details",
    { class: "more" },
    h("summary", null, t("Add to the dataset…")),
    h("label", { for: "better-answer" }, t("The answer to learn")),
    answer,
    h(
      "p",
      { class: "warning" },
      icon("warning"),
      h(
        "span",
        null,
        t(
          "This is a test row: a model that has learned it says nothing about rows it has not seen. Make the comparison again on other test rows.",
        ),
      ),
    ),
    button(t("Add to the dataset"), add, { icon: "add" }),
    outcome,
  );
}
