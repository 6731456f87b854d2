/**
 * Text generation in batches, with a key/value cache. Prompts of different lengths are padded on the left and masked, so
 * that all rows write to the same place of the cache; each row keeps its own positions.
 */
import type { DecoderConfig } from "../../architectures/config.ts";
import { TunesmithError } from "../../protocol/errors.ts";
import { Random } from "../../random/random.ts";
import { masked } from "../model/attention.ts";
import { type TunedModel, trainedFeeds } from "../model/tuned-model.ts";
import { type Data, Session } from "../runtime/session.ts";
import { KeyValueCache } from "./cache.ts";
import { chooseToken, greedy, type SamplingSettings } from "./sampling.ts";
import { maskInput, type StepShape, stepGraph } from "./step-graph.ts";

export interface GenerationSettings extends SamplingSettings {
  maxTokens: number;
  /** Tokens that end an answer; they are not part of it. */
  endTokens: ReadonlySet<number>;
  seed: number;
  /** Called with each row's new token; true ends that row (stop strings are found in text, by the caller). */
  onToken?: (row: number, token: number) => boolean | Promise<boolean>;
  signal?: AbortSignal;
}

export interface Generated {
  tokens: number[];
  /** How it came to an end. */
  end: "end-token" | "stopped" | "max-tokens" | "context-full";
}

/** The longest part of a prompt computed at once. */
const largestPart = 512;
const cacheGrain = 128;
const promptGrain = 32;
const maxSessions = 6;

export class Generator {
  readonly #model: TunedModel;
  readonly #threads: number;
  readonly #sessions = new Map<string, Session>();
  readonly #trained: Record<string, Data>;

  constructor(model: TunedModel, { threads = 0 }: { threads?: number } = {}) {
    this.#model = model;
    this.#threads = threads;
    this.#trained = trainedFeeds(model.arrays);
  }

