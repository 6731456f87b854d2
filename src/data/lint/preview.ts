/** One row as the model sees it: every token, which of them are learned, and in words what that means. */
import type { Place } from "../rules/rule.ts";
import { type TokenFigures, tokenFigures } from "./token-check.ts";
import type { TokenView } from "./token-view.ts";

export interface PreviewToken {
  id: number;
  /** Its part of the rendered text; all of them together are the text. "" where it shares its place with another. */
  text: string;
  /** How the tokenizer calls it. */
  name: string;
  trained: boolean;
  /** Behind what `maxLength` keeps. */
  cut: boolean;
  /** Where in the record it comes from; absent where the template wrote it. */
  from: Place | undefined;
  /** It is none of the text's: an end token that is appended, or a begin token that the tokenizer puts before. */
  added: boolean;
}

export interface Preview extends Pick<TokenFigures, "status" | "truncated"> {
  model: string;
  maxLength: number;
  /** None where the template refuses the row. */
  tokens: readonly PreviewToken[];
  /** Tokens that are learned, after the cut. */
  trained: number;
  /** What is learned, what is not, and why; one sentence each. */
  notes: readonly string[];
}

export function previewRow(view: TokenView): Preview {
  const { model, read } = view;
  const figures = tokenFigures(view);
  const shown = view.show();
  const isCut = read?.kind === "chat" ? (i: number) => i >= model.maxLength : () => false;
  let start = 0;
  const tokens = shown.map(({ id, text, trained }, i): PreviewToken => {
    const from = text === "" ? undefined : view.placeOf(start + blanksBefore(text), start + text.length);
    start += text.length;
    const added =
      (read!.isEndAppended && i === shown.length - 1) || (read!.kind === "text" && i === 0 && text === "");
    return { id, text, name: view.nameOf(id), trained: trained && !isCut(i), cut: isCut(i), from, added };
  });
  return {
    model: model.name,
    maxLength: model.maxLength,
    tokens,
    trained: figures.trainedTokens,
    truncated: figures.truncated,
    status: figures.status,
    notes: notesOn(view, figures),
  };
}

/** A token may begin in a blank of the template's and go on in what is said. */
function blanksBefore(text: string): number {
  const blanks = text.length - text.trimStart().length;
  return blanks === text.length ? 0 : blanks;
}

function notesOn(view: TokenView, figures: TokenFigures): string[] {
  const { read, refusal, model, examples } = view;
  if (!read) return [refusal!.message];
  const { tokens, trainedTokens, truncated, status, maskedMessages } = figures;
  const last = examples.at(-1)!;
  const isCut = truncated > 0;
  const context = tokens - truncated - trainedTokens;
  return [
    status === "ok" &&
      `${trainedTokens} of ${tokens} tokens are learned; ${context} ${context === 1 ? "is" : "are"} context only`,
    status === "answer-cut-away" && "nothing of the row is learned: its answers begin behind the cut",
    status === "nothing-trained" && "nothing of the row is learned: it has no token of an answer",
    isCut && `${truncated} tokens are cut away: the row has ${tokens}, maxLength is ${model.maxLength}`,
    examples.length > 1 &&
      `the text becomes ${examples.length} examples of at most ${model.maxLength} tokens`,
    status === "ok" &&
      last.endTrained &&
      `the end token is learned: ${view.nameOf(read.encoded.ids[read.end]!)}`,
    status === "ok" &&
      !last.endTrained &&
      `no end token is learned${isCut && read.end >= 0 ? ": it is cut away" : ""}`,
    read.isEndAppended && "the end token is appended, as the template writes none there",
    read.historyRewritten && "the template rewrites earlier answers: only the last is learned",
    !read.historyRewritten && maskedMessages > 0 && `${maskedMessages} answers are context only`,
    read.answers.length > 0 &&
      !read.promptIsPrefix &&
      "in use, the prompt has other tokens than the row begins with",
  ].filter((note) => note !== false);
}

/** As plain text: tokens parted by `│`, what is learned in ⟦ ⟧, line ends marked; the cut is a line of its own. */
export function previewText(preview: Preview): string {
  const { model, maxLength, tokens, notes } = preview;
  let text = `${model}, maxLength ${maxLength}\n${notes.map((note) => `- ${note}\n`).join("")}\n`;
  let isOpen = false;
  let isCut = false;
  let isStart = true;
  for (const token of tokens) {
    if (isOpen && !token.trained) text += "⟧";
    if (token.cut && !isCut) {
      text += `${isStart ? "" : "\n"}✂ maxLength ${maxLength}: what follows is cut away\n`;
      isCut = true;
      isStart = true;
    }
    if (!isOpen && token.trained) text += "⟦";
    else if (!isStart) text += "│";
    isOpen = token.trained;
    const said = token.text === "" ? (token.added ? token.name : "") : token.text.replaceAll("\n", "⏎\n");
    text += said;
    isStart = said.endsWith("\n");
  }
  if (isOpen) text += "⟧";
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** So much of what is learned, and of what comes before it, is shown in a hover. */
const shownInHover = 240;

/** For a hover on the row: the notes, and the beginning of what is read with the learned part bold. */
export function previewMarkdown(preview: Preview): string {
  const { tokens, notes, model, status } = preview;
  const about = `${escaped(model)}: ${notes.map(escaped).join(" · ")}`;
  if (status === "refused") return about;
  const parts: { text: string; trained: boolean }[] = [];
  for (const token of tokens) {
    if (token.cut) break;
    const said = token.text === "" && token.added ? token.name : token.text;
    const last = parts.at(-1);
    if (last?.trained === token.trained) last.text += said;
    else parts.push({ text: said, trained: token.trained });
  }
  const pieces = parts.map(({ text, trained }) => {
    const short = oneLine(shortened(text, Math.max(40, Math.floor(shownInHover / parts.length)))).trim();
    return short === "" ? "" : trained ? `**${escaped(short)}**` : escaped(short);
  });
  return `${about}\n\n${pieces.filter((piece) => piece !== "").join(" ")}`;
}

/** Its first and last characters, where it is long. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const head = text.slice(0, half).replace(/[\uD800-\uDBFF]$/, "");
  return `${head} … ${text.slice(-half).replace(/^[\uDC00-\uDFFF]/, "")}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ⏎ ");
}

/** Without a meaning in Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~$:]/g, "\\$&");
}
