import { isJsonObject } from "../../json/object.ts";
import { type Unseen, unseenIn } from "../detect/unseen.ts";
import type { RecordView, Rule } from "./rule.ts";

export const unseenReference: Rule = {
  id: "unseen-reference",
  level: "content",
  on: "record",
  severity: "info",
  summary: "A question is about something that is not in the row",
  rationale:
    "Whoever answered saw an article, a picture or a page that the model does not see. It learns to make up what stands in things it was never given.",
  source:
    "AlpacaDataCleaned (answers about addresses that were never read, about pictures and missing text).",
  check(view, _context, report) {
    const { texts, tools } = view.parts;
    // Tools may fetch it; what came before may be it.
    const [first, second] = texts;
    if (!first || tools) return;
    const asked = first.side === "system" ? second : first;
    if (asked?.side !== "user") return;
    const { at, text } = asked;
    if (text.length > 4000) return;
    const found = unseenIn(text, false);
    if (!found || hasMore(view, asked === first ? 1 : 2)) return;
    if (found.what === "media" && hasMedia(view)) return;
    report({ at, span: [found.start, found.end], message: messages[found.what] });
  },
  bad: [
    { text: '{"prompt": "Summarise «the article above».", "completion": "It is about tides."}\n' },
    { text: '{"prompt": "What do you see in «the attached image»?", "completion": "A cat."}\n' },
    { text: '{"prompt": "What happens «in this picture»?", "completion": "A cat sleeps."}\n' },
    {
      text: '{"instruction": "Summarize the article: «https://kyivbooks.net/tides»", "input": "", "output": "It is about tides."}\n',
    },
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Translate «the text below»."}, {"role": "assistant", "content": "The sea is high."}]}\n',
    },
  ],
  good: [
    {
      text: '{"instruction": "Summarise the text below.", "input": "The moon pulls on the sea.", "output": "Tides."}\n',
    },
    {
      text: '{"prompt": "The moon pulls on the sea, and where it stands above the water, the water rises by some metres. Summarise the text above.", "completion": "Tides."}\n',
    },
    {
      text: '{"prompt": "Translate the text below:\\n\\nThe sea is high, and the ships are safe.", "completion": "Das Meer steht hoch."}\n',
    },
    { text: '{"prompt": "What is the temperature above the Arctic circle?", "completion": "Low."}\n' },
    { text: '{"prompt": "What is https://www.wikipedia.org?", "completion": "An encyclopedia."}\n' },
    {
      text: '{"messages": [{"role": "user", "content": [{"type": "text", "text": "What is in this image?"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]}, {"role": "assistant", "content": "A cat."}]}\n',
    },
    {
      text: '{"prompt": "How do I send the attached file with curl?", "completion": "With -F.", "images": ["a.png"]}\n',
    },
  ],
};

const messages: Record<Unseen["what"], string> = {
  text: "there is no such text in this row",
  media: "there is no such thing in this row, which the answer seems to have seen",
  address: "the model cannot read what stands at this address, and neither does this row say it",
};

/** Another text of the question: the input of an instruction, a further part. */
function hasMore({ parts }: RecordView, from: number): boolean {
  const asked = parts.texts[from - 1]!;
  return parts.texts.some(
    (other) =>
      other !== asked &&
      other.text.trim() !== "" &&
      (other.side === "tool" || (other.side === "user" && isSameTurn(asked.at, other.at))),
  );
}

/** Fields of the record are one question; messages are several. */
function isSameTurn(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return (a.length === 1 && b.length === 1) || (a.length > 3 && a[1] === b[1]);
}

const mediaKeys = /^(?:images?|videos?|audios?|files?|documents?|attachments?|pixel_values|image_path)$/i;

function hasMedia({ record, parts }: RecordView): boolean {
  if (Object.keys(record ?? {}).some((key) => mediaKeys.test(key))) return true;
  return parts.conversations.some(({ turns }) =>
    turns.some(
      ({ content }) =>
        Array.isArray(content) && content.some((part) => isJsonObject(part) && typeof part.text !== "string"),
    ),
  );
}
