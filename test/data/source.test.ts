// The source layer: pieces are the text, paths lead to the right characters, edits change nothing else.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "csv-parse/sync";
import type { Path } from "../../src/data/parts.ts";
import type { RecordEdit } from "../../src/data/rules/rule.ts";
import type { Container } from "../../src/data/source/container.ts";
import { applyEdits, recordEdits } from "../../src/data/source/edit.ts";
import { locate, placesInCell, placesInString } from "../../src/data/source/locate.ts";
import { segment, segmenterOf } from "../../src/data/source/piece.ts";
import { repairJson } from "../../src/data/source/repair.ts";
import { elementsOf, onOneLine, valuesInSequence } from "../../src/data/source/sequence.ts";
import { cellsOf, headerOf, writtenCell } from "../../src/data/source/table.ts";
import { isJsonObject } from "../../src/json/object.ts";
import { Random } from "../../src/random/random.ts";

const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(items.length)]!;

/** Texts with everything that JSON and CSV must quote. */
const scraps = [
  '"',
  "\\",
  "\n",
  "\r\n",
  "\t",
  ",",
  ";",
  " ",
  "a",
  "bc",
  "é",
  "😀",
  "\ud83d",
  "\u2028",
  "\0",
  "/",
  "{",
  "]",
];
const anyText = (random: Random) =>
  Array.from({ length: random.integer(6) }, () => pick(random, scraps)).join("");

describe("pieces", () => {
  const broken = [
    ..."{}[]\"'\\,:;\n\r\t ax1",
    "<|endoftext|>\n",
    " = A = \n",
    '{"a": 1}',
    "\r\n",
    "null",
    "\u2028",
  ];
  for (const container of ["lines", "array", "table", "documents"] as const satisfies Container[]) {
    it(`of ${container} are the text, whatever it is`, () => {
      for (let seed = 1; seed <= 400; seed++) {
        const random = new Random(seed, container);
        const text = Array.from({ length: random.integer(40) }, () => pick(random, broken)).join("");
        const pieces = [...segment(text, segmenterOf(container, ""))];
        assert.equal(pieces.map((piece) => piece.text).join(""), text, `seed ${seed}`);
        for (const { text, start, end } of pieces) {
          assert.ok(text !== "" && start >= 0 && start <= end && end <= text.length, `seed ${seed}`);
        }
      }
    });

    it(`of ${container} are the same in parts as at once`, () => {
      for (let seed = 1; seed <= 200; seed++) {
        const random = new Random(seed, container, "parts");
        const text = Array.from({ length: random.integer(40) }, () => pick(random, broken)).join("");
        const segmenter = segmenterOf(container, "");
        let state = segmenter.begin(text);
        let at = 0;
        const pieces: unknown[] = [];
        for (let seen = 0; at < text.length; ) {
          const next = segmenter.next(text.slice(0, seen), at, state, seen === text.length);
          if (next === undefined || at >= seen) {
            seen = Math.min(text.length, seen + 1 + random.integer(5));
            continue;
          }
          pieces.push(next.piece);
          at += next.piece.text.length;
          state = next.state;
        }
        const withoutReach = (piece: unknown) => ({ ...(piece as object), reach: 0 });
        const whole = [...segment(text, segmenterOf(container, ""))];
        assert.deepEqual(
          pieces.map(withoutReach),
          whole.map(withoutReach),
          `seed ${seed}: ${JSON.stringify(text)}`,
        );
      }
    });
  }

  const recordsOf = (container: Container, text: string) =>
    [...segment(text, segmenterOf(container, ""))]
      .filter(({ kind }) => kind === "record")
      .map(({ text, start, end }) => text.slice(start, end));

  it("of lines: a record on several lines is one, lines that are broken are one each", () => {
    const text = '{"a": 1}\r\n{\n  "b": [\n  {}\n]}\n\n{"c":\n{"d": 2}\n';
    assert.deepEqual(recordsOf("lines", text), ['{"a": 1}', '{\n  "b": [\n  {}\n]}', '{"c":', '{"d": 2}']);
  });

  it("of an array: one broken element does not hide the others", () => {
    const text = '[\n  {"a": "b\n  },\n  {"c": 2},\n  {"d": [3}\n]\n';
    assert.deepEqual(recordsOf("array", text), ['{"a": "b\n  }', '{"c": 2}', '{"d": [3}\n]']);
  });

  it("of splits carry their names", () => {
    const text = '{"train": [1, 2], "info": {"x": [0]}, "t\\u0065st": [3]}';
    const pieces = [...segment(text, segmenterOf("array", ""))].filter(({ kind }) => kind === "record");
    assert.deepEqual(
      pieces.map(({ text, start, end, split }) => [text.slice(start, end), split]),
      [
        ["1", "train"],
        ["2", "train"],
        ["3", "test"],
      ],
    );
  });
});

