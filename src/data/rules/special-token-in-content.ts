import { chatml } from "../lint/example-models.ts";
import type { Rule } from "./rule.ts";

export const specialTokenInContent: Rule = {
  id: "special-token-in-content",
  level: "tokens",
  on: "tokens",
  severity: "error",
  summary: "A content holds a control token of the chosen model",
  rationale:
    "The tokenizer reads such a string as the one token that it names, wherever it stands: an end token inside an answer teaches the model to stop there, a role's token lets a user speak as somebody else, a second begin token is one that the model never sees. A plain text may hold control tokens on purpose; there only a begin token is told that the tokenizer adds anyway.",
  source: "OpenRLHF #393, unsloth #2648, DeepSeek-R1 #151 (two begin tokens).",
  check(view, _context, report) {
    const { read, row } = view;
    if (!read) return;
    const found = (message: number, start: number, token: string, what: string) => {
      const place = view.placeInMessage(message, start, start + token.length);
      const { at, span } = place;
      report({
        ...place,
        message: `${JSON.stringify(token)} is a control token of ${view.model.name}: ${what}`,
        fixes: () =>
          at && span
            ? [{ title: `Remove ${JSON.stringify(token)}`, edits: [{ kind: "text", at, span, text: "" }] }]
            : [],
      });
    };
    const { ids } = read.encoded;
    if (row.kind === "text") {
      if (ids.length < 2 || ids[0] !== ids[1]) return;
      const token = view.controlTokens.find((each) => row.text.startsWith(each));
      if (token) found(0, 0, token, "the tokenizer puts one before the text itself, so there are two");
      return;
    }
    const pattern = patternOf(view.controlTokens);
    if (!pattern) return;
    for (const [i, { content, role }] of row.messages.entries()) {
      if (!content.includes(pattern.first)) continue;
      for (const { 0: token, index } of content.matchAll(pattern.any)) {
        const span = view.contents.find(({ message }) => message === i);
        const start = span?.isExact ? span.start + index - span.lead : -1;
        const tokens = start < 0 ? undefined : read.encoded.over({ start, end: start + token.length });
        // Some are taken as such only where they stand alone.
        if (!tokens || tokens.end - tokens.start !== 1) continue;
        const what =
          role === "assistant"
            ? "the answer is read, and learned, as ending or changing there"
            : "it is read as that, not as text";
        found(i, index, token, what);
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "Hi", "completion": "Hello«<|im_end|>» there"}\n',
      model: chatml,
      fixed: '{"prompt": "Hi", "completion": "Hello there"}\n',
    },
    {
      text: '{"prompt": "What is «<|end|>»?", "completion": "A token"}\n',
      fixed: '{"prompt": "What is ?", "completion": "A token"}\n',
    },
    {
      text: '{"text": "«<s>»Hello there"}\n',
      model: { name: "Llama 2", tokenizer: "llama2" },
      fixed: '{"text": "Hello there"}\n',
    },
  ],
  good: [
    {
      text: '{"prompt": "What is <|im_end|>?", "completion": "A token of ChatML"}\n',
      note: "To this model it is text.",
    },
    { text: '{"prompt": "Hi", "completion": "<b>Hello</b>"}\n', model: chatml },
    {
      text: '{"text": "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello<|im_end|>\\n"}\n',
      model: chatml,
    },
  ],
};

interface Pattern {
  any: RegExp;
  /** With which all of them begin; "" where they begin in several ways. */
  first: string;
}

const patterns = new WeakMap<readonly string[], Pattern | undefined>();

function patternOf(tokens: readonly string[]): Pattern | undefined {
  if (!patterns.has(tokens)) patterns.set(tokens, makePattern(tokens));
  return patterns.get(tokens);
}

function makePattern(tokens: readonly string[]): Pattern | undefined {
  const visible = tokens.filter((token) => token.trim() !== "").sort((a, b) => b.length - a.length);
  if (visible.length === 0) return undefined;
  const any = new RegExp(visible.map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  const first = visible[0]![0]!;
  return { any, first: visible.every((token) => token.startsWith(first)) ? first : "" };
}
