import { learnedInWords } from "../lint/history-words.ts";
import type { HistoryRule } from "./rule.ts";

export const neverLearned: HistoryRule = {
  id: "never-learned",
  level: "training",
  on: "history",
  severity: "info",
  summary: "The last run never learned this row, though it learned most others",
  rationale:
    "A row that stays wrong in every epoch while most are right contradicts the others, or cannot be answered from what it says. It is worth a look before the next run.",
  source:
    "The hard-to-learn region of dataset cartography: Swayamdipta et al. 2020, [arXiv 2009.10795](https://arxiv.org/abs/2009.10795).",
  options: {
    learned: {
      default: 0.7,
      minimum: 0,
      maximum: 1,
      description: "Silent unless so large a share of the run's rows was learned: free text seldom is.",
    },
  },
  check({ history }, { options }, report) {
    if (!history.neverLearned || history.learnedRows < options.learned! * history.rows) return;
    report({
      message: `learned in none of ${history.epochs} epochs of the run "${history.run}", as ${history.rows - history.learnedRows} of ${history.rows} rows (${learnedInWords(history)}): is the answer right?`,
    });
  },
  bad: [
    {
      text: '{"prompt": "Where is my card?", "completion": «"lost"»}\n',
      history: { neverLearned: true, rows: 100, learnedRows: 96 },
    },
  ],
  good: [
    {
      text: '{"prompt": "Tell me a story", "completion": "Once upon a time"}\n',
      history: { neverLearned: true, rows: 100, learnedRows: 3 },
      note: "Hardly any row of the run was learned by heart: that says nothing of this one.",
    },
    {
      text: '{"prompt": "Where is my card?", "completion": "delivery"}\n',
      history: { neverLearned: false, rows: 100, learnedRows: 96 },
    },
  ],
};
