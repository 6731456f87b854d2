/**
 * Writes a dataset in another format, or into another kind of file. What would be lost is known before anything is
 * written; what is called lossless reads back as the same rows.
 */
import { internalError, TunesmithError } from "../../protocol/errors.ts";
import { nearest } from "../../protocol/suggest.ts";
import type { Extension } from "../source/container.ts";
import { isReadAs, isSameRow } from "../written-record.ts";
import { type DatasetText, formatOf, openDataset, splitsIn } from "./dataset.ts";
import { type Form, forms } from "./forms.ts";
import { type Holder, holderOf, textOf } from "./holders.ts";
import { asTexts, type ConvertedRecord, convertedItem, keyInWords } from "./record.ts";

export interface ConversionTarget {
  /** The name of a form; without one the format stays, and only the kind of file changes. */
  form?: string | undefined;
  extension: Extension;
}

export interface Loss {
  /** In words: `the key "id"`. */
  what: string;
  rows: number;
  /** The first row that loses it, by its line. */
  line: number;
}

export interface Refused {
  line: number;
  reason: string;
}

export interface ConversionPlan {
  /** The form's name. */
  form: string;
  /** Records of the new file. */
  rows: number;
  /** Nothing is lost and nothing left out: converted back, the rows are the same. */
  lossless: boolean;
  losses: Loss[];
  /** Records that cannot be written so, and are left out. */
  refused: Refused[];
}

/** @throws `usage` for a form that is not known; `dataset-format-unknown` */
export function planConversion(dataset: DatasetText, to: ConversionTarget): ConversionPlan {
  return converted(dataset, to).plan;
}

/**
 * Writes what can be written; whoever calls has looked at the plan.
 *
 * @throws as `planConversion`, and `dataset-invalid` where nothing can be written
 */
export function convert(dataset: DatasetText, to: ConversionTarget): { text: string; plan: ConversionPlan } {
  const { plan, form, records, holder, splits } = converted(dataset, to);
  if (records.length === 0) {
    const [first] = plan.refused;
    throw new TunesmithError(
      "dataset-invalid",
      `none of the records of ${dataset.name} can be written as "${plan.form}"; line ${first!.line}: ${first!.reason}`,
      `Choose another format: ${formNames().join(", ")}.`,
    );
  }
  const text = textOf(records, holder, splits);
  requireSame(text, records, to.extension, form);
  return { text, plan };
}

export function formNames(): string[] {
  return forms.filter(({ isOwn }) => !isOwn).map(({ name }) => name);
}

/** @throws `usage`, with the nearest known one */
export function formNamed(name: string): Form {
  const found = forms.find((each) => each.name === name);
  if (found) return found;
  const near = nearest(name, formNames());
  throw new TunesmithError(
    "usage",
    `there is no format "${name}" to convert to`,
    near ? `Did you mean "${near}"?` : `Give one of ${formNames().join(", ")}.`,
  );
}

/** The form that a dataset is in. Columns that somebody named are a question and an answer. */
export function ownForm(dataset: DatasetText): Form {
  const format = formatOf(dataset);
  const same = forms.filter((form) => form.format === format);
  const first = dataset.items.find((item) => item.format === format)?.record;
  const own = same.find(({ accepts }) => first === undefined || accepts(first));
  return own ?? same[0] ?? formNamed("pairs");
}

interface Written extends ConvertedRecord {
  line: number;
  split: string | undefined;
}

interface Conversion {
  plan: ConversionPlan;
  form: Form;
  records: readonly Written[];
  holder: Holder;
  splits: readonly string[];
}

function converted(dataset: DatasetText, { form: name, extension }: ConversionTarget): Conversion {
  formatOf(dataset);
  const form = name === undefined ? ownForm(dataset) : formNamed(name);
  const holder = holderOf[extension];
  const named = splitsIn(dataset);
  const splits = holder === "array" ? named : [];
  const refused: Refused[] = [];
  const written: Written[] = [];
  for (const item of dataset.items) {
    const { line } = item;
    const result = convertedItem(item, form, holder);
    if ("reason" in result) refused.push({ line, reason: result.reason });
    else written.push({ ...result, line, split: item.piece.split });
  }
  const place = ({ split }: Written) => splits.indexOf(split ?? "");
  written.sort((a, b) => place(a) - place(b));
  const records = holder === "csv" || holder === "tsv" ? inOneTable(written, form) : written;
  const isParted = named.length > 0 && splits.length === 0;
  const losses = lossesOf(
    records.map(({ losses: own, line }) => ({ losses: isParted ? [...own, splitLost] : own, line })),
  );
  const plan: ConversionPlan = {
    form: form.name,
    rows: records.length,
    lossless: losses.length === 0 && refused.length === 0,
    losses,
    refused,
  };
  return { plan, form, records, holder, splits };
}

const splitLost = "which split a record belongs to";

/** What rows lose, by what it is. */
export function lossesOf(rows: readonly { losses: readonly string[]; line: number }[]): Loss[] {
  const found = new Map<string, Loss>();
  for (const { losses, line } of rows) {
    for (const what of new Set(losses)) {
      const loss = found.get(what) ?? { what, rows: 0, line };
      loss.rows++;
      found.set(what, loss);
    }
  }
  return [...found.values()];
}

/** All rows of a table have all columns. An empty one of another row's must not be taken for this one's answer. */
function inOneTable(written: readonly Written[], { format }: Form): Written[] {
  const filled = withColumns(written, new Set());
  const isSound = filled.every(
    ({ record, row }) => row !== undefined && isReadAs(asTexts(record), format, row),
  );
  if (isSound) return filled;
  return withColumns(written, new Set(written.flatMap(({ extras }) => extras)));
}

function withColumns(written: readonly Written[], gone: ReadonlySet<string>): Written[] {
  const columns = [...new Set(written.flatMap(({ record }) => Object.keys(record)))].filter(
    (key) => !gone.has(key),
  );
  return written.map((each) => ({
    ...each,
    record: Object.fromEntries(
      columns.map((key) => [key, Object.hasOwn(each.record, key) ? each.record[key] : ""]),
    ),
    losses: [...each.losses, ...each.extras.filter((key) => gone.has(key)).map(keyInWords)],
  }));
}

/** What is written is what was promised, or it is not handed out. */
function requireSame(text: string, records: readonly Written[], extension: Extension, form: Form): void {
  const { items } = openDataset(text, `converted${extension}`, { format: form.format.name });
  const isSame =
    items.length === records.length &&
    items.every(({ row }, i) => {
      const wanted = records[i]!.row;
      return wanted === undefined || (row !== undefined && isSameRow(row, wanted));
    });
  if (!isSame) throw internalError(`what was written as "${form.name}" reads otherwise`);
}
