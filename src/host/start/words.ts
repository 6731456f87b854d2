/** What the wizard says of models, methods and presets. */
import type { PlanOutlook, RecipeOutlook } from "../../contracts/session.ts";
import type { PresetName, PresetReasons } from "../../estimate/presets.ts";
import { count } from "../../evaluate/figures.ts";
import type { MethodName } from "../../methods/index.ts";
import type { Candidate } from "../models/candidates.ts";
import type { bestStart } from "../models/ranking.ts";
import type { L10n } from "./ask.ts";

export class Words {
  readonly #l10n: L10n;

  constructor(l10n: L10n) {
    this.#l10n = l10n;
  }

  /** "596M · about 33 min · 4.0 GB of 21 GB free · 1.5 GB download · Apache-2.0": what may be cut off comes last. */
  model({ licence, gated, downloadBytes, source }: Candidate, plan: PlanOutlook | undefined): string {
    const l10n = this.#l10n;
    return join(
      plan?.error === null && parameters(plan.outlook.parameters),
      plan && this.plan(plan),
      source === "hub" && l10n.t("{0} download", bytes(downloadBytes)),
      gated && l10n.t("asks for an account"),
      licence,
    );
  }

  /** Where a model comes from, or what it is good for. */
  modelDetail({ model, source, purpose }: Candidate): string {
    const l10n = this.#l10n;
    if (source === "bundled") {
      return l10n.t("Bundled. Knows no language: for trying Tunesmith out, on labels of one word.");
    }
    if (purpose === null) return model;
    return {
      first: l10n.t("English. Learns labels, formats and short answers, fast on any machine."),
      small: l10n.t("English. A little more knowledge for three times the work."),
      multilingual: l10n.t("Many languages, code and JSON; the best of its size."),
      strong: l10n.t("For longer and freer answers, where there is time."),
      english: l10n.t("English. The strongest that is wholly open, data included."),
      chat: l10n.t("English, of 2024. Its small vocabulary spares memory."),
    }[purpose];
  }

  reason(reason: ReturnType<typeof bestStart>["reason"]): string {
    const l10n = this.#l10n;
    return {
      sample: l10n.t("Recommended: made for the sample, done in seconds."),
      largest: l10n.t("Recommended: the largest here that is done in 15 minutes."),
      smallest: l10n.t("Recommended: the smallest that knows a language and fits."),
      bundled: l10n.t("Recommended without a network: nothing larger is here."),
    }[reason];
  }

  method(name: MethodName): { label: string; detail: string } {
    const l10n = this.#l10n;
    return {
      lora: {
        label: "LoRA",
        detail: l10n.t("Recommended. Small matrices beside the frozen weights: little memory, small files."),
      },
      full: {
        label: l10n.t("Full fine-tuning"),
        detail: l10n.t(
          "Trains every weight: for teaching a language or a domain; the result is a whole model.",
        ),
      },
    }[name];
  }

  trained({ parameters: all, trainableParameters }: RecipeOutlook): string {
    return this.#l10n.t("{0} of {1} weights", parameters(trainableParameters), parameters(all));
  }

  preset(name: PresetName): string {
    const l10n = this.#l10n;
    return {
      quick: l10n.t("Quick try"),
      balanced: l10n.t("Balanced"),
      thorough: l10n.t("Thorough"),
    }[name];
  }

  /** "2 epochs over 412 rows = 104 steps; rows up to 182 tokens fit in 192" */
  why({ rows, epochs, steps, longest, cutRows }: PresetReasons, maxLength: number): string {
    const l10n = this.#l10n;
    const passes = Number.isInteger(epochs) ? String(epochs) : epochs.toFixed(1);
    const length =
      cutRows === 0
        ? l10n.t("rows up to {0} tokens fit in {1}", count(longest), count(maxLength))
        : l10n.t("{0} rows lose their end beyond {1} tokens", count(cutRows), count(maxLength));
    const epochsInWords =
      passes === "1"
        ? l10n.t("1 epoch over {0} rows = {1} steps", count(rows), count(steps))
        : l10n.t("{0} epochs over {1} rows = {2} steps", passes, count(rows), count(steps));
    return `${epochsInWords}; ${length}`;
  }

  /** "about 4 min · 1.2 GB of 6.0 GB free", or why it does not go. */
  plan(plan: PlanOutlook): string {
    return plan.error === null ? this.cost(plan.outlook) : plan.error.message;
  }

  cost({ fits, memoryBytes, freeMemoryBytes, diskBytes, freeDiskBytes, seconds }: RecipeOutlook): string {
    const l10n = this.#l10n;
    if (fits) {
      const memory = l10n.t("{0} of {1} free", bytes(memoryBytes), bytes(freeMemoryBytes));
      return join(this.time(seconds), memory);
    }
    return memoryBytes > freeMemoryBytes * 0.9 || diskBytes <= freeDiskBytes
      ? l10n.t("does not fit here: needs {0} of memory, {1} free", bytes(memoryBytes), bytes(freeMemoryBytes))
      : l10n.t("does not fit here: needs {0} on disk, {1} free", bytes(diskBytes), bytes(freeDiskBytes));
  }

  /** "about 4 min" */
  time(seconds: number): string {
    const l10n = this.#l10n;
    // Starting costs as much, and no arithmetic knows it.
    if (seconds < 10) return l10n.t("a few seconds");
    if (seconds < 90) return l10n.t("about {0} s", Math.round(seconds));
    if (seconds < 90 * 60) return l10n.t("about {0} min", Math.round(seconds / 60));
    if (seconds < 36 * 3600) return l10n.t("about {0} h", (seconds / 3600).toFixed(1));
    return l10n.t("about {0} days", (seconds / 86_400).toFixed(1));
  }
}

/** "135M", "1.7B" */
export function parameters(value: number): string {
  if (value >= 999.5e6) return `${(value / 1e9).toFixed(1)}B`;
  if (value >= 999.5e3) return `${(value / 1e6).toFixed(value < 9.95e6 ? 1 : 0)}M`;
  return `${Math.round(value / 1e3)}k`;
}

/** "270 MB", "1.2 GB" */
export function bytes(value: number): string {
  return value >= 999.5e6
    ? `${(value / 1e9).toFixed(value < 9.95e9 ? 1 : 0)} GB`
    : `${Math.round(value / 1e6)} MB`;
}

function join(...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(" · ");
}
