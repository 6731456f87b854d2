/** The order of a table's rows by one of its columns. Pure. */

export interface Sort {
  column: string;
  descending: boolean;
}

export type SortValue = number | string | undefined;

/** The rows' numbers in order. Equal rows stay as they were; rows without a value come last either way. */
export function sorted<T>(rows: readonly T[], value: (row: T) => SortValue, descending: boolean): number[] {
  const values = rows.map(value);
  const sign = descending ? -1 : 1;
  return [...rows.keys()].sort((a, b) => {
    const [one, other] = [values[a], values[b]];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    return sign * compared(one, other);
  });
}

const collator = new Intl.Collator(undefined, { numeric: true });

function compared(one: number | string, other: number | string): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return collator.compare(String(one), String(other));
}

/** What a click on a column's title makes of the order: the column's own first, then the other way. */
export function turned(sort: Sort, column: string, isFigure: boolean): Sort {
  if (sort.column !== column) return { column, descending: isFigure };
  return { column, descending: !sort.descending };
}
