/**
 * The special tokens of a Hugging Face folder: which string begins a text, ends an answer, fills a batch.
 *
 * Four files speak about them, and newer releases of transformers write fewer than older ones. By name (`eos_token`):
 * `tokenizer_config.json`, else `special_tokens_map.json`. By id (`eos_token_id`, one or several):
 * `generation_config.json` and `config.json`. The tokens that end an answer are the union of what they say.
 */
import { isJsonObject, type JsonObject } from "../json/object.ts";
import { readTokenizerFile } from "./json-file.ts";

export interface SpecialTokens {
  /** Token strings by the name that chat templates use: bos_token, eos_token, pad_token, unk_token … */
  readonly names: Readonly<Record<string, string>>;
  readonly bosId: number | undefined;
  /** The token that is written where an answer or a text ends. */
  readonly eosId: number | undefined;
  /** Every id at which generation stops; `eosId` first. */
  readonly eosIds: readonly number[];
  /** Fills short rows of a batch, where it carries no loss. The end token where a model names none, else 0. */
  readonly padId: number;
}

/** Collects the special tokens of `folder`; `idOf` is the tokenizer's own table. */
export function readSpecialTokens(
  folder: string,
  idOf: (token: string) => number | undefined,
): SpecialTokens {
  const names = {
    ...namedTokens(readTokenizerFile(folder, "special_tokens_map.json")),
    ...namedTokens(readTokenizerFile(folder, "tokenizer_config.json")),
  };
  const generation = readTokenizerFile(folder, "generation_config.json");
  const config = readTokenizerFile(folder, "config.json");
  const named = (name: string) => (names[name] === undefined ? [] : ids(idOf(names[name])));

  const first = (key: string, name: string) =>
    [...named(name), ...ids(generation[key]), ...ids(config[key])] as const;
  const eosIds = [...new Set(first("eos_token_id", "eos_token"))];
  return {
    names,
    bosId: first("bos_token_id", "bos_token")[0],
    eosId: eosIds[0],
    eosIds,
    padId: first("pad_token_id", "pad_token")[0] ?? eosIds[0] ?? 0,
  };
}

/** Entries such as `"eos_token": "</s>"` or `"eos_token": { "content": "</s>", "lstrip": false … }`. */
function namedTokens(file: JsonObject): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [key, value] of Object.entries(file)) {
    if (!key.endsWith("_token")) continue;
    const content = isJsonObject(value) ? value.content : value;
    if (typeof content === "string") names[key] = content;
  }
  return names;
}

/** The ids in a field that may be absent, one number, or a list. */
function ids(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (id): id is number => Number.isInteger(id) && (id as number) >= 0,
  );
}
