import { type RenderedMessage, renderedMessages } from "../detect/rendered-chat.ts";
import { suspicion, suspicions } from "../detect/suspicion.ts";
import { spansToStrip, type TemplateToken, templateTokensIn } from "../detect/template-tokens.ts";
import type { TextPart } from "../parts.ts";
import type { Fix, Found, RecordView, Rule } from "./rule.ts";

/** In one text; the fix takes out all of them at once. */
const mostReported = 100;

export const leakedTemplateTokens: Rule = {
  id: "leaked-template-tokens",
  level: "content",
  on: "record",
  severity: "warning",
  summary: "A chat template's tokens stand inside a message",
  rationale:
    "Trainers write these around messages themselves. Where they stand inside one as well, the model sees two beginnings and two ends, and learns to write the second. Tokenizers take `<|im_start|>` for a control token wherever it stands, so a turn begins in the middle of a message. What stands in backticks is taken for an explanation and left alone.",
  source:
    "Two beginnings of the text in OpenRLHF #393, unsloth #2648, DeepSeek-R1 #151 and open-r1 #462; AlpacaDataCleaned.",
  check(view, _context, report) {
    const { parts } = view;
    if ((suspicions(parts) & suspicion.marks) === 0) return;
    for (const part of parts.texts) {
      const { at, text, side } = part;
      const tokens = templateTokensIn(text, side);
      if (tokens.length === 0) continue;
      const isPlainText = side === "text";
      const rendered = renderedMessages(text);
      if (rendered) {
        reportRendered(view, part, rendered, report);
        continue;
      }
      // Plain text may be written as a template would; only a second beginning of it does harm.
      const leaked = isPlainText ? tokens.filter((token) => isBeginning(text, token)) : tokens;
      for (const token of leaked.slice(0, mostReported)) {
        const spelled = text.slice(token.start, token.end);
        report({
          at,
          span: [token.start, token.end],
          ...(token.isControl &&
            /^<\|(?:im_|start_header|eot_)|^<start_of_turn/.test(spelled) && { severity: "error" }),
          message: isPlainText
            ? `"${spelled}" begins the text, and trainers put it there once more`
            : `"${spelled}" belongs to a chat template, which writes it once more`,
          fixes: () => strip(part, leaked),
        });
      }
    }
  },
  bad: [
    {
      text: '{"prompt": "«<|im_start|>user»\\nHi«<|im_end|>»", "completion": "Hello«<|im_end|>»"}\n',
      fixed: '{"prompt": "Hi", "completion": "Hello"}\n',
    },
    {
      text: '{"prompt": "«<s>»«[INST]» «<<SYS>>»\\nBe brief.\\n«<</SYS>>»\\n\\nHi «[/INST]»", "completion": "Hello «</s>»"}\n',
      fixed: '{"prompt": "Be brief.\\n\\nHi", "completion": "Hello"}\n',
    },
    {
      text: '{"prompt": "«<|start_header_id|>user<|end_header_id|>»\\n\\nHi«<|eot_id|>»", "completion": "Hello"}\n',
      fixed: '{"prompt": "Hi", "completion": "Hello"}\n',
    },
    {
      text: '{"prompt": "«<start_of_turn>user»\\nHi«<end_of_turn>»\\n", "completion": "Hello«<|endoftext|>»"}\n',
      fixed: '{"prompt": "Hi", "completion": "Hello"}\n',
    },
    {
      text: '{"prompt": "«<｜begin▁of▁sentence｜>»«<｜User｜>»Hi", "completion": "Hello«<｜end▁of▁sentence｜>»"}\n',
      fixed: '{"prompt": "Hi", "completion": "Hello"}\n',
    },
    {
      text: '{"prompt": "«### Instruction:»\\nName a colour.\\n\\n«### Response:»\\n", "completion": "Red"}\n',
      fixed: '{"prompt": "Name a colour.", "completion": "Red"}\n',
    },
    {
      text: '{"prompt": "Name a colour.", "completion": "«### Response:»\\nRed"}\n',
      fixed: '{"prompt": "Name a colour.", "completion": "Red"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": «"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello<|im_end|>\\n"»}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"text": «"<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHello<|im_end|>"»}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      note: "As messages the row can be trained with any model's template.",
    },
    { text: '{"text": "«<s>»Once upon a time."}\n', fixed: '{"text": "Once upon a time."}\n' },
  ],
  good: [
    { text: '{"prompt": "What begins a turn in ChatML?", "completion": "`<|im_start|>` and the role."}\n' },
    {
      text: '{"prompt": "Show me ChatML", "completion": "```\\n<|im_start|>user\\nHi<|im_end|>\\n```"}\n',
    },
    { text: '{"prompt": "Strike it out", "completion": "It costs <s>10</s> 8 euros."}\n' },
    { text: '{"prompt": "Strike it out", "completion": "<s>10</s> 8 euros"}\n' },
    { text: '{"prompt": "Apply f, then g", "completion": "g <| f <| x, or x |> f |> g"}\n' },
    {
      text: '{"prompt": "Document the call", "completion": "### Request:\\nGET /\\n\\n### Response:\\n200"}\n',
    },
    {
      text: '{"prompt": "<|image|> What is this?", "completion": "A cat."}\n',
      note: "Media have tokens on purpose.",
    },
    { text: '{"text": "a <unk> b @-@ c"}\n' },
    { text: '{"prompt": "First item of a list x", "completion": "x[0], and x[I] for an index I"}\n' },
  ],
};

function isBeginning(text: string, { start, end, isControl }: TemplateToken): boolean {
  return (
    isControl &&
    text.slice(0, start).trim() === "" &&
    /^<(?:s>|bos>|\|begin_of_text)/.test(text.slice(start, end))
  );
}

function strip({ at, text }: TextPart, tokens: readonly TemplateToken[]): Fix[] {
  const spans = spansToStrip(text, tokens);
  const left = text.length - spans.reduce((sum, [start, end]) => sum + end - start, 0);
  if (left === 0) return [];
  const title =
    tokens.length === 1
      ? `Remove "${text.slice(tokens[0]!.start, tokens[0]!.end)}"`
      : "Remove the template's tokens";
  return [{ title, edits: spans.map((span) => ({ kind: "text", at, span, text: "" })) }];
}

function reportRendered(
  { record, container, parts }: RecordView,
  { at, side }: TextPart,
  messages: readonly RenderedMessage[],
  report: (found: Found) => void,
): void {
  const isAlone = parts.texts.length === 1 && (container === "lines" || container === "array");
  const isText = isAlone && side === "text" && at.length === 1 && !Object.hasOwn(record!, "messages");
  const isMessage = isAlone && at.length === 3 && at[0] === "messages" && at[2] === "content";
  report({
    at,
    severity: side === "text" ? "info" : "error",
    message:
      side === "text"
        ? "a conversation as one model's template writes it; as messages it fits any model"
        : `a whole conversation of ${messages.length} messages stands in this one`,
    fixes: () => {
      const title = `Make ${messages.length} messages of it`;
      if (isMessage) return [{ title, edits: [{ kind: "replace", at: ["messages"], value: messages }] }];
      if (!isText) return [];
      return [
        {
          title,
          edits: [
            { kind: "rename", at, key: "messages" },
            { kind: "replace", at, value: messages },
          ],
        },
      ];
    },
  });
}
