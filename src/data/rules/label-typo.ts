import { labelMeant } from "../detect/label-slip.ts";
import { LabelCounts, rowsWith } from "../lint/labels.ts";
import { relabelled } from "./conflicting-answers.ts";
import type { Rule } from "./rule.ts";

export const labelTypo: Rule = {
  id: "label-typo",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "A label is nearly another, much more frequent one",
  rationale:
    'To a model "Positive" and "positive" are two answers, and so are "refund" and "refnud": it learns to give both, and each that it gives is counted wrong against the other. Reported are labels that differ from a more frequent one in case, blanks, hyphens or a final stop only, and labels of a row or two (of more, where the other has fifty times as many) with a letter wrong.',
  source: "Tunesmith's own; the distance is Damerau and Levenshtein's.",
  options: {
    rows: { default: 10, minimum: 1, description: "In fewer rows, nothing is said." },
  },
  index({ options: { rows: fewest } }) {
    const counts = new LabelCounts();
    return {
      add: (_id, digest) => counts.change(digest, 1),
      remove: (_id, digest) => counts.change(digest, -1),
      report(rows, report) {
        const labels = counts.rows < fewest! ? undefined : counts.labels();
        if (!labels || labels.length > mostLabels) return;
        const often = new Map(labels);
        const found = new Map<string, string>();
        for (const [label, count] of labels) {
          const meant = labelMeant(label, count, labels);
          if (meant !== undefined) found.set(label, meant);
        }
        for (const [id, label] of rowsWith(found, rows)) {
          const meant = found.get(label)!;
          const count = often.get(label)!;
          report({
            id,
            where: "answer",
            message: `"${label}" is the answer of ${count === 1 ? "this row" : `${count} rows`} and "${meant}" of ${often.get(meant)}: to a model these are two labels`,
            fixes: (record) => relabelled(record, meant),
          });
        }
      },
    };
  },
  bad: [
    {
      name: "train.csv",
      text: "text,label\na,payment\nb,payment\nc,payment\nd,payment\ne,payment\nf,«paymnet»\n",
      options: { rows: 5 },
      fixed: "text,label\na,payment\nb,payment\nc,payment\nd,payment\ne,payment\nf,payment\n",
    },
    {
      text: '{"prompt": "a", "completion": "yes"}\n{"prompt": "b", "completion": «"Yes."»}\n{"prompt": "c", "completion": "yes"}\n{"prompt": "d", "completion": "no"}\n{"prompt": "e", "completion": "no"}\n{"prompt": "f", "completion": «"YES"»}\n{"prompt": "g", "completion": "yes"}\n{"prompt": "h", "completion": "no"}\n{"prompt": "i", "completion": "no"}\n{"prompt": "j", "completion": "yes"}\n{"prompt": "k", "completion": "no"}\n{"prompt": "l", "completion": "no"}\n',
      fixed:
        '{"prompt": "a", "completion": "yes"}\n{"prompt": "b", "completion": "yes"}\n{"prompt": "c", "completion": "yes"}\n{"prompt": "d", "completion": "no"}\n{"prompt": "e", "completion": "no"}\n{"prompt": "f", "completion": "yes"}\n{"prompt": "g", "completion": "yes"}\n{"prompt": "h", "completion": "no"}\n{"prompt": "i", "completion": "no"}\n{"prompt": "j", "completion": "yes"}\n{"prompt": "k", "completion": "no"}\n{"prompt": "l", "completion": "no"}\n',
    },
  ],
  good: [
    {
      name: "train.csv",
      text: "text,label\na,legal\nb,legal\nc,legal\nd,legal\ne,legal\nf,illegal\n",
      options: { rows: 5 },
    },
    {
      name: "train.csv",
      text: "text,label\na,class_1\nb,class_1\nc,class_1\nd,class_1\ne,class_1\nf,class_2\n",
      options: { rows: 5 },
    },
    {
      text: '{"prompt": "a", "completion": "A long story."}\n{"prompt": "b", "completion": "A long story"}\n',
      options: { rows: 2 },
      note: "These answers are no labels.",
    },
  ],
};

/** With more, answers are names or numbers. */
const mostLabels = 1000;
