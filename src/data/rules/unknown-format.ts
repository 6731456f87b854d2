import { scanJson } from "../../json/scan.ts";
import { nearest } from "../../protocol/suggest.ts";
import { schemas } from "../schemas/index.ts";
import type { FileFacts } from "../source/container.ts";
import type { Fix, Rule } from "./rule.ts";

export const unknownFormat: Rule = {
  id: "unknown-format",
  level: "schema",
  on: "file",
  severity: "error",
  summary: "Most records of the file are in no known format",
  rationale:
    "A trainer looks for keys of certain names; where they are not there it stops, or learns from nothing. Rename the keys, or say in the recipe which columns hold question and answer.",
  source:
    "`KeyError` on the set of keys in [TRL](https://github.com/huggingface/trl); Together's `files check` wants exactly one known format.",
  check(file, _context, report) {
    const { records, format, evidence, columns, container, header, first } = file;
    if (records === 0 || format) return;
    const [best] = evidence;
    const partly =
      best && best.known > 0 ? `; only ${best.known} of ${records} look like "${best.format.name}"` : "";
    const mapping = best?.format.mapping;
    const sets = mapping ? [{ needed: [mapping.input, mapping.output], known: [] }] : keySets;
    const slips = slipsIn(columns, sets);
    const meant = slips.map(({ from, to }) => `"${to}" by "${from}"`).join(" and ");
    const isTable = container === "table" && header !== undefined;
    report({
      ...(isTable ? { source: [0, header.source.length] } : first !== undefined && { record: first }),
      message: `the records are in no known format (${namedColumns(columns)})${partly}${meant && `; did you mean ${meant}?`}`,
      fixes: () => (slips.length > 0 ? [renaming(file, slips)] : []),
    });
  },
  bad: [
    {
      text: '«{"promt": "a", "complete": "b", "lang": 1}»\n{"promt": "c", "complete": "d", "lang": 2}\n',
      fixed: '{"prompt": "a", "completion": "b", "lang": 1}\n{"prompt": "c", "completion": "d", "lang": 2}\n',
      note: "Both keys are slips of known ones.",
    },
    {
      name: "train.json",
      text: '[\n  «{ "instrution": "a", "ouput": "b", "input": "" }»,\n  { "instrution": "c", "ouput": "d", "input": "" }\n]\n',
      fixed:
        '[\n  { "instruction": "a", "output": "b", "input": "" },\n  { "instruction": "c", "output": "d", "input": "" }\n]\n',
    },
    { text: '«{"foo": 1, "bar": "x", "baz": "y"}»\n{"foo": 2, "bar": "x", "baz": "z"}\n' },
    {
      name: "train.csv",
      text: "«id,qestion,ansver»\n1,a,b\n2,c,d\n",
      fixed: "id,question,answer\n1,a,b\n2,c,d\n",
      columns: { input: "question", output: "answer" },
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{"foo": 1, "bar": 2, "baz": 3}\n{"prompt": "c", "completion": "d"}\n',
    },
    { text: '{"frage": "a", "antwort": "b"}\n', note: "Two columns are read as a text and its label." },
    { text: '{"a": "q", "b": "r", "c": "s"}\n', columns: { input: "a", output: "b" } },
  ],
};

function namedColumns(columns: readonly string[]): string {
  const shown = columns.slice(0, 8).map((column) => `"${column}"`);
  const more = columns.length > shown.length ? ` and ${columns.length - shown.length} more` : "";
  return `its keys: ${shown.join(", ")}${more}`;
}

interface Slip {
  from: string;
  to: string;
}

/** Keys that make a record of some format, and those that may stand beside them. */
interface KeySet {
  needed: readonly string[];
  known: readonly string[];
}

const keySets: readonly KeySet[] = Object.values(schemas).flatMap(
  ({ required = [], anyOf = [], properties = {} }) =>
    [required, ...anyOf.map((each) => each.required ?? [])]
      .filter((needed) => needed.length > 0)
      .map((needed) => ({ needed, known: Object.keys(properties) })),
);

/** Shorter names are near to too many others. */
const shortest = 4;

/** Columns to be renamed for the known format that explains most of them, with the fewest renamed. */
function slipsIn(columns: readonly string[], sets: readonly KeySet[]): Slip[] {
  const found = sets.flatMap(({ needed, known }) => {
    const free = columns.filter((column) => column.length >= shortest && !needed.includes(column));
    const slips = needed
      .filter((key) => !columns.includes(key))
      .map((key) => ({ from: nearest(key, free), to: key }));
    const isWhole = (all: typeof slips): all is Slip[] => all.every(({ from }) => from !== undefined);
    if (slips.length === 0 || !isWhole(slips)) return [];
    const renamed = new Set(slips.map(({ from }) => from));
    if (renamed.size < slips.length) return [];
    const left = columns.filter((column) => !known.includes(column) && !renamed.has(column));
    return [{ slips, left: left.length }];
  });
  return found.sort((a, b) => a.left - b.left || a.slips.length - b.slips.length)[0]?.slips ?? [];
}

function renaming({ container, header }: FileFacts, slips: readonly Slip[]): Fix {
  const title = `Rename ${slips.map(({ from, to }) => `"${from}" to "${to}"`).join(" and ")}`;
  if (container !== "table") return { title, rewrite: (text) => renamed(text, container === "lines", slips) };
  const edits = slips.map(({ from, to }) => {
    const { start, end } = header!.cells[header!.names.indexOf(from)]!;
    return { kind: "source" as const, span: [start, end] as const, text: to };
  });
  return { title, edits };
}

/** Other names for keys of the records, and all else as it was; lines that are no JSON stay as they are. */
function renamed(text: string, isLines: boolean, slips: readonly Slip[]): string {
  const names = new Map(slips.map(({ from, to }) => [from, to]));
  const inOne = (json: string) => {
    const keys: { at: number; from: string }[] = [];
    scanJson(json, {
      enter(path, _start, key) {
        const from = path.at(-1);
        const isOfRecord = isLines ? path.length === 1 : typeof path.at(-2) === "number" && path.length <= 3;
        if (key !== undefined && isOfRecord && names.has(String(from)))
          keys.push({ at: key, from: String(from) });
      },
    });
    let put = json;
    for (const { at, from } of keys.reverse()) {
      const end = at + JSON.stringify(from).length;
      put = put.slice(0, at) + JSON.stringify(names.get(from)) + put.slice(end);
    }
    return put;
  };
  return isLines ? text.split("\n").map(inOne).join("\n") : inOne(text);
}