describe("places", () => {
  it("in strings with escapes and surrogates are those of each unit", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const text = anyText(random);
      // Some characters escaped that need not be.
      const written = `"${[
        ...JSON.stringify(text)
          .slice(1, -1)
          .matchAll(/\\u....|\\.|[^\\]/gsu),
      ]
        .map(([unit]) =>
          unit.startsWith("\\") || random.integer(3) > 0
            ? unit
            : [...Array(unit.length).keys()]
                .map((i) => `\\u${unit.charCodeAt(i).toString(16).padStart(4, "0")}`)
                .join(""),
        )
        .join("")}"`;
      assert.equal(JSON.parse(written), text);
      const place = placesInString(written);
      for (let i = 0; i <= text.length; i++) {
        assert.equal(
          JSON.parse(`${written.slice(0, place(i))}"`),
          text.slice(0, i),
          `seed ${seed}, ${written}`,
        );
      }
    }
  });

  it("in cells with quotes and CRLF are those of each unit", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const text = anyText(new Random(seed)).replaceAll("\r\n", "\n");
      for (const quoted of [true, false]) {
        const written = writtenCell(text, ",", quoted).replaceAll("\n", seed % 2 ? "\r\n" : "\n");
        const [cell] = cellsOf(written, ",");
        assert.equal(cell!.text, text, `seed ${seed}`);
        const place = placesInCell(written);
        for (let i = 0; i <= text.length; i++) {
          const head = written.slice(0, place(i));
          assert.equal(
            cellsOf(head, ",")[0]!.text,
            text.slice(0, i),
            `seed ${seed}, ${JSON.stringify(written)}`,
          );
        }
      }
    }
  });

  it("in cells whose quotes are the text's", () => {
    for (const [written, text] of [
      ['"a"b', '"a"b'],
      ['"a ""b""" c""', '"a "b"" c""'],
      ['a"b', 'a"b'],
      ['"a""b', 'a"b'],
    ] as const) {
      assert.equal(cellsOf(written, ",")[0]!.text, text);
      const place = placesInCell(written);
      const units = [...text].map((_, i) => written[place(i)]);
      assert.equal(units.join(""), text, written);
      assert.equal(place(text.length), written.length);
    }
  });

  it("of values, keys, spans, and of what is not there", () => {
    const source = '{"a": [{"b": "x\\ny"}], "a": {"b": 1, "c\\u0064": 2}}';
    const at = (wanted: Parameters<typeof locate>[3]) => {
      const { start, end } = locate(source, "lines", undefined, wanted);
      return source.slice(start, end);
    };
    assert.equal(at({}), source);
    assert.equal(at({ at: ["a", "b"] }), "1", "of two with one name the last");
    assert.equal(at({ at: ["a", "cd"], on: "key" }), '"c\\u0064"');
    assert.equal(at({ at: ["a", "nothing"], on: "key" }), '{"b": 1, "c\\u0064": 2}');
    assert.equal(at({ source: [1, 4] }), '"a"');
    const text = '["x\\ny😀z"]';
    const { start, end } = locate(text, "lines", undefined, { at: [0], span: [1, 5] });
    assert.equal(text.slice(start, end), "\\ny😀");
  });

  it("in a table: by the header's names", () => {
    const header = headerOf('text, "label"', ",");
    const source = '"a ""b"" c",d';
    const stretch = locate(source, "table", header, { at: ["text"], span: [2, 5] });
    assert.equal(source.slice(stretch.start, stretch.end), '""b""');
    assert.deepEqual(locate(source, "table", header, { at: ["nothing"] }), { start: 0, end: source.length });
  });
});

