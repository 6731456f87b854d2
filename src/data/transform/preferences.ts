/** Preference data in its two forms: TRL's lists of messages, and OpenAI's. */
import type { JsonObject } from "../../json/object.ts";
import type { DataRecord, Format } from "../formats/format.ts";
import { openaiPreference } from "../formats/openai-preference.ts";
import { preference } from "../formats/preference.ts";
import type { Conversation, Turn } from "../parts.ts";

interface Said extends JsonObject {
  role: string;
  content: string;
}

/** @returns undefined where the record cannot be read so; with what is lost, in words */
export function convertedPreference(
  record: DataRecord,
  from: Format,
  to: Format,
): { record: DataRecord; losses: string[] } | undefined {
  const { conversations, tools } = from.parts(record);
  const of = (kind: Conversation["kind"]) =>
    conversations.filter((each) => each.kind === kind).flatMap(({ turns }) => turns);
  const [prompt, chosen, rejected] = [of("prompt"), of("chosen"), of("rejected")].map((turns) =>
    turns.map(said),
  );
  const all = [...prompt!, ...chosen!, ...rejected!];
  if (all.includes(undefined)) return undefined;
  const [asked, better, worse] = [prompt, chosen, rejected].map((turns) => turns as Said[]);
  // Both conversations may hold what was asked.
  const shared = asked!.length > 0 ? 0 : sharedTurns(better!, worse!);
  const before = [...asked!, ...better!.slice(0, shared)];
  const [good, bad] = [better!.slice(shared), worse!.slice(shared)];
  if (before.length === 0 || good.length === 0 || bad.length === 0) return undefined;
  const declared = tools === undefined ? {} : { tools: tools.value };
  const losses = new Set<string>();
  for (const { message } of [...of("prompt"), ...of("chosen"), ...of("rejected")]) {
    for (const key of Object.keys(message ?? {})) {
      if (!["role", "content", "from", "value"].includes(key)) losses.add(`the key "${key}" of messages`);
    }
  }
  if (to === preference) {
    return { record: { prompt: before, chosen: good, rejected: bad, ...declared }, losses: [...losses] };
  }
  // OpenAI takes one message as an answer.
  if (to !== openaiPreference || good.length > 1 || bad.length > 1) return undefined;
  return {
    record: {
      input: { messages: before, ...declared },
      preferred_output: good,
      non_preferred_output: bad,
    },
    losses: [...losses],
  };
}

function said({ side, content }: Turn): Said | undefined {
  return side !== undefined && side !== "text" && typeof content === "string"
    ? { role: side, content }
    : undefined;
}

function sharedTurns(a: readonly Said[], b: readonly Said[]): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) - 1 && JSON.stringify(a[count]) === JSON.stringify(b[count]))
    count++;
  return count;
}
