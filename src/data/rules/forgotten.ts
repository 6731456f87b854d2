import { learnedInWords } from "../lint/history-words.ts";
import type { HistoryRule } from "./rule.ts";

export const forgotten: HistoryRule = {
  id: "forgotten",
  level: "training",
  on: "history",
  severity: "info",
  summary: "The last run learned this row and forgot it again",
  rationale:
    "A row that is right in one epoch and wrong in the next is pulled at by others. Such rows carry most of what the model learns late, and some of them contradict a neighbour.",
  source:
    "Forgetting events: Toneva et al. 2019, [arXiv 1812.05159](https://arxiv.org/abs/1812.05159); the ambiguous region of dataset cartography: Swayamdipta et al. 2020, [arXiv 2009.10795](https://arxiv.org/abs/2009.10795).",
  options: {
    times: { default: 1, minimum: 1, description: "Only rows that were forgotten at least so often." },
    share: {
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: "Silent unless so large a share of the run's rows was learned.",
    },
  },
  check({ history }, { options }, report) {
    const { forgotten: times, learnedRows, rows, epochs, run } = history;
    if (times === null || times < options.times! || learnedRows < options.share! * rows) return;
    const often = times === 1 ? "once" : `${times} times`;
    report({
      message: `learned and forgotten ${often} in ${epochs} epochs of the run "${run}" (${learnedInWords(history)}): does another row say otherwise?`,
    });
  },
  bad: [
    {
      text: '{"prompt": "Where is my card?", "completion": «"lost"»}\n',
      history: { forgotten: 2, rows: 100, learnedRows: 96 },
    },
  ],
  good: [
    {
      text: '{"prompt": "Where is my card?", "completion": "delivery"}\n',
      history: { forgotten: 0, rows: 100, learnedRows: 96 },
    },
    {
      text: '{"prompt": "Where is my card?", "completion": "delivery"}\n',
      history: { forgotten: null, epochs: 1, rows: 100, learnedRows: 96 },
      note: "One epoch forgets nothing.",
    },
  ],
};
