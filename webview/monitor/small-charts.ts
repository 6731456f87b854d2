/** The other figures of every step, one small chart each, with the main chart's range and crosshair. */
import type { Announcer } from "../common/announce.ts";
import { Chart } from "../common/chart.ts";
import type { ChartGroup } from "../common/chart-group.ts";
import { h } from "../common/elements.ts";
import { type ChartLine, extent } from "../common/lines.ts";
import type { PlotOptions } from "../common/plot.ts";
import { count, figure, formatBytes, t } from "../common/text.ts";
import { axisLook, columnLines } from "./lines.ts";
import type { Monitor } from "./monitor.ts";
import type { RunData } from "./run-data.ts";
import type { StepColumn } from "./steps.ts";
import { tableState } from "./table-state.ts";

interface Small extends Omit<PlotOptions, "height"> {
  column: StepColumn;
  title: string;
}

/** Round numbers of bytes are powers of two. */
const byteIncrements = Array.from({ length: 30 }, (_, power) => 2 ** (power + 12));

const figures: Small[] = [
  { column: "learningRate", title: t("Learning rate"), yText: (value) => figure(value, 4), fromZero: true },
  { column: "gradientNorm", title: t("Gradient norm"), yText: (value) => figure(value), fromZero: true },
  { column: "tokensPerSecond", title: t("Tokens per second"), yText: count, fromZero: true },
  {
    column: "memoryBytes",
    title: t("Memory"),
    yText: formatBytes,
    increments: byteIncrements,
    fromZero: true,
  },
];

export class SmallCharts {
  readonly element = h("div", { class: "small-charts" });
  readonly #monitor: Monitor;
  readonly #charts: { figure: Small; chart: Chart }[];

  constructor(monitor: Monitor, group: ChartGroup, announcer: Announcer) {
    this.#monitor = monitor;
    this.#charts = figures.map((each) => ({
      figure: each,
      chart: new Chart(
        {
          ...each,
          level: 3,
          height: 130,
          small: true,
          ...tableState(monitor.state, each.column),
        },
        group,
        announcer,
      ),
    }));
    this.element.append(...this.#charts.map(({ chart }) => chart.element));
  }

  update(shown: RunData): void {
    const { axis } = this.#monitor.state.value;
    for (const { figure: each, chart } of this.#charts) {
      const lines = columnLines([shown, ...this.#monitor.overlays], each.column, each.title, axis);
      const last = shown.steps.last(each.column);
      chart.show({
        lines: each.column === "memoryBytes" ? [...lines, ...predicted(shown, lines)] : lines,
        mark: null,
        summary: last === null ? t("no steps yet") : `${each.title} ${each.yText(last)}`,
        log: false,
        ...axisLook(axis),
      });
    }
  }
}

/** What the estimate said before the run began. */
function predicted({ history }: RunData, lines: readonly ChartLine[]): ChartLine[] {
  const bytes = history.started?.predictedMemoryBytes;
  const range = extent(lines);
  if (!bytes || !range) return [];
  const look = { color: "--vscode-charts-orange", width: 1.5, dash: [6, 4] };
  return [{ id: "predicted", label: t("Estimate"), ...look, x: range, y: [bytes, bytes] }];
}
