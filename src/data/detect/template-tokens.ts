/**
 * What chat templates write around messages, found inside them: ChatML, Llama 2 and 3, Mistral, Gemma, Phi, DeepSeek,
 * and the headings of Alpaca and Vicuna prompts. What stands in backticks is somebody's explanation and is left alone.
 */
import type { Side } from "../parts.ts";
import { codeStretches, isInside, type Stretch } from "./code.ts";

export interface TemplateToken {
  start: number;
  end: number;
  /** Tokenizers take it for a control token, not for text. */
  isControl: boolean;
}

/** Tokens that stand for media, code's holes and files: data has them on purpose. */
const onPurpose =
  /^<\|(?:image|audio|video|vision|object_ref|box|quad|point|fim|file|repo|commit|jupyter|issue|notebook|think|mask|pad|unk|sep|cls)/;

const control = [
  "<\\|im_start\\|>(?:system|user|assistant|tool|developer)?",
  "<\\|start_header_id\\|>(?:[a-z]{1,12}(?:<\\|end_header_id\\|>)?)?",
  "<\\|[a-z][a-z0-9_]{1,30}\\|>",
  // DeepSeek writes full-width bars and blocks.
  "<｜[^<>｜\\n]{1,30}｜>",
  "<start_of_turn>(?:user|model|system)?",
  "<end_of_turn>",
  "</?s>",
  "<bos>",
  "<eos>",
  "(?<!\\w)\\[INST\\]",
  "\\[/INST\\]",
  "\\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\\]",
];
const spelled = ["<</?SYS>>", "^###[ \\t]?(?:Instruction|Response|Human|Assistant|User|System)[ \\t]?:"];
const pattern = new RegExp(`(${control.join("|")})|${spelled.join("|")}`, "gm");

/** In order. `side` decides about headings, which answers have for other reasons, too. */
export function templateTokensIn(text: string, side: Side): TemplateToken[] {
  if (!/<[|｜<s/be]|\[\/?[A-Z]|###/.test(text)) return [];
  const found: TemplateToken[] = [];
  let around: Surroundings | undefined;
  for (const match of text.matchAll(pattern)) {
    const [token] = match;
    const start = match.index;
    const end = start + token.length;
    if (onPurpose.test(token)) continue;
    around ??= surroundings(text, side);
    if (/^<(?:\/?s|bos|eos)>$/.test(token) && !isAtEdge(text, token, start, end, around)) continue;
    if (token.startsWith("###") && !isHeadingOfPrompt(start, end, around)) continue;
    if (isInside(around.code, start)) continue;
    found.push({ start, end, isControl: match[1] !== undefined });
  }
  return found;
}

/** What is asked of a text for all of its tokens. */
interface Surroundings {
  code: readonly Stretch[];
  isPrompt: boolean;
  /** Where anything but blanks begins and ends. */
  first: number;
  last: number;
  /** `<s>` strikes words out. */
  isStruckOut: boolean;
  /** A heading that only a prompt has. */
  isPromptText: boolean;
}

function surroundings(text: string, side: Side): Surroundings {
  return {
    code: codeStretches(text),
    isPrompt: side === "user" || side === "system",
    first: text.length - text.trimStart().length,
    last: text.trimEnd().length,
    isStruckOut: hasStruckOut(text),
    isPromptText: /^###[ \t]?(?:Instruction|Human|User)[ \t]?:/m.test(text),
  };
}

/** In HTML `<s>old</s> new`: around it there is text that is no other turn. */
function hasStruckOut(text: string): boolean {
  const open = text.indexOf("<s>");
  const close = open < 0 ? -1 : text.indexOf("</s>", open);
  if (close < 0) return false;
  const before = text.slice(0, open).trim();
  const behind = text.slice(close + 4).trim();
  const isTurn = /^(?:<s>|\[INST\])/.test(behind);
  return (before !== "" && !before.endsWith("</s>")) || (behind !== "" && !isTurn);
}

/** As tokens `<s>` and `<bos>` begin a text, and the others end one. */
function isAtEdge(text: string, token: string, start: number, end: number, around: Surroundings): boolean {
  if (token.endsWith("s>") && token.length < 5 && around.isStruckOut) return false;
  if (token === "<s>" || token === "<bos>") {
    return (
      start === around.first || /(?:<\/s>|<eos>)\s{0,9}$/.test(text.slice(Math.max(0, start - 14), start))
    );
  }
  return end === around.last || /^\s{0,9}(?:<s>|<bos>|\[INST\])/.test(text.slice(end, end + 20));
}

/** Documentation has a heading "Response:", too: it must stand where a template puts it. */
function isHeadingOfPrompt(start: number, end: number, around: Surroundings): boolean {
  if (around.isPromptText) return true;
  return around.isPrompt ? end === around.last : start === around.first;
}

/** What to take out: the tokens, with the blanks at the text's ends and the lines that they had for themselves. */
export function spansToStrip(text: string, tokens: readonly TemplateToken[]): [start: number, end: number][] {
  const spans = tokens.map(({ start, end }): [number, number] => {
    const hasLine = text[end] === "\n" && (start === 0 || text[start - 1] === "\n");
    return [start, hasLine ? end + 1 : end];
  });
  let first = blanksFrom(text, 0);
  for (const span of spans) {
    if (span[0] > first) break;
    first = blanksFrom(text, span[1]);
    span[0] = 0;
    span[1] = first;
  }
  let last = blanksBefore(text, text.length);
  for (const span of spans.toReversed()) {
    if (span[1] < last) break;
    last = blanksBefore(text, span[0]);
    span[0] = last;
    span[1] = text.length;
  }
  return merged(spans);
}

function blanksFrom(text: string, at: number): number {
  return text.length - text.slice(at).trimStart().length;
}

function blanksBefore(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length;
}

function merged(spans: readonly [start: number, end: number][]): [start: number, end: number][] {
  const whole: [number, number][] = [];
  for (const [start, end] of spans) {
    const before = whole.at(-1);
    if (before && start <= before[1]) before[1] = Math.max(before[1], end);
    else whole.push([start, end]);
  }
  return whole;
}
