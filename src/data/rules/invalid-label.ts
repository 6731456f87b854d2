import { markedAs } from "../formats/kto.ts";
import type { Fix, Rule } from "./rule.ts";

/** What people write for a truth value. */
const meant = new Map<unknown, boolean>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["TRUE", true],
  ["FALSE", false],
]);
/** As above, but only among records that are marked: elsewhere they are labels like others. */
const meantAmongMarks = new Map<unknown, boolean>(
  [
    [1, 0],
    ["1", "0"],
    ["yes", "no"],
    ["y", "n"],
    ["good", "bad"],
    ["desirable", "undesirable"],
    ["chosen", "rejected"],
    ["positive", "negative"],
    ["true", "false"],
  ].flatMap(([good, bad]): [unknown, boolean][] => [
    [good, true],
    [bad, false],
  ]),
);

export const invalidLabel: Rule = {
  id: "invalid-label",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "The mark of a good or bad answer is no truth value",
  rationale:
    'KTO learns from answers marked `true` (good) or `false` (bad). In Python the text "false" counts as true, so that a bad answer would be learned as a good one.',
  source:
    "TRL's dataset formats (unpaired preference: `label` is a boolean); LLaMA-Factory data/README.md (`kto_tag`).",
  check({ record, format, container }, context, report) {
    if (!record || !format || (format.name !== "kto" && format.name !== "prompt-completion")) return;
    const marked = markedAs(record);
    const value = marked && record[marked.mark];
    if (!marked || typeof value === "boolean" || container === "table") return;
    const isKto = context.format?.name === "kto";
    const word = typeof value === "string" ? value.trim().toLowerCase() : value;
    const boolean = meant.get(value) ?? (isKto ? meantAmongMarks.get(word) : undefined);
    if (boolean === undefined && !isKto) return;
    const at = [marked.mark];
    report({
      at,
      message: `"${marked.mark}" is ${JSON.stringify(value)}; it has to be true (a good answer) or false`,
      fixes: (): Fix[] =>
        boolean === undefined
          ? []
          : [{ title: `Change it to ${boolean}`, edits: [{ kind: "replace", at, value: boolean }] }],
    });
  },
  bad: [
    {
      text: '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "c", "completion": "d", "label": «"false"»}\n',
      fixed:
        '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "c", "completion": "d", "label": false}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b", "label": «"True"»}\n',
      fixed: '{"prompt": "a", "completion": "b", "label": true}\n',
    },
    {
      text: '{"instruction": "a", "output": "b", "kto_tag": true}\n{"instruction": "e", "output": "f", "kto_tag": false}\n{"instruction": "c", "output": "d", "kto_tag": «0»}\n',
      fixed:
        '{"instruction": "a", "output": "b", "kto_tag": true}\n{"instruction": "e", "output": "f", "kto_tag": false}\n{"instruction": "c", "output": "d", "kto_tag": false}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "c", "completion": "d", "label": «"fine"»}\n{"prompt": "e", "completion": "f", "label": false}\n{"prompt": "g", "completion": "h", "label": true}\n',
    },
    {
      text: '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "c", "completion": "d", "label": «"No"»}\n{"prompt": "e", "completion": "f", "label": false}\n{"prompt": "g", "completion": "h", "label": «"good"»}\n{"prompt": "i", "completion": "j", "label": true}\n',
      fixed:
        '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "c", "completion": "d", "label": false}\n{"prompt": "e", "completion": "f", "label": false}\n{"prompt": "g", "completion": "h", "label": true}\n{"prompt": "i", "completion": "j", "label": true}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "b", "label": true}\n{"prompt": "a", "completion": "c", "label": false}\n',
    },
    { text: '{"prompt": "a", "completion": "b", "label": "greeting"}\n', note: "A label of another kind." },
    { text: '{"text": "a", "label": "true"}\n', note: "A class of that name." },
  ],
};
