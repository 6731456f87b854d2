import { LabelCounts } from "../lint/labels.ts";
import type { Rule } from "./rule.ts";

const csv = (counts: Record<string, number>): string =>
  `text,label\n${Object.entries(counts)
    .flatMap(([label, count]) => Array.from({ length: count }, (_, i) => `${label} no. ${i},${label}\n`))
    .join("")}`;

export const classImbalance: Rule = {
  id: "class-imbalance",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "One label is much more frequent than another",
  rationale:
    "A model learns to give the frequent label when in doubt, and is mostly right with that, so accuracy hides that the rare one is never given. Add rows of the rare label, take away some of the frequent one, or judge by F1 instead of accuracy. Labels are answers of which most occur several times; those of one or two rows are for `rare-label`.",
  source: "He and Garcia, *Learning from Imbalanced Data* (2009); Cleanlab's class imbalance issue.",
  options: {
    ratio: {
      default: 20,
      minimum: 2,
      description: "So many times as many rows of the most frequent label as of the least frequent one.",
    },
    rows: { default: 50, minimum: 2, description: "In fewer rows, nothing is said." },
  },
  index({ options: { ratio, rows: fewest } }) {
    const counts = new LabelCounts();
    return {
      add: (_id, digest) => counts.change(digest, 1),
      remove: (_id, digest) => counts.change(digest, -1),
      report(_rows, report) {
        const all = counts.rows < Math.min(fewest!, enough) ? undefined : counts.labels();
        const labels = all?.filter(([, count]) => count > rare);
        // With many values that occur a few times each, answers are names or numbers, not classes.
        if (!all || !labels || labels.length > mostClasses) return;
        const [only] = labels;
        if (labels.length === 1 && all.length > 1 && only![1] >= nearlyAll * counts.rows) {
          const others = counts.rows - only![1];
          report({
            message: `"${only![0]}" is the answer of all rows but ${others}: the model learns to say that, whatever it is asked`,
          });
        }
        if (labels.length < 2 || counts.rows < fewest!) return;
        const [frequent, most] = labels[0]!;
        const [seldom, least] = labels.at(-1)!;
        if (most < ratio! * least) return;
        const percent = (count: number) => `${Number(((100 * count) / counts.rows).toPrecision(2))} %`;
        report({
          message: `"${frequent}" is the answer of ${percent(most)} of the rows and "${seldom}" of ${percent(least)}: the model may never give the rare one`,
        });
      },
    };
  },
  bad: [
    {
      name: "train.csv",
      text: `«»${csv({ ham: 16, spam: 3 })}`,
      options: { ratio: 5, rows: 10 },
    },
    {
      name: "train.csv",
      text: `«»${csv({ ham: 23, spam: 1 })}`,
      note: "Where one label is nearly all there is, fewer rows show it.",
    },
  ],
  good: [
    { name: "train.csv", text: csv({ ham: 23, spam: 3 }), note: "Too few rows to say." },
    { name: "train.csv", text: csv({ ham: 16, spam: 1 }) },
    { name: "train.csv", text: csv({ ham: 12, spam: 6 }), options: { ratio: 5, rows: 10 } },
    { name: "train.csv", text: csv({ ham: 16, spam: 3 }), note: "Too few rows to say." },
    {
      text: Array.from({ length: 12 }, (_, i) => `{"prompt": "${i} + 1", "completion": "${i + 1}"}\n`).join(
        "",
      ),
      options: { rows: 10 },
      note: "Answers that are all different are no labels.",
    },
  ],
};

/** So many rows have a rule of their own. */
const rare = 2;
/** One label and nothing else, but for a row or two: so many rows show that. */
const enough = 20;
const nearlyAll = 0.9;
const mostClasses = 300;
