/** The tree of runs in the side bar, grouped by state, each with its comparisons below. */
import * as vscode from "vscode";
import type { RunInfo } from "../../contracts/monitor.ts";
import { duration, lossText } from "../../evaluate/figures.ts";
import { isActive } from "../../runs/schema.ts";
import { commands, itemKinds } from "../contributions.ts";
import type { KnownRun, RunStore } from "../runs/store.ts";

interface Group {
  id: string;
  label: string;
  states: readonly RunInfo["state"][];
}

/** In the order of the tree; a group without runs is not shown. */
const groups: readonly Group[] = [
  { id: "running", label: vscode.l10n.t("Running"), states: ["running", "starting", "created"] },
  { id: "paused", label: vscode.l10n.t("Paused"), states: ["paused", "interrupted"] },
  { id: "done", label: vscode.l10n.t("Done"), states: ["done", "stopped"] },
  { id: "failed", label: vscode.l10n.t("Failed"), states: ["failed", "unreadable"] },
];

export type Node = { group: Group } | { run: KnownRun };

export class RunTree implements vscode.TreeDataProvider<Node> {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #store: RunStore;

  constructor(store: RunStore) {
    this.#store = store;
    store.on("changed", () => this.#changed.fire(undefined));
  }

  getChildren(node?: Node): Node[] {
    if (!node) return groups.filter((group) => this.#runsOf(group).length > 0).map((group) => ({ group }));
    if ("group" in node) return this.#runsOf(node.group).map((run) => ({ run }));
    return node.run.comparisons.map((run) => ({ run }));
  }

  getParent(node: Node): Node | undefined {
    if ("group" in node) return undefined;
    const owner = this.#store.runs.find(({ comparisons }) => comparisons.includes(node.run));
    if (owner) return { run: owner };
    const group = groups.find(({ states }) => states.includes(node.run.info.state));
    return group && { group };
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ("group" in node) {
      const item = new vscode.TreeItem(node.group.label, vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.group.id;
      item.description = String(this.#runsOf(node.group).length);
      return item;
    }
    const { info, comparisons } = node.run;
    const collapsed = comparisons.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : undefined;
    const item = new vscode.TreeItem(labelOf(info), collapsed);
    item.id = info.run;
    item.description = describe(info);
    item.iconPath = iconOf(info);
    item.contextValue = kindOf(info);
    item.tooltip = tooltipOf(info);
    item.accessibilityInformation = { label: `${labelOf(info)}, ${stateInWords(info)}, ${describe(info)}` };
    if (info.kind === "compare") {
      const title = vscode.l10n.t("Show Comparison");
      item.command = { command: commands.showComparison, title, arguments: [info.run] };
    }
    return item;
  }

  #runsOf({ states }: Group): KnownRun[] {
    return this.#store.runs.filter(({ info }) => states.includes(info.state));
  }
}

function labelOf(info: RunInfo): string {
  if (info.kind === "tune") return info.name;
  return vscode.l10n.t("Comparison of {0}", info.name);
}

export function stateInWords({ state, asked }: RunInfo): string {
  if (asked === "pause") return vscode.l10n.t("pausing");
  if (asked === "stop") return vscode.l10n.t("stopping");
  return {
    created: vscode.l10n.t("not started"),
    starting: vscode.l10n.t("starting"),
    running: vscode.l10n.t("running"),
    paused: vscode.l10n.t("paused"),
    interrupted: vscode.l10n.t("interrupted"),
    done: vscode.l10n.t("done"),
    stopped: vscode.l10n.t("stopped and kept"),
    failed: vscode.l10n.t("failed"),
    unreadable: vscode.l10n.t("damaged"),
  }[state];
}

/** One short line: what somebody would ask first. */
export function describe(info: RunInfo): string {
  const { state, step, totalSteps, loss, bestValidationLoss, secondsLeft, phase, problem } = info;
  if (info.asked) return stateInWords(info);
  if (phase) return phase;
  if (state === "running" && totalSteps !== null) {
    const left = secondsLeft === null ? "" : ` · ${vscode.l10n.t("{0} left", duration(secondsLeft))}`;
    return `${step}/${totalSteps}${loss === null ? "" : ` · ${vscode.l10n.t("loss {0}", lossText(loss))}`}${left}`;
  }
  if (state === "done" || state === "stopped") {
    const best = bestValidationLoss ?? loss;
    const kept = state === "stopped" ? `${stateInWords(info)} · ` : "";
    return best === null ? stateInWords(info) : `${kept}${vscode.l10n.t("loss {0}", lossText(best))}`;
  }
  if (problem && (state === "failed" || state === "unreadable")) return problem.message;
  return totalSteps === null ? stateInWords(info) : `${stateInWords(info)} · ${step}/${totalSteps}`;
}

function iconOf({ state, kind }: RunInfo): vscode.ThemeIcon {
  const icon = (name: string, color?: string) =>
    new vscode.ThemeIcon(name, color ? new vscode.ThemeColor(color) : undefined);
  switch (state) {
    case "running":
    case "starting":
      return icon("loading~spin");
    case "created":
      return icon("circle-outline");
    case "paused":
      return icon("debug-pause", "charts.yellow");
    case "interrupted":
      return icon("debug-disconnect", "charts.orange");
    case "failed":
    case "unreadable":
      return icon("error", "charts.red");
    default:
      return icon(
        kind === "compare" ? "diff-multiple" : "pass",
        kind === "compare" ? undefined : "charts.green",
      );
  }
}

function kindOf(info: RunInfo): string {
  if (info.kind === "compare") return `${itemKinds.comparison}.${isActive(info) ? "active" : info.state}`;
  switch (info.state) {
    case "running":
    case "starting":
      return itemKinds.active;
    case "done":
    case "stopped":
      return itemKinds.finished;
    case "unreadable":
      return itemKinds.broken;
    default:
      return itemKinds.resumable;
  }
}

/** Plain text: a run's name comes from a file's. */
function tooltipOf(info: RunInfo): string {
  const lines = [
    `${info.name}: ${stateInWords(info)}`,
    info.model && vscode.l10n.t("model: {0}", info.model),
    info.method && vscode.l10n.t("method: {0}", info.method),
    info.problem && `${info.problem.message} ${info.problem.hint}`,
    info.run,
  ];
  return lines.filter(Boolean).join("\n");
}
