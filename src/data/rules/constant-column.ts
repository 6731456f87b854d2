import type { Digest } from "../lint/digest.ts";
import type { Rows, Rule } from "./rule.ts";

export const constantColumn: Rule = {
  id: "constant-column",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "All prompts are the same, or all answers are",
  rationale:
    "Where every answer is the same, the model learns to say that and nothing else, whatever it is asked. Where every prompt is the same, it learns nothing of prompts: mostly the wrong column was taken, or the input was left out of a template.",
  source: "Cleanlab and DataGradients report columns of one value; here it is what is learned that counts.",
  options: { rows: { default: 10, minimum: 2, description: "In fewer rows, nothing is said." } },
  index({ options: { rows: fewest } }) {
    const prompts = new Sameness();
    const answers = new Sameness();
    const change = ({ prompt, answer }: Digest, by: 1 | -1): void => {
      prompts.change(answer === 0 ? 0 : prompt, by);
      answers.change(answer, by);
    };
    return {
      add: (_id, digest) => change(digest, 1),
      remove: (_id, digest) => change(digest, -1),
      report(rows, report) {
        if (answers.count < fewest!) return;
        const any = firstWithAnswer(rows);
        const { count } = answers;
        if (answers.areAll(any.answer)) {
          report({
            message: `all ${count} answers are the same: the model learns to say that, whatever it is asked`,
          });
        }
        if (prompts.areAll(any.prompt)) {
          report({
            message: `all ${count} prompts are the same: the model learns nothing from what it is asked`,
          });
        }
      },
    };
  },
  bad: [
    {
      text: '«»{"prompt": "a", "completion": "x"}\n{"prompt": "b", "completion": "x"}\n{"prompt": "c", "completion": "x"}\n',
      options: { rows: 3 },
    },
    {
      name: "train.csv",
      text: "«»prompt,completion\nWrite.,a\nWrite.,b\nwrite.,c\n",
      options: { rows: 3 },
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "x"}\n{"prompt": "b", "completion": "x"}\n{"prompt": "c", "completion": "y"}\n',
      options: { rows: 3 },
    },
    {
      text: '{"prompt": "a", "completion": "x"}\n{"prompt": "b", "completion": "x"}\n',
      note: "Too few to say.",
    },
    { text: '{"text": "a"}\n{"text": "b"}\n{"text": "c"}\n', options: { rows: 3 } },
  ],
};

function firstWithAnswer(rows: Rows): Digest {
  for (const { digest } of rows.all()) if (digest.answer !== 0) return digest;
  throw new Error("there are rows with answers");
}

/**
 * Whether all of many hashes are one, from their sums: kept in 32 bits, of both halves, and of both halves' products.
 * Sums of different hashes are those of one hash by chance only, which is too rare to happen.
 */
class Sameness {
  count = 0;
  #low = 0;
  #high = 0;
  #product = 0;

  /** 0 is no hash. */
  change(hash: number, by: 1 | -1): void {
    if (hash === 0) return;
    const { low, high, product } = halves(hash);
    this.count += by;
    this.#low = (this.#low + by * low) | 0;
    this.#high = (this.#high + by * high) | 0;
    this.#product = (this.#product + by * product) | 0;
  }

  areAll(hash: number): boolean {
    const { low, high, product } = halves(hash);
    return (
      Math.imul(low, this.count) === this.#low &&
      Math.imul(high, this.count) === this.#high &&
      Math.imul(product, this.count) === this.#product
    );
  }
}

function halves(hash: number): { low: number; high: number; product: number } {
  const low = hash | 0;
  const high = (hash / 2 ** 32) | 0;
  return { low, high, product: Math.imul(low ^ 0x5bd1e995, high ^ 0x1b873593) };
}
