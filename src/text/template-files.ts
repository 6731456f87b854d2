/**
 * Finds the chat template of a Hugging Face folder: in `chat_template.jinja` (further named ones in
 * `additional_chat_templates/`), else in `tokenizer_config.json` as a string or a list of named ones.
 * A base model has none and gets the plain template below.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "../json/object.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { readTextFile, readTokenizerFile } from "./json-file.ts";
import { ChatTemplate } from "./template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * The template of a model that has none: a heading with the speaker, what is said, and the model's end token after
 * each answer. The prompt ends in a single newline, beside which no usual tokenizer merges an answer's first token.
 *
 *     ## User
 *     What is 1 + 1?
 *
 *     ## Assistant
 *     2</s>
 */
export const plainTemplate = `
{%- if tools %}{{ raise_exception('a model without a chat template of its own cannot be given tools') }}{% endif %}
{{- begin_token }}
{%- for message in messages %}
    {%- if message['tool_calls'] %}{{ raise_exception('a model without a chat template of its own cannot call tools') }}{% endif %}
    {%- if not loop.first %}{{ '\\n\\n' }}{% endif %}
    {{- '## ' + (message['role'] | capitalize) + '\\n' + message['content'] }}
    {%- if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {%- if messages %}{{ '\\n\\n' }}{% endif %}
    {{- '## Assistant\\n' }}
{%- endif %}`;

/** Reads the chat template that belongs to `tokenizer`. Throws `template-invalid` where it cannot be parsed. */
export async function loadChatTemplate(
  folder: string,
  tokenizer: Tokenizer,
  { now }: { now?: Date | undefined } = {},
): Promise<ChatTemplate> {
  const variables = tokenizer.special.names;
  const file = readTextFile(folder, "chat_template.jinja");
  if (file !== undefined) {
    const sources = { ...additionalTemplates(folder), default: file };
    return new ChatTemplate(sources, { origin: "chat_template.jinja", variables, now });
  }
  const spelled = readTokenizerFile(folder, "tokenizer_config.json").chat_template;
  if (spelled !== undefined && spelled !== null) {
    const sources = namedTemplates(spelled, join(folder, "tokenizer_config.json"));
    return new ChatTemplate(sources, { origin: "tokenizer_config.json", variables, now });
  }
  return new ChatTemplate(
    { default: plainTemplate },
    {
      origin: "Tunesmith's plain one: the model has none",
      variables: {
        ...variables,
        begin_token: await beginToken(tokenizer),
        eos_token: tokenString(tokenizer, tokenizer.special.eosId),
      },
      now,
    },
  );
}

/** The begin token, where the tokenizer itself puts one before a text: then the model was trained with it. */
async function beginToken(tokenizer: Tokenizer): Promise<string> {
  const { bosId } = tokenizer.special;
  const [first] = await tokenizer.encode("", { addSpecialTokens: true });
  return first === bosId ? tokenString(tokenizer, bosId) : "";
}

function tokenString(tokenizer: Tokenizer, id: number | undefined): string {
  return (id === undefined ? undefined : tokenizer.idToToken(id)) ?? "";
}

function additionalTemplates(folder: string): Record<string, string> {
  const inner = join(folder, "additional_chat_templates");
  let files: string[];
  try {
    files = readdirSync(inner);
  } catch {
    return {};
  }
  return Object.fromEntries(
    files
      .filter((name) => name.endsWith(".jinja"))
      .map((name) => [name.slice(0, -".jinja".length), readTextFile(inner, name) ?? ""]),
  );
}

function namedTemplates(value: unknown, path: string): Record<string, string> {
  if (typeof value === "string") return { default: value };
  const list: unknown[] = Array.isArray(value) ? value : [];
  const named = list.flatMap((item) =>
    isJsonObject(item) && typeof item.name === "string" && typeof item.template === "string"
      ? [[item.name, item.template] as const]
      : [],
  );
  if (named.length > 0 && named.length === list.length) return Object.fromEntries(named);
  throw new TunesmithError(
    "template-invalid",
    `chat_template in ${path} is neither a string nor a list of { name, template }`,
    "Download tokenizer_config.json again, or put the template beside it as chat_template.jinja.",
  );
}
