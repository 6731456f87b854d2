/** Rows that are JSON, but not the rows they should be. */
import { type BrokenFile, brokenFile, csv, jsonLines, wrongRow } from "./files.ts";
import { message, questions, rowsOf } from "./rows.ts";

const [question, answer] = questions[6]!;
const user = message("user", question);
const assistant = message("assistant", answer);

export const schema: readonly BrokenFile[] = [
  wrongRow(`{«"mesages"»: ${JSON.stringify([user, assistant])}}`, {
    id: "misspelt-key",
    level: "schema",
    defect: "A misspelt key: `mesages`",
    kind: "chat",
  }),
  wrongRow(`{"prompt": "${question}", «"Completion"»: "${answer}"}`, {
    id: "key-in-capitals",
    level: "schema",
    defect: "`Completion` in one row, `completion` in all others",
    kind: "completion",
  }),
  brokenFile(csv([["«Prompt»", "Completion"], ...questions.map(([q, a]) => [q, a])]), {
    id: "header-in-capitals",
    level: "schema",
    defect: "CSV: `Prompt,Completion` as header",
    kind: "csv",
    name: "train.csv",
  }),
  wrongRow(
    { prompt: question, completion: answer },
    { id: "other-format", level: "schema", defect: "A prompt and completion among chats", kind: "chat" },
  ),
  wrongRow(`{"messages": ${JSON.stringify([user, assistant])}, «"text"»: "${question} ${answer}"}`, {
    id: "two-formats",
    level: "schema",
    defect: "A row with both `messages` and `text`",
    kind: "chat",
  }),
  wrongRow(
    { prompt: question },
    { id: "missing-key", level: "schema", defect: "A row without its completion", kind: "completion" },
  ),
  wrongRow(`{"prompt": "${question}", "completion": "${answer}", «"sorce"»: "faq"}`, {
    id: "key-of-one-row",
    level: "schema",
    defect: "A key that only one row has",
    kind: "completion",
  }),
  wrongRow(`{"prompt": "${question}", "completion": «{"size": "AA", "count": 3}»}`, {
    id: "answer-is-an-object",
    level: "schema",
    defect: "A completion that is an object",
    kind: "completion",
  }),
  wrongRow(`{"prompt": "${question}", "completion": «3»}`, {
    id: "answer-is-a-number",
    level: "schema",
    defect: "A completion that is a number",
    kind: "completion",
  }),
  wrongRow(`{"messages": [${JSON.stringify(user)}, {"role": "assistant", "content": «null»}]}`, {
    id: "content-null",
    level: "schema",
    defect: "An answer that is `null`, and no tool call",
    kind: "chat",
  }),
  wrongRow(`{"messages": [${JSON.stringify(user)}, «{"content": ${JSON.stringify(answer)}}»]}`, {
    id: "message-without-role",
    level: "schema",
    defect: "A message without a role",
    kind: "chat",
  }),
  wrongRow(`{"messages": [${JSON.stringify(user)}, «{"role": "assistant"}»]}`, {
    id: "message-without-content",
    level: "schema",
    defect: "A message without content",
    kind: "chat",
  }),
  wrongRow(`{"messages": «${JSON.stringify(JSON.stringify([user, assistant]))}»}`, {
    id: "messages-in-a-string",
    level: "schema",
    defect: "The messages as a string of JSON",
    kind: "chat",
  }),
  wrongRow(
    `{"messages": [${JSON.stringify(user)}, {"role": "assistant", "content": ${JSON.stringify(answer)}, "weight": «2»}]}`,
    {
      id: "weight-of-two",
      level: "schema",
      defect: "A weight of 2",
      kind: "chat",
    },
  ),
  wrongRow(`{"prompt": "${question}", "completion": "${answer}", "label": «"true"»}`, {
    id: "label-as-text",
    level: "schema",
    defect: 'KTO: the label `"true"` instead of `true`',
    kind: "kto",
  }),
  wrongRow(`{"text": "${question}", "label": «"prodcut"»}`, {
    id: "misspelt-label",
    level: "schema",
    defect: "Classification: a misspelt label",
    kind: "labels",
  }),
  brokenFile(
    jsonLines(rowsOf.chat().map(({ messages }) => ({ dialogue: messages.map(({ content }) => content) }))),
    {
      id: "no-known-format",
      level: "schema",
      defect: "Keys that no trainer knows, in all rows",
      kind: "chat",
      lines: [],
    },
  ),
];
