import { schemaFindings } from "../schemas/check.ts";
import type { Rule } from "./rule.ts";

export const nonStringContent: Rule = {
  id: "non-string-content",
  level: "schema",
  on: "record",
  severity: "error",
  summary: "An object, a list or a number stands where a text should",
  rationale:
    "LLaMA-Factory takes an answer that is no text for none at all and learns nothing of it; others stop. Tunesmith writes numbers and truth values as text, and leaves out rows with an object or a list. An answer in JSON has to be a string that holds the JSON.",
  source: "LLaMA-Factory #4249 (an object as `output`).",
  check(view, context, report) {
    for (const { at, value, isText } of schemaFindings(view, context).types) {
      if (!isText) continue;
      const isObject = typeof value === "object";
      // As text they say the same.
      if (!isObject && context.target === "tunesmith") continue;
      const kind = Array.isArray(value) ? "a list" : isObject ? "an object" : `the ${typeof value} ${value}`;
      report({
        at,
        message: `"${at.findLast((step) => typeof step === "string")}" is ${kind}, not a text`,
        fixes: () => [
          {
            title: isObject ? "Write it as a string of JSON" : "Write it as a string",
            edits: [{ kind: "replace", at, value: JSON.stringify(value) }],
          },
        ],
      });
    }
  },
  bad: [
    {
      text: '{"instruction": "a", "output": «{"city": "Kyiv"}»}\n',
      fixed: '{"instruction": "a", "output": "{\\"city\\":\\"Kyiv\\"}"}\n',
    },
    {
      text: '{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": «["b"]»}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "[\\"b\\"]"}]}\n',
    },
    {
      text: '{"prompt": "a", "completion": «7»}\n',
      fixed: '{"prompt": "a", "completion": "7"}\n',
      target: "llama-factory",
    },
  ],
  good: [
    { text: '{"question": "a", "answer": 7}\n', note: "Tunesmith learns the text 7." },
    { text: '{"text": "a", "label": 3}\n', target: "llama-factory", note: "Labels may be numbers." },
    {
      text: '{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}, {"role": "assistant", "content": "b"}]}\n',
      note: "A list of parts is a content.",
    },
    { text: '{"a": "x", "b": {"city": "Kyiv"}}\n', columns: { input: "a", output: "b" } },
  ],
};
