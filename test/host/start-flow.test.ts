/** The wizard's four questions, answered by a script instead of a person. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Plan, PlanOutlook } from "../../src/contracts/session.ts";
import { catalogue } from "../../src/estimate/catalogue.ts";
import type { Candidate } from "../../src/host/models/candidates.ts";
import type { Answer, Choice, Question, TextQuestion } from "../../src/host/start/ask.ts";
import { chooseRun, type Surroundings } from "../../src/host/start/flow.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";

const here = { config: null, downloadBytes: 0, licence: null, gated: false, purpose: null };
const tiny: Candidate = { ...here, model: "tiny", label: "Tunesmith Tiny", source: "bundled" };
const cached: Candidate = { ...here, model: "org/cached", label: "cached", source: "cache" };
const remote: Candidate[] = catalogue
  .slice(0, 2)
  .map(({ name, config, downloadBytes, licence, gated, purpose }) => ({
    model: name,
    label: name.split("/")[1]!,
    source: "hub",
    config,
    downloadBytes,
    licence,
    gated,
    purpose,
  }));

const gigabyte = 1e9;
type Fitted = Extract<PlanOutlook, { error: null }>;

function fitting(parameters: number, seconds: number): Fitted {
  const train = {
    epochs: 3,
    batchSize: 8,
    gradientAccumulation: 1,
    learningRate: 1e-3,
    maxLength: 192,
    evaluateEvery: 0.1,
    checkpointEvery: 0.1,
  };
  return {
    error: null,
    about: false,
    train,
    why: { rows: 412, steps: 156, epochs: 3, longest: 182, median: 90, cutRows: 0 },
    outlook: {
      fits: true,
      parameters,
      trainableParameters: parameters / 100,
      steps: 156,
      seconds,
      memoryBytes: 1.2 * gigabyte,
      freeMemoryBytes: 6 * gigabyte,
      diskBytes: 1e6,
      freeDiskBytes: gigabyte,
      warnings: [],
      changes: [],
    },
  };
}

function tooLarge(changes: Fitted["outlook"]["changes"] = []): Fitted {
  const fitted = fitting(1.7e9, 4000);
  return { ...fitted, outlook: { ...fitted.outlook, fits: false, memoryBytes: 12 * gigabyte, changes } };
}

const smaller = {
  inWords: "train.batchSize 2, train.gradientAccumulation 4",
  patch: { train: { batchSize: 2, gradientAccumulation: 4 } },
  memoryBytes: 3.1 * gigabyte,
  seconds: 900,
};

/** What one question is answered, seen as it stands once its figures are there. */
type Reply = (seen: {
  choices: Choice[];
  active: string | undefined;
  question: Question | TextQuestion;
}) => Answer | Promise<Answer>;

const enter: Reply = ({ active }) => ({ value: active! });
const take =
  (value: string): Reply =>
  () => ({ value });

/** @returns what came of it, and the questions as they were when they were answered */
async function play(
  replies: Reply[],
  world: Partial<Surroundings> & { plans?: (plan: Plan) => PlanOutlook; warnings?: string[] } = {},
) {
  const seen: { question: Question | TextQuestion; choices: Choice[]; active: string | undefined }[] = [];
  const next = async (now: (typeof seen)[number]) => {
    seen.push(now);
    const reply = replies.shift();
    assert.ok(reply, `nobody answers "${now.question.title}" ${now.question.step}`);
    return reply(now);
  };
  const {
    warnings = [],
    plans = ({ model }) => fitting(model === "tiny" ? 1e6 : 135e6, 240),
    ...rest
  } = world;
  const chosen = await chooseRun({
    l10n: {
      t: (message, ...values) => message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
    },
    ask: {
      async pick(question) {
        let { choices } = question;
        let active = question.active;
        await question.refine?.((newChoices, newActive) => {
          choices = newChoices;
          active = newActive;
        }, new AbortController().signal);
        return next({ question, choices, active });
      },
      text: async (question) => {
        const answer = await next({ question, choices: [], active: question.value });
        if (typeof answer === "string") return answer;
        const refusal =
          question.problem(answer.value) ??
          (await question.accept?.(answer.value, new AbortController().signal));
        if (refusal !== undefined) throw new Error(refusal);
        return answer;
      },
    },
    candidates: [tiny, cached, ...remote],
    isSample: false,
    outlook: async (asked) => ({ plans: asked.map(plans), warnings }),
    hubModel: async () => ({ config: {}, downloadBytes: 5e8 }),
    freeName: () => "support",
    nameProblem: (name) => (name === "taken" ? "taken.tune.json is there already" : undefined),
    ...rest,
  });
  assert.equal(replies.length, 0, "every reply was asked for");
  return { chosen, seen };
}

