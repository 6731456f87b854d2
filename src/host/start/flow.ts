/**
 * Starting a run: four questions at most (model, method, preset, name), each with a good default, none of which waits
 * for figures before it is shown. Knows nothing of VS Code.
 */
import type { Plan, PlanOutlook } from "../../contracts/session.ts";
import { type PresetName, presetNames } from "../../estimate/presets.ts";
import { type MethodName, methods } from "../../methods/index.ts";
import type { Candidate } from "../models/candidates.ts";
import { arranged, bestStart, type Weighed } from "../models/ranking.ts";
import { type Answer, type Ask, type Choice, type L10n, walk } from "./ask.ts";
import { askForHubModel } from "./hub-name.ts";
import { type Patch, patched } from "./patch.ts";
import { bytes, Words } from "./words.ts";

/** What the flow needs of the world. */
export interface Surroundings {
  l10n: L10n;
  ask: Ask;
  candidates: readonly Candidate[];
  isSample: boolean;
  /** Of the plans, in their order. @throws what reading the dataset throws */
  outlook(plans: readonly Plan[], signal: AbortSignal): Promise<{ plans: PlanOutlook[]; warnings: string[] }>;
  /** @throws `hub-…`, `architecture-unsupported` */
  hubModel(
    name: string,
    signal: AbortSignal,
  ): Promise<{ config: Record<string, unknown>; downloadBytes: number }>;
  /** The name to suggest for a recipe, and what is wrong with one that was typed. */
  freeName(settings: RunSettings): string;
  nameProblem(name: string, settings: RunSettings): string | undefined;
}

/** What a recipe is written from. */
export interface RunSettings {
  model: string;
  method: Record<string, unknown>;
  train: Record<string, unknown>;
}

export interface Chosen extends RunSettings {
  name: string;
}

type Planned = Extract<PlanOutlook, { error: null }>;

const steps = 4;
const another = "another model on the hub";

/** @returns undefined when it was cancelled */
export async function chooseRun(around: Surroundings): Promise<Chosen | undefined> {
  const flow = new Flow(around);
  return (await walk([() => flow.model(), () => flow.method(), () => flow.preset(), () => flow.name()]))
    ? { ...flow.settings, name: flow.chosenName }
    : undefined;
}

class Flow {
  readonly #around: Surroundings;
  readonly #words: Words;
  #candidates: Candidate[];
  /** Of each candidate's balanced run. */
  #balanced = new Map<string, PlanOutlook>();
  #best: ReturnType<typeof bestStart> | undefined;
  #model: Candidate | undefined;
  #method: MethodName = "lora";
  #preset = "balanced";
  #planned: Planned | undefined;
  #patch: Patch | undefined;
  /** What of the dataset is left out. */
  #warnings: string[] = [];
  chosenName = "";

  constructor(around: Surroundings) {
    this.#around = around;
    this.#words = new Words(around.l10n);
    this.#candidates = [...around.candidates];
  }

