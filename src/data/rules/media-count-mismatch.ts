import { isJsonObject } from "../../json/object.ts";
import { countOf } from "../detect/conversation.ts";
import { field } from "../formats/format.ts";
import type { Parts } from "../parts.ts";
import type { Fix, Rule } from "./rule.ts";

const kinds = [
  { key: "images", token: "<image>", part: "image", thing: "image" },
  { key: "videos", token: "<video>", part: "video", thing: "video" },
  { key: "audios", token: "<audio>", part: "audio", thing: "sound" },
] as const;

type Kind = (typeof kinds)[number];

export const mediaCountMismatch: Rule = {
  id: "media-count-mismatch",
  level: "conversation",
  on: "record",
  severity: "warning",
  targets: { "llama-factory": "error", trl: "error", openai: "off", gemini: "off", mistral: "off" },
  summary: "There are more or fewer placeholders than media",
  rationale:
    "Each `<image>`, `<video>` and `<audio>` in the turns stands for the next of the media beside them. LLaMA-Factory stops where their numbers differ; TRL stops where the parts of type image do, and puts placeholders in itself where a text has none. Tunesmith learns text only.",
  source: "`mm_plugin.py` in LLaMA-Factory; `prepare_multimodal_messages` in TRL.",
  check({ parts, record }, { target }, report) {
    if (!record) return;
    for (const kind of kinds) {
      const value = record[kind.key];
      if (value === undefined || value === null) continue;
      const media = Array.isArray(value) ? value.length : 1;
      const parted = countParts(parts, kind);
      // TRL does not read placeholders out of texts.
      if (target === "trl" && parted === 0) continue;
      const placeholders = parted + (target === "trl" ? 0 : countTokens(parts, kind.token));
      if (placeholders === media || (placeholders === 0 && media === 0)) continue;
      report({
        at: [kind.key],
        on: "key",
        message: `${countOf(media, kind.thing)}, and ${countOf(placeholders, "placeholder")} for ${media === 1 ? "it" : "them"}`,
        fixes: () => added(parts, kind, media - placeholders),
      });
    }
  },
  bad: [
    {
      text: '{"messages": [{"role": "user", "content": "<image>What is it?"}, {"role": "assistant", "content": "A cat"}], «"images"»: ["a.png", "b.png"]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "<image><image>What is it?"}, {"role": "assistant", "content": "A cat"}], "images": ["a.png", "b.png"]}\n',
      target: "llama-factory",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "<video>And <video>?"}, {"from": "gpt", "value": "A cat"}], «"videos"»: ["a.mp4"]}\n',
      target: "llama-factory",
    },
    {
      text: '{"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "image"}, {"type": "text", "text": "What is it?"}]}, {"role": "assistant", "content": [{"type": "text", "text": "A cat"}]}], «"images"»: ["a.png"]}\n',
      target: "trl",
    },
  ],
  good: [
    {
      text: '{"chosen": [{"role": "user", "content": "<image>?"}, {"role": "assistant", "content": "A cat"}], "rejected": [{"role": "user", "content": "<image>?"}, {"role": "assistant", "content": "A dog"}], "images": ["a.png"]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "<image>What is it?"}, {"role": "assistant", "content": "A cat"}], "images": ["a.png"]}\n',
      target: "llama-factory",
    },
    {
      text: '{"messages": [{"role": "user", "content": "What does <image> mean in HTML?"}, {"role": "assistant", "content": "Nothing: it is <img>."}]}\n',
      note: "Without media, it is only text.",
    },
    {
      text: '{"prompt": [{"role": "user", "content": "What is it?"}], "completion": [{"role": "assistant", "content": "A cat"}], "images": ["a.png"]}\n',
      target: "trl",
      note: "TRL puts the placeholder in.",
    },
  ],
};

function countTokens({ texts, conversations }: Parts, token: string): number {
  // The worse answer comes with the same media as the better one.
  const rejected = conversations.find(({ kind }) => kind === "rejected");
  const key = (rejected?.list ?? rejected?.turns[0]?.at)?.[0];
  let count = 0;
  for (const { text, at } of texts) {
    if (key !== undefined && at[0] === key) continue;
    for (let from = text.indexOf(token); from >= 0; from = text.indexOf(token, from + token.length)) count++;
  }
  return count;
}

function countParts({ conversations }: Parts, { part }: Kind): number {
  let count = 0;
  for (const { kind, turns } of conversations) {
    if (kind === "rejected") continue;
    for (const { content } of turns) {
      if (!Array.isArray(content)) continue;
      for (const each of content as unknown[]) {
        const type = isJsonObject(each) ? field(each, "type") : undefined;
        if (type === part || type === `${part}_url`) count++;
      }
    }
  }
  return count;
}

/** The media that nothing stands for come first. */
function added({ conversations }: Parts, { token }: Kind, missing: number): readonly Fix[] {
  const first = conversations.flatMap(({ turns }) => turns).find(({ side }) => side === "user");
  if (missing <= 0 || typeof first?.content !== "string") return [];
  return [
    {
      title: `Add ${countOf(missing, "placeholder")} to the first question`,
      edits: [{ kind: "text", at: first.contentAt, span: [0, 0], text: token.repeat(missing) }],
    },
  ];
}
