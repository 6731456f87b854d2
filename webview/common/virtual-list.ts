/**
 * A list of any length of which only the rows in sight are in the document. A grid to assistive software: the list itself
 * has the keyboard's focus and names its active row, so focus cannot be lost with a row that leaves the document.
 *
 * Rows have the heights their contents need. Heights are learned as rows come into sight, and whatever is learned, filtered
 * or added above, the row at the upper edge stays where it is.
 */
import { RowHeights } from "./row-heights.ts";

/** Rows that are kept beyond both edges, so that scrolling a little draws nothing. */
const spare = 6;

export interface ListHooks {
  /** The cells of a row, by its number in the whole data. */
  draw(item: number): HTMLElement;
  open(item: number): void;
  /** The active row or what is in sight has changed. */
  moved(): void;
  /** What rows' ids begin with, where a page has several lists. */
  readonly name?: string;
}

/** The row at the upper edge, and how far it has been scrolled out. */
export interface ListPlace {
  item: number;
  beyond: number;
}

export class VirtualList {
  /** What scrolls; `header` stays at its top. */
  readonly element: HTMLElement;
  readonly #body: HTMLElement;
  readonly #header: HTMLElement;
  readonly #hooks: ListHooks;
  readonly #known = new Map<number, number>();
  readonly #drawn = new Map<number, HTMLElement>();
  #items: readonly number[] = [];
  #positions = new Map<number, number>();
  #heights = new RowHeights(0, 60);
  #active = -1;
  #place: ListPlace = { item: 0, beyond: 0 };
  #width = 0;
  /** Whether the active row was seen when the list was last drawn. */
  #isInSight = false;

