/**
 * The bundled model's tokenizer: whole words, and single characters for words it does not know (WordPiece's greedy
 * longest match), so that any ASCII text can be written. `tokenizer.json` in Hugging Face's format.
 */
import { allContent, functionWords, templateWords } from "./words.ts";

export const endToken = "<|end|>";
export const padToken = "<|pad|>";
const unknownToken = "<|unknown|>";

const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));

/** Tokens in the order of their ids. */
export const vocabulary: string[] = [
  ...new Set([
    padToken,
    endToken,
    unknownToken,
    ...functionWords,
    ...templateWords,
    ...allContent,
    ...printable,
    ...printable.map((character) => `##${character}`),
  ]),
];

export const idOf: ReadonlyMap<string, number> = new Map(vocabulary.map((token, id) => [token, id]));

export function tokenizerJson(): object {
  const special = (content: string) => ({
    id: idOf.get(content)!,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [padToken, endToken, unknownToken].map(special),
    normalizer: { type: "NFC" },
    pre_tokenizer: { type: "Whitespace" },
    post_processor: null,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: unknownToken,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(idOf),
    },
  };
}

/** An answer stands right after its question, with no sign between them; see docs/log.md for why. */
export const chatTemplate =
  "{% for message in messages %}{{ message.content }}" +
  `{% if message.role == 'assistant' %}${endToken}{% else %} {% endif %}{% endfor %}`;
