import { learnedInWords } from "../lint/history-words.ts";
import type { HistoryRule } from "./rule.ts";

export const highestLoss: HistoryRule = {
  id: "highest-loss",
  level: "training",
  on: "history",
  severity: "info",
  summary: "The last run found this row among the hardest",
  rationale:
    "After training, the rows with the highest loss are those that the model could not make fit the others: often a wrong label, a question that lacks what its answer needs, or a truly rare case. Looking at a handful of them is the cheapest known way to find wrong answers.",
  source:
    "Dataset cartography: Swayamdipta et al. 2020, [arXiv 2009.10795](https://arxiv.org/abs/2009.10795), where the hard-to-learn region holds most mislabelled examples; loss as a sign of label noise: Northcutt et al. 2021, [arXiv 1911.00068](https://arxiv.org/abs/1911.00068).",
  options: {
    rows: { default: 20, minimum: 1, description: "So many rows at most." },
    factor: {
      default: 3,
      minimum: 1,
      description: "Only rows with more than so many times the median loss.",
    },
  },
  check({ history }, { options }, report) {
    const isHigh =
      history.lossRank < options.rows! && history.lastLoss > options.factor! * history.medianLoss;
    if (!isHigh) return;
    report({
      message: `number ${history.lossRank + 1} of ${history.rows} rows by loss in the run "${history.run}" (${history.lastLoss.toFixed(2)} a token, median ${history.medianLoss.toFixed(2)}; ${learnedInWords(history)}): is the answer right?`,
    });
  },
  bad: [
    {
      text: '{"prompt": "Where is my card?", "completion": «"lost"»}\n',
      history: { lossRank: 0, lastLoss: 4.2, medianLoss: 0.1 },
    },
  ],
  good: [
    {
      text: '{"prompt": "Where is my card?", "completion": "delivery"}\n',
      history: { lossRank: 0, lastLoss: 0.2, medianLoss: 0.1 },
      note: "The highest, and not far from the others.",
    },
    {
      text: '{"prompt": "Where is my card?", "completion": "delivery"}\n',
      history: { lossRank: 20, lastLoss: 4.2, medianLoss: 0.1 },
    },
  ],
};
