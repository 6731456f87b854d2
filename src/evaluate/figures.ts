/** How figures are written in sentences, tables and pages: one way everywhere, independent of the reader's locale. */

/** A share as "84.5%". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** A score in [0, 1] as people know it: shares of rows as "84.5%", other scores on their usual scale of 100 as "84.5". */
export function scoreText(score: number, isShare: boolean): string {
  return isShare ? percent(score) : (100 * score).toFixed(1);
}

/** A difference of scores on the scale of 100, with its sign: "+12.5", "−3.0". */
export function points(difference: number): string {
  const text = (100 * Math.abs(difference)).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return `${difference < 0 ? "−" : "+"}${text}`;
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

/** "42 ms", "1.38 s", "12.4 s", "3 min 5 s", "2 h 4 min". */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A whole number in groups of three: 12,345. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 row", "20 rows". */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${Math.round(value) === 1 ? "" : "s"}`;
}

/** "p = 0.0312", and never "p = 0.0000". */
export function pText(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p = ${p.toFixed(4)}`;
}

/** A title as it stands within a sentence: "Exact match" as "exact match"; "JSON" and "chrF" as they are. */
export function inSentence(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
