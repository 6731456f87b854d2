/** Where an answer stops in the middle. Many good answers end without a full stop; what is told here cannot be meant. */
import { scanJson } from "../../json/scan.ts";
import { openFence, type Stretch } from "./code.ts";

export interface Truncation {
  what: "fence" | "json" | "sentence" | "promise";
  at: Stretch;
}

/** Words that no English sentence ends with. */
const lastWord = /(?<=\s)(?:the|and|or|my|your|their|our|because|than|whose|such as|in order to)$/;
const promise =
  /\b(?:(?:here (?:is|are)|here's|the following|as follows|below)\b[^.!?\n]{0,60}|\bfollowing [a-z ]{1,40}):$/i;
const leastLength = 80;
const leastLine = 40;

export function truncationOf(text: string): Truncation | undefined {
  const fence = openFence(text);
  if (fence) return { what: "fence", at: fence };
  const end = text.trimEnd().length;
  const first = text.trimStart()[0];
  if (first === "{" || first === "[") return jsonTruncation(text, end);
  const last = text[end - 1];
  if (last === ":") return colonTruncation(text, end);
  if (end < leastLength || last === undefined || !/[a-z,]/.test(last)) return undefined;
  return sentenceTruncation(text, end);
}

function jsonTruncation(text: string, end: number): Truncation | undefined {
  // `[1] See …`, `{name}` and `[Music]` are no JSON.
  if (!/^\s*(?:\{\s*"|\[\s*["{[])/.test(text) || /[}\]]/.test(text[end - 1]!)) return undefined;
  const fault = scanJson(text.slice(0, end));
  if (!fault) return undefined;
  const isAtEnd = fault.offset >= end || fault.message === "this string is not closed";
  return isAtEnd ? { what: "json", at: [Math.max(0, end - 1), end] } : undefined;
}

function lastLineOf(text: string, end: number): { start: number; line: string } {
  const start = text.lastIndexOf("\n", end - 1) + 1;
  return { start, line: text.slice(start, end) };
}

/** "Here is the code:", and nothing after it. */
function colonTruncation(text: string, end: number): Truncation | undefined {
  const from = Math.max(0, end - 120);
  const match = promise.exec(text.slice(from, end));
  return match ? { what: "promise", at: [end - 1, end] } : undefined;
}

function sentenceTruncation(text: string, end: number): Truncation | undefined {
  const { start, line } = lastLineOf(text, end);
  // A sentence before it shows that this text is made of sentences; a text of another language has other words.
  const isProse =
    /[a-z]{2}[.!?]["')]?\s+\S|[A-Z\d]{2}[.!?]["')]?\s+[A-Z][a-z]/.test(text.slice(0, end)) &&
    /\b(?:the|a|is|to|of) [a-z]/.test(text);
  if (!isProse || line.length < leastLine || /^\s*(?:[-*>|#]|\d+[.)])/.test(line)) return undefined;
  if (text[end - 1] === ",") {
    const isLetter = /[a-z]/.test(text[end - 2]!);
    const isVerse = text.slice(0, start).trimEnd().endsWith(",");
    return isLetter && !isVerse ? { what: "sentence", at: [end - 1, end] } : undefined;
  }
  const from = end - 20;
  const word = lastWord.exec(text.slice(from, end));
  return word ? { what: "sentence", at: [from + word.index, end] } : undefined;
}