  /**
   * Continues every prompt.
   * @param prompts token ids; none may be empty
   */
  async generate(
    prompts: readonly (readonly number[])[],
    settings: Partial<GenerationSettings> & Pick<GenerationSettings, "maxTokens" | "endTokens">,
  ): Promise<Generated[]> {
    const full: GenerationSettings = { ...greedy, seed: 0, ...settings };
    const { maxPositions } = this.#model.config;
    const longest = Math.max(...prompts.map((prompt) => prompt.length));
    if (longest === 0 || prompts.some((prompt) => prompt.length === 0))
      throw new TunesmithError("usage", "the prompt is empty", "Give at least one token.");
    if (longest >= maxPositions) {
      throw new TunesmithError(
        "usage",
        `a prompt of ${longest} tokens does not fit into the model's context of ${maxPositions}`,
        "Shorten the prompt, or use fewer shots.",
      );
    }
    return new Batch(this.#model.config, prompts, full, (shape, feeds) => this.#run(shape, feeds)).finish();
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  async #run(shape: StepShape, feeds: Record<string, Data>) {
    const session = await this.#session(shape);
    return session.run({ ...feeds, ...this.#trained });
  }

  /** The session of a shape; the least recently used one makes room. */
  async #session(shape: StepShape): Promise<Session> {
    const key = `${shape.rows}x${shape.tokens}+${shape.cached}`;
    let session = this.#sessions.get(key);
    if (!session) {
      const { config, method, weights } = this.#model;
      const { g, outputs } = stepGraph(config, method, shape);
      session = await Session.create(g, outputs, { weights, threads: this.#threads });
    }
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    for (const [oldest, unused] of this.#sessions) {
      if (this.#sessions.size <= maxSessions) break;
      this.#sessions.delete(oldest);
      await unused.release();
    }
    return session;
  }
}

type Run = (shape: StepShape, feeds: Record<string, Data>) => ReturnType<Session["run"]>;

/** One call of `generate`: its rows, their cache, and how far each has come. */
class Batch {
  readonly #config: DecoderConfig;
  readonly #prompts: readonly (readonly number[])[];
  readonly #settings: GenerationSettings;
  readonly #run: Run;
  readonly #cache: KeyValueCache;
  /** Padding before each row's first token. */
  readonly #padding: number[];
  readonly #results: Generated[];
  readonly #running: Set<number>;
  readonly #randoms: Random[];

  constructor(
    config: DecoderConfig,
    prompts: readonly (readonly number[])[],
    settings: GenerationSettings,
    run: Run,
  ) {
    this.#config = config;
    this.#prompts = prompts;
    this.#settings = settings;
    this.#run = run;
    const width = roundUp(Math.max(...prompts.map((prompt) => prompt.length)), promptGrain);
    this.#cache = new KeyValueCache(config, prompts.length, roundUp(width + settings.maxTokens, cacheGrain));
    this.#padding = prompts.map((prompt) => width - prompt.length);
    this.#results = prompts.map(() => ({ tokens: [], end: "max-tokens" }));
    this.#running = new Set(prompts.keys());
    this.#randoms = prompts.map((_, row) => new Random(settings.seed, "generate", row));
  }

  async finish(): Promise<Generated[]> {
    let logits = await this.#readPrompts();
    for (let i = 0; i < this.#settings.maxTokens; i++) {
      this.#settings.signal?.throwIfAborted();
      const next = await this.#choose(logits);
      if (this.#running.size === 0 || i === this.#settings.maxTokens - 1) break;
      logits = await this.#step(next.map((token) => [token]));
    }
    return this.#results;
  }

  /** Computes the prompts, in parts of at most `largestPart` tokens, and returns the logits after their last token. */
  async #readPrompts(): Promise<Float32Array> {
    const padded = this.#prompts.map((prompt, row) => [
      ...Array<number>(this.#padding[row]!).fill(0),
      ...prompt,
    ]);
    const width = padded[0]!.length;
    let logits: Float32Array = new Float32Array();
    for (let start = 0; start < width; start += largestPart) {
      logits = await this.#step(padded.map((row) => row.slice(start, start + largestPart)));
    }
    return logits;
  }

  /** Takes each running row's next token from its logits; rows that have ended get a filler. */
  async #choose(logits: Float32Array): Promise<number[]> {
    const { vocabularySize } = this.#config;
    const next: number[] = [];
    for (const row of this.#prompts.keys()) {
      const own = logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
      next.push(this.#running.has(row) ? await this.#extend(row, own) : 0);
    }
    return next;
  }

  /** Adds a row's next token to its answer, or ends the row. */
  async #extend(row: number, logits: Float32Array): Promise<number> {
    const { endTokens, onToken } = this.#settings;
    const prompt = this.#prompts[row]!;
    const { tokens } = this.#results[row]!;
    const token = chooseToken(logits, [...prompt, ...tokens], this.#settings, this.#randoms[row]!);
    if (endTokens.has(token)) {
      this.#end(row, "end-token");
      return 0;
    }
    tokens.push(token);
    if (await onToken?.(row, token)) this.#end(row, "stopped");
    else if (prompt.length + tokens.length >= this.#config.maxPositions) this.#end(row, "context-full");
    return token;
  }

  #end(row: number, how: Generated["end"]): void {
    this.#results[row]!.end = how;
    this.#running.delete(row);
  }

  /** Runs new tokens, the same number for every row, and returns the logits after the last one, [rows, vocabulary]. */
  async #step(rows: readonly (readonly number[])[]): Promise<Float32Array> {
    const tokens = rows[0]!.length;
    const start = this.#cache.length;
    const shape: StepShape = { rows: rows.length, tokens, cached: start === 0 ? 0 : this.#cache.capacity };
    const ids = BigInt64Array.from(rows.flat(), (id) => BigInt(id));
    const positions = BigInt64Array.from(
      this.#padding.flatMap((padding) =>
        Array.from({ length: tokens }, (_, t) => Math.max(0, start + t - padding)),
      ),
      (position) => BigInt(position),
    );
    const masks = Object.fromEntries(
      [...new Set(this.#config.windows)].map((window) => [maskInput(window), this.#mask(shape, window)]),
    );
    const results = await this.#run(shape, {
      ids,
      positions,
      ...masks,
      ...(start > 0 && this.#cache.feeds()),
    });
    this.#cache.append(results, tokens);
    return results.logits as Float32Array;
  }

  /** [rows, 1, tokens, cached + tokens]: 0 where a new token may look, at places of its own row, its past and window. */
  #mask({ rows, tokens, cached }: StepShape, window = Number.POSITIVE_INFINITY): Float32Array {
    const start = this.#cache.length;
    const width = cached + tokens;
    const mask = new Float32Array(rows * tokens * width).fill(masked);
    for (let row = 0; row < rows; row++) {
      for (let t = 0; t < tokens; t++) {
        const at = (row * tokens + t) * width;
        const first = Math.max(this.#padding[row]!, start + t - window + 1);
        // The cache holds places 0 … start - 1; the new tokens follow at column `cached`.
        if (first < start) mask.fill(0, at + first, at + start);
        mask.fill(0, at + cached + Math.max(0, first - start), at + cached + t + 1);
      }
    }
    return mask;
  }
}

function roundUp(length: number, grain: number): number {
  return Math.ceil(length / grain) * grain;
}
