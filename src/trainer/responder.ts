/** Asks a model questions in its own chat format: answers in batches, and how surprised it is by a given answer. */
import { Generator } from "../engine/generate/generator.ts";
import type { SamplingSettings } from "../engine/generate/sampling.ts";
import type { TunedModel } from "../engine/model/tuned-model.ts";
import { Scorer } from "../engine/train/scorer.ts";
import type { ReferenceLoss } from "../evaluate/comparison.ts";
import type { ChatMessage } from "../evaluate/prompting.ts";
import type { ChatModel } from "../text/chat-model.ts";
import { prepareRows } from "../text/training-tokens.ts";

/** A conversation made ready to send. */
export interface SentPrompt {
  messages: readonly ChatMessage[];
  /** Chat template applied. */
  text: string;
  ids: number[];
}

export interface Reply {
  text: string;
  /** The model ended the answer itself. */
  ended: boolean;
  outputTokens: number;
  /** Its share of the batch's time. */
  seconds: number;
}

export interface AskingSettings extends Partial<SamplingSettings> {
  maxTokens: number;
  seed?: number;
  /** Texts that end an answer; they are not part of it. */
  stop?: readonly string[];
  signal?: AbortSignal;
}

export class Responder {
  readonly #chat: ChatModel;
  readonly #generator: Generator;
  readonly #scorer: Scorer;
  readonly #context: number;
  readonly #endTokens: ReadonlySet<number>;

  constructor(chat: ChatModel, model: TunedModel, { threads = 0, batchSize = 8 } = {}) {
    this.#chat = chat;
    this.#generator = new Generator(model, { threads });
    this.#scorer = new Scorer(model, { threads, batchSize });
    this.#context = model.config.maxPositions;
    this.#endTokens = new Set(chat.stopIds);
  }

  /** The most tokens a prompt and its answer may have together. */
  get context(): number {
    return this.#context;
  }

  async prompt(messages: readonly ChatMessage[]): Promise<SentPrompt> {
    const text = this.#chat.template.render(
      messages.map((message) => ({ ...message })),
      { addGenerationPrompt: true },
    );
    return { messages, text, ids: await this.#chat.tokenizer.encode(text) };
  }

  /** Answers all prompts in one batch. */
  async answer(prompts: readonly SentPrompt[], settings: AskingSettings): Promise<Reply[]> {
    const { stop = [], ...asked } = settings;
    const began = performance.now();
    const ids = prompts.map((prompt) => prompt.ids);
    const generated = await this.#generator.generate(ids, { ...asked, endTokens: this.#endTokens });
    const seconds = (performance.now() - began) / 1000 / prompts.length;
    return Promise.all(
      generated.map(async ({ tokens, end }) => {
        const whole = await this.#chat.tokenizer.decode(tokens, { skipSpecialTokens: true });
        const { text, stopped } = cutAtStop(whole, stop);
        return { text, ended: end === "end-token" || stopped, outputTokens: tokens.length, seconds };
      }),
    );
  }

  /** One answer, its text handed out as it comes; the next token waits for `onText`. */
  async stream(
    prompt: SentPrompt,
    settings: AskingSettings,
    onText: (text: string) => void | Promise<void>,
  ): Promise<Reply> {
    const { stop = [], ...asked } = settings;
    const decoder = this.#chat.tokenizer.stream({ skipSpecialTokens: true });
    const began = performance.now();
    let text = "";
    let stopped = false;
    const [generated] = await this.#generator.generate([prompt.ids], {
      ...asked,
      endTokens: this.#endTokens,
      onToken: async (_, token) => {
        const fresh = await decoder.push(token);
        const cut = cutAtStop(text + fresh, stop);
        await onText(cut.text.slice(text.length));
        text = cut.text;
        stopped = cut.stopped;
        return stopped;
      },
    });
    if (!stopped) {
      const rest = await decoder.end();
      await onText(rest);
      text += rest;
    }
    const ended = stopped || generated!.end === "end-token";
    return {
      text,
      ended,
      outputTokens: generated!.tokens.length,
      seconds: (performance.now() - began) / 1000,
    };
  }

  /**
   * The loss of given answers after their prompts, the end token included.
   * @returns null where prompt and answer do not fit into the context
   */
  async referenceLosses(
    asked: readonly { messages: readonly ChatMessage[]; reference: string }[],
  ): Promise<(ReferenceLoss | null)[]> {
    const rows = asked.map(({ messages, reference }) => ({
      kind: "chat" as const,
      // Earlier answers (shots) are part of the prompt.
      messages: [
        ...messages.map((message) => ({ ...message, ...(message.role === "assistant" && { weight: 0 }) })),
        { role: "assistant", content: reference },
      ],
    }));
    const { tokenizer, template } = this.#chat;
    const prepared = await prepareRows(rows, tokenizer, template, {
      maxLength: this.#context,
      loss: "completions",
    });
    const scores = await this.#scorer.score(prepared);
    return prepared.map(({ truncated, status }, row) => {
      if (truncated > 0 || status !== "ok") return null;
      const { loss, tokens } = scores[row]!;
      return { nats: loss, tokens, bytes: Buffer.byteLength(asked[row]!.reference) };
    });
  }

  async release(): Promise<void> {
    await this.#generator.release();
    await this.#scorer.release();
  }
}

function cutAtStop(text: string, stops: readonly string[]): { text: string; stopped: boolean } {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length > 0
    ? { text: text.slice(0, Math.min(...places)), stopped: true }
    : { text, stopped: false };
}
