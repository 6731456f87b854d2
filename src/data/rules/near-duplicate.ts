import { NearRows } from "../lint/near.ts";
import { type Example, type Rule, removeRow } from "./rule.ts";

const mostRows = 150_000;

const story =
  "Once upon a time there was a king who had three daughters, and the youngest of them was so fair that the sun itself wondered whenever it shone on her face.";

const rows = (...answers: string[]): string =>
  answers.map((completion) => `${JSON.stringify({ prompt: "Begin a fairy tale.", completion })}\n`).join("");

const pair: Example = {
  text: rows(story).concat(`«${rows(story.replace("fair ", "lovely ")).trimEnd()}»\n`),
  options: { share: 1 },
  fixed: rows(story),
};

export const nearDuplicate: Rule = {
  id: "near-duplicate",
  level: "set",
  on: "set",
  severity: "info",
  summary: "A row says nearly the same as another",
  rationale:
    "Rows that differ in a word or two teach the same thing again, and often come from a generator that repeats itself or from a scraper that met a text twice. How alike rows are is estimated from MinHash sketches of their three-word sequences, without the system message. Where more than `share` of the rows are nearly the same as another, they are made from a template, and that is said once. With more than 150 000 rows nobody looks.",
  source:
    "Lee et al., *Deduplicating Training Data Makes Language Models Better* (2022); Broder (1997), Li et al. (arXiv:1208.1259), Shrivastava (arXiv:1703.04664). Self-Instruct drops instructions that are 70 % alike.",
  options: {
    similarity: {
      default: 0.7,
      minimum: 0.6,
      maximum: 1,
      description: "The share of three-word sequences that two rows have in common.",
    },
    share: {
      default: 0.2,
      minimum: 0,
      maximum: 1,
      description: "Where more of the rows are nearly the same as another, they are not named one by one.",
    },
  },
  index({ options: { similarity, share } }) {
    const near = new NearRows(mostRows);
    return {
      add: (id, digest) => near.add(id, digest),
      remove: (id, digest) => near.remove(id, digest),
      report(rows, report) {
        if (near.count === undefined) {
          report({ message: "nearly the same rows were not looked for: there are more than 150 000 rows" });
          return;
        }
        const enough = Math.max(share! * near.count, share! * fewestFromTemplate - 1);
        const found = near.near(rows, similarity!, enough);
        if (found.size > enough) {
          const percent = Math.round((100 * found.size) / near.count);
          report({
            message: `at least ${percent} % of the rows are nearly the same as one before them: they seem to be made from a template`,
          });
          return;
        }
        for (const { id, other, similarity } of found.values()) {
          report({
            id,
            message: `nearly the same as line ${rows.line(other)}: about ${Math.round(100 * similarity)} % of its word sequences`,
            related: [{ id: other, message: "nearly the same" }],
            fixes: () => [removeRow],
          });
        }
      },
    };
  },
  bad: [
    pair,
    {
      text: `«»${rows(...["fair ", "lovely ", "gentle ", "clever ", "merry "].map((word) => story.replace("fair ", word)))}`,
      options: { share: 0.2 },
      note: "All from one template.",
    },
  ],
  good: [
    {
      text: rows(
        story,
        "In a land far behind the mountains lived an old miller with his donkey, and neither of them had ever seen the sea or heard anybody speak of it before that winter.",
      ),
    },
    {
      text: '{"prompt": "What is 2 + 3?", "completion": "5"}\n{"prompt": "What is 2 + 4?", "completion": "6"}\n',
      note: "Short rows are alike too easily.",
    },
    {
      text: rows(story, story.toUpperCase()),
      note: "See `duplicate-row`.",
    },
  ],
};

/** Of so many rows times the share: a handful shows no template. */
const fewestFromTemplate = 20;
