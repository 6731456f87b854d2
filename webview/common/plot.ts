/**
 * Lines on a canvas, drawn by uPlot. It is given what can be told apart at its width, never all there is. The plot is an
 * image to assistive technology, with its content in words as its name; keys move the crosshair as the mouse does.
 */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./plot.css";
import type { ChartGroup } from "./chart-group.ts";
import { moveCrosshair, moved, type Range, zoomed } from "./crosshair.ts";
import { averages, decimate } from "./decimate.ts";
import { h } from "./elements.ts";
import { type ChartLine, type ChartMark, extent } from "./lines.ts";
import { Painter } from "./painter.ts";
import { axesOf, drawMarks, seriesOf, yRange } from "./plot-looks.ts";
import { nearest } from "./sorted.ts";
import { onThemeChange } from "./theme.ts";

export interface PlotContent {
  lines: readonly ChartLine[];
  mark: ChartMark | null;
  /** What it shows, in words. */
  summary: string;
  log: boolean;
  /** What x is: "Step". */
  xName: string;
  xText: (x: number) => string;
  /** Where the x axis may have its marks. */
  xIncrements?: readonly number[];
}

export interface PlotOptions {
  height: number;
  yText: (y: number) => string;
  /** Where the y axis may have its marks, for units that are no powers of ten. */
  increments?: readonly number[];
  fromZero?: boolean;
}

export class Plot {
  readonly element: HTMLElement;
  readonly #options: PlotOptions;
  readonly #group: ChartGroup;
  readonly #painter: Painter;
  #content: PlotContent | undefined;
  #uplot: uPlot | undefined;
  /** What of the content the uPlot instance was made for. */
  #looks = "";
  #width = 0;
  #isDrawing = false;

  constructor(options: PlotOptions, group: ChartGroup, onKey: () => void, keysHelp: string) {
    this.#options = options;
    this.#group = group;
    this.element = h("div", {
      class: "plot",
      role: "img",
      tabindex: 0,
      "aria-description": keysHelp,
      style: { height: `${options.height}px` },
      onkeydown: (event: KeyboardEvent) => {
        if (!this.#onKey(event)) return;
        event.preventDefault();
        onKey();
      },
      onwheel: (event: WheelEvent) => this.#onWheel(event) && event.preventDefault(),
    });
    this.#painter = new Painter(this.element, () => this.#paint());
    group.follow((change) => (change === "range" ? this.#painter.request() : this.#point()));
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry!.contentRect.width);
      this.#painter.request();
    }).observe(this.element);
    onThemeChange(() => {
      this.#looks = "";
      this.#painter.request();
    });
  }

  show(content: PlotContent): void {
    this.#content = content;
    this.element.setAttribute("aria-label", content.summary);
    this.#painter.request();
  }

