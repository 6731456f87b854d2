/** Code in prose: what stands in backticks, and texts that are code, a table or data themselves. */

/** A fence up to its end or the text's, or code within a line. */
const codePattern = /(`{3,}|(?<=^|\n)~{3,})[\s\S]*?(?:\1|$)|`[^`\n]+`/g;

export type Stretch = readonly [start: number, end: number];

export function codeStretches(text: string): Stretch[] {
  if (!text.includes("`") && !text.includes("~~~")) return [];
  return [...text.matchAll(codePattern)].map((match) => [match.index, match.index + match[0].length]);
}

/** `stretches` in order. */
export function isInside(stretches: readonly Stretch[], at: number): boolean {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]![1] <= at) low = middle + 1;
    else high = middle;
  }
  return low < stretches.length && stretches[low]![0] <= at;
}

/** The fence that opens code which nothing closes; undefined where all is closed. */
export function openFence(text: string): Stretch | undefined {
  if (!text.includes("```") && !text.includes("~~~")) return undefined;
  let open: { marks: string; at: Stretch } | undefined;
  let fences = 0;
  for (const match of text.matchAll(/^[ \t]*(`{3,}|~{3,})([^\n]*)/gm)) {
    const [line, marks, info] = match as unknown as [string, string, string];
    // Three marks and text up to three marks again: code within a line.
    if (info.includes(marks[0]!)) continue;
    fences++;
    const start = match.index + line.indexOf(marks);
    if (open === undefined) open = { marks, at: [start, start + marks.length + info.trimEnd().length] };
    else if (marks.startsWith(open.marks) && info.trim() === "") open = undefined;
  }
  // An even number is fences in fences, which people write though no reader of Markdown takes it so.
  return fences % 2 === 1 ? open?.at : undefined;
}

/** Signs that code, formulas, mark-up and data have, and prose does not. */
const codeSigns = /[{}<>=|\\;`]|\w\(|\w_\w|::|\/\/|\$\w|^\s*[-#|>+*] /m;

/** Whether a text may be code, a table, a formula or data. In doubt it is. */
export function mayBeCode(text: string): boolean {
  return codeSigns.test(text) || tableLines(text) > 0 || sqlPattern.test(text);
}

const sqlPattern = /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|DROP TABLE)\b/;

/** Lines with several columns. */
function tableLines(text: string): number {
  let lines = 0;
  for (const line of text.split("\n")) {
    if (/\t|\S {3,}\S/.test(line) || isCommaSeparated(line)) lines++;
  }
  return lines;
}

/** Commas without blanks behind them. */
function isCommaSeparated(line: string): boolean {
  return line.split(/,(?=\S)/, 4).length > 3;
}

/** Without code, tables and lists of values: what somebody tells in sentences. */
export function proseOf(text: string): string {
  const stretches = codeStretches(text);
  let prose = "";
  let at = 0;
  for (const [start, end] of stretches) {
    prose += text.slice(at, start);
    at = end;
  }
  prose += text.slice(at);
  return prose
    .split("\n")
    .filter((line) => !/[{}<>=|\\;\t]|\w\(|^[\d\s.,:%+-]*$/.test(line) && !isCommaSeparated(line))
    .join("\n");
}
