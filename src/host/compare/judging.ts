/**
 * What the compare page's host asks of the thread that reads and judges a comparison. Judging 2 000 long answers takes ten
 * seconds, which the extension host cannot stand still for; and it needs no engine, so it is no work for the session
 * process, which not every platform and no untrusted workspace can start.
 */
import Type, { type Static } from "typebox";
import { type CompareHead, comparisonHead, listedRow, rowNote, wholeRow } from "../../contracts/compare.ts";
import type { Channel, Check, Contract } from "../../protocol/channel.ts";

const text = Type.String();
const index = Type.Integer({ minimum: 0 });
const nothing = Type.Object({});
const { comparison, tasks, task, humanVerdict, rowsAnswered, rowsPlanned } = comparisonHead.properties;

/** What a look at the comparison found. */
const judged = Type.Object({
  /** What the page's head says of the answers. */
  head: Type.Object({ comparison, tasks, task, humanVerdict, rowsAnswered, rowsPlanned }),
  /** Rows from here on are new or newly scored. */
  changedFrom: index,
  /** What of it is damaged, in words. */
  problems: Type.Array(text),
  /** What the look cost. */
  ms: Type.Number(),
});
export type Judged = Static<typeof judged>;

export const judge = {
  name: "the judge",
  requests: {
    /** Reads what is new and judges it. `task`: score as this one; null as the comparison was made. */
    look: { params: Type.Object({ task: Type.Union([text, Type.Null()]) }), result: judged },
    rows: {
      params: Type.Object({ from: index, count: index }),
      result: Type.Object({ rows: Type.Array(listedRow) }),
    },
    row: { params: Type.Object({ index }), result: wholeRow },
    /** Keeps a note. */
    note: {
      params: Type.Object({ index, note: rowNote }),
      result: Type.Object({ humanVerdict, putAside: Type.Union([text, Type.Null()]) }),
    },
    /** Verdict and figures in Markdown; empty while nothing is known. */
    summary: { params: nothing, result: Type.Object({ markdown: text }) },
    /** Writes the file whole or not at all. */
    export: { params: Type.Object({ format: text, path: text }), result: nothing },
  },
  events: {},
} as const satisfies Contract;

/** What the judge's other side takes. */
export const judgeHost = { name: "the judge's host", requests: {}, events: {} } as const;

/** Both sides are of one build and of one process. */
export const trusted: Check = () => null;

/** The host's end. */
export type Judging = Pick<Channel<typeof judgeHost, typeof judge>, "request">;

/** A page before anything was read. */
export const nothingJudged: Pick<CompareHead, keyof Judged["head"]> = {
  comparison: null,
  tasks: [],
  task: null,
  humanVerdict: null,
  rowsAnswered: 0,
  rowsPlanned: null,
};
