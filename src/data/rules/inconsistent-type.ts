import type { Digest } from "../lint/digest.ts";
import { anyItem, placesOf, type ShapeType, typesIn, type ValueType, valueType } from "../lint/shape.ts";
import type { Path } from "../parts.ts";
import { schemaAt } from "../schemas/index.ts";
import type { Context, Fix, RecordView, Rows, Rule, SetFound, SetIndex, Target } from "./rule.ts";

export const inconsistentType: Rule = {
  id: "inconsistent-type",
  level: "schema",
  on: "set",
  severity: "warning",
  targets: { trl: "error", axolotl: "error", "llama-factory": "error" },
  summary: "A value has another type than in most rows",
  rationale:
    "Trainers that load data with Hugging Face `datasets` keep it as a table in which a column has one type: a number among texts stops them with an `ArrowInvalid` that names no row. Elsewhere it is mostly a slip.",
  source: "datasets #7322 and #6460; FlashRAG #132 (row 1232 of a file).",
  index: (context) => new TypeIndex(context),
  bad: [
    {
      text: '{"question": "a", "answer": "1"}\n{"question": "b", "answer": «2»}\n{"question": "c", "answer": "3"}\n',
      fixed:
        '{"question": "a", "answer": "1"}\n{"question": "b", "answer": "2"}\n{"question": "c", "answer": "3"}\n',
    },
    {
      text: '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n{"text": "c", "label": «"1"»}\n',
      fixed: '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n{"text": "c", "label": 1}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b", "tags": ["x"]}\n{"prompt": "c", "completion": "d", "tags": «"y"»}\n{"prompt": "e", "completion": "f", "tags": []}\n',
      fixed:
        '{"prompt": "a", "completion": "b", "tags": ["x"]}\n{"prompt": "c", "completion": "d", "tags": ["y"]}\n{"prompt": "e", "completion": "f", "tags": []}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n{"messages": [{"role": "user", "content": «[{"type": "text", "text": "c"}]»}, {"role": "assistant", "content": "d"}]}\n{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\n',
      target: "trl",
      note: "Texts and lists of parts cannot share a column.",
    },
  ],
  good: [
    {
      text: '{"instruction": "a", "output": "b"}\n{"instruction": "c", "output": {"d": 1}}\n{"instruction": "e", "output": "f"}\n',
      note: "See `non-string-content`.",
    },
    {
      text: '{"instruction": "a", "input": null, "output": "b"}\n{"instruction": "c", "input": "d", "output": "e"}\n',
    },
    { text: '{"text": "a", "label": 1}\n{"text": "b", "label": 0.5}\n', note: "Both are numbers." },
    {
      text: '{"messages": [{"role": "user", "content": [{"type": "text", "text": "c"}]}, {"role": "assistant", "content": "d"}]}\n{"messages": [{"role": "user", "content": "e"}, {"role": "assistant", "content": "f"}]}\n',
      note: "No table is made of it here.",
    },
    { name: "train.csv", text: "text,label\na,1\nb,x\n" },
  ],
};

/** They read the rows into an Arrow table. */
const tables: readonly Target[] = ["trl", "axolotl", "llama-factory"];

interface Group {
  rows: number;
  types: readonly ShapeType[];
}

/** How many rows have which types at a path. */
type Counts = Map<string, { path: Path; types: Map<ValueType, number> }>;

/** Rows by shape: files have few. */
class TypeIndex implements SetIndex {
  readonly #groups = new Map<string, Group>();
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  add(_id: number, { shape }: Digest): void {
    const group = this.#groups.get(shape);
    if (group) group.rows++;
    else this.#groups.set(shape, { rows: 1, types: typesIn(shape) });
  }

  remove(_id: number, { shape }: Digest): void {
    const group = this.#groups.get(shape);
    if (group && --group.rows === 0) this.#groups.delete(shape);
  }

