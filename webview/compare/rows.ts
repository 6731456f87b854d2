/** The rows: filters and search above, the list, and beside it the row that is open. */
import type { ListedRow } from "../../src/contracts/compare.ts";
import { problem, section } from "../common/controls.ts";
import { fill, filled, h, setText } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { VirtualList } from "../common/virtual-list.ts";
import { type Filtered, filterRows } from "./filters.ts";
import { isBinary, marksDifferences, type Page, type Part, sectionState, shownWays, waysOf } from "./page.ts";
import { popup } from "./popup.ts";
import { type RowDetail, rowDetail } from "./row-detail.ts";
import { listHeader, rowLine } from "./row-line.ts";

export interface RowsPart extends Part {
  /** These rows have come, for the first time or anew. */
  changed(rows: readonly ListedRow[]): void;
  /** All rows there were at the beginning have come: back to where the view was left. */
  loaded(): void;
}

export function rowsPart(page: Page): RowsPart {
  const { view } = page;
  const chips = h("div", { class: "chips", role: "group", "aria-label": t("Filter the rows") });
  const search = h("input", {
    type: "search",
    class: "field search",
    placeholder: t("Search, or /pattern/"),
    "aria-label": t("Search the rows; between slashes, a regular expression"),
    "aria-describedby": "search-problem",
    spellcheck: "false",
  });
  const searchProblem = h("div", { id: "search-problem", role: "status" });
  const found = h("span", { class: "quiet found", role: "status" });
  const columns = columnsMenu(page, () => {
    redrawAll();
    if (detail) open(view.value.open, null);
  });
  const header = h("div", { role: "row", class: "row header", "aria-rowindex": 1 });
  const body = h("div", { role: "rowgroup", class: "list-body" });
  const viewport = h("div", {
    class: "list",
    role: "grid",
    tabindex: 0,
    "aria-label": t("Rows"),
    "aria-readonly": "true",
  });
  const empty = h("p", { class: "quiet empty" });
  const pane = h("div", { class: "pane" });
  const split = h("div", { class: "split" }, viewport, empty, pane);
  const element = section(
    t("Rows"),
    sectionState(page, "rows", true),
    h(
      "div",
      { class: "row-tools" },
      chips,
      h("div", { class: "search-tools" }, found, search, columns.element),
    ),
    searchProblem,
    split,
  );
  element.classList.add("rows");
  let isLoaded = false;
  let filtered: Filtered = { counts: [], shown: [], problem: null };
  let detail: RowDetail | undefined;
  let kept: ReturnType<typeof setTimeout> | undefined;
  const fresh = new Set<number>();

  const list: VirtualList = new VirtualList(
    viewport,
    h("div", { role: "rowgroup", class: "list-header" }, header),
    body,
    {
      draw: (item) => rowLine(page, page.rows.get(item)!),
      open: (item) => open(item, "heading"),
      moved: () => {
        if (!isLoaded) return;
        clearTimeout(kept);
        kept = setTimeout(() => view.set({ place: list.place, active: list.active }), 250);
      },
    },
  );
  new ResizeObserver(() => fitColumns()).observe(viewport);

  const showHeader = filled(
    header,
    () => listHeader(page),
    () => JSON.stringify(shownWays(page)),
  );
  const showChips = filled(
    chips,
    ({ counts }: Filtered) =>
      counts.map(({ filter: { id, title, description } }) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "data-filter": id,
            title: description,
            onclick: () => choose(id),
          },
          `${title} `,
          h("span", { class: "count" }),
        ),
      ),
    ({ counts }) => counts.map(({ filter }) => filter.id).join(),
  );
  const showProblem = filled(
    searchProblem,
    ({ problem: why }: Filtered) => [why !== null && problem(why, "")],
    ({ problem }) => problem,
  );

  search.value = view.value.search;
  search.addEventListener("input", () => {
    view.set({ search: search.value });
    refilter();
  });
  const choose = (filter: string) => {
    view.set({ filter });
    refilter();
  };

  /** @param focus where a person who opened it goes on; null where nobody did */
  function open(item: number, focus: "heading" | -1 | 1 | null) {
    const row = page.rows.get(item);
    if (!row) return;
    const before = view.value.open;
    detail?.close();
    view.set({ open: item });
    if (focus !== null) list.activate(item);
    list.redraw([before, item].filter((each) => page.rows.has(each)));
    const beside = (step: -1 | 1) => list.beside(item, step);
    const go = (step: -1 | 1) => {
      const to = beside(step);
      if (to !== undefined) open(to, step);
    };
    detail = rowDetail(page, row, { beside, go, close, noted: () => noted(item) });
    fill(pane, detail.element);
    split.classList.add("opened");
    pane.scrollTop = 0;
    if (focus !== null) detail.focus(focus);
  }

  function close() {
    const before = view.value.open;
    detail?.close();
    detail = undefined;
    fill(pane);
    view.set({ open: -1 });
    split.classList.remove("opened");
    if (page.rows.has(before)) list.redraw([before]);
    viewport.focus({ preventScroll: true });
  }

  function noted(item: number) {
    fresh.add(item);
    refilter();
  }

  function redrawAll() {
    showHeader(undefined);
    fitColumns();
    list.redraw();
  }

  /** Columns where each has room to be read; otherwise one answer below the other. */
  function fitColumns() {
    if (viewport.clientWidth === 0) return;
    const ways = shownWays(page).length;
    const isTable = viewport.clientWidth >= 318 + 100 + 118 * ways;
    viewport.style.setProperty("--ways", String(ways));
    if (viewport.classList.contains("as-table") === isTable) return;
    viewport.classList.toggle("as-table", isTable);
    list.redraw();
  }

  function refilter() {
    const before = filtered.shown;
    filtered = filterRows(page);
    showChips(filtered);
    for (const { filter, count: rows } of filtered.counts) {
      const chip = chips.querySelector<HTMLElement>(`[data-filter="${filter.id}"]`)!;
      chip.setAttribute("aria-pressed", String(filter.id === view.value.filter));
      setText(chip.querySelector(".count")!, count(rows));
    }
    showProblem(filtered);
    search.setAttribute("aria-invalid", String(filtered.problem !== null));
    const { shown } = filtered;
    setText(
      found,
      shown.length === page.rows.size ? "" : t("{0} of {1} rows", count(shown.length), count(page.rows.size)),
    );
    setText(empty, page.rows.size === 0 ? t("No row is answered yet.") : t("No row is like this."));
    empty.hidden = shown.length > 0;
    viewport.hidden = shown.length === 0;
    const isSame = shown.length === before.length && shown.every((item, i) => item === before[i]);
    const stale = [...fresh];
    fresh.clear();
    if (!isSame) list.show(shown);
    if (stale.length > 0) list.redraw(stale);
  }

  const scoring = () => {
    const { comparison } = page.head;
    return JSON.stringify([comparison?.ways, comparison?.task.id, comparison?.baseline, isBinary(page)]);
  };
  let drawnFor = "";
  return {
    element,
    update() {
      columns.update();
      if (drawnFor !== scoring()) {
        drawnFor = scoring();
        redrawAll();
      }
      refilter();
      const row = page.rows.get(view.value.open);
      if (detail && row) detail.update(row);
    },
    changed(rows) {
      for (const { index } of rows) fresh.add(index);
    },
    loaded() {
      isLoaded = true;
      const { place, active, open: item } = view.value;
      list.restore(place, active);
      if (item >= 0) open(item, null);
    },
  };
}