const labels = (choices: Choice[]) => choices.filter(({ id }) => id !== undefined).map(({ id }) => id);

describe("the start of a run", () => {
  it("is Enter four times: the largest model here that is done while one waits, LoRA, balanced", async () => {
    const { chosen, seen } = await play([enter, enter, enter, enter]);
    const { train } = fitting(1, 1);
    assert.deepEqual(chosen, { model: "org/cached", method: { name: "lora" }, train, name: "support" });
    assert.deepEqual(
      seen.map(({ question }) => [question.step, question.steps]),
      [1, 2, 3, 4].map((step) => [step, 4]),
    );
    assert.match((seen[3]!.question as TextQuestion).prompt, /about 4 min · 1\.2 GB of 6\.0 GB free /);
    assert.match(
      seen[2]!.choices[1]!.detail!,
      /3 epochs over 412 rows = 156 steps; rows up to 182 tokens fit in 192/,
    );
  });

  it("starts the sample on the model that was made for it", async () => {
    const { chosen } = await play([enter, enter, enter, enter], { isSample: true });
    assert.equal(chosen?.model, "tiny");
  });

  it("suggests the smallest on the hub where nothing here will do, and the bundled one without a network", async () => {
    const candidates = [tiny, ...remote];
    const online = await play([enter, () => "cancel"], { candidates });
    assert.equal(online.seen[0]!.active, remote[0]!.model);
    const hubModel = () => Promise.reject(new TunesmithError("hub-unreachable", "no network"));
    const offline = await play([enter, () => "cancel"], { candidates, hubModel });
    assert.equal(offline.seen[0]!.active, "tiny");
    assert.match(offline.seen[0]!.choices.find(({ id }) => id === "tiny")!.detail!, /without a network/);
  });

  it("goes back and keeps what was chosen, and ends where it is cancelled", async () => {
    const back: Reply = () => "back";
    const { chosen, seen } = await play([take("tiny"), take("full"), back, back, enter, enter, enter, enter]);
    assert.deepEqual(
      seen.map(({ question }) => question.step),
      [1, 2, 3, 2, 1, 2, 3, 4],
    );
    assert.equal(chosen?.model, "tiny", "chosen before");
    assert.deepEqual(chosen?.method, { name: "full" });
    for (let at = 0; at < 4; at++) {
      const replies: Reply[] = [...Array(at).fill(enter), () => "cancel"];
      assert.equal((await play(replies)).chosen, undefined, `at question ${at + 1}`);
    }
  });

  it("says what does not fit and why, last, and offers what would as the default", async () => {
    const plans = ({ preset }: Plan) => (preset === "quick" ? fitting(1.7e9, 60) : tooLarge([smaller]));
    const { chosen, seen } = await play([take("tiny"), enter, enter, enter], { plans });
    const models = seen[0]!.choices;
    assert.match(
      models.find(({ id }) => id === "tiny")!.description!,
      /does not fit here: needs 12 GB of memory, 6\.0 GB free/,
    );
    assert.equal(seen[2]!.active, "balanced/0");
    const instead = seen[2]!.choices.find(({ id }) => id === "balanced/0")!;
    assert.equal(instead.label, "Balanced, with train.batchSize 2, train.gradientAccumulation 4");
    assert.equal(instead.description, "fits: 3.1 GB · about 15 min");
    assert.deepEqual([chosen?.train.batchSize, chosen?.train.gradientAccumulation], [2, 4]);
    assert.equal(chosen?.train.maxLength, 192, "the rest is the preset's");
    assert.match((seen[3]!.question as TextQuestion).prompt, /3\.1 GB/);
  });

  it("takes no preset that does not fit, and says so", async () => {
    const plans = ({ preset }: Plan) => (preset === "quick" ? fitting(1.7e9, 60) : tooLarge());
    const { chosen, seen } = await play([enter, enter, take("thorough"), take("quick"), enter], { plans });
    assert.match((seen[3]!.question as Question).placeholder, /Thorough: does not fit here: needs 12 GB/);
    assert.equal(chosen?.train.epochs, 3);
  });

  it("says at the end what of the dataset is left out", async () => {
    const warnings = ["support.jsonl: 1 of 51 records cannot be read and are left out (line 3)"];
    const { seen } = await play([enter, enter, enter, enter], { warnings });
    assert.match((seen[3]!.question as TextQuestion).prompt, /\. support\.jsonl: 1 of 51 records/);
  });

  it("a change of method goes into the recipe whole", async () => {
    const method = { name: "lora", rank: 16, alpha: 32 };
    const plans = (plan: Plan) =>
      plan.method === "full" ? tooLarge([{ ...smaller, patch: { method, train: {} } }]) : fitting(1e6, 1);
    const { chosen } = await play([enter, take("full"), enter, enter], { plans });
    assert.deepEqual(chosen?.method, method);
  });

  it("orders models by what fits, and leaves out those of a kind that cannot be trained", async () => {
    const bert: Candidate = { ...cached, model: "org/bert", label: "bert" };
    const damaged: Candidate = { ...cached, model: "org/damaged", label: "damaged" };
    const failure = (code: "architecture-unsupported" | "tokenizer-invalid"): PlanOutlook => ({
      error: { code, message: `it is ${code}`, hint: "" },
    });
    const plans = ({ model }: Plan): PlanOutlook => {
      if (model === "org/bert") return failure("architecture-unsupported");
      if (model === "org/damaged") return failure("tokenizer-invalid");
      if (model === remote[0]!.model) return tooLarge();
      return fitting(model === "tiny" ? 1e6 : model === "org/cached" ? 3e8 : 4e8, 10);
    };
    const candidates = [damaged, bert, tiny, cached, ...remote];
    const { seen } = await play([() => "cancel"], { candidates, plans });
    const { choices } = seen[0]!;
    assert.deepEqual(labels(choices), [
      "org/cached",
      "tiny",
      remote[1]!.model,
      "another model on the hub",
      "org/damaged",
      remote[0]!.model,
    ]);
    assert.match(choices.find(({ id }) => id === "org/damaged")!.description!, /it is tokenizer-invalid/);
    assert.match(
      choices.find(({ id }) => id === remote[1]!.model)!.description!,
      /^400M · about 10 s · 1\.2 GB of 6\.0 GB free · 727 MB download · Apache-2\.0$/,
    );
  });

  it("shows models at once, before anything is known of them", async () => {
    let first: Question | undefined;
    const { chosen } = await play([
      ({ question }) => {
        first = question as Question;
        return "cancel";
      },
    ]);
    assert.equal(chosen, undefined);
    assert.equal(first?.active, "tiny");
    assert.deepEqual(new Set(labels(first!.choices)).size, 5);
  });

  it("takes any name of the hub, once the hub has described it", async () => {
    const asked: string[] = [];
    const config = { architectures: ["LlamaForCausalLM"] };
    const hubModel = async (name: string) => {
      asked.push(name);
      return { config, downloadBytes: 5e8 };
    };
    const described: Plan[] = [];
    const plans = (plan: Plan) => {
      described.push(plan);
      return fitting(2e8, 60);
    };
    const { chosen } = await play(
      [take("another model on the hub"), take(" acme/small "), enter, enter, enter],
      { hubModel, plans },
    );
    assert.equal(chosen?.model, "acme/small");
    assert.deepEqual(asked, ["acme/small"]);
    assert.ok(described.some(({ model, config: given }) => model === "acme/small" && given === config));
  });

  it("says why a typed name is no model, and goes back to the list", async () => {
    const hubModel = () => Promise.reject(new TunesmithError("hub-not-found", "there is none", "Check it."));
    const typed: Reply = async ({ question }): Promise<Answer> => {
      const { problem, accept } = question as TextQuestion;
      assert.match(problem("smollm")!, /two parts/);
      assert.match(problem("a/../b")!, /two parts/);
      assert.equal(await accept?.("acme/none", new AbortController().signal), "there is none. Check it.");
      return "back";
    };
    const { seen } = await play([take("another model on the hub"), typed, () => "cancel"], { hubModel });
    assert.deepEqual(
      seen.map(({ question }) => question.step),
      [1, 1, 1],
    );
  });

  it("ends with the dataset's error, whatever question it comes in", async () => {
    const error = new TunesmithError("dataset-empty", "support.jsonl holds no records");
    const failing = play([], { outlook: () => Promise.reject(error) });
    await assert.rejects(failing, error);
  });

  it("works out the figures of a preset that was chosen before they were there", async () => {
    const answers = ["org/cached", "lora", "balanced", "balanced/0"];
    const { chosen } = await play([], {
      plans: () => tooLarge([smaller]),
      ask: {
        // Without refining.
        pick: async () => ({ value: answers.shift()! }),
        text: async ({ value }) => ({ value }),
      },
    });
    assert.equal(answers.length, 0, "asked again, since the first does not fit");
    assert.equal(chosen?.train.batchSize, 2);
  });
});
