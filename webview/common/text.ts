/**
 * The panel's words in the editor's language, and its figures. The host hands over the translations by their English
 * texts, as `vscode.l10n` has them.
 */
export { count, duration, figure, lossText, percent } from "../../src/evaluate/figures.ts";
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
