/** A run as lists, headings and agents are told of it. */
import type { RunInfo } from "../../contracts/monitor.ts";
import { readRequest } from "../../runs/control.ts";
import type { RunSummary } from "../../runs/reader.ts";
import { bestValidation, isActive, secondsLeft } from "../../runs/schema.ts";

export function runInfo(run: RunSummary): RunInfo {
  const { directory, id, state, job, recipe, comparison, history, holder, problems } = run;
  const last = history.steps.at(-1);
  const kind = job?.kind ?? (comparison ? "compare" : "tune");
  const created = job ? Date.parse(job.created) : 0;
  const asked = isActive(run) ? readRequest(directory, holder.attempt) : undefined;
  return {
    run: directory,
    // A comparison has no name of its own: it is told from others of its run by its time.
    name: kind === "compare" && created > 0 ? new Date(created).toLocaleString() : (job?.name ?? id),
    kind,
    state,
    asked: asked === "pause" || asked === "stop" ? asked : null,
    model: recipe?.model ?? "",
    method: recipe?.method.name ?? "",
    created,
    step: last?.step ?? 0,
    totalSteps: history.started?.totalSteps ?? null,
    loss: last?.loss ?? null,
    bestValidationLoss: bestValidation(history)?.loss ?? null,
    secondsLeft: state === "running" ? secondsLeft(history) : null,
    phase: isActive(run) && !last ? phaseOf(run) : null,
    problem: problemOf(run, problems),
  };
}

function phaseOf({ history: { progress } }: RunSummary): string | null {
  if (!progress) return null;
  const share = progress.total > 0 ? ` ${Math.floor((100 * progress.done) / progress.total)} %` : "";
  return `${progress.phase}${share}`;
}

function problemOf({ state, history }: RunSummary, problems: readonly string[]): RunInfo["problem"] {
  const error = state === "failed" ? history.ended?.error : null;
  if (error) return { message: error.message, hint: error.hint };
  if (state === "interrupted") {
    return {
      message: "Its process is gone without a word: it was killed, or the machine ran out of memory.",
      hint: "Resume it: it goes on from its last checkpoint.",
    };
  }
  return problems.length > 0 ? { message: problems.join("; "), hint: "" } : null;
}
