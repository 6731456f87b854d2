/** Checks rows as the chosen model is trained on them, and says what a run would do with them. */
import type { ChatModel } from "../../text/chat-model.ts";
import type { Row } from "../../text/conversation.ts";
import { type RowTokens, readRows, renderRows, tokenizeRows } from "../../text/row-tokens.ts";
import type { TemplateRefusal } from "../../text/template.ts";
import type { Fix, RecordView } from "../rules/rule.ts";
import { withoutBoundaryBlanks } from "./boundary-blanks.ts";
import { fixesFor, type Problem, problemIn, type RuleSet } from "./problem.ts";
import { ReadTokenView, type TokenModel, type TokenView } from "./token-view.ts";

/** A record from which something can be learned. */
export interface TokenRow {
  id: number;
  view: RecordView;
  row: Row;
}

/** What a run makes of a row: figures that are small enough to keep. */
export interface TokenFigures {
  /** Of the whole row, uncut; 0 where the template refuses. */
  tokens: number;
  /** Before the last answer. */
  promptTokens: number;
  /** From there on. */
  answerTokens: number;
  /** Those that carry loss, after the cut. */
  trainedTokens: number;
  /** Tokens that `maxLength` cuts away. */
  truncated: number;
  /** Anything but "ok" leaves the row out of training; a refusal stops the run. */
  status: "ok" | "answer-cut-away" | "nothing-trained" | "refused";
  /** Answers that are context only. */
  maskedMessages: number;
}

export interface CheckedRow {
  id: number;
  problems: Problem[];
  figures: TokenFigures;
}

export class TokenLinter {
  readonly chat: ChatModel;
  readonly model: TokenModel;

  constructor(chat: ChatModel, model: TokenModel) {
    this.chat = chat;
    this.model = model;
  }

  /** The views of few rows, all at once. */
  async views(rows: readonly TokenRow[]): Promise<TokenView[]> {
    const views: TokenView[] = [];
    for await (const batch of this.#read(rows)) views.push(...batch.map(({ view }) => view));
    return views;
  }

  /**
   * Checks rows batch by batch, in order; they are taken from `rows` as they are needed.
   *
   * @param size rows of a batch: few where others wait for their turn in between
   */
  async *check(
    rows: Iterable<TokenRow>,
    rules: RuleSet["tokens"],
    size?: number,
  ): AsyncGenerator<CheckedRow[]> {
    for await (const batch of this.#read(rows, size)) {
      yield batch.map(({ id, view }) => ({
        id,
        problems: checkTokens(view, rules, id),
        figures: tokenFigures(view),
      }));
    }
  }

  /** What can be done about a problem that `check` found, the best first. */
  async fixesOf(row: TokenRow, problem: Problem, rules: RuleSet["tokens"]): Promise<readonly Fix[]> {
    const [view] = problem.fixable ? await this.views([row]) : [];
    return view ? fixesFor(view, problem, rules) : [];
  }

  async *#read(rows: Iterable<TokenRow>, size?: number): AsyncGenerator<{ id: number; view: TokenView }[]> {
    const { chat, model } = this;
    const loss = model.loss ?? "completions";
    for await (const batch of readRows(rows, ({ row }) => row, chat, loss, size)) {
      const trimmed = await this.#readTrimmed(batch.map(({ item }) => item.row));
      yield batch.map(({ item: { id, view, row }, read }) => ({
        id,
        view: new ReadTokenView(view, row, { read, trimmed: trimmed.get(row) }, chat, model),
      }));
    }
  }

  /** Few rows have blanks where an answer begins; whether those matter is seen without them. */
  async #readTrimmed(rows: readonly Row[]): Promise<Map<Row, RowTokens | TemplateRefusal>> {
    const { chat, model } = this;
    const pairs = rows.flatMap((row) => {
      const trimmed = withoutBoundaryBlanks(row);
      return trimmed ? [{ row, trimmed }] : [];
    });
    if (pairs.length === 0) return new Map();
    const drafts = renderRows(
      pairs.map(({ trimmed }) => trimmed),
      chat,
    );
    const read = await tokenizeRows(drafts, chat.tokenizer, model.loss ?? "completions");
    return new Map(pairs.map(({ row }, i) => [row, read[i]!]));
  }
}

/** All that the rules find in one row. */
export function checkTokens(view: TokenView, rules: RuleSet["tokens"], id: number): Problem[] {
  const problems: Problem[] = [];
  for (const active of rules) {
    active.rule.check(view, active.context, (found) => problems.push(problemIn(id, active, found)));
  }
  return problems;
}

export function tokenFigures({ row, read, examples, tokens }: TokenView): TokenFigures {
  if (!read) {
    const none = { tokens: 0, promptTokens: 0, answerTokens: 0, trainedTokens: 0, truncated: 0 };
    return { ...none, status: "refused", maskedMessages: 0 };
  }
  let trainedTokens = 0;
  for (const { trained } of examples) for (let i = 0; i < trained.length; i++) trainedTokens += trained[i]!;
  const answers = row.kind === "chat" ? row.messages.filter(({ role }) => role === "assistant").length : 0;
  const learned = read.answers.filter((answer) => answer.learned).length;
  return {
    tokens,
    promptTokens: read.promptTokens,
    answerTokens: tokens - read.promptTokens,
    trainedTokens,
    truncated: examples.reduce((sum, example) => sum + example.truncated, 0),
    status: examples.find(({ status }) => status === "ok")?.status ?? examples[0]!.status,
    maskedMessages: Math.max(0, answers - learned),
  };
}

/** Rows that a run leaves out for one reason. */
export interface Dropped {
  count: number;
  /** First lines of the first of them, from 1. */
  lines: number[];
}

/** What a run would drop, truncate and mask. */
export interface TokenSummary {
  rows: number;
  tokens: number;
  trainedTokens: number;
  truncatedRows: number;
  truncatedTokens: number;
  dropped: Record<Exclude<TokenFigures["status"], "ok">, Dropped>;
  maskedMessages: number;
  longest: { tokens: number; line: number } | undefined;
}

/** So many lines are named. */
const namedLines = 10;

/** @param rows in the order of the file; `line` is a row's first, from 1 */
export function summariseTokens(rows: Iterable<{ line: number; figures: TokenFigures }>): TokenSummary {
  const none = (): Dropped => ({ count: 0, lines: [] });
  const summary: TokenSummary = {
    rows: 0,
    tokens: 0,
    trainedTokens: 0,
    truncatedRows: 0,
    truncatedTokens: 0,
    dropped: { "answer-cut-away": none(), "nothing-trained": none(), refused: none() },
    maskedMessages: 0,
    longest: undefined,
  };
  for (const { line, figures } of rows) {
    const { tokens, status, truncated } = figures;
    summary.rows++;
    summary.tokens += tokens;
    summary.trainedTokens += figures.trainedTokens;
    summary.truncatedRows += truncated > 0 ? 1 : 0;
    summary.truncatedTokens += truncated;
    summary.maskedMessages += figures.maskedMessages;
    if (tokens > (summary.longest?.tokens ?? 0)) summary.longest = { tokens, line };
    if (status === "ok") continue;
    const dropped = summary.dropped[status];
    dropped.count++;
    if (dropped.lines.length < namedLines) dropped.lines.push(line);
  }
  return summary;
}
