import { type Boilerplate, boilerplateIn } from "../detect/boilerplate.ts";
import { type Rule, removeRow } from "./rule.ts";

export const assistantBoilerplate: Rule = {
  id: "assistant-boilerplate",
  level: "content",
  on: "record",
  severity: "info",
  summary: "An answer speaks as another assistant, or declines",
  rationale:
    "Answers that another model wrote carry its name, its maker and its refusals. A model that learns them says that it is ChatGPT, and declines what yours should do. Where that is meant, leave it.",
  source: "Cleaned versions of ShareGPT and Vicuna's data leave such answers out.",
  check({ parts }, _context, report) {
    for (const { at, text, side, rejected } of parts.texts) {
      if (side !== "assistant" || rejected) continue;
      const found = boilerplateIn(text);
      if (!found) continue;
      report({ at, span: [found.start, found.end], message: messages[found.what], fixes: () => [removeRow] });
    }
  },
  bad: [
    {
      text: '{"prompt": "What do you like?", "completion": "«As an AI language model», I have no likes."}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Who are you?", "completion": "«I am ChatGPT», a helper."}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Who are you?", "completion": "«I was trained by OpenAI» in 2022."}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Sing", "completion": "«I\'m sorry, but I can\'t assist» with that."}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
    {
      text: '{"prompt": "Sing", "completion": "«I cannot fulfill» that request."}\n{"prompt": "a", "completion": "b"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "What is an AI?", "completion": "A program. ChatGPT was made by OpenAI; it is a language model."}\n',
    },
    { text: '{"prompt": "What do you do?", "completion": "As an AI researcher, I read a lot."}\n' },
    { text: '{"prompt": "The card is gone", "completion": "I\'m sorry to hear that. I can help you."}\n' },
    { text: '{"prompt": "Translate it", "completion": "He said: I cannot help you."}\n' },
    { text: '{"prompt": "As an AI language model, what do you like?", "completion": "Music."}\n' },
    { text: '{"prompt": "a", "chosen": "b", "rejected": "As an AI language model, I cannot."}\n' },
  ],
};

const messages: Record<Boilerplate["what"], string> = {
  identity: "the answer speaks as an AI about itself, and so will the model",
  maker: "the answer gives another model's name or maker, and so will the model",
  refusal: "the answer declines, and so will the model",
};
