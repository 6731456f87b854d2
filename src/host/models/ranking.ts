/** Which model to start from unless the user says otherwise, and in what order to show them. */
import type { PlanOutlook } from "../../contracts/session.ts";
import type { Candidate } from "./candidates.ts";

export interface Weighed {
  candidate: Candidate;
  /** Of its balanced run; undefined until it is known. */
  plan: PlanOutlook | undefined;
}

/** A run that somebody waits for. */
const patienceSeconds = 15 * 60;

/**
 * For the sample the model that was made for it. Else the largest one here whose balanced run ends while one waits; else
 * the smallest that has learned a language and fits, here or on the hub, if that can be reached; else the bundled one.
 */
export function bestStart(
  weighed: readonly Weighed[],
  { isSample, online }: { isSample: boolean; online: boolean },
): { model: string; reason: "sample" | "largest" | "smallest" | "bundled" } {
  if (isSample) return { model: "tiny", reason: "sample" };
  const fitting = weighed
    .filter(({ candidate, plan }) => candidate.source !== "bundled" && !candidate.gated && fits(plan))
    .sort((a, b) => sizeOf(a) - sizeOf(b));
  const isHere = ({ candidate }: Weighed) => candidate.source !== "hub";
  const largest = fitting.filter((each) => isHere(each) && secondsOf(each) <= patienceSeconds).at(-1);
  if (largest) return { model: largest.candidate.model, reason: "largest" };
  const smallest = fitting.find((each) => isHere(each) || online);
  if (smallest) return { model: smallest.candidate.model, reason: "smallest" };
  return { model: "tiny", reason: "bundled" };
}

/** As they are shown: what fits first; the larger first where it is here, the smaller where it must be fetched. */
export function arranged(weighed: readonly Weighed[]): Record<"here" | "hub" | "unfit", Weighed[]> {
  // A cache of Hugging Face's tools holds models of many kinds.
  const usable = weighed.filter(({ plan }) => plan?.error?.code !== "architecture-unsupported");
  const bySize = usable.sort((a, b) => sizeOf(a) - sizeOf(b));
  const isUnfit = ({ plan }: Weighed) => plan !== undefined && !fits(plan);
  const fit = bySize.filter((each) => !isUnfit(each));
  return {
    here: fit.filter(({ candidate }) => candidate.source !== "hub").reverse(),
    hub: fit.filter(({ candidate }) => candidate.source === "hub"),
    unfit: bySize.filter(isUnfit),
  };
}

function fits(plan: PlanOutlook | undefined): boolean {
  return plan?.error === null && plan.outlook.fits;
}

/** Those not known yet stay in the order they came. */
function sizeOf({ plan }: Weighed): number {
  return plan?.error === null ? plan.outlook.parameters : 0;
}

function secondsOf({ plan }: Weighed): number {
  return plan?.error === null ? plan.outlook.seconds : Number.POSITIVE_INFINITY;
}
