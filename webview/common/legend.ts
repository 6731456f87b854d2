/** The lines of a chart by name, with their values at the crosshair, or their last ones: the chart's figures as text. */
import { iconButton } from "./controls.ts";
import { filled, h, setText, svg } from "./elements.ts";
import { type ChartLine, extent, valueAt } from "./lines.ts";
import { t } from "./text.ts";

export interface LegendOptions {
  /** Where the crosshair stands, in words. */
  placeText: (x: number) => string;
  valueText: (y: number) => string;
  /** Lines that may be taken away. */
  remove?: (line: string) => (() => void) | null;
  /** Whether the chart's heading names its first line already. */
  isNamed: boolean;
}

export class Legend {
  readonly element = h("ul", { class: "legend" });
  readonly #options: LegendOptions;
  readonly #place = h("li", { class: "legend-place" });
  readonly #values = new Map<string, HTMLElement>();
  readonly #fill: (lines: ChartLine[]) => void;

  constructor(options: LegendOptions) {
    this.#options = options;
    this.#fill = filled(
      this.element,
      (lines) => [
        !this.#options.isNamed && this.#place,
        ...lines.map((line, index) => this.#entry(line, index === 0)),
      ],
      (lines) => JSON.stringify(lines.map(({ x: _x, y: _y, ...look }) => look)),
    );
  }

  show(lines: readonly ChartLine[], at: number | null): void {
    const named = lines.filter(({ quiet }) => !quiet);
    this.#fill(named);
    for (const line of named) setText(this.#values.get(line.id)!, this.#valueText(line, at));
    const end = at ?? extent(named)?.[1];
    setText(this.#place, end === undefined ? "" : this.#options.placeText(end));
  }

  /** All of it as a sentence. */
  text(lines: readonly ChartLine[], at: number | null): string {
    const parts = lines
      .filter(({ quiet }) => !quiet)
      .map((line) => `${line.label} ${this.#valueText(line, at)}`);
    return [...(at === null ? [] : [this.#options.placeText(at)]), ...parts].join(", ");
  }

  #valueText(line: ChartLine, at: number | null): string {
    const last = line.y[line.y.length - 1];
    const value = at === null ? (last ?? null) : valueAt(line, at);
    return value === null ? "–" : this.#options.valueText(value);
  }

  #entry(line: ChartLine, isFirst: boolean): HTMLElement {
    const value = h("span", { class: "legend-value number" });
    this.#values.set(line.id, value);
    const remove = this.#options.remove?.(line.id);
    return h(
      "li",
      null,
      swatch(line),
      h("span", { class: isFirst && this.#options.isNamed ? "visually-hidden" : "legend-label" }, line.label),
      value,
      remove && iconButton(t("Take {0} off the chart", line.label), "close", remove),
    );
  }
}

/** A piece of the line. */
function swatch({ color, width, dash, points, share }: ChartLine): SVGElement {
  const line = svg("line", { x1: 1, x2: 23, y1: 5, y2: 5, "stroke-width": Math.max(width, 1.5) });
  if (dash) line.setAttribute("stroke-dasharray", dash.join(" "));
  const parts = points ? [line, svg("circle", { cx: 12, cy: 5, r: 3 })] : [line];
  const element = svg("svg", { class: "swatch", width: 24, height: 10, "aria-hidden": "true" }, ...parts);
  element.style.color = `var(${color})`;
  if (share !== undefined) element.style.opacity = String(share + 0.2);
  return element;
}
