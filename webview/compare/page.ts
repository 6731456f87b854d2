/** What every part of the compare page works with: the head, the rows that have come, how it is viewed, and the host. */
import type { CompareHead, compareHost, comparePanel, ListedRow } from "../../src/contracts/compare.ts";
import type { Way } from "../../src/evaluate/comparison.ts";
import type { Channel } from "../../src/protocol/channel.ts";
import type { Announcer } from "../common/announce.ts";
import type { ViewState } from "../common/vscode.ts";

export type HostChannel = Channel<typeof comparePanel, typeof compareHost>;

/** How a person has set the page up; it outlives a reload. */
export interface View {
  /** The comparison's directory: the host reads it to restore the page. */
  run: string;
  filter: string;
  search: string;
  /** Ways that are not shown among the rows. */
  hidden: string[];
  /** Whether words that are not in the reference are marked; "" is: as it suits the task. */
  differences: "" | "on" | "off";
  /** The row shown whole, and the one the keyboard is on; -1 is none. */
  open: number;
  active: number;
  place: { item: number; beyond: number };
  /** Sections that were opened or closed: "rows" or "-rows". */
  sections: string[];
  differencesAsTable: boolean;
  breakdownWay: string;
  scroll: number;
}

export const defaultView: View = {
  run: "",
  filter: "all",
  search: "",
  hidden: [],
  differences: "",
  open: -1,
  active: -1,
  place: { item: 0, beyond: 0 },
  sections: [],
  differencesAsTable: false,
  breakdownWay: "",
  scroll: 0,
};

export interface Page {
  head: CompareHead;
  /** By their numbers, as they come; some may be missing. */
  readonly rows: Map<number, ListedRow>;
  readonly view: ViewState<View>;
  readonly channel: HostChannel;
  readonly announcer: Announcer;
}

/** A part of the page. `update` brings it in line with a new head and leaves alone what has not changed. */
export interface Part {
  readonly element: HTMLElement;
  update(): void;
}

export function waysOf(page: Page): Way[] {
  return page.head.comparison?.ways ?? [];
}

export function shownWays(page: Page): Way[] {
  return waysOf(page).filter(({ id }) => !page.view.value.hidden.includes(id));
}

export function titleOf(page: Page, way: string): string {
  return waysOf(page).find(({ id }) => id === way)?.title ?? way;
}

/** Whether rows are right or wrong, rather than more or less good. */
export function isBinary(page: Page): boolean {
  return page.head.comparison?.summaries[0]?.metrics[0]?.binary ?? false;
}

/** Whether to mark where an answer departs from its reference: not where both are one of a few labels. */
export function marksDifferences(page: Page): boolean {
  const { differences } = page.view.value;
  return differences === "" ? page.head.comparison?.task.id !== "labels" : differences === "on";
}

/** A section's open state as it was left, and how to keep it. */
export function sectionState(page: Page, id: string, open: boolean) {
  const { sections } = page.view.value;
  return {
    open: sections.includes(id) || (open && !sections.includes(`-${id}`)),
    onToggle: (isOpen: boolean) => {
      const others = page.view.value.sections.filter((each) => each !== id && each !== `-${id}`);
      page.view.set({ sections: [...others, isOpen ? id : `-${id}`] });
    },
  };
}
