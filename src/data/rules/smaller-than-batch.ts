import type { Rule } from "./rule.ts";

export const smallerThanBatch: Rule = {
  id: "smaller-than-batch",
  level: "set",
  on: "set",
  severity: "off",
  targets: { "mlx-lm": "error" },
  summary: "The file has fewer rows than a batch",
  rationale:
    "mlx-lm stops when its training, validation or test file has fewer rows than one batch, which are 4 unless its settings say otherwise. Other trainers make a smaller batch.",
  source: 'mlx-lm `tuner/trainer.py`: "Dataset must have at least batch_size" examples.',
  options: { batch: { default: 4, minimum: 1, description: "Rows of a batch, as mlx-lm is told." } },
  index({ options: { batch } }) {
    return {
      add() {},
      remove() {},
      report({ count }, report) {
        if (count === 0 || count >= batch!) return;
        report({
          message: `${count} ${count === 1 ? "row" : "rows"} make no batch of ${batch}: mlx-lm stops`,
        });
      },
    };
  },
  bad: [
    {
      text: '«»{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
      target: "mlx-lm",
    },
  ],
  good: [
    {
      text: '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "completion": "d"}\n',
      target: "mlx-lm",
      options: { batch: 2 },
    },
    {
      text: "abcd"
        .split("")
        .map((letter) => `{"prompt": "${letter}", "completion": "b"}\n`)
        .join(""),
      target: "mlx-lm",
    },
  ],
};
