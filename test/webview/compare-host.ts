/**
 * The extension host of a compare panel, for tests: serves a comparison that is made up, remembers what it was asked, and
 * can let answers come in while the panel is open.
 */
import type {
  CompareAction,
  CompareHead,
  compareHost,
  comparePanel,
  ListedRow,
  RowNote,
} from "../../src/contracts/compare.ts";
import type { Comparison, ComparisonRecord } from "../../src/evaluate/comparison.ts";
import { taskTypes } from "../../src/evaluate/metrics/list.ts";
import { summarise } from "../../src/evaluate/summarise.ts";
import type { Channel, Handlers } from "../../src/protocol/channel.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";

export type HostChannel = Channel<typeof compareHost, typeof comparePanel>;

export class FakeHost {
  readonly record: ComparisonRecord;
  /** What came, in order. */
  readonly asked: { name: string; params: unknown }[] = [];
  readonly notes = new Map<number, RowNote>();
  channel: HostChannel | undefined;
  /** Rows answered so far; all unless told otherwise. */
  answered: number;
  problem: CompareHead["job"]["problem"] = null;
  /** Milliseconds between two pieces of a chat's answer. */
  chatPace = 20;
  #judged: { answered: number; comparison: Comparison } | undefined;

  constructor(record: ComparisonRecord, answered = record.rows.length) {
    this.record = record;
    this.answered = answered;
  }

  get comparison(): Comparison {
    if (this.#judged?.answered !== this.answered) {
      const rows = this.record.rows.slice(0, this.answered);
      const comparison = summarise(
        { ...this.record, rows, rowsPlanned: this.record.rows.length },
        { resamples: 200 },
      );
      this.#judged = { answered: this.answered, comparison };
    }
    return this.#judged.comparison;
  }

  head(): CompareHead {
    const { answered, record, problem } = this;
    const total = record.rows.length;
    const isRunning = answered < total && !problem;
    const { rows, shots, scores, ...comparison } = answered > 0 ? this.comparison : ({} as Comparison);
    return {
      job: {
        run: "/home/me/project/.tunesmith/demo/comparisons/1",
        name: "demo/comparisons/1",
        kind: "compare",
        state: problem ? "failed" : isRunning ? "running" : "done",
        asked: null,
        model: record.integrity.base.name,
        method: "LoRA",
        created: Date.UTC(2026, 10, 24),
        step: 0,
        totalSteps: null,
        loss: null,
        bestValidationLoss: null,
        secondsLeft: isRunning ? 95 : null,
        phase: isRunning ? "asking" : null,
        problem,
      },
      tuningRun: { run: "/home/me/project/.tunesmith/demo", name: "demo", there: true },
      progress: isRunning ? { done: answered, total, phase: "asking" } : null,
      rowsAnswered: answered,
      rowsPlanned: total,
      comparison: answered > 0 ? comparison : null,
      tasks: taskTypes.map(({ id, title }) => ({
        id,
        title,
        description: `Scores answers as ${title.toLowerCase()}.`,
      })),
      task: record.task.id,
      humanVerdict: this.notes.size > 0 ? `People preferred fine-tuned in ${this.notes.size} rows.` : null,
    };
  }

  row(index: number): ListedRow {
    const row = this.record.rows[index]!;
    const { scores, summaries, ways } = this.comparison;
    const byWay = scores[summaries[0]!.metrics[0]!.id];
    const of = <T>(value: (way: string) => T) => Object.fromEntries(ways.map(({ id }) => [id, value(id)]));
    return {
      index,
      id: row.id,
      question: row.messages.at(-1)!.content,
      reference: row.reference,
      outputs: of((way) => row.answers[way]!.text),
      scores: of((way) => byWay?.[way]?.[index] ?? null),
      note: this.notes.get(index) ?? null,
    };
  }

  /** More answers have come. */
  answer(count: number): void {
    const from = this.answered;
    this.answered = Math.min(this.record.rows.length, from + count);
    this.channel?.emit("head", this.head());
    this.channel?.emit("rows", this.#rows(from, this.answered));
  }

  #rows(from: number, end: number): ListedRow[] {
    return Array.from({ length: Math.max(0, end - from) }, (_, i) => this.row(from + i));
  }

  readonly handlers: Handlers<typeof compareHost> = {
    open: () => this.#took("open", {}, { head: this.head(), rows: this.answered }),
    rows: (params) =>
      this.#took("rows", params, {
        rows: this.#rows(params.from, Math.min(this.answered, params.from + params.count)),
      }),
    row: (params) => this.#took("row", params, this.#whole(params.index)),
    score: (params) => this.#took("score", params, {}),
    note: (params) => {
      this.notes.set(params.index, params.note);
      return this.#took("note", params, {});
    },
    addToDataset: (params) => this.#took("addToDataset", params, { added: true }),
    export: (params) => this.#took("export", params, { path: `/home/me/comparison.${params.format}` }),
    act: (params: { action: CompareAction }) => this.#took("act", params, {}),
    chat: async (params, { signal, progress }) => {
      this.#took("chat", params, undefined);
      const said = params.messages.at(-1)!.content;
      if (said === "fail") {
        throw new TunesmithError(
          "out-of-memory",
          "there is no memory left for the model",
          "Close something.",
        );
      }
      let text = "";
      for (const word of `${params.side} heard: ${said} <img src=x onerror=alert(1)> and goes on`.split(
        /(?<= )/,
      )) {
        await new Promise((resolve) => setTimeout(resolve, this.chatPace));
        if (signal.aborted) throw new TunesmithError("cancelled", "cancelled");
        text += word;
        progress({ text: word });
      }
      return { text, ended: true, promptTokens: 12, outputTokens: 9, seconds: 0.4 };
    },
  };

  #took<T>(name: string, params: unknown, result: T): T {
    this.asked.push({ name, params });
    return result;
  }

  #whole(index: number) {
    const { messages, answers } = this.record.rows[index]!;
    return {
      index,
      messages,
      answers: this.record.ways.map(({ id }) => {
        const { ended, promptTokens, outputTokens, seconds, prompt, shots, shotsDropped, samples } =
          answers[id]!;
        const shown = shots.map((shot) => {
          const { messages, answer } = this.record.shots.find((each) => each.id === shot)!;
          return { id: shot, question: messages.at(-1)!.content, answer };
        });
        const figures = { ended, promptTokens, outputTokens, seconds, prompt, shotsDropped };
        return { way: id, ...figures, shots: shown, samples: samples ?? [] };
      }),
    };
  }
}