describe("cells", () => {
  it("are csv-parse's, quotes, line ends and empty cells included", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const delimiter = pick(random, [",", ";", "\t"]);
      const columns = 1 + random.integer(4);
      const lineEnd = pick(random, ["\n", "\r\n"]);
      const cell = () => {
        const text = anyText(random).replaceAll("\r\n", "\n");
        if (random.integer(4) === 0)
          return pick(random, ["", 'x"y', "'", '""', " a ", '"a"b'].slice(0, columns > 1 ? 6 : 4));
        return writtenCell(text, delimiter, random.integer(3) === 0).replaceAll("\n", lineEnd);
      };
      const rows = Array.from({ length: 1 + random.integer(4) }, () =>
        Array.from({ length: columns }, cell).join(delimiter),
      );
      // csv-parse goes by bytes, which have no halves of characters.
      const text = ["h".repeat(3) + `${delimiter}h`.repeat(columns - 1), ...rows]
        .join(lineEnd)
        .replace(/[\ud800-\udfff]/gu, "😀");
      // csv-parse counts \r\n inside quotes as two lines.
      const wanted = parse(text.replaceAll("\r\n", "\n"), {
        delimiter,
        record_delimiter: "\n",
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
      }) as string[][];
      const found = [...segment(text, segmenterOf("table", delimiter === "\t" ? ".tsv" : ""))]
        .filter(({ kind }) => kind !== "gap")
        .map(({ text, start, end }) => cellsOf(text.slice(start, end), delimiter).map((each) => each.text));
      assert.deepEqual(found, wanted, `seed ${seed}: ${JSON.stringify(text)}`);
    }
  });
});

/** A value of any kind, with keys that objects of JavaScript take for their own. */
function anyValue(random: Random, depth = 0): unknown {
  switch (random.integer(depth > 2 ? 4 : 6)) {
    case 0:
      return pick(random, [null, true, 0, -1.5e-7, 12]);
    case 4:
      return Array.from({ length: random.integer(4) }, () => anyValue(random, depth + 1));
    case 5:
      return anyObject(random, depth + 1);
    default:
      return anyText(random);
  }
}

