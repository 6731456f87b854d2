import { labelMeant } from "../detect/label-slip.ts";
import { LabelCounts, rowsWith } from "../lint/labels.ts";
import type { Rule } from "./rule.ts";

export const rareLabel: Rule = {
  id: "rare-label",
  level: "set",
  on: "set",
  severity: "info",
  summary: "A label has only a row or two",
  rationale:
    "From one or two rows no model learns when to give a label, and where rows are held out, either none is left to learn or none to judge by. Add rows, or put it together with another label.",
  source: "scikit-learn refuses to stratify by a class of one row.",
  options: {
    most: { default: 2, minimum: 1, description: "A label of so many rows is rare." },
    rows: { default: 100, minimum: 1, description: "In fewer rows, nothing is said." },
  },
  index({ options: { most, rows: fewest } }) {
    const counts = new LabelCounts();
    return {
      add: (_id, digest) => counts.change(digest, 1),
      remove: (_id, digest) => counts.change(digest, -1),
      report(rows, report) {
        const labels = counts.rows < fewest! ? undefined : counts.labels();
        if (!labels) return;
        const rare = labels.filter(([, count]) => count <= most!);
        // Where a third of the labels are rare, answers are free texts that happen to repeat.
        if (rare.length * 3 > labels.length) return;
        const found = new Map(rare.filter(([label, count]) => !labelMeant(label, count, labels)));
        for (const [id, label] of rowsWith(found, rows)) {
          const count = found.get(label)!;
          report({
            id,
            where: "answer",
            message: `"${label}" is the answer of ${count === 1 ? "this row only" : `${count} rows only`}: too few to learn it from`,
          });
        }
      },
    };
  },
  bad: [
    {
      name: "train.csv",
      text: "text,label\na,yes\nb,yes\nc,yes\nd,no\ne,no\nf,no\ng,later\nh,later\ni,later\nj,later\nk,no\nl,«refund»\n",
      options: { rows: 10 },
    },
  ],
  good: [
    { name: "train.csv", text: "text,label\na,yes\nb,yes\nc,yes\nd,no\ne,no\nf,maybe\n" },
    {
      name: "train.csv",
      text: "text,label\na,payment\nb,payment\nc,payment\nd,payment\ne,paymnet\n",
      options: { rows: 5 },
      note: "See `label-typo`.",
    },
  ],
};
