/** Files whose rows are sound one by one. */
import { type BrokenFile, brokenFile, jsonLines, withRows } from "./files.ts";
import { questions, rowsOf } from "./rows.ts";

const level = "set";
const rows = rowsOf.completion();
const [question, answer] = questions[6]!;

export const set: readonly BrokenFile[] = [
  brokenFile(jsonLines(withRows("completion", { 19: rows[6] })), {
    id: "same-row-twice",
    level,
    defect: "The same row twice",
    kind: "completion",
    lines: [7, 19],
  }),
  brokenFile(
    jsonLines(
      withRows("completion", {
        7: {
          prompt:
            "Which batteries does the tall lamp from the spring catalogue need, and are they in the box?",
          completion: "It needs three of size AA. They are not in the box, but every shop of ours has them.",
        },
        19: {
          prompt:
            "Which batteries does the tall lamp from the spring catalogue need and are they in the box?",
          completion: "It needs three of size AA. They are not in the box, but each shop of ours has them.",
        },
      }),
    ),
    {
      id: "nearly-the-same-row",
      level,
      defect: "Two rows that differ in a comma and a word",
      kind: "completion",
      lines: [7, 19],
    },
  ),
  brokenFile(
    jsonLines(
      withRows("completion", {
        19: { prompt: question, completion: "Two of size C, which are in the box." },
      }),
    ),
    {
      id: "two-answers",
      level,
      defect: "The same prompt with two answers that contradict each other",
      kind: "completion",
      lines: [7, 19],
    },
  ),
  brokenFile(jsonLines(rows), {
    id: "test-row-in-training",
    level,
    defect: "A row of `test.jsonl` in `train.jsonl`",
    kind: "completion",
    control: "completion-with-test",
    lines: [7],
    beside: {
      "test.jsonl": jsonLines([
        { prompt: "Do you sell tea?", completion: "Only in our shop in York." },
        { prompt: question, completion: answer },
      ]),
    },
  }),
  brokenFile(
    jsonLines(rowsOf.labels().map((row, i) => ({ ...row, label: i === 6 ? "product" : "delivery" }))),
    {
      id: "one-label-for-all",
      level,
      defect: "Classification: 23 of 24 rows have the same label",
      kind: "labels",
      lines: [],
    },
  ),
  brokenFile(jsonLines(rows.map((row) => ({ ...row, completion: "Please call us." }))), {
    id: "one-answer-for-all",
    level,
    defect: "All completions are the same",
    kind: "completion",
    lines: [],
  }),
  brokenFile(jsonLines(rows.slice(0, 3)), {
    id: "three-rows",
    level,
    defect: "Three rows in all",
    kind: "completion",
    lines: [],
  }),
];
