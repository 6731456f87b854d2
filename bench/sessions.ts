/** Memory of sessions: base weights are mapped from their file, not copied. */
import type { Benchmark } from "./benchmark.ts";
import { flags } from "./benchmark.ts";
import { ours } from "./processes.ts";
import { show, spread, table } from "./report.ts";

interface State {
  state: string;
  anonymous: number;
  /** Mapped from files: as the system counts it, and with each page counted once. */
  file: number;
  once: number;
}

export const sessions: Benchmark = {
  name: "sessions",
  title: "memory before and after opening two training sessions and one of generation",
  needs: ["linux"],
  async sides({ model, threads, quick }) {
    const work = quick ? { batch: 2, length: 64 } : { batch: 4, length: 256 };
    return [ours("sessions", [model, ...flags({ threads, ...work })])];
  },
  asked: [
    {
      figure: "openedShare",
      label: "anonymous memory of three open sessions, share of the weights",
      unit: "share",
      atMost: 0.5,
    },
    { figure: "peakBytes", label: "peak memory, run one after the other", unit: "bytes" },
  ],
  details(ours) {
    const rounds = ours.map(({ states }) => states as State[]);
    const rows = rounds[0]!.map(({ state }, at) => [
      state,
      ...(["anonymous", "file", "once"] as const).map((kind) =>
        show(spread(rounds.map((states) => states[at]![kind]))[0], "bytes"),
      ),
    ]);
    const weights = show(ours[0]!.weightBytes as number, "bytes");
    return `Resident memory of one process, medians; the weights are ${weights}.\n\n${table(
      ["after", "anonymous", "mapped from files", "each page once"],
      rows,
    )}`;
  },
};