function anyObject(random: Random, depth = 0): Record<string, unknown> {
  const keys = ["a", "b c", 'q"', "__proto__", "1", "length"];
  const entries = Array.from({ length: random.integer(5) }, () => [
    pick(random, keys),
    anyValue(random, depth),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Paths of all values below the root. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  const below = (key: string | number, item: unknown) => [[...path, key], ...pathsIn(item, [...path, key])];
  if (Array.isArray(value)) return value.flatMap((item, i) => below(i, item));
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => below(key, item)) : [];
}

const set = (object: object, key: string, value: unknown) =>
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

/** What an edit means, done to the value. */
function edited(root: unknown, edit: RecordEdit): unknown {
  const copy = structuredClone(root);
  if (!("at" in edit)) return copy;
  if (edit.at.length === 0) return edit.kind === "replace" ? edit.value : copy;
  const parent = edit.at.slice(0, -1).reduce<unknown>((value, step) => (value as never)[step], copy) as never;
  const key = edit.at.at(-1)!;
  const list: unknown = parent;
  switch (edit.kind) {
    case "replace":
      if (Array.isArray(list)) list[key as number] = edit.value;
      else set(list as object, key as string, edit.value);
      break;
    case "text": {
      const text = parent[key] as string;
      const put = text.slice(0, edit.span[0]) + edit.text + text.slice(edit.span[1]);
      if (Array.isArray(list)) list[key as number] = put;
      else set(list as object, key as string, put);
      break;
    }
    case "remove":
      if (Array.isArray(list)) list.splice(key as number, 1);
      else delete (list as Record<string, unknown>)[key];
      break;
    case "insert":
      if (Array.isArray(list)) list.splice(key as number, 0, edit.value);
      else set(list as object, key as string, edit.value);
      break;
    case "rename": {
      const entries = Object.entries(list as object);
      for (const name of Object.keys(list as object)) delete (list as Record<string, unknown>)[name];
      for (const [name, value] of entries) set(list as object, name === key ? edit.key : name, value);
      break;
    }
  }
  return copy;
}

function anyEdit(random: Random, root: unknown): RecordEdit | undefined {
  const paths = pathsIn(root);
  if (paths.length === 0) return { kind: "insert", at: ["new"], value: anyValue(random) };
  const at = pick(random, paths);
  const value = at.reduce<unknown>((value, step) => (value as never)[step], root);
  const key = at.at(-1)!;
  switch (random.integer(5)) {
    case 0:
      return { kind: "replace", at, value: anyValue(random) };
    case 1:
      return { kind: "remove", at };
    case 2:
      if (typeof key === "string") return { kind: "rename", at, key: 'new "key"' };
      return { kind: "insert", at, value: anyValue(random) };
    case 3:
      if (isJsonObject(value)) return { kind: "insert", at: [...at, "new"], value: anyValue(random) };
      return Array.isArray(value)
        ? { kind: "insert", at: [...at, value.length], value: anyValue(random) }
        : undefined;
    default: {
      if (typeof value !== "string") return undefined;
      const start = random.integer(value.length + 1);
      const end = start + random.integer(value.length + 1 - start);
      return { kind: "text", at, span: [start, end], text: anyText(random) };
    }
  }
}

describe("edits", () => {
  const styles = {
    compact: (value: unknown) => JSON.stringify(value),
    spaced: (value: unknown) =>
      JSON.stringify(value, null, 1).replace(/\n */g, (blanks) => (blanks === "\n" ? "" : " ")),
    pretty: (value: unknown) => JSON.stringify(value, null, 2),
    tabs: (value: unknown) => JSON.stringify(value, null, "\t").replaceAll("\n", "\r\n"),
  };
  for (const [style, written] of Object.entries(styles)) {
    it(`mean what they say, and keep the form: ${style}`, () => {
      for (let seed = 1; seed <= 400; seed++) {
        const random = new Random(seed, style);
        const value = anyObject(random);
        const source = written(value);
        const edit = anyEdit(random, value);
        if (!edit) continue;
        const edits = recordEdits(source, "lines", undefined, [edit]);
        const text = applyEdits(source, edits);
        const about = `seed ${seed}: ${JSON.stringify(edit)} of ${source} gave ${text}`;
        const wanted = edited(value, edit);
        let found: unknown;
        try {
          found = JSON.parse(text);
        } catch {
          assert.fail(about);
        }
        assert.deepEqual(found, JSON.parse(JSON.stringify(wanted)), about);
        // An empty record shows no form, and texts are written as JSON.stringify does not always.
        if (edit.kind === "text" || Object.keys(value).length === 0) continue;
        // Set out as it was, as far as the writer's own form leaves no choice.
        if (style === "compact") assert.equal(text, JSON.stringify(JSON.parse(text)), about);
        if (style === "pretty" && edit.kind !== "insert" && Object.keys(value).length > 1) {
          assert.equal(
            text.replace(/[{[]\s+[}\]]/g, (all) => all[0]! + all.at(-1)!),
            written(JSON.parse(text)),
            about,
          );
        }
      }
    });
  }

  it("of several values at once", () => {
    const source = '{ "a" : 1, "b":[1,2,3],"c": "x\\ty" }';
    const edits: RecordEdit[] = [
      { kind: "remove", at: ["a"] },
      { kind: "remove", at: ["b", 1] },
      { kind: "remove", at: ["b", 2] },
      { kind: "text", at: ["c"], span: [1, 2], text: '"' },
      { kind: "rename", at: ["c"], key: "d" },
    ];
    const text = applyEdits(source, recordEdits(source, "lines", undefined, edits));
    assert.equal(text, '{ "b":[1],"d": "x\\"y" }');
  });

  it("of a table's cells, quoted where needed", () => {
    const header = headerOf("text;label", ";");
    const edit = (source: string, edits: RecordEdit[]) =>
      applyEdits(source, recordEdits(source, "table", header, edits));
    assert.equal(edit("a;b", [{ kind: "replace", at: ["text"], value: 'c;"d"' }]), '"c;""d""";b');
    assert.equal(edit('"a";b', [{ kind: "text", at: ["text"], span: [0, 1], text: 'x"' }]), '"x""";b');
    assert.equal(edit("a;b", [{ kind: "text", at: ["label"], span: [1, 1], text: "\n" }]), 'a;"b\n"');
    assert.equal(edit("a;b", [{ kind: "remove", at: ["label"] }]), "a;");
  });
});

describe("nearly JSON", () => {
  it("is what it was meant to be, or is left alone", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed, "repair");
      const value = anyObject(random);
      const slips: [from: RegExp, to: string][] = [
        [/\n(\s*)(?=[}\]])/g, ",\n$1"],
        [/: null/g, ": None"],
        [/: true/g, ": True"],
        [/,\n/g, ", // why\n"],
        [/\n(\s*)"(a|length)":/g, "\n$1$2:"],
      ];
      let text = JSON.stringify(value, null, 2);
      if (text.includes("{}") || text.includes("[]")) continue;
      for (const [from, to] of slips) if (random.integer(2) === 0) text = text.replace(from, to);
      const repair = repairJson(text);
      const mended = repair ? applyEdits(text, repair.edits) : text;
      assert.deepEqual(JSON.parse(mended), JSON.parse(JSON.stringify(value)), `seed ${seed}: ${text}`);
    }
  });

  it("stays broken where mending it would be guessing", () => {
    for (const text of [
      '{"a": "b',
      '{"a": }',
      '{"a" "b"}',
      "{'a': 'it's'}",
      "{a b}",
      "",
      "{",
      '{"a": 1} x',
      "[1 2",
    ]) {
      assert.equal(repairJson(text), undefined, text);
    }
    assert.equal(repairJson('{"a": 1}'), undefined, "sound");
    assert.equal(repairJson("[".repeat(100_000)), undefined);
  });
});

describe("values in a row", () => {
  it("are found behind each other, and nothing else beside them", () => {
    const found = (text: string) => valuesInSequence(text)?.map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(found('{"a": "}{"}{"b": 1} , [2]\t3,'), ['{"a": "}{"}', '{"b": 1}', "[2]", "3"]);
    for (const text of ['{"a": 1}', '{"a": 1}{', "{} x", "", "{},,{}"])
      assert.equal(found(text), undefined, text);
  });

  it("elements of an array", () => {
    const text = ' [ {"a": [1, 2]}, "]" ,3] ';
    assert.deepEqual(
      elementsOf(text).map(({ start, end }) => text.slice(start, end)),
      ['{"a": [1, 2]}', '"]"', "3"],
    );
  });

  it("on one line mean the same", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const value = anyObject(new Random(seed, "line"));
      const text = JSON.stringify(value, null, "\t").replaceAll("\n", seed % 2 ? "\r\n" : "\n");
      const line = onOneLine(text);
      assert.ok(!/[\r\n]/.test(line));
      assert.deepEqual(JSON.parse(line), JSON.parse(text), `seed ${seed}`);
    }
  });
});
