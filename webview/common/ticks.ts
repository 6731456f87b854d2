/** Marks on a chart's axes: where they stand on a logarithmic axis, and how they are written. Pure. */
import { count } from "./text.ts";

/** Round values from `min` to `max`, at most about `count` of them; a narrow range gets evenly spaced ones. */
export function logTicks(min: number, max: number, count: number): number[] {
  for (const digits of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      ticks.push(
        ...digits.map((digit) => Number(`${digit}e${power}`)).filter((tick) => tick >= min && tick <= max),
      );
    }
    if (ticks.length < 3) break;
    if (ticks.length <= count) return ticks;
  }
  const wide = Math.log10(max / min) > 2;
  return wide ? powers(min, max, count) : evenTicks(min, max, count);
}

function powers(min: number, max: number, count: number): number[] {
  const first = Math.ceil(Math.log10(min));
  const last = Math.floor(Math.log10(max));
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) =>
    Number(`1e${first + index * every}`),
  );
}

/** Multiples of 1, 2 or 5 times a power of ten. */
export function evenTicks(min: number, max: number, count: number): number[] {
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const increment = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough)!;
  const first = Math.ceil(min / increment - 1e-9);
  const last = Math.floor(max / increment + 1e-9);
  // Through text, so that 3 × 0.1 is 0.3.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * increment).toPrecision(12)),
  );
}

/** Ticks with as many decimals as tell them apart. */
export function tickTexts(ticks: readonly number[]): string[] {
  const decimals = Math.min(4, Math.max(...ticks.map(decimalsOf)));
  const isOdd = (tick: number) => tick !== 0 && (Math.abs(tick) < 1e-3 || Math.abs(tick) >= 1e6);
  if (ticks.some(isOdd)) return ticks.map(shortPower);
  return ticks.map((tick) => (tick >= 1000 ? count(tick) : tick.toFixed(decimals)));
}

function shortPower(value: number): string {
  if (value === 0) return "0";
  return value.toExponential(value === Number(value.toPrecision(1)) ? 0 : 1).replace("e+", "e");
}

function decimalsOf(value: number): number {
  return (/\.(\d+)$/.exec(String(Number(value.toPrecision(6)))) ?? ["", ""])[1]!.length;
}
