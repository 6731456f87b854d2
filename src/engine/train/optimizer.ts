/**
 * AdamW (Loshchilov & Hutter, 2019, algorithm 2) and the sums around it, as small graphs that run chunk by chunk over
 * the flat arrays of `TrainingState`. The order of operations is PyTorch's, so that both round alike.
 */
import { Graph } from "../graph/graph.ts";
import { Session, type SessionOptions } from "../runtime/session.ts";
import type { TrainingState } from "./state.ts";

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
}

export class AdamW {
  readonly #state: TrainingState;
  readonly #settings: AdamWSettings;
  readonly #update: Session;
  readonly #accumulate: Session;
  readonly #sumOfSquares: Session;

  private constructor(state: TrainingState, settings: AdamWSettings, sessions: [Session, Session, Session]) {
    this.#state = state;
    this.#settings = settings;
    [this.#update, this.#accumulate, this.#sumOfSquares] = sessions;
  }

  static async create(
    state: TrainingState,
    settings: AdamWSettings,
    options: SessionOptions,
  ): Promise<AdamW> {
    const build = (
      graph: (g: Graph, size: readonly number[]) => Record<string, ReturnType<Graph["add"]>>,
    ) => {
      const g = new Graph();
      return Session.create(g, graph(g, [state.chunk]), options);
    };
    return new AdamW(state, settings, [
      await build(updateGraph),
      await build((g, size) => ({ sum: g.add(g.input("a", size), g.input("b", size)) })),
      await build((g, size) => {
        const x = g.input("x", size);
        return { sum: g.sum(g.multiply(x, x), [0]) };
      }),
    ]);
  }

  /** sum += addend, both as long as the state. */
  async accumulate(sum: Float32Array, addend: Float32Array): Promise<void> {
    for (const [start, end] of this.#chunks()) {
      const a = sum.subarray(start, end);
      await this.#accumulate.run({ a, b: addend.subarray(start, end) }, { sum: a });
    }
  }

  /** The Euclidean norm over all trained arrays. */
  async norm(gradients: Float32Array): Promise<number> {
    let total = 0;
    for (const [start, end] of this.#chunks()) {
      const { sum } = await this.#sumOfSquares.run({ x: gradients.subarray(start, end) });
      total += Number(sum![0]);
    }
    return Math.sqrt(total);
  }

  /**
   * One update of the state.
   * @param step counted from 1
   * @param gradientScale multiplies the gradients first (clipping)
   */
  async update(
    gradients: Float32Array,
    step: number,
    learningRate: number,
    gradientScale: number,
  ): Promise<void> {
    const { beta1, beta2, epsilon, weightDecay } = this.#settings;
    const { parameters, firstMoments, secondMoments, decaying } = this.#state;
    const number = (value: number) => Float32Array.of(value);
    for (const [start, end] of this.#chunks()) {
      const parameter = parameters.subarray(start, end);
      const first = firstMoments.subarray(start, end);
      const second = secondMoments.subarray(start, end);
      await this.#update.run(
        {
          parameter,
          first,
          second,
          gradient: gradients.subarray(start, end),
          gradientScale: number(gradientScale),
          keep: number(1 - (start < decaying ? learningRate * weightDecay : 0)),
          beta1: number(beta1),
          oneMinusBeta1: number(1 - beta1),
          beta2: number(beta2),
          oneMinusBeta2: number(1 - beta2),
          epsilon: number(epsilon),
          stepSize: number(learningRate / (1 - beta1 ** step)),
          secondCorrection: number(Math.sqrt(1 - beta2 ** step)),
        },
        { parameterNext: parameter, firstNext: first, secondNext: second },
      );
    }
  }

  async release(): Promise<void> {
    for (const session of [this.#update, this.#accumulate, this.#sumOfSquares]) await session.release();
  }

  *#chunks(): Generator<[number, number]> {
    const { chunk, length } = this.#state;
    for (let start = 0; start < length; start += chunk) yield [start, start + chunk];
  }
}

function updateGraph(g: Graph, size: readonly number[]) {
  const scalar = (name: string) => g.input(name, [1]);
  const gradient = g.multiply(g.input("gradient", size), scalar("gradientScale"));
  const parameter = g.multiply(g.input("parameter", size), scalar("keep"));
  const firstNext = g.add(
    g.multiply(g.input("first", size), scalar("beta1")),
    g.multiply(gradient, scalar("oneMinusBeta1")),
  );
  const secondNext = g.add(
    g.multiply(g.input("second", size), scalar("beta2")),
    g.multiply(g.multiply(gradient, gradient), scalar("oneMinusBeta2")),
  );
  const denominator = g.add(
    g.divide(g.squareRoot(secondNext), scalar("secondCorrection")),
    scalar("epsilon"),
  );
  const step = g.multiply(g.divide(firstNext, denominator), scalar("stepSize"));
  return { parameterNext: g.subtract(parameter, step), firstNext, secondNext };
}
