/** A plot in the editor's colours: lines, axes, and the mark of a place. */
import type uPlot from "uplot";
import type { ChartLine, ChartMark } from "./lines.ts";
import type { PlotOptions } from "./plot.ts";
import { faint, isHighContrast, themeColor } from "./theme.ts";
import { evenTicks, logTicks, tickTexts } from "./ticks.ts";

export function seriesOf({ color, width, dash, share, points, label }: ChartLine): uPlot.Series {
  const whole = themeColor(color);
  const stroke = share === undefined ? whole : faint(whole, share);
  return {
    label,
    stroke,
    width,
    ...(dash && { dash: [...dash] }),
    spanGaps: true,
    points: points
      ? { show: true, size: 6, stroke, fill: themeColor("--vscode-editor-background"), width: 1.5 }
      : { show: false },
  };
}

export function axesOf(
  { increments, yText }: PlotOptions,
  log: boolean,
  xText: (x: number) => string,
  xIncrements: readonly number[] | undefined,
): uPlot.Axis[] {
  const font = axisFont();
  const stroke = themeColor("--vscode-descriptionForeground", themeColor("--vscode-foreground"));
  const grid = { stroke: faint(themeColor("--vscode-foreground"), isHighContrast() ? 0.3 : 0.1), width: 1 };
  const ticks = { show: false };
  const charWidth = fontSize() * 0.62;
  return [
    {
      font,
      stroke,
      grid: { show: false },
      ticks: { ...grid, size: 4 },
      ...(xIncrements && { incrs: [...xIncrements] }),
      space: 46,
      size: 26,
      gap: 3,
      values: (_, splits) => splits.map((split) => xText(split)),
    },
    {
      font,
      stroke,
      grid,
      ticks,
      space: 28,
      gap: 6,
      size: (_, texts) => 12 + charWidth * Math.max(3, ...(texts ?? []).map((text) => text.length)),
      ...(increments && { incrs: [...increments] }),
      ...(!increments && {
        splits: (uplot: uPlot, _axis: number, min: number, max: number) => {
          const count = Math.max(2, uplot.bbox.height / devicePixelRatio / 28);
          return log ? logTicks(min, max, count) : evenTicks(min, max, count);
        },
      }),
      filter: (_, splits) => splits,
      values: (_, splits) => (increments ? splits.map((split) => yText(split)) : tickTexts(splits)),
    },
  ];
}

/** Some room above and below. */
export function yRange(
  min: number | null,
  max: number | null,
  log: boolean,
  fromZero: boolean,
): [number, number] {
  if (min === null || max === null) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const factor = Math.max(1.02, (max / min) ** 0.06);
    return [min / factor, max * factor];
  }
  const low = fromZero ? Math.min(0, min) : min;
  const room = (max - low) * 0.06 || Math.abs(max) * 0.1 || 1;
  return [low === 0 || (low > 0 && low < room) ? 0 : low - room, max + room];
}

/** A vertical line with a label beside it, on the side that has room. */
export function drawMarks({ ctx, bbox, valToPos, scales }: uPlot, mark: ChartMark | null): void {
  const { min, max } = scales.x!;
  if (!mark || min == null || max == null || mark.x < min || mark.x > max) return;
  const ratio = devicePixelRatio;
  const x = Math.round(valToPos(mark.x, "x", true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = themeColor("--vscode-charts-green");
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = axisFont(ratio);
  const width = ctx.measureText(mark.label).width;
  const isRight = x + width + 10 * ratio > bbox.left + bbox.width;
  const pad = 4 * ratio;
  const left = isRight ? x - width - 2 * pad : x + pad;
  ctx.fillStyle = faint(themeColor("--vscode-editor-background"), 0.85);
  ctx.fillRect(left - pad / 2, bbox.top, width + pad, 1.4 * fontSize() * ratio);
  ctx.fillStyle = themeColor("--vscode-foreground");
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  ctx.fillText(mark.label, left, bbox.top + 2 * ratio);
  ctx.restore();
}

function fontSize(): number {
  return Number.parseFloat(themeColor("--vscode-font-size", "13")) * 0.85;
}

function axisFont(ratio = 1): string {
  return `${fontSize() * ratio}px ${themeColor("--vscode-font-family", "sans-serif")}`;
}