  get settings(): RunSettings {
    const method = { name: this.#method };
    return patched({ model: this.#model!.model, method, train: { ...this.#planned!.train } }, this.#patch);
  }

  get #title(): string {
    return this.#around.l10n.t("Fine-tune");
  }

  async model(): Promise<"next" | "back" | "cancel"> {
    const { ask, l10n, isSample } = this.#around;
    // Until it is known: what there is without a network.
    const provisional = this.#model?.model ?? this.#best?.model ?? "tiny";
    const answer = await ask.pick({
      title: this.#title,
      step: 1,
      steps,
      placeholder: l10n.t("Which model should learn this? Larger ones know more, and take longer."),
      choices: this.#modelChoices(),
      active: provisional,
      refine: async (show, signal) => {
        const unknown = this.#candidates.filter(({ model }) => !this.#balanced.has(model));
        const plans = unknown.map((candidate) => planOf(candidate, "lora", "balanced"));
        const found = await this.#outlook(plans, signal);
        found.forEach((plan, i) => void this.#balanced.set(plans[i]!.model, plan));
        const weighed = this.#weighed();
        const local = bestStart(weighed, { isSample, online: false });
        const online = local.reason === "bundled" && (await this.#isOnline(signal));
        this.#best = online ? bestStart(weighed, { isSample, online }) : local;
        show(this.#modelChoices(), this.#model?.model ?? this.#best.model);
      },
    });
    if (typeof answer === "string") return answer;
    if (answer.value === another) return this.#anotherModel();
    this.#model = this.#candidates.find(({ model }) => model === answer.value);
    return "next";
  }

  async #outlook(plans: readonly Plan[], signal: AbortSignal): Promise<PlanOutlook[]> {
    const found = await this.#around.outlook(plans, signal);
    this.#warnings = found.warnings;
    return found.plans;
  }

  async #anotherModel(): Promise<"next" | "back" | "cancel"> {
    const found = await askForHubModel(
      this.#around,
      { title: this.#title, step: 1, steps },
      this.#candidates,
    );
    if (found === "back") return this.model();
    if (found === "cancel") return found;
    this.#model = found;
    if (!this.#candidates.includes(found)) this.#candidates.push(found);
    return "next";
  }

  #weighed(): Weighed[] {
    return this.#candidates.map((candidate) => ({ candidate, plan: this.#balanced.get(candidate.model) }));
  }

  #modelChoices(): Choice[] {
    const { l10n } = this.#around;
    const { here, hub, unfit } = arranged(this.#weighed());
    const choice = ({ candidate, plan }: Weighed): Choice => ({
      id: candidate.model,
      label: candidate.label,
      description: this.#words.model(candidate, plan),
      detail:
        candidate.model === this.#best?.model
          ? this.#words.reason(this.#best.reason)
          : this.#words.modelDetail(candidate),
    });
    return [
      ...group(l10n.t("on this machine"), here.map(choice)),
      ...group(l10n.t("from the Hugging Face hub"), [
        ...hub.map(choice),
        { id: another, label: l10n.t("Another model on the hub…") },
      ]),
      ...group(l10n.t("not on this machine, as it is"), unfit.map(choice)),
    ];
  }

  /** Asks for the model that would be suggested, so that nothing else is told to the hub. */
  async #isOnline(signal: AbortSignal): Promise<boolean> {
    const suggested = bestStart(this.#weighed(), { isSample: false, online: true });
    if (suggested.model === "tiny") return false;
    return this.#around.hubModel(suggested.model, signal).then(
      () => true,
      () => false,
    );
  }

  async method(): Promise<"next" | "back" | "cancel"> {
    const { ask, l10n } = this.#around;
    const names = Object.keys(methods) as MethodName[];
    const choices = (plans?: readonly PlanOutlook[]): Choice[] =>
      names.map((name, i) => {
        const plan = plans?.[i];
        const trained = plan?.error === null ? `${this.#words.trained(plan.outlook)} · ` : "";
        const description = plan ? `${trained}${this.#words.plan(plan)}` : "";
        return { id: name, description, ...this.#words.method(name) };
      });
    const answer = await ask.pick({
      title: this.#title,
      step: 2,
      steps,
      placeholder: l10n.t("What of {0} should be trained?", this.#model!.label),
      choices: choices(),
      active: this.#method,
      refine: async (show, signal) => {
        const plans = names.map((name) => planOf(this.#model!, name, "balanced"));
        show(choices(await this.#outlook(plans, signal)), this.#method);
      },
    });
    if (typeof answer === "string") return answer;
    this.#method = answer.value as MethodName;
    return "next";
  }

  async preset(): Promise<"next" | "back" | "cancel"> {
    const { ask, l10n } = this.#around;
    const planned = presetNames.map((name) => planOf(this.#model!, this.#method, name));
    let plans: PlanOutlook[] = [];
    const asked = (placeholder: string): Promise<Answer> =>
      ask.pick({
        title: this.#title,
        step: 3,
        steps,
        placeholder,
        choices: presetNames.map((name) => ({ id: name, label: this.#words.preset(name) })),
        active: this.#preset,
        refine: async (show, signal) => {
          plans = await this.#outlook(planned, signal);
          const choices = presetNames.flatMap((name, i) => this.#presetChoices(name, plans[i]!));
          const wanted = choices.some(({ id }) => id === this.#preset) ? this.#preset : "balanced";
          // One that does not fit gives way to the change that makes it fit.
          const instead = choices.find(({ id }) => id === `${wanted}/0`)?.id;
          show(choices, instead ?? wanted);
        },
      });
    let answer = await asked(l10n.t("How thoroughly? Time and memory are those of this dataset, here."));
    for (;;) {
      if (typeof answer === "string") return answer;
      const [name, change] = answer.value.split("/") as [PresetName, string | undefined];
      // Chosen before the figures were there.
      if (plans.length === 0) plans = await this.#outlook(planned, new AbortController().signal);
      const plan = plans[presetNames.indexOf(name)]!;
      this.#preset = answer.value;
      if (plan.error === null && (plan.outlook.fits || change !== undefined)) {
        this.#planned = plan;
        this.#patch = change === undefined ? undefined : plan.outlook.changes[Number(change)]!.patch;
        return "next";
      }
      const why = this.#words.plan(plan);
      answer = await asked(l10n.t("{0}: {1}. Choose another, or go back.", this.#words.preset(name), why));
    }
  }

  /** A preset, and below it what would make it fit. */
  #presetChoices(name: PresetName, plan: PlanOutlook): Choice[] {
    const { l10n } = this.#around;
    const label = this.#words.preset(name);
    const description = this.#words.plan(plan);
    if (plan.error !== null) return [{ id: name, label, description }];
    const about = plan.about ? ` (${l10n.t("about; the tokenizer is not here yet")})` : "";
    const detail = this.#words.why(plan.why, plan.train.maxLength) + about;
    const changes = plan.outlook.changes.map(({ inWords, memoryBytes, seconds }, i) => ({
      id: `${name}/${i}`,
      label: l10n.t("{0}, with {1}", label, inWords),
      description: l10n.t("fits: {0} · {1}", bytes(memoryBytes), this.#words.time(seconds)),
    }));
    return [{ id: name, label, description, detail }, ...changes];
  }

  async name(): Promise<"next" | "back" | "cancel"> {
    const { ask, l10n, freeName, nameProblem } = this.#around;
    const { outlook, why, train } = this.#planned!;
    const change = this.#patch && outlook.changes.find(({ patch }) => patch === this.#patch);
    const cost = change
      ? l10n.t("fits: {0} · {1}", bytes(change.memoryBytes), this.#words.time(change.seconds))
      : this.#words.cost(outlook);
    const answer = await ask.text({
      title: this.#title,
      step: 4,
      steps,
      value: freeName(this.settings),
      prompt: [
        l10n.t("Enter starts: {0} ({1}).", cost, this.#words.why(why, train.maxLength)),
        ...this.#warnings,
      ].join(" "),
      problem: (name) => nameProblem(name, this.settings),
    });
    if (typeof answer === "string") return answer;
    this.chosenName = answer.value.trim();
    return "next";
  }
}

function planOf({ model, config }: Candidate, method: MethodName, preset: PresetName): Plan {
  return { model, config, method, preset };
}

function group(label: string, choices: Choice[]): Choice[] {
  return choices.length === 0 ? [] : [{ label }, ...choices];
}
