/** The figures of a run's steps as columns that grow. Pure. */
import type { StepColumns } from "../../src/contracts/monitor.ts";
import type { RunEvent } from "../../src/runs/schema.ts";
import { firstAtLeast } from "../common/sorted.ts";

export type StepColumn = keyof StepColumns;

export class Steps {
  readonly #columns: StepColumns;
  #length: number;

  /** Takes the columns over. */
  constructor(columns: StepColumns) {
    this.#columns = columns;
    this.#length = columns.step.length;
  }

  get length(): number {
    return this.#length;
  }

  /** A column as far as it is filled, as a view that the next step may leave behind. */
  column(name: StepColumn): Float64Array {
    return this.#columns[name].subarray(0, this.#length);
  }

  last(name: StepColumn): number | null {
    return this.#length > 0 ? this.#columns[name][this.#length - 1]! : null;
  }

  /** Adds a step. One that comes again supersedes the earlier one and what followed it. */
  add(event: RunEvent<"step">): void {
    this.keepThrough(event.step - 1);
    if (this.#length === this.#columns.step.length) this.#grow();
    for (const name of this.#names) this.#columns[name][this.#length] = event[name];
    this.#length++;
  }

  /** Forgets the steps after one: a later attempt went on from there, as `addEvent` has it for everything else. */
  keepThrough(step: number): void {
    if (this.#length === 0 || this.#columns.step[this.#length - 1]! <= step) return;
    this.#length = firstAtLeast(this.column("step"), step + 1);
  }

  get #names(): StepColumn[] {
    return Object.keys(this.#columns) as StepColumn[];
  }

  #grow(): void {
    for (const name of this.#names) {
      const larger = new Float64Array(Math.max(1024, 2 * this.#length));
      larger.set(this.#columns[name]);
      this.#columns[name] = larger;
    }
  }
}
