/** Which of the rows that have come are shown, and how many each filter keeps. */
import type { ListedRow } from "../../src/contracts/compare.ts";
import type { Comparison } from "../../src/evaluate/comparison.ts";
import { type RowFilter, rowFilters, type Sides, sidesOf } from "../../src/evaluate/row-filters.ts";
import type { Page } from "./page.ts";
import { parseSearch } from "./search.ts";

type PageFilter = Omit<RowFilter, "keeps"> & { keeps(row: ListedRow, sides: Sides): boolean };

const filters: readonly PageFilter[] = [
  ...rowFilters,
  {
    id: "noted",
    title: "With notes",
    description: "A person gave a thumb or wrote a note.",
    keeps: ({ note }) => note !== null && (note.text !== "" || Object.keys(note.thumbs).length > 0),
  },
];

export interface Filtered {
  /** Rows that the search finds, by filter. */
  counts: { filter: PageFilter; count: number }[];
  /** Numbers of the rows to show, ascending. */
  shown: number[];
  /** Why the search cannot be made; it is not made then. */
  problem: string | null;
}

export function filterRows({ head, rows, view }: Page): Filtered {
  const search = parseSearch(view.value.search);
  const problem = "problem" in search ? search.problem : null;
  const sides = head.comparison && sidesOf(head.comparison as Comparison);
  const usable = sides ? filters.filter(({ applies }) => applies?.(sides) ?? true) : [];
  const chosen = usable.find(({ id }) => id === view.value.filter) ?? usable[0];
  const counts = new Map(usable.map((filter) => [filter, 0]));
  const shown: number[] = [];
  for (const row of rows.values()) {
    if ("matches" in search && !search.matches(row)) continue;
    for (const filter of usable) {
      if (!filter.keeps(row, sides!)) continue;
      counts.set(filter, counts.get(filter)! + 1);
      if (filter === chosen) shown.push(row.index);
    }
  }
  return {
    counts: [...counts].map(([filter, count]) => ({ filter, count })),
    shown: shown.sort((a, b) => a - b),
    problem,
  };
}
