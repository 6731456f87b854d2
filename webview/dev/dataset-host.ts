/**
 * A host that shows made-up datasets to both of their pages: `?page=preview&row=cut`, `?page=statistics&data=many`, each
 * with `&theme=light` and so on.
 */
import { own as previewCheck, other as previewHostCheck } from "tunesmith:checks/preview";
import { own as statisticsCheck, other as statisticsHostCheck } from "tunesmith:checks/statistics";
import type {
  previewHost,
  previewPanel,
  statisticsHost,
  statisticsPanel,
} from "../../src/contracts/dataset.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { datasetStates, rows, shownRows } from "./datasets.ts";
import { query, surround } from "./vscode.ts";

/** What the page asked to be done. */
const acts: string[] = [];
const port = surround("editor");
const complain = (problem: string) => console.error(problem);

function playPreview() {
  const shown = shownRows[query.get("row") ?? "chat"]!;
  const channel = new Channel<typeof previewHost, typeof previewPanel>(
    port,
    {
      own: { contract: { name: "the preview's host" }, check: previewHostCheck },
      other: { contract: { name: "the preview" }, check: previewCheck },
    },
    {
      open: () => shown(12),
      go: ({ row }) => {
        acts.push(`go ${row}`);
        channel.emit("shown", shown(Math.min(row, rows)));
        return {};
      },
      act: ({ action }) => {
        acts.push(action);
        return {};
      },
    },
    complain,
  );
  const show = (name: string, row: number) => channel.emit("shown", shownRows[name]!(row));
  Object.assign(globalThis, { dev: { acts, show } });
}

function playStatistics() {
  const channel = new Channel<typeof statisticsHost, typeof statisticsPanel>(
    port,
    {
      own: { contract: { name: "the statistics' host" }, check: statisticsHostCheck },
      other: { contract: { name: "the statistics" }, check: statisticsCheck },
    },
    {
      open: () => ({
        state: datasetStates[query.get("data") ?? "whole"]!,
        focus: query.has("outlook") ? ("outlook" as const) : null,
      }),
      reveal: ({ line }) => {
        acts.push(`reveal ${line}`);
        return {};
      },
      explain: ({ rule }) => {
        acts.push(`explain ${rule}`);
        return {};
      },
    },
    complain,
  );
  const show = (name: string) => channel.emit("state", datasetStates[name]!);
  Object.assign(globalThis, { dev: { acts, show } });
}

if (query.get("page") === "preview") playPreview();
else playStatistics();
