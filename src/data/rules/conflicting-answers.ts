import type { Digest } from "../lint/digest.ts";
import { Groups } from "../lint/groups.ts";
import { type Fix, type RecordView, type Rows, type Rule, removeRow, type SetFound } from "./rule.ts";

export const conflictingAnswers: Rule = {
  id: "conflicting-answers",
  level: "set",
  on: "set",
  severity: "warning",
  summary: "The same prompt is answered in another way elsewhere",
  rationale:
    "Where one prompt has two labels, one of them is wrong, and the model learns to toss a coin. Long answers may differ and all be right: they are told as information. Where more than `share` of the rows have a prompt with several answers, the data is meant so (several samples of each, several labels), and nothing is said.",
  source:
    "Northcutt et al., *Pervasive Label Errors in Test Sets* (2021); Cleanlab finds them with a model, this needs none.",
  options: {
    share: {
      default: 0.2,
      minimum: 0,
      maximum: 1,
      description:
        "Where more of the rows have a prompt with several answers, that is how the data is meant.",
    },
  },
  index({ options }) {
    const groups = new Groups();
    const key = ({ prompt, answer }: Digest) => (answer === 0 ? 0 : prompt);
    return {
      add: (id, digest) => groups.add(key(digest), id),
      remove: (id, digest) => groups.remove(key(digest), id),
      report(rows, report) {
        const conflicts: number[][] = [];
        let concerned = 0;
        for (const ids of groups.shared()) {
          const { answer } = rows.digest(ids[0]!);
          if (ids.every((id) => rows.digest(id).answer === answer)) continue;
          conflicts.push(ids);
          concerned += ids.length;
        }
        if (concerned > Math.max(options.share! * rows.count, fewest)) return;
        for (const ids of conflicts) reportConflict(ids, rows, report);
      },
    };
  },
  bad: [
    {
      text: '{"prompt": "Where is my card?", "completion": "card_arrival"}\n{"prompt": "where is my card?", "completion": «"lost_card"»}\n{"prompt": "I want to pay", "completion": "payment"}\n',
      fixed:
        '{"prompt": "Where is my card?", "completion": "card_arrival"}\n{"prompt": "I want to pay", "completion": "payment"}\n',
      note: "Nobody knows which is right: read both before you remove one.",
    },
    {
      name: "train.csv",
      text: "text,label\nTop!,«negative»\nTop!,positive\nAwful.,negative\ntop!,positive\n",
      fixed: "text,label\nTop!,positive\nTop!,positive\nAwful.,negative\ntop!,positive\n",
    },
    {
      text: '{"prompt": "What is a haiku?", "completion": "A poem of three lines, mostly of five, seven and five syllables, that comes from Japan and speaks of nature."}\n{"prompt": "What is a haiku?", "completion": «"A haiku is a short Japanese form of poetry: seventeen syllables in three lines, and a season that is named or hinted at."»}\n',
      fixed:
        '{"prompt": "What is a haiku?", "completion": "A poem of three lines, mostly of five, seven and five syllables, that comes from Japan and speaks of nature."}\n',
    },
  ],
  good: [
    { text: '{"prompt": "a", "completion": "b"}\n{"prompt": "A", "completion": "B"}\n' },
    {
      text: '{"instruction": "Classify.", "input": "Good", "output": "positive"}\n{"instruction": "Classify.", "input": "Bad", "output": "negative"}\n',
    },
    {
      text: Array.from(
        { length: 12 },
        (_, i) => `{"prompt": "Tell a joke", "completion": "Joke ${i}"}\n`,
      ).join(""),
      note: "Several samples of one prompt, everywhere.",
    },
  ],
};

/** So few rows are no way in which data is meant. */
const fewest = 8;

function reportConflict(ids: number[], rows: Rows, report: (found: SetFound) => void): void {
  ids.sort((a, b) => rows.rank(a) - rows.rank(b));
  const byAnswer = new Map<number, number[]>();
  for (const id of ids) {
    const { answer } = rows.digest(id);
    byAnswer.set(answer, [...(byAnswer.get(answer) ?? []), id]);
  }
  // The sort is stable: of answers that are as frequent, the first in the file.
  const [usual, next] = [...byAnswer.values()].sort((a, b) => b.length - a.length);
  const first = usual![0]!;
  const wanted = rows.digest(first).label;
  const isClear = usual!.length > next!.length;
  for (const id of ids) {
    const { answer, label } = rows.digest(id);
    if (answer === rows.digest(first).answer) continue;
    const line = rows.line(first);
    const areLabels = label !== undefined && wanted !== undefined;
    report({
      id,
      where: "answer",
      message: areLabels
        ? `the same prompt is answered "${wanted}" in line ${line}`
        : `the same prompt is answered otherwise in line ${line}`,
      ...(!areLabels && { severity: "info" as const }),
      related: [{ id: first, message: "the other answer" }],
      fixes: (record) => [...(areLabels && isClear ? relabelled(record, wanted) : []), removeRow],
    });
  }
}

/** Writes another label as the record's last answer. */
export function relabelled(record: RecordView | undefined, label: string): readonly Fix[] {
  const answer = record?.parts.texts.findLast(({ side }) => side === "assistant");
  if (!answer) return [];
  return [{ title: `Change it to "${label}"`, edits: [{ kind: "replace", at: answer.at, value: label }] }];
}
