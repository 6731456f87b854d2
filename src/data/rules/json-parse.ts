import type { JsonFault } from "../../json/scan.ts";
import { type Repair, repairJson, type Slip } from "../source/repair.ts";
import { valuesInSequence } from "../source/sequence.ts";
import type { Fix, RecordView, Rule } from "./rule.ts";

export const jsonParse: Rule = {
  id: "json-parse",
  level: "syntax",
  on: "record",
  gaps: true,
  severity: "error",
  summary: "The record is not valid JSON",
  rationale:
    "Most loaders stop at the first line they cannot parse, and many do not say which line it was. Tunesmith leaves such a record out of training. Where it was written as another language writes it (Python's quotes and `None`, comments, a comma too many), it can be written as JSON.",
  source:
    "`json.loads` on every line in [mlx-lm](https://github.com/ml-explore/mlx-lm); errors without a line in text-generation-webui #2500 and LLaMA-Factory #2553. The grammar is [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259).",
  check(view, _context, report) {
    if (view.kind === "record" && view.value !== undefined && view.container !== "array") return;
    const { kind, source, container, fault } = view;
    if (container === "table" || container === "documents" || !fault) return;
    if (kind === "record" && source.trim() === "") return;
    // Several records on a line have a rule of their own.
    if (container === "lines" && fault.message.startsWith("there is more") && valuesInSequence(source))
      return;
    const comma = commaBefore(source, fault);
    report({
      message: `not valid JSON: ${comma === undefined ? fault.message : `a comma before "${source[fault.offset]}"`}`,
      source: comma === undefined ? placeOf(source, fault) : [comma, comma + 1],
      ...(kind === "record" && { fixes: () => fixesOf(view) }),
    });
  },
  bad: [
    {
      text: '{"prompt": "a" «"»completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"«,»}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
      note: "Python and JavaScript allow a comma at the end; JSON does not.",
    },
    {
      name: "train.json",
      text: '[\n  {"messages": [\n    {"role": "user", "content": "a"},\n    {"role": "assistant", "content": "b"}«,»\n  ]}\n]\n',
      fixed:
        '[\n  {"messages": [\n    {"role": "user", "content": "a"},\n    {"role": "assistant", "content": "b"}\n  ]}\n]\n',
    },
    {
      text: '{"prompt": "a", "completion": "b"}«,»\n{"prompt": "c", "completion": "d"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
      note: "A line that was cut out of an array.",
    },
    {
      text: "{«'»prompt': 'it\\'s \"a\"', 'completion': \"b\", 'n': None, 'ok': True}\n",
      fixed: '{"prompt": "it\'s \\"a\\"", "completion": "b", "n": null, "ok": true}\n',
      note: "Python's `str()` instead of `json.dumps()`.",
    },
    {
      text: "{«“»prompt”: “a”, “completion”: “he said “b””}\n",
      fixed: '{"prompt": "a", "completion": "he said “b”"}\n',
      note: "A word processor has made quotes of its own.",
    },
    {
      text: '{"prompt": "a", "completion": "b", "score": «N»aN}\n',
      fixed: '{"prompt": "a", "completion": "b", "score": null}\n',
      note: "Python writes `NaN`, and reads it; most others do not.",
    },
    {
      text: '{"prompt": "a«\t»b", "completion": "c:\\dir"}\n',
      fixed: '{"prompt": "a\\tb", "completion": "c:\\\\dir"}\n',
    },
    {
      name: "train.json",
      text: '[\n  {"prompt": "a«\n»b", "completion": "c"},\n  {"prompt": "d", "completion": "e"}\n]\n',
      fixed: '[\n  {"prompt": "a\\nb", "completion": "c"},\n  {"prompt": "d", "completion": "e"}\n]\n',
    },
    {
      text: '{"prompt": "a", «/»* checked */ "completion": "b"} // fine\n',
      fixed: '{"prompt": "a",  "completion": "b"} \n',
    },
    {
      name: "train.json",
      text: '[\n  {"prompt": "a", "completion": "b"},\n  {"prompt": "c", "completion": "d"}«,»\n]\n',
      fixed: '[\n  {"prompt": "a", "completion": "b"},\n  {"prompt": "c", "completion": "d"}\n]\n',
    },
    {
      name: "train.json",
      text: '[\n  {"prompt": "a", "completion": "b"}«»\n  {"prompt": "c", "completion": "d"}\n]\n',
      fixed: '[\n  {"prompt": "a", "completion": "b"},\n  {"prompt": "c", "completion": "d"}\n]\n',
    },
    {
      text: '{"prompt": "a", "completion": «"»b\n{"prompt": "c", "completion": "d"}\n',
      note: "Cut off: what is missing nobody knows.",
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n' },
    { text: '{ "prompt" : "\\u0000 // no comment, \'quotes\' and “quotes”" ,\t"completion": "b" }  \r\n' },
    { name: "train.csv", text: 'text,label\n{"a": 1,b\n', note: "A table's cells are text." },
  ],
};

/** Where a bracket closes behind a comma, it is the comma that is wrong. */
function commaBefore(source: string, { offset }: JsonFault): number | undefined {
  if (source[offset] !== "}" && source[offset] !== "]") return undefined;
  const before = source.slice(0, offset).trimEnd();
  return before.endsWith(",") ? before.length - 1 : undefined;
}

/** The character that cannot stand there; nothing where something is missing at the end. */
function placeOf({ length }: string, { offset, message }: JsonFault): readonly [start: number, end: number] {
  return [offset, offset < length || isStrayComma(message) ? offset + 1 : offset];
}

function isStrayComma(message: string): boolean {
  return message.startsWith("there is no element");
}

function fixesOf({ source, container, value, fault }: RecordView): Fix[] {
  if (container === "array" && value !== undefined) {
    // The record itself is sound: it is how it is joined to the others.
    const { offset, message } = fault!;
    return isStrayComma(message)
      ? [
          {
            title: "Remove this comma",
            safe: true,
            edits: [{ kind: "source", span: [offset, offset + 1], text: "" }],
          },
        ]
      : [{ title: "Insert a comma", edits: [{ kind: "source", span: [offset, offset], text: "," }] }];
  }
  const repair = repairJson(source);
  if (!repair) return [];
  return [
    {
      title: titleOf(repair),
      ...([...repair.slips].every((slip) => harmless.has(slip)) && { safe: true }),
      edits: repair.edits.map(({ start, end, text }) => ({ kind: "source", span: [start, end], text })),
    },
  ];
}

/** There is one way only to write these as JSON, and nothing is lost. */
const harmless: ReadonlySet<Slip> = new Set<Slip>(["a comma too many", "a control character"]);

const titles: Partial<Record<Slip, string>> = {
  "a comma too many": "Remove the comma",
  "a missing comma": "Insert a comma",
  "single quotes": "Write double quotes",
  "typographic quotes": "Write straight quotes",
  "a control character": "Escape the control characters",
  "an escape": "Escape the backslashes",
  "a comment": "Remove the comments",
  "a key without quotes": "Put the keys in quotes",
};

function titleOf({ slips }: Repair): string {
  const [first] = slips;
  return (slips.size === 1 ? titles[first!] : undefined) ?? "Write it as valid JSON";
}
