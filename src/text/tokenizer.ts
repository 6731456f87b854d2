/**
 * Text to token ids and back, with Hugging Face's own tokenizers library (the napi package `tokenizers`), which reads
 * `tokenizer.json`: https://huggingface.co/docs/tokenizers. Nothing here decides which tokens are learned.
 */
import { join } from "node:path";
import { type Encoding, Tokenizer as NativeTokenizer } from "tokenizers";
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { Encoded, hasAstral } from "./encoded.ts";
import { parseTokenizerFile, readTextFile } from "./json-file.ts";
import { readSpecialTokens, type SpecialTokens } from "./special-tokens.ts";

export interface EncodeOptions {
  /** Lets the tokenizer add what its post-processor adds around a text (often a begin token). Default false. */
  addSpecialTokens?: boolean;
}

/** Reads the tokenizer of a Hugging Face folder. Throws `tokenizer-invalid`, naming the file and what is wrong. */
export function loadTokenizer(folder: string): Tokenizer {
  const path = join(folder, "tokenizer.json");
  const text = readTextFile(folder, "tokenizer.json");
  if (text === undefined) throw noTokenizer(folder);
  const parsed = parseTokenizerFile(text, path);
  let native: NativeTokenizer;
  try {
    native = NativeTokenizer.fromString(text);
    native.disablePadding();
    native.disableTruncation();
  } catch (error) {
    throw new TunesmithError(
      "tokenizer-invalid",
      `${path} is not a tokenizer this library can read: ${(error as Error).message}`,
      "Download tokenizer.json again; if it is intact, a newer release of transformers may have written it.",
      { cause: error },
    );
  }
  const special = readSpecialTokens(folder, (token) => native.tokenToId(token) ?? undefined);
  return new Tokenizer(native, special, controlTokens(parsed));
}

function noTokenizer(folder: string): TunesmithError {
  const sentencePiece = readTextFile(folder, "tokenizer.model") !== undefined;
  return new TunesmithError(
    "tokenizer-invalid",
    sentencePiece
      ? `${folder} holds a tokenizer.model (SentencePiece) but no tokenizer.json`
      : `${folder} holds no tokenizer.json`,
    sentencePiece
      ? "Convert it once with transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)."
      : "Give the folder of a whole model, with its tokenizer files.",
  );
}

/** The strings of the tokens that `tokenizer.json` marks as special, such as `<|im_end|>`. */
function controlTokens(file: JsonObject): string[] {
  const added = Array.isArray(file.added_tokens) ? file.added_tokens : [];
  return added
    .filter((token): token is JsonObject => isJsonObject(token) && token.special === true)
    .map((token) => token.content)
    .filter((content): content is string => typeof content === "string" && content !== "");
}

export class Tokenizer {
  readonly special: SpecialTokens;
  /** Strings that the tokenizer takes as one control token wherever they stand in a text. */
  readonly controlTokens: readonly string[];
  /** Those of them that may end an answer: all but the begin token. */
  readonly endTokens: readonly string[];
  /** Number of tokens, added ones included. A model's embedding may have more rows. */
  readonly vocabSize: number;
  readonly #native: NativeTokenizer;

  constructor(native: NativeTokenizer, special: SpecialTokens, controlTokens: readonly string[]) {
    this.#native = native;
    this.special = special;
    this.controlTokens = controlTokens;
    this.vocabSize = native.getVocabSize(true);
    const begin =
      special.bosId !== undefined && !special.eosIds.includes(special.bosId) ? [special.bosId] : [];
    const strings = (ids: readonly number[]) => ids.flatMap((id) => this.idToToken(id) ?? []);
    const ends = new Set([...controlTokens, ...strings(special.eosIds)]);
    for (const token of strings(begin)) ends.delete(token);
    this.endTokens = [...ends];
  }

  async encode(text: string, options: EncodeOptions = {}): Promise<number[]> {
    return (await this.#encode([text], options))[0]!.getIds();
  }

  /** Encodes many texts at once, on all cores: three times the speed of one by one. */
  async encodeBatch(texts: readonly string[], options: EncodeOptions = {}): Promise<number[][]> {
    return (await this.#encode(texts, options)).map((encoding) => encoding.getIds());
  }

  async encodeWithOffsets(text: string, options: EncodeOptions = {}): Promise<Encoded> {
    return (await this.encodeBatchWithOffsets([text], options))[0]!;
  }

  async encodeBatchWithOffsets(texts: readonly string[], options: EncodeOptions = {}): Promise<Encoded[]> {
    const encodings = await this.#encode(texts, options);
    const inCharacters = (text: string) => options.addSpecialTokens === true || hasAstral(text);
    return encodings.map((encoding, i) => new Encoded(encoding, texts[i]!, inCharacters(texts[i]!)));
  }

  /** The text of `ids`; `skipSpecialTokens` (default true) leaves control tokens out. */
  async decode(
    ids: ArrayLike<number>,
    { skipSpecialTokens = true }: { skipSpecialTokens?: boolean } = {},
  ): Promise<string> {
    if (ids.length === 0) return "";
    return this.#native.decode(Array.from(ids), skipSpecialTokens);
  }

  /** A decoder for one answer that arrives token by token. */
  stream(options: { skipSpecialTokens?: boolean } = {}): StreamingDecoder {
    return new StreamingDecoder((ids) => this.decode(ids, options));
  }

  tokenToId(token: string): number | undefined {
    return this.#native.tokenToId(token) ?? undefined;
  }

  idToToken(id: number): string | undefined {
    return this.#native.idToToken(id) ?? undefined;
  }

  async #encode(texts: readonly string[], { addSpecialTokens = false }: EncodeOptions): Promise<Encoding[]> {
    try {
      return await this.#native.encodeBatch([...texts], { addSpecialTokens });
    } catch (error) {
      throw new TunesmithError(
        "tokenizer-invalid",
        `the tokenizer cannot encode this text: ${(error as Error).message}`,
        "Its tokenizer.json is probably damaged or incomplete (for example, no unknown token); download it again.",
        { cause: error },
      );
    }
  }
}

/**
 * Turns tokens into text as they come, and hands out whole characters only: a character may take several byte tokens.
 * Decodes a short tail each time, as text-generation-inference does, because what a token stands for can depend on
 * the token before it (a leading space, a run of bytes).
 */
export class StreamingDecoder {
  readonly #decode: (ids: number[]) => Promise<string>;
  /** Tokens since the last hand-out but one; the first `#given` of them are handed out already. */
  #tail: number[] = [];
  #given = 0;
  #givenText = "";

  constructor(decode: (ids: number[]) => Promise<string>) {
    this.#decode = decode;
  }

  /** Takes one more token and returns the text that is now certain, often "". */
  async push(id: number): Promise<string> {
    this.#tail.push(id);
    const text = await this.#decode(this.#tail);
    if (text.length <= this.#givenText.length || text.endsWith("\uFFFD")) return "";
    return this.#handOut(text);
  }

  /** Returns what remains at the end, incomplete characters as U+FFFD. */
  async end(): Promise<string> {
    return this.#handOut(await this.#decode(this.#tail));
  }

  async #handOut(text: string): Promise<string> {
    const fresh = text.slice(this.#givenText.length);
    this.#tail = this.#tail.slice(this.#given);
    this.#given = this.#tail.length;
    this.#givenText = await this.#decode(this.#tail);
    return fresh;
  }
}
