import type { Schema } from "../../protocol/schema-parts.ts";
import { nearest } from "../../protocol/suggest.ts";
import { typesIn } from "../lint/shape.ts";
import { schemaOf } from "../schemas/index.ts";
import { isData, meantBy } from "../schemas/meant.ts";
import type { Context, Rows, Rule, SetFound, SetIndex } from "./rule.ts";

const like = (count: number, more = ""): string =>
  Array.from({ length: count }, (_, i) => `{"prompt": "${i} + 1", "completion": "${i + 1}"${more}}\n`).join(
    "",
  );

export const rareKey: Rule = {
  id: "rare-key",
  level: "schema",
  on: "set",
  severity: "info",
  summary: "A key that only a row or two have",
  rationale:
    "Keys beside the data are notes about the rows, and rows of one file mostly have the same ones. One that a single row has is a slip of another (`sorce`), or the row came from elsewhere. Trainers that make a table of the rows give all others an empty cell, and some refuse columns that they do not know. Where rows differ much in their notes, nothing is said.",
  source:
    "Together's `files check` and openai-python's validators (`additional_column`) refuse keys beside the data; slips of keys of the data are for `unknown-key`.",
  options: {
    most: { default: 2, minimum: 1, description: "A key that so many rows have is rare." },
    rows: { default: 20, minimum: 3, description: "In fewer rows, nothing is said." },
  },
  index: (context) => new KeyIndex(context),
  bad: [
    {
      text: `${like(3)}{"prompt": "a", "completion": "b", «"sorce"»: "faq"}\n`,
      options: { rows: 4 },
      fixed: `${like(3)}{"prompt": "a", "completion": "b"}\n`,
    },
    {
      text: `${like(3, ', "source": "web"')}{"prompt": "a", "completion": "b", «"sorce"»: "faq"}\n`,
      options: { rows: 4 },
      fixed: `${like(3, ', "source": "web"')}{"prompt": "a", "completion": "b", "source": "faq"}\n`,
    },
  ],
  good: [
    { text: `${like(3)}{"prompt": "a", "completion": "b", "sorce": "faq"}\n`, note: "Too few rows to say." },
    {
      text: `${like(3)}{"prompt": "a", "completion": "b", "system": "Be brief."}\n`,
      options: { rows: 4 },
      note: "The format has this key.",
    },
    {
      text: `${like(3)}{"prompt": "a", "completion": "b", "by": 1, "on": 2, "at": 3, "in": 4}\n`,
      options: { rows: 4 },
      note: "Rows that differ in more than a slip.",
    },
    {
      text: '{"text": "a"}\n{"text": "b", "url": "c"}\n{"text": "d"}\n{"text": "e"}\n',
      options: { rows: 4 },
      note: "Beside a text anything may stand.",
    },
  ],
};

/** With more rare keys, that is how this file is. */
const mostKeys = 3;
/** What makes a record one of another format is for `ambiguous-format`. */
const ofFormats = new Set(["messages", "conversations", "contents", "prompt", "completion", "text"]);

interface Group {
  rows: number;
  keys: readonly string[];
}

/** Rows by shape: files have few. */
class KeyIndex implements SetIndex {
  readonly #groups = new Map<string, Group>();
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  add(_id: number, { shape }: { shape: string }): void {
    const group = this.#groups.get(shape);
    if (group) group.rows++;
    else this.#groups.set(shape, { rows: 1, keys: keysIn(shape) });
  }

  remove(_id: number, { shape }: { shape: string }): void {
    const group = this.#groups.get(shape);
    if (group && --group.rows === 0) this.#groups.delete(shape);
  }

  report(rows: Rows, report: (found: SetFound) => void): void {
    const { options, format, file } = this.#context;
    if (this.#groups.size < 2 || rows.count < options.rows! || !format || file.container === "table") return;
    const schema = schemaOf(format);
    if (schema.additionalProperties !== false) return;
    const counts = this.#counts();
    const rare = [...counts].filter(([, count]) => count <= options.most! && count * 2 < rows.count);
    const usual = [...counts].flatMap(([key, count]) => (count * 2 > rows.count ? [key] : []));
    const odd = rare.flatMap(([key]) => (isKnown(key, schema) ? [] : [key]));
    if (odd.length === 0 || odd.length > mostKeys) return;
    /** By shape. */
    const found = new Map<string, readonly string[]>();
    for (const [shape, { keys }] of this.#groups) {
      const own = odd.filter((key) => keys.includes(key) && !isSaidElsewhere(key, keys, usual, schema));
      if (own.length > 0) found.set(shape, own);
    }
    if (found.size === 0) return;
    for (const { id, digest } of rows.all()) {
      const { shape } = digest;
      for (const key of found.get(shape) ?? []) {
        const keys = this.#groups.get(shape)!.keys;
        const meant = nearest(
          key,
          usual.filter((name) => !keys.includes(name)),
        );
        report(finding(id, key, counts.get(key)!, rows.count, meant));
      }
    }
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { rows, keys } of this.#groups.values()) {
      for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + rows);
    }
    return counts;
  }
}

function keysIn(shape: string): string[] {
  return typesIn(shape).flatMap(({ path }) => (path.length === 1 ? [String(path[0])] : []));
}

function isKnown(key: string, { properties = {} }: Schema): boolean {
  return Object.hasOwn(properties, key) || Object.hasOwn(properties, key.toLowerCase()) || ofFormats.has(key);
}

/** Slips of what the format reads have a rule, and so do rows that lack it. */
function isSaidElsewhere(
  key: string,
  keys: readonly string[],
  usual: readonly string[],
  schema: Schema,
): boolean {
  const lacksData = usual.some(
    (name) => !keys.includes(name) && isData(name, schema.properties ?? {}) && !ofNotes.has(name),
  );
  return (
    lacksData || meantBy(key, schema, Object.fromEntries(keys.map((name) => [name, true]))) !== undefined
  );
}

/** Data that may be absent. */
const ofNotes = new Set(["system", "tools", "input", "history"]);

function finding(id: number, key: string, count: number, all: number, meant: string | undefined): SetFound {
  const who = count === 1 ? "no other row has" : `only ${count} of ${all} rows have`;
  return {
    id,
    where: { at: [key], on: "key" },
    message: `${who} the key "${key}"${meant === undefined ? "" : `; most have "${meant}"`}`,
    fixes: () =>
      meant === undefined
        ? [{ title: `Remove "${key}"`, edits: [{ kind: "remove", at: [key] }] }]
        : [{ title: `Rename "${key}" to "${meant}"`, edits: [{ kind: "rename", at: [key], key: meant }] }],
  };
}
