/** A table of any length that is sorted by a click on a column's title; only the rows in sight are in the document. */
import { icon } from "../common/controls.ts";
import { type Child, fill, h } from "../common/elements.ts";
import { VirtualList } from "../common/virtual-list.ts";
import { type Sort, type SortValue, sorted, turned } from "./sorting.ts";

export interface Column<T> {
  id: string;
  title: string;
  /** What the rows are sorted by. */
  value(row: T): SortValue;
  cell(row: T): Child;
  /** Figures stand to the right, and the largest come first. */
  isFigure?: boolean;
}

export interface SortedListOptions<T> {
  /** Names it among the page's lists. */
  name: string;
  label: string;
  columns: readonly Column<T>[];
  sort: Sort;
  onSort(sort: Sort): void;
  /** What a click or Enter on a row does. */
  open?(row: T): void;
}

export class SortedList<T> {
  readonly element: HTMLElement;
  readonly #options: SortedListOptions<T>;
  readonly #header = h("div", { role: "row", class: "row header", "aria-rowindex": 1 });
  readonly #list: VirtualList;
  #rows: readonly T[] = [];
  #sort: Sort;
  #shown = "";

  constructor(options: SortedListOptions<T>) {
    this.#options = options;
    const { name, label, columns, sort, open } = options;
    this.#sort = columns.some(({ id }) => id === sort.column)
      ? sort
      : { column: columns[0]!.id, descending: columns[0]!.isFigure === true };
    this.element = h("div", {
      class: `list list-${name}${open ? " opens" : ""}`,
      role: "grid",
      tabindex: 0,
      "aria-label": label,
      "aria-readonly": "true",
    });
    const body = h("div", { role: "rowgroup", class: "list-body" });
    const header = h("div", { role: "rowgroup", class: "list-header" }, this.#header);
    this.#list = new VirtualList(this.element, header, body, {
      name,
      draw: (item) => this.#draw(this.#rows[item]!),
      open: (item) => open?.(this.#rows[item]!),
      moved: () => {},
    });
    this.#showHeader();
  }

  show(rows: readonly T[]): void {
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const isFirst = this.#rows.length === 0;
    this.#rows = rows;
    this.#arrange(isFirst);
  }

  /** @param rewind begins at the beginning; else the row at the upper edge stays there */
  #arrange(rewind: boolean): void {
    const { columns } = this.#options;
    const column = columns.find(({ id }) => id === this.#sort.column)!;
    const order = sorted(this.#rows, column.value, this.#sort.descending);
    this.#list.show(order);
    this.#list.redraw();
    const [first] = order;
    if (rewind && first !== undefined) this.#list.restore({ item: first, beyond: 0 }, first);
  }

  #turn({ id, isFigure = false }: Column<T>): void {
    this.#sort = turned(this.#sort, id, isFigure);
    this.#options.onSort(this.#sort);
    this.#showHeader();
    this.#arrange(true);
    this.#header.querySelector<HTMLElement>(`[data-column="${id}"]`)?.focus();
  }

  #showHeader(): void {
    const { column, descending } = this.#sort;
    fill(
      this.#header,
      ...this.#options.columns.map((each) => {
        const isSorted = each.id === column;
        return h(
          "div",
          {
            role: "columnheader",
            class: `cell${each.isFigure ? " figure" : ""}`,
            "aria-sort": isSorted ? (descending ? "descending" : "ascending") : "none",
          },
          h(
            "button",
            { type: "button", class: "sort", "data-column": each.id, onclick: () => this.#turn(each) },
            h("span", null, each.title),
            isSorted && icon(descending ? "arrow-down" : "arrow-up"),
          ),
        );
      }),
    );
  }

  #draw(row: T): HTMLElement {
    return h(
      "div",
      { role: "row", class: "row" },
      ...this.#options.columns.map(({ id, title, cell, isFigure }) =>
        h(
          "div",
          { role: "gridcell", class: `cell cell-${id}${isFigure ? " figure" : ""}` },
          h("span", { class: "cell-title", "aria-hidden": "true" }, title),
          cell(row),
        ),
      ),
    );
  }
}