  constructor(element: HTMLElement, header: HTMLElement, body: HTMLElement, hooks: ListHooks) {
    this.element = element;
    this.#header = header;
    this.#body = body;
    this.#hooks = hooks;
    element.append(header, body);
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    element.addEventListener("keydown", (event) => this.#key(event));
    body.addEventListener("click", (event) => this.#click(event));
    new ResizeObserver(() => this.#resized()).observe(element);
  }

  /** The number of the active row; -1 when there is none. */
  get active(): number {
    return this.#active;
  }

  get place(): ListPlace {
    return this.#place;
  }

  /** Shows these rows, in this order. */
  show(items: readonly number[]): void {
    this.#items = items;
    this.#positions = new Map(items.map((item, position) => [item, position]));
    if (!this.#positions.has(this.#active)) this.#active = items[0] ?? -1;
    this.element.setAttribute("aria-rowcount", String(items.length + 1));
    this.#place = this.#nearest(this.#place);
    this.#layOut();
  }

  /** Draws these rows anew, or all. */
  redraw(items?: Iterable<number>): void {
    for (const item of items ?? [...this.#drawn.keys()]) {
      this.#known.delete(item);
      this.#drawn.get(item)?.remove();
      this.#drawn.delete(item);
    }
    if (!items) this.#known.clear();
    this.#layOut();
  }

  /** Makes a row the active one and brings it into sight. */
  activate(item: number): void {
    if (!this.#positions.has(item)) return;
    this.#active = item;
    this.#reveal(item);
    this.#hooks.moved();
  }

  /** Scrolls to a place as it was kept. */
  restore(place: ListPlace, active: number): void {
    this.#place = this.#nearest(place);
    if (this.#positions.has(active)) this.#active = active;
    this.#layOut();
  }

  /** The next row in a direction, from any; undefined at the ends. */
  beside(item: number, step: number): number | undefined {
    const position = this.#positions.get(item);
    return position === undefined ? undefined : this.#items[position + step];
  }

  get #top(): number {
    return this.#heights.top(this.#positions.get(this.#place.item) ?? 0) + this.#place.beyond;
  }

  #idOf(item: number): string {
    return `${this.#hooks.name ?? "row"}-${item}`;
  }

  get #isHidden(): boolean {
    return this.#body.clientWidth === 0;
  }

  /** The height in which rows can be seen. */
  get #room(): number {
    return Math.max(0, this.element.clientHeight - this.#header.offsetHeight);
  }

  #reveal(item: number): void {
    const position = this.#positions.get(item);
    if (position === undefined) return;
    // Rows that come into sight may turn out to have other heights than was thought; the second time they are known.
    for (let round = 0; round < 2; round++)
      this.#window(this.#heights.reveal(position, this.#top, this.#room));
  }

  /** The same place, if its row is still shown; else the next row in the data that is. */
  #nearest(place: ListPlace): ListPlace {
    if (this.#positions.has(place.item)) return place;
    const item = this.#items.find((each) => each > place.item) ?? this.#items.at(-1) ?? 0;
    return { item, beyond: 0 };
  }

  #layOut(): void {
    const known = [...this.#known.values()];
    const mean = known.length > 0 ? known.reduce((sum, height) => sum + height, 0) / known.length : 60;
    this.#heights = new RowHeights(this.#items.length, Math.round(mean), (p) =>
      this.#known.get(this.#items[p]!),
    );
    this.#window(this.#top);
  }

  /** Moves the window's upper edge to `top`, and draws what it shows. */
  #window(top: number): void {
    this.#anchor(top);
    if (this.#isHidden) return;
    // What is measured may show that more rows fit; it settles at once, but for safety not more than a few times.
    for (let round = 0; round < 4 && this.#draw(); round++);
    const wanted = this.#top;
    if (Math.abs(this.element.scrollTop - wanted) > 0.5) this.element.scrollTop = wanted;
  }

  #anchor(top: number): void {
    if (this.#items.length === 0) return;
    const within = Math.min(Math.max(0, top), Math.max(0, this.#heights.total - this.#room));
    const position = this.#heights.at(within);
    this.#place = { item: this.#items[position]!, beyond: within - this.#heights.top(position) };
  }

  /** Brings the document's rows in line with the window; whether a height was learned. */
  #draw(): boolean {
    const { first, end } = this.#heights.window(this.#top, this.#room || 600, spare);
    const wanted = new Set(this.#items.slice(first, end));
    // The active row is named by the list, so it has to be there.
    if (this.#positions.has(this.#active)) wanted.add(this.#active);
    for (const [item, row] of this.#drawn) {
      if (wanted.has(item)) continue;
      row.remove();
      this.#drawn.delete(item);
    }
    const ordered = [...wanted].sort((a, b) => this.#positions.get(a)! - this.#positions.get(b)!);
    for (const [at, item] of ordered.entries()) {
      let row = this.#drawn.get(item);
      if (!row) {
        row = this.#hooks.draw(item);
        row.id = this.#idOf(item);
        row.dataset.item = String(item);
        this.#drawn.set(item, row);
      }
      if (this.#body.children[at] !== row) this.#body.insertBefore(row, this.#body.children[at] ?? null);
    }
    this.#body.style.height = `${this.#heights.total}px`;
    const measured = [...this.#drawn].map(([item, row]) => [item, row.offsetHeight] as const);
    let learned = false;
    for (const [item, height] of measured) {
      const position = this.#positions.get(item)!;
      if (height === 0 || height === this.#heights.height(position)) continue;
      this.#known.set(item, height);
      this.#heights.learn(position, height);
      learned = true;
    }
    for (const [item, row] of this.#drawn) {
      const position = this.#positions.get(item)!;
      row.style.top = `${this.#heights.top(position)}px`;
      row.setAttribute("aria-rowindex", String(position + 2));
      row.classList.toggle("active", item === this.#active);
    }
    this.#body.style.height = `${this.#heights.total}px`;
    if (this.#drawn.has(this.#active)) {
      this.element.setAttribute("aria-activedescendant", this.#idOf(this.#active));
    } else this.element.removeAttribute("aria-activedescendant");
    const active = this.#positions.get(this.#active);
    this.#isInSight =
      active !== undefined &&
      this.#heights.top(active) < this.#top + this.#room &&
      this.#heights.top(active + 1) > this.#top;
    return learned;
  }

  #scrolled(): void {
    // A hidden list reports 0 for where it is.
    if (this.#isHidden || Math.abs(this.element.scrollTop - this.#top) <= 1) return;
    this.#window(this.element.scrollTop);
    this.#hooks.moved();
  }

  #resized(): void {
    if (this.#isHidden) return;
    const wasInSight = this.#isInSight;
    if (this.element.clientWidth !== this.#width) {
      this.#width = this.element.clientWidth;
      this.#known.clear();
    }
    this.#layOut();
    if (wasInSight) this.#reveal(this.#active);
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.element || event.altKey || event.ctrlKey || event.metaKey) return;
    const position = this.#positions.get(this.#active) ?? 0;
    const page = () => {
      const towards = event.key === "PageUp" ? -this.#room : this.#room;
      return this.#heights.at(this.#heights.top(position) + towards);
    };
    const to = {
      ArrowDown: () => position + 1,
      ArrowUp: () => position - 1,
      PageDown: page,
      PageUp: page,
      Home: () => 0,
      End: () => this.#items.length - 1,
    }[event.key];
    if (to) this.activate(this.#items[Math.min(Math.max(0, to()), this.#items.length - 1)]!);
    else if ((event.key === "Enter" || event.key === " ") && this.#active >= 0)
      this.#hooks.open(this.#active);
    else return;
    event.preventDefault();
  }

  #click(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-item]");
    // Marking text with the mouse is no click.
    if (!row || document.getSelection()?.type === "Range") return;
    this.activate(Number(row.dataset.item));
    this.#hooks.open(Number(row.dataset.item));
  }
}
