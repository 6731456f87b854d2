/** Rows of the right shape that teach the wrong thing; and rows that the model sees differently. */
import { type BrokenFile, brokenFile, jsonLines, withRows, wrongRow } from "./files.ts";
import { message, questions } from "./rows.ts";

const [question, answer] = questions[6]!;
const user = message("user", question);
const level = "content";
const reply = (content: string) => ({ messages: [user, message("assistant", content)] });
const completed = (completion: string, prompt = question) => ({ prompt, completion });
/** Some hundred words without repetition. */
const long = questions.map(([q, a]) => `${q} ${a}`).join(" ");

export const content: readonly BrokenFile[] = [
  wrongRow(`{"prompt": "${question}", "completion": «""»}`, {
    id: "empty-answer",
    level,
    defect: "An empty completion",
    kind: "completion",
  }),
  wrongRow(`{"messages": [${JSON.stringify(user)}, {"role": "assistant", "content": «"  \\n "»}]}`, {
    id: "blank-answer",
    level,
    defect: "An answer of white space",
    kind: "chat",
  }),
  wrongRow(`{"instruction": "Answer the customer.", "input": ${JSON.stringify(question)}, "output": «""»}`, {
    id: "empty-output",
    level,
    defect: "Alpaca: an empty output",
    kind: "alpaca",
  }),
  wrongRow(completed("«TODO: ask Marta what to say here»"), {
    id: "todo-answer",
    level,
    defect: "A placeholder instead of an answer: `TODO …`",
    kind: "completion",
  }),
  wrongRow(completed("Dear «{{customer_name}}», it takes three of size AA."), {
    id: "unfilled-variable",
    level,
    defect: "A variable that nobody filled in: `{{customer_name}}`",
    kind: "completion",
  }),
  wrongRow(reply(`${answer}«<|im_end|>»`), {
    id: "end-token-in-answer",
    level,
    defect: "A template's `<|im_end|>` in an answer",
    kind: "chat",
  }),
  wrongRow(completed(answer, `«[INST]» ${question} «[/INST]»`), {
    id: "inst-in-prompt",
    level,
    defect: "A template's `[INST]` in a prompt",
    kind: "completion",
  }),
  wrongRow(completed(`${answer}\n\n«### Instruction:»\nName a fruit.\n\n### Response:\nAn apple.`), {
    id: "two-examples-in-one",
    level,
    defect: "A second example inside an answer",
    kind: "completion",
  }),
  wrongRow(
    completed("Three of size AA. This prints how many are left:\n\n«```»python\nprint(lamp.batteries)\n"),
    {
      id: "open-code-fence",
      level,
      defect: "A code block that is never closed",
      kind: "completion",
    },
  ),
  wrongRow(
    completed("Three of size AA. You will find them in the drawer below the counter, next to the «and»"),
    {
      id: "answer-stops-midway",
      level,
      defect: "An answer that stops in the middle of a sentence",
      kind: "completion",
    },
  ),
  // Put together here, so that nobody's scanner takes this file for a leak.
  wrongRow(completed(`Use our key «${["AKIA", "Q3ZL7XW2", "NB5RT4YD"].join("")}» to look it up.`), {
    id: "cloud-key",
    level,
    defect: "An AWS access key in an answer",
    kind: "completion",
  }),
  wrongRow(completed("It was paid with «4539 1488 0343 6467», so the money goes back there."), {
    id: "card-number",
    level,
    defect: "A credit card's number in an answer",
    kind: "completion",
  }),
  wrongRow(completed("«As an AI language model», I cannot know which batteries a lamp needs."), {
    id: "as-an-ai",
    level,
    defect: "“As an AI language model …”",
    kind: "completion",
  }),
  wrongRow(completed(`«${"Three of size AA, three of size AA, ".repeat(10).trim()}»`), {
    id: "endless-repetition",
    level,
    defect: "An answer that repeats itself",
    kind: "completion",
  }),
  wrongRow(
    completed(
      "It takes the batteries that are marked in «the picture above».",
      "Which batteries does the lamp in «the attached photo» need?",
    ),
    {
      id: "picture-nobody-sees",
      level,
      defect: "Text about a picture that is not there",
      kind: "completion",
    },
  ),
  brokenFile(
    jsonLines(
      withRows("completion", {
        7: completed(
          "Trois piles AA, «qui ne sont pas comprises dans la boîte. Vous les trouverez dans notre magasin.»",
          "Quelles piles faut-il pour la lampe que j'ai achetée chez vous la semaine dernière ?",
        ),
      }),
    ),
    {
      id: "other-language",
      level: "set",
      defect: "One row in another language",
      kind: "completion",
    },
  ),
];

export const tokens: readonly BrokenFile[] = [
  wrongRow(completed(`«${answer}»`, `«${long} ${long}»`), {
    id: "prompt-fills-context",
    level: "tokens",
    defect: "A prompt so long that nothing of the answer is left",
    kind: "completion",
  }),
  wrongRow(completed(`«${long}»`), {
    id: "answer-is-cut",
    level: "tokens",
    defect: "An answer that is longer than the context",
    kind: "completion",
  }),
  wrongRow(completed(answer, `Customer: ${question}\nAgent:« »`), {
    id: "space-at-the-seam",
    level: "tokens",
    defect: "A prompt that ends with a space",
    kind: "completion",
  }),
  wrongRow(completed(`«<think>» The lamp is the tall one, so it takes AA. ${answer}`), {
    id: "open-think-tag",
    level: "tokens",
    defect: "A `<think>` that is never closed",
    kind: "completion",
  }),
  wrongRow(completed(`Three of size AA.«<|end|>» They are not in the box.`), {
    id: "own-end-token",
    level: "tokens",
    defect: "The model's own end token in the middle of an answer",
    kind: "completion",
  }),
];
