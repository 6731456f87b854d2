/**
 * The panel's words in the editor's language, and its figures. The host hands over the translations by their English
 * texts, as `vscode.l10n` has them.
 */
import { count } from "../../src/evaluate/figures.ts";

export { count, duration, percent } from "../../src/evaluate/figures.ts";
export { formatBytes } from "../../src/protocol/refusals.ts";

const strings: ReadonlyMap<string, string> = new Map(Object.entries(readStrings()));

function readStrings(): Record<string, string> {
  // Tests of pure parts run without a page.
  const { document } = globalThis as { document?: { body: { dataset: Record<string, string | undefined> } } };
  return JSON.parse(document?.body.dataset.strings ?? "{}");
}

/** As `vscode.l10n.t`: `t("{0} of {1}", 2, 3)`. */
export function t(english: string, ...values: (string | number)[]): string {
  const text = strings.get(english) ?? english;
  return text.replace(/\{(\d+)\}/g, (whole, index) => String(values[Number(index)] ?? whole));
}

/** A loss as "0.8312", and a tiny one as "3.1e-5". */
export function lossText(loss: number): string {
  return figure(loss, 4);
}

/** A number of any size, short: "1,234", "12.3", "0.0042", "3.1e-5". */
export function figure(value: number, decimals = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  if (size >= 100) return value.toFixed(Math.max(0, decimals - 3));
  if (size < 10 ** -decimals * 5) return value.toExponential(1);
  return value.toFixed(decimals);
}