/** Which ways are shown, and whether words are compared with the reference. */
function columnsMenu(page: Page, changed: () => void): Part {
  const { view } = page;
  const body = h("div");
  const check = (label: string, checked: boolean, onChange: (checked: boolean) => void) => {
    const box = h("input", { type: "checkbox", onchange: () => onChange(box.checked) });
    box.checked = checked;
    return h("label", { class: "check" }, box, h("bdi", null, label));
  };
  const hide = (way: string, shown: boolean) => {
    const others = view.value.hidden.filter((each) => each !== way);
    view.set({ hidden: shown ? others : [...others, way] });
    changed();
  };
  const mark = (on: boolean) => {
    view.set({ differences: on ? "on" : "off" });
    changed();
  };
  const show = filled(
    body,
    () => [
      h("p", { class: "label" }, t("Ways of asking")),
      ...waysOf(page).map(({ id, title }) =>
        check(title, !view.value.hidden.includes(id), (on) => hide(id, on)),
      ),
      h("p", { class: "label" }, t("Answers")),
      check(t("Mark words that differ from the reference"), marksDifferences(page), mark),
    ],
    () => JSON.stringify([waysOf(page), page.head.comparison?.task.id]),
  );
  return { element: popup(t("Show"), "settings", body), update: () => show(undefined) };
}
