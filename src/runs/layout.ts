/**
 * The run directory, the truth about a run: whatever is not in it is lost when a process dies, and every process
 * (trainer, terminal, window) knows a run only through it.
 *
 * ```
 * .tunesmith/runs/                     beside the recipe
 *   20261124-035100-banking/           UTC time and name; sorts by time
 *     .gitignore                       "*"
 *     job.json                         kind, name, time of creation                     written once
 *     recipe.json                      the recipe as resolved: nothing implicit         written once
 *     inputs.json                      what it was made from, by hash (trainer/inputs)  written when the job begins
 *     events.jsonl                     what happened, one checked line an event         appended by the lock's holder
 *     rows.jsonl                       how well each row was known when it was trained on   appended by the lock's holder
 *     control.json                     what somebody asks of the running attempt        replaced whole, by anybody
 *     output.log                       what the process printed
 *     .reserve                         room for the last words of a job whose disk is full   only while it runs
 *     lock/000002.json                 who holds the directory: the highest number does
 *     lock/heartbeat                   its last change is the holder's last sign of life
 *     checkpoints/step-000120/         everything needed to go on, with manifest.json   renamed into place
 *     adapter/ or model/               the result, in the ecosystem's own files         renamed into place
 *     result.json                      figures of the finished run
 *     comparisons/20261124-040500/     a job directory of kind "compare", with comparison.json instead of a recipe
 *       plan.json                      all that is known before the answers                     written once
 *       answers.jsonl                  what the models answered, one line each                  appended by the lock's holder
 *       notes.json                     what people think of the answers                         replaced whole, by anybody
 * ```
 *
 * Everything but events.jsonl, rows.jsonl, answers.jsonl and output.log appears whole or not at all. A name that starts
 * with "." is unfinished work of a process that may be dead.
 */
import { join } from "node:path";

export const files = {
  gitignore: ".gitignore",
  job: "job.json",
  recipe: "recipe.json",
  comparison: "comparison.json",
  inputs: "inputs.json",
  reserve: ".reserve",
  events: "events.jsonl",
  rows: "rows.jsonl",
  control: "control.json",
  output: "output.log",
  lock: "lock",
  heartbeat: "heartbeat",
  checkpoints: "checkpoints",
  manifest: "manifest.json",
  adapter: "adapter",
  model: "model",
  result: "result.json",
  comparisons: "comparisons",
  plan: "plan.json",
  answers: "answers.jsonl",
  notes: "notes.json",
} as const;

/** The default place of runs, from the folder of their recipe. */
export const runsFolder = join(".tunesmith", "runs");

/** 120 → "step-000120". */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, "0")}`;
}

/** The step of a checkpoint folder's name; undefined for any other name. */
export function checkpointStep(name: string): number | undefined {
  const match = /^step-(\d{6,})$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/**
 * A run's folder name: sorts by time, and is allowed by every file system (Windows forbids `<>:"/\|?*`, control
 * characters and a dot or space at the end; its reserved names do not start with a digit).
 */
export function runId(name: string, created: Date): string {
  const [date, time] = created.toISOString().slice(0, 19).split("T") as [string, string];
  const slug = name
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .slice(0, 40)
    .replace(/^[-.]+|[-.]+$/g, "");
  return [date.replaceAll("-", ""), time.replaceAll(":", ""), slug].filter(Boolean).join("-");
}