  report(rows: Rows, report: (found: SetFound) => void): void {
    if (this.#groups.size < 2) return;
    for (const [key, { path, types }] of this.#counts()) {
      if (types.size < 2) continue;
      if (!tables.includes(this.#context.target) && isContent(path, types)) continue;
      const most = Math.max(...types.values());
      const usual = [...types.keys()].filter((type) => types.get(type) === most);
      const wanted = usual.length === 1 ? usual[0]! : this.#first(key, usual, rows);
      this.#reportOthers(key, path, wanted, rows, report);
    }
  }

  #counts(): Counts {
    const counts: Counts = new Map();
    for (const { rows, types } of this.#groups.values()) {
      const seen = new Set<string>();
      for (const { path, type } of types) {
        const key = keyOf(path);
        if (seen.has(`${key}\n${type}`)) continue;
        seen.add(`${key}\n${type}`);
        const known = counts.get(key) ?? { path, types: new Map() };
        counts.set(key, known);
        known.types.set(type, (known.types.get(type) ?? 0) + rows);
      }
    }
    return counts;
  }

  /** What the format does not allow at all is found in each row, but for what Tunesmith reads all the same. */
  #isSaidElsewhere(path: Path, type: ValueType): boolean {
    const { format, target, file } = this.#context;
    if (!format || file.container === "table") return false;
    const schema = schemaAt(
      format,
      path.map((step) => (step === anyItem ? 0 : step)),
    );
    if (schema?.type === undefined) return false;
    const allowed = [schema.type].flat();
    const isRead =
      target === "tunesmith" && allowed.includes("string") && type !== "list" && type !== "object";
    return !isRead && !allowed.includes(schemaTypes[type]);
  }

  /** Of types that are as frequent, the one that stands first in the file. */
  #first(key: string, usual: readonly ValueType[], rows: Rows): ValueType {
    for (const { digest } of rows.all()) {
      const type = this.#typeAt(key, digest, (type) => usual.includes(type));
      if (type !== undefined) return type;
    }
    return usual[0]!;
  }

  #typeAt(key: string, { shape }: Digest, isIt: (type: ValueType) => boolean): ValueType | undefined {
    const types = this.#groups.get(shape)?.types ?? [];
    return types.find(({ path, type }) => keyOf(path) === key && isIt(type))?.type;
  }

  #reportOthers(
    key: string,
    path: Path,
    wanted: ValueType,
    rows: Rows,
    report: (found: SetFound) => void,
  ): void {
    /** By shape: the type that is not the wanted one. */
    const others = new Map<string, ValueType>();
    for (const [shape, { types }] of this.#groups) {
      const other = types.find(({ path, type }) => keyOf(path) === key && type !== wanted)?.type;
      if (other !== undefined && !this.#isSaidElsewhere(path, other)) others.set(shape, other);
    }
    if (others.size === 0) return;
    for (const { id, digest } of rows.all()) {
      const other = others.get(digest.shape);
      if (other === undefined) continue;
      report({
        id,
        where: ({ record }) => ({ at: wrongPlace(record, path, wanted)?.at ?? [] }),
        message: `"${inWords(path)}" is ${named[other]} here and ${named[wanted]} in most rows: a table's column has one type`,
        fixes: (view) => fixesFor(view, path, wanted),
      });
    }
  }
}

/** As JSON Schema calls them. */
const schemaTypes: Readonly<Record<ValueType, string>> = {
  string: "string",
  number: "number",
  boolean: "boolean",
  list: "array",
  object: "object",
};

/** A text in one row and a list of parts in another are both a content, where nobody makes a table of it. */
function isContent(path: Path, types: ReadonlyMap<ValueType, number>): boolean {
  return path.at(-1) === "content" && types.size === 2 && types.has("string") && types.has("list");
}

function keyOf(path: Path): string {
  return path.join("\0");
}

function inWords(path: Path): string {
  return path.map((step, i) => (step === anyItem ? "[]" : i === 0 ? step : `.${step}`)).join("");
}

const named: Readonly<Record<ValueType, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  object: "an object",
};

function wrongPlace(record: unknown, path: Path, wanted: ValueType) {
  for (const place of placesOf(record, path)) {
    const type = valueType(place.value);
    if (type !== undefined && type !== wanted) return place;
  }
  return undefined;
}

function fixesFor(view: RecordView | undefined, path: Path, wanted: ValueType): readonly Fix[] {
  const place = wrongPlace(view?.record, path, wanted);
  // A list of parts is not meant as the text of its JSON.
  const isContent = path.at(-1) === "content" && Array.isArray(place?.value);
  const value = place && !isContent ? converted(place.value, wanted) : undefined;
  if (!place || value === undefined) return [];
  const title = wanted === "list" ? "Put it into a list" : `Write it as ${named[wanted]}`;
  return [{ title, edits: [{ kind: "replace", at: place.at, value }] }];
}

/** The same value in another type; undefined where it would be another value. */
function converted(value: unknown, wanted: ValueType): unknown {
  if (wanted === "list" && typeof value !== "object") return [value];
  if (wanted === "string") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (typeof value !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return valueType(parsed) === wanted && (typeof parsed === "object" || String(parsed) === value)
      ? parsed
      : undefined;
  } catch {
    return undefined;
  }
}