  /** All there is to see, and what is seen of it. */
  get ranges(): { whole: Range; shown: Range } | null {
    const whole = extent(this.#content?.lines ?? []);
    if (!whole) return null;
    const [min, max] = this.#group.range ?? whole;
    const shown: Range = max > min ? [min, max] : [min - 0.5, max + 0.5];
    return { whole, shown };
  }

  #paint(): void {
    const { ranges } = this;
    if (!this.#content || !ranges || this.#width < 20) return;
    const [min, max] = ranges.shown;
    const { lines, log } = this.#content;
    const tables = lines.map(({ x, y, average }) => {
      const points = average
        ? averages(x, y, min, max, this.#width / 2)
        : decimate(x, y, min, max, this.#width);
      return [points.x, log ? points.y.map((value) => (value > 0 ? value : null)) : points.y];
    });
    const data = uPlot.join(tables as uPlot.AlignedData[]);
    // What a test holds against the number of steps.
    this.element.dataset.points = String(data.length * data[0].length);
    this.#isDrawing = true;
    const uplot = this.#fitted();
    uplot.batch(() => {
      uplot.setData(data, false);
      uplot.setScale("x", { min, max });
    });
    this.#isDrawing = false;
    this.#point();
  }

  /** The uPlot instance, made anew when lines or colours are others. */
  #fitted(): uPlot {
    const { lines, log, xName } = this.#content!;
    const looks = JSON.stringify([log, xName, lines.map(({ x: _x, y: _y, ...look }) => look)]);
    if (this.#uplot && looks === this.#looks) {
      if (this.#uplot.width !== this.#width) {
        this.#uplot.setSize({ width: this.#width, height: this.#options.height });
      }
      return this.#uplot;
    }
    this.#uplot?.destroy();
    this.#looks = looks;
    this.#uplot = new uPlot(this.#settings(this.#content!), [[], ...lines.map(() => [])], this.element);
    return this.#uplot;
  }

  #settings({ lines, log, xIncrements }: PlotContent): uPlot.Options {
    const { height, fromZero = false } = this.#options;
    return {
      width: this.#width,
      height,
      padding: [10, 18, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: (_, min, max) => [min ?? 0, max ?? 1] },
        y: { distr: log ? 3 : 1, range: (_, min, max) => yRange(min, max, log, fromZero) },
      },
      series: [{}, ...lines.map(seriesOf)],
      axes: axesOf(this.#options, log, (x) => this.#content!.xText(x), xIncrements),
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 5 },
        points: { size: (_, index) => (lines[index - 1]?.share === undefined ? 8 : 0), width: 2 },
        bind: { dblclick: () => () => this.#reset() },
      },
      hooks: {
        setSelect: [(uplot) => this.#select(uplot)],
        setCursor: [({ cursor }) => this.#isDrawing || this.#follow(cursor.left ?? -1)],
        draw: [(uplot) => drawMarks(uplot, this.#content!.mark)],
      },
    };
  }

  #reset(): null {
    this.#group.show(null);
    return null;
  }

  #select(uplot: uPlot): void {
    const { left, width } = uplot.select;
    if (width <= 0) return;
    uplot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#group.show([uplot.posToVal(left, "x"), uplot.posToVal(left + width, "x")]);
  }

  /** The crosshair goes where the mouse is: to the nearest point. */
  #follow(left: number): void {
    const x = this.#places;
    const at = left < 0 || x.length === 0 ? null : x[nearest(x, this.#uplot!.posToVal(left, "x"))]!;
    this.#group.point(at);
  }

  /** Draws the crosshair where the group has it. */
  #point(): void {
    const { at } = this.#group;
    if (!this.#uplot) return;
    const left = at === null ? -10 : this.#uplot.valToPos(at, "x");
    this.#uplot.setCursor({ left, top: at === null ? -10 : 0 }, false);
  }

  /** Where the crosshair can stand. */
  get #places(): ArrayLike<number> {
    const lines = this.#content?.lines ?? [];
    return (lines.find(({ quiet, points }) => !quiet && !points) ?? lines[0])?.x ?? [];
  }

  #onKey(event: KeyboardEvent): boolean {
    const { ranges } = this;
    if (!ranges || event.ctrlKey || event.metaKey || event.altKey) return false;
    const { whole, shown } = ranges;
    const middle = this.#group.at ?? (shown[0] + shown[1]) / 2;
    if (event.key === "+" || event.key === "=") this.#group.show(zoomed(shown, 0.5, middle, whole));
    else if (event.key === "-") this.#group.show(zoomed(shown, 2, middle, whole));
    else if (event.shiftKey && event.key === "ArrowLeft") this.#group.show(moved(shown, -0.25, whole));
    else if (event.shiftKey && event.key === "ArrowRight") this.#group.show(moved(shown, 0.25, whole));
    else if (event.key === "Escape") {
      this.#group.point(null);
      this.#group.show(null);
    } else {
      const pixel = (shown[1] - shown[0]) / Math.max(1, this.#width);
      const at = moveCrosshair(this.#places, this.#group.at, event.key, shown, pixel);
      if (at === null) return false;
      this.#group.point(at);
    }
    return true;
  }

  /** With Ctrl the wheel zooms, sideways it moves; else the page scrolls. */
  #onWheel(event: WheelEvent): boolean {
    const { ranges } = this;
    if (!ranges || !this.#uplot) return false;
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (event.ctrlKey || event.metaKey) {
      const around = this.#uplot.posToVal(event.clientX - this.#uplot.rect.left, "x");
      this.#group.show(zoomed(ranges.shown, 1.002 ** event.deltaY, around, ranges.whole));
    } else if (sideways !== 0 && this.#group.range) {
      this.#group.show(moved(ranges.shown, sideways / this.#width, ranges.whole));
    } else return false;
    return true;
  }
}
