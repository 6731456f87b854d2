/**
 * Small broken files, one defect each, and sound ones: what validators of training data are compared on. The texts and
 * the faults were written for this table, from what people report of trainers; no rule's example is among them.
 */
import { content, tokens } from "./corpus/content.ts";
import { conversation } from "./corpus/conversation.ts";
import type { BrokenFile } from "./corpus/files.ts";
import { schema } from "./corpus/schema.ts";
import { set } from "./corpus/set.ts";
import { syntax } from "./corpus/syntax.ts";

export { sound } from "./corpus/sound.ts";

const levels = ["syntax", "schema", "conversation", "content", "tokens", "set"] as const;
const all = [...syntax, ...schema, ...conversation, ...content, ...tokens, ...set];

export const broken: readonly BrokenFile[] = levels.flatMap((level) =>
  all.filter((file) => file.level === level),
);
