/**
 * The bundled model's tokenizer: whole words, and single characters for words it does not know (WordPiece's greedy
 * longest match), so that any ASCII text can be written. `tokenizer.json` in Hugging Face's format.
 */
import { allContent, functionWords, labelWords, templateWords } from "./words.ts";

export const endToken = "<|end|>";
export const padToken = "<|pad|>";
/** Stands between a question and its answer. */
export const answerSign = "=>";
const unknownToken = "<|unknown|>";

const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));

/** Tokens in the order of their ids. */
export const vocabulary: string[] = [
  ...new Set([
    padToken,
    endToken,
    unknownToken,
    answerSign,
    ...functionWords,
    ...templateWords,
    ...labelWords,
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

/** As pre-training has it: the question, the sign, the answer, the end. */
export const chatTemplate =
  "{% for message in messages %}{{ message.content }}" +
  `{% if message.role == 'assistant' %}${endToken}{% elif message.role == 'user' %} ${answerSign} {% else %} {% endif %}{% endfor %}`;
