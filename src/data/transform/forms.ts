/** What a dataset can be converted into: a format, in one of its spellings. */
import { isJsonObject, type JsonObject } from "../../json/object.ts";
import { type DataRecord, type Format, field } from "../formats/format.ts";
import { formats } from "../formats/index.ts";

export interface Form {
  name: string;
  format: Format;
  /** Spells names and roles. */
  like: DataRecord;
  /** What is read as the format, but spelled another way, is not of this form. */
  accepts(record: DataRecord): boolean;
  /** Spells a record of the format as the form has it. */
  spell(record: DataRecord): DataRecord;
  /** Keys beside those of the format are refused by whom it is for. */
  isStrict?: boolean;
  /** It is made of lists, which a table cannot hold. */
  isNested?: boolean;
  /** Nothing else can be converted into it. */
  isOwn?: boolean;
  summary: string;
}

const anything = { accepts: () => true, spell: (record: DataRecord) => record };

function form(
  name: string,
  summary: string,
  like: DataRecord,
  more: Partial<Form> & { of?: string } = {},
): Form {
  const format = formats.find((each) => each.name === (more.of ?? name))!;
  return { ...anything, name, format, summary, like, ...more };
}

const isListed = (record: DataRecord) =>
  Array.isArray(field(record, "prompt")) && Array.isArray(field(record, "completion"));
const isPlain = (record: DataRecord) =>
  !Array.isArray(field(record, "prompt")) && !Array.isArray(field(record, "completion"));

export const forms: readonly Form[] = [
  form(
    "chat",
    "{ messages }, as TRL and Hugging Face templates take them",
    { messages: [] },
    { isNested: true },
  ),
  form(
    "openai",
    "{ messages } as OpenAI's fine-tuning has them: arguments of calls as JSON text, no other keys",
    { messages: [] },
    {
      of: "chat",
      accepts: isOpenAi,
      spell: asOpenAi,
      isStrict: true,
      isNested: true,
    },
  ),
  form(
    "mistral",
    "{ interactions: [{ role, text }], system_prompt, available_tools }, as mistral-finetune takes them",
    { interactions: [] },
    { isNested: true },
  ),
  form("sharegpt", "{ conversations: [{ from, value }] }", { conversations: [] }, { isNested: true }),
  form(
    "gemini",
    "{ contents: [{ role, parts }] }, as Vertex AI has it",
    { contents: [] },
    { isNested: true },
  ),
  form("prompt-completion", "{ prompt, completion } as texts", {}, { accepts: isPlain }),
  form(
    "prompt-completion-messages",
    "{ prompt, completion } as lists of messages",
    { prompt: [] },
    {
      of: "prompt-completion",
      accepts: isListed,
      isNested: true,
    },
  ),
  form("alpaca", "{ instruction, input, output, system, history }", { input: "" }),
  form("pairs", "{ question, answer }", { question: "", answer: "" }),
  form("two-column", "{ text, label }", { text: "", label: "" }),
  form("text", "{ text }, learned whole", {}),
  form("preference", "{ prompt, chosen, rejected } as lists of messages", {}, { isNested: true }),
  form("openai-preference", "{ input, preferred_output, non_preferred_output }", {}, { isNested: true }),
  form("kto", "{ prompt, completion, label }", {}, { isOwn: true }),
  form("slots", "places in a text", {}, { isOwn: true, isNested: true }),
];

/** Beside `messages`; other keys are refused by OpenAI's check. */
export const openAiKeys: ReadonlySet<string> = new Set([
  "messages",
  "tools",
  "parallel_tool_calls",
  "functions",
]);
/** Of a message. */
export const openAiMessageKeys: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "weight",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "refusal",
]);

function isOpenAi(record: DataRecord): boolean {
  const messages = field(record, "messages");
  const known = (value: unknown, keys: ReadonlySet<string>) =>
    isJsonObject(value) && Object.keys(value).every((key) => keys.has(key));
  return (
    known(record, openAiKeys) &&
    Array.isArray(messages) &&
    messages.every((message) => known(message, openAiMessageKeys)) &&
    JSON.stringify(asOpenAi(record)) === JSON.stringify(record)
  );
}

function asOpenAi(record: DataRecord): DataRecord {
  const messages = field(record, "messages");
  if (!Array.isArray(messages)) return record;
  return {
    ...record,
    messages: messages.map((message: unknown) => {
      const calls = isJsonObject(message) ? field(message, "tool_calls") : undefined;
      return Array.isArray(calls)
        ? { ...(message as JsonObject), tool_calls: calls.map(withTextArguments) }
        : message;
    }),
  };
}

function withTextArguments(call: unknown): unknown {
  if (!isJsonObject(call)) return call;
  const called = field(call, "function");
  const inner = isJsonObject(called) ? called : call;
  const given = field(inner, "arguments");
  const spelled = { ...inner, arguments: typeof given === "string" ? given : JSON.stringify(given ?? {}) };
  return inner === call ? { type: "function", function: spelled } : { ...call, function: spelled };
}
