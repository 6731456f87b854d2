/** Takes what nobody may learn out of a record: the same value gets the same placeholder wherever it stands. */
import type { Path, TextPart } from "../parts.ts";
import type { Fix, RecordEdit } from "../rules/rule.ts";

export interface Sensitive {
  at: Path;
  start: number;
  end: number;
  value: string;
  /** `EMAIL`. */
  label: string;
}

/** Numbers go on behind those that stand in the record already. */
export function redaction(
  all: readonly Sensitive[],
  texts: readonly TextPart[],
  { label, value }: Sensitive,
): Fix {
  const values = [...new Set(all.filter((each) => each.label === label).map((each) => each.value))];
  const placeholder = `[${label}_${highestIn(texts, label) + values.indexOf(value) + 1}]`;
  const edits = all
    .filter((each) => each.label === label && each.value === value)
    .map(({ at, start, end }): RecordEdit => ({ kind: "text", at, span: [start, end], text: placeholder }));
  const where = edits.length > 1 ? `, ${edits.length} times in this row` : "";
  return { title: `Replace it by ${placeholder}${where}`, edits };
}

function highestIn(texts: readonly TextPart[], label: string): number {
  const used = new RegExp(`\\[${label}_(\\d{1,6})\\]`, "g");
  return Math.max(
    0,
    ...texts.flatMap(({ text }) => Array.from(text.matchAll(used), (match) => Number(match[1]))),
  );
}
