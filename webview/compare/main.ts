/** The compare page: builds its parts, asks the host for head and rows, and keeps them in line with what comes. */
import "../common/common.css";
import "../common/list.css";
import "./page.css";
import "./controls.css";
import "./texts.css";
import "./confusion.css";
import "./tables.css";
import "./forest.css";
import "./rows.css";
import "./detail.css";
import "./chat.css";
import { other, own } from "tunesmith:checks/compare";
import type { compareHost, comparePanel, ListedRow } from "../../src/contracts/compare.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { Announcer } from "../common/announce.ts";
import { button, problemOf } from "../common/controls.ts";
import { fill, h } from "../common/elements.ts";
import { t } from "../common/text.ts";
import { port, ViewState } from "../common/vscode.ts";
import { breakdownPart } from "./breakdown.ts";
import { chatPart } from "./chat.ts";
import { forestPart } from "./forest.ts";
import { integrityPart } from "./integrity.ts";
import { defaultView, type HostChannel, type Page } from "./page.ts";
import { rowsPart } from "./rows.ts";
import { summaryPart } from "./summary.ts";
import { verdictPart } from "./verdict.ts";

/** Rows asked for at a time. */
const block = 500;

const root = document.getElementById("root")!;
const announcer = new Announcer();
const view = new ViewState(defaultView);
let refresh: (() => void) | undefined;
let page: Page | undefined;
let rows: ReturnType<typeof rowsPart> | undefined;

const channel: HostChannel = new Channel<typeof comparePanel, typeof compareHost>(
  port,
  {
    own: { contract: { name: "the compare page" }, check: own },
    other: { contract: { name: "the compare page's host" }, check: other },
  },
  {
    head: (head) => {
      if (page) page.head = head;
      refresh?.();
    },
    rows: take,
  },
  (problem) => console.warn(problem),
);

function take(come: readonly ListedRow[]): void {
  for (const row of come) page?.rows.set(row.index, row);
  rows?.changed(come);
  refresh?.();
}

async function open(): Promise<void> {
  try {
    const { head, rows: count } = await channel.request("open", {});
    view.set({ run: head.job.run });
    page = { head, rows: new Map(), view, channel, announcer };
    build(page);
    for (let from = 0; from < count; from += block) {
      take((await channel.request("rows", { from, count: block })).rows);
    }
    // After the rows are drawn, so that there is something to scroll to.
    requestAnimationFrame(() => requestAnimationFrame(restore));
  } catch (error) {
    fill(
      root,
      h(
        "main",
        { class: "failed" },
        problemOf(error),
        button(t("Try again"), () => void open(), { icon: "refresh" }),
      ),
    );
  }
}

function build(page: Page): void {
  rows = rowsPart(page);
  const parts = [
    verdictPart(page),
    summaryPart(page),
    forestPart(page),
    breakdownPart(page),
    rows,
    integrityPart(page),
    chatPart(page),
  ];
  fill(root, h("main", null, ...parts.map(({ element }) => element)), announcer.element);
  refresh = oncePerFrame(() => {
    for (const part of parts) part.update();
  });
  for (const part of parts) part.update();
}

function restore(): void {
  rows?.loaded();
  scrollTo(0, view.value.scroll);
  let kept: ReturnType<typeof setTimeout> | undefined;
  addEventListener("scroll", () => {
    clearTimeout(kept);
    kept = setTimeout(() => view.set({ scroll: Math.round(scrollY) }), 250);
  });
}

/** However much comes, the page is drawn once a frame, and not at all while it is hidden: there are no frames then. */
function oncePerFrame(draw: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      draw();
    });
  };
}

void open();
