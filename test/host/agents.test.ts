/** The tools for coding agents, and runs as chat models: what they say, what they refuse, and what the manifest promises. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { LintReport } from "../../src/contracts/lint.ts";
import type { RecipeOutlook } from "../../src/contracts/session.ts";
import { chatModelOf, chatRequest, messagesOf, tokensAbout } from "../../src/host/agents/chat-models.ts";
import { agentTools } from "../../src/host/agents/list.ts";
import { fileInWorkspace } from "../../src/host/agents/paths.ts";
import {
  checkedInput,
  confirmationFor,
  errorText,
  type Surroundings,
  type Tool,
} from "../../src/host/agents/tool.ts";
import { canOffer } from "../../src/host/agents/version.ts";
import { tools } from "../../src/host/contributions.ts";
import { findCandidates } from "../../src/host/models/candidates.ts";
import { RunStore } from "../../src/host/runs/store.ts";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { createComparison, createRun } from "../../src/runs/directory.ts";
import { writeJsonDurably } from "../../src/runs/durable.ts";
import { EventWriter } from "../../src/runs/events.ts";
import { files } from "../../src/runs/layout.ts";
import { resolveRecipe } from "../../src/runs/recipe.ts";
import { sampleRecord } from "../evaluate/sample.ts";
import { attemptEvent, stepEvent, temporaryFolder } from "../runs/temporary.ts";
import { ComparisonFolder } from "./compare-folder.ts";

const workspace = join(temporaryFolder(), "work space");
const outside = temporaryFolder();
mkdirSync(join(workspace, "data"), { recursive: true });
const dataset = join(workspace, "data", "support.jsonl");
writeFileSync(dataset, '{"prompt": "a", "completion": "b"}\n'.repeat(20));
const recipe = join(workspace, "support.tune.json");
writeFileSync(recipe, JSON.stringify({ model: "tiny", data: { train: "data/support.jsonl" } }));
const store = new RunStore();
after(() => store.dispose());

const outlook: RecipeOutlook = {
  fits: true,
  parameters: 135e6,
  trainableParameters: 2e6,
  steps: 104,
  seconds: 250,
  memoryBytes: 2 * 2 ** 30,
  freeMemoryBytes: 6 * 2 ** 30,
  diskBytes: 20 * 2 ** 20,
  freeDiskBytes: 40 * 2 ** 30,
  warnings: ["support.jsonl: 2 records are left out"],
  changes: [],
};
const tooLarge: RecipeOutlook = {
  ...outlook,
  fits: false,
  changes: [
    { inWords: "batch size 2", patch: { train: { batchSize: 2 } }, memoryBytes: 2 ** 30, seconds: 500 },
  ],
};

interface Asked {
  name: string;
  params: { plans?: { model: string; method: string; preset: string }[]; recipe?: { model: string } };
}

/** What the linter says of a file: a note before an error, and more than is listed. */
function reportOn(path: string): LintReport {
  const range = { start: { line: 3, character: 9 }, end: { line: 3, character: 12 } };
  const problem = { level: "content", range, related: [], fixable: false, more: 0 };
  return {
    uri: path,
    version: 0,
    isDataset: true,
    problems: [
      { ...problem, rule: "length-outlier", severity: "info", message: "long", more: 7 },
      { ...problem, rule: "unknown-role", severity: "error", message: '"usr" is no role', fixable: true },
    ],
    counts: { errors: 1, warnings: 0, infos: 8 },
    rows: 12,
    tokens: 340,
    format: "chat",
    confidence: 1,
    columns: [],
    firstLine: 0,
    target: "tunesmith",
    model: { name: "tiny", maxLength: 512 },
    troubles: [],
  };
}

/** The world as a test has it; remembers what was asked of it. */
function world(changes: Partial<Surroundings> & { outlook?: RecipeOutlook; fails?: Error } = {}) {
  const asked: Asked[] = [];
  const started: string[] = [];
  const compared: string[] = [];
  const around: Surroundings = {
    l10n: { t: (text, ...values) => text.replace(/\{(\d)\}/g, (_, i) => String(values[Number(i)])) },
    folders: [workspace],
    isTrusted: true,
    runs: async () => store,
    session: {
      request: async (name, params) => {
        asked.push({ name, params } as never);
        if (changes.fails) throw changes.fails;
        const found = changes.outlook ?? outlook;
        if (name === "estimate") return found as never;
        if (name === "hubModel") return { config: {}, parameters: 1, downloadBytes: 3e8 } as never;
        const { plans } = params as { plans: unknown[] };
        const plan = { error: null, about: false, train: { epochs: 2 }, why: {}, outlook: found };
        return { rows: {}, warnings: [], plans: plans.map(() => plan) } as never;
      },
    },
    candidates: async () => (await findCandidates([])).filter(({ source }) => source === "bundled"),
    startRun: async (recipe) => {
      started.push(recipe);
      return join(workspace, ".tunesmith", "runs", "20261124-120000-support");
    },
    compare: async (run) => {
      compared.push(run);
      return join(run, "comparisons", "20261124-130000");
    },
    verdict: async (comparison) => `verdict of ${basename(comparison)}`,
    lint: async (path) => reportOn(path),
    ...changes,
  };
  return { around, asked, started, compared };
}

const signal = new AbortController().signal;
const tool = (name: keyof typeof tools): Tool => agentTools.find((each) => each.name === tools[name])!;
const run = async (name: keyof typeof tools, input: unknown, { around }: ReturnType<typeof world>) =>
  tool(name).run(checkedInput(tool(name), input), around, signal);
const confirm = (name: keyof typeof tools, input: unknown, { around }: ReturnType<typeof world>) =>
  confirmationFor(tool(name), input, around, signal);
const code = (wanted: string) => (error: unknown) => error instanceof TunesmithError && error.code === wanted;

describe("the manifest", () => {
  const { contributes } = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8"),
  );

  it("promises the tools that there are, with the input that they check", () => {
    for (const { name, input } of agentTools) {
      const entry = contributes.languageModelTools.find((each: { name: string }) => each.name === name);
      assert.deepEqual(entry.inputSchema, JSON.parse(JSON.stringify(input)), name);
      assert.equal(entry.canBeReferencedInPrompt, true);
      assert.match(entry.toolReferenceName, /^\w+$/);
      assert.match(entry.icon, /^\$\([\w-]+\)$/);
      assert.ok(entry.modelDescription.length > 100);
    }
  });
});

describe("paths of agents", () => {
  it("are taken relative to the workspace or absolute, and no others", () => {
    const inside = (given: string) => fileInWorkspace(given, [workspace]);
    assert.equal(inside("data/support.jsonl"), dataset);
    assert.equal(inside(dataset), dataset);
    assert.equal(inside("data/../data/./support.jsonl"), dataset);
    writeFileSync(join(outside, "secret.jsonl"), "{}\n");
    symlinkSync(outside, join(workspace, "link"), "dir");
    for (const path of [
      join(outside, "secret.jsonl"),
      "../secret.jsonl",
      "link/secret.jsonl",
      `${workspace}-beside/a.jsonl`,
      "/etc/passwd",
    ]) {
      assert.throws(() => inside(path), code("usage"), path);
    }
    assert.throws(() => inside("data"), code("file-not-found"));
    assert.throws(() => inside("..."), code("file-not-found"));
    assert.throws(() => inside("no/such/file.jsonl"), code("file-not-found"));
    assert.throws(() => fileInWorkspace("a.jsonl", []), /is not in the workspace/);
    const second = join(outside, "second");
    mkdirSync(second);
    writeFileSync(join(second, "b.jsonl"), "");
    assert.equal(fileInWorkspace("b.jsonl", [workspace, second]), join(second, "b.jsonl"));
    rmSync(join(workspace, "link"));
  });
});

describe("tunesmith_lint", () => {
  it("tells errors first, with their places, and how many are not listed", async () => {
    const text = await run("lint", { path: "data/support.jsonl" }, world());
    assert.deepEqual(text.split("\n").slice(0, 4), [
      "support.jsonl: 12 rows, format chat, 340 tokens. 1 errors, 0 warnings, 8 notes.",
      '- 4:10 error unknown-role *: "usr" is no role',
      "- 4:10 info length-outlier: long (and 7 more)",
      "and 7 more; `tunesmith lint` in a terminal lists all",
    ]);
    assert.match(text, /quick fix/);
  });

  it("looks at nothing outside the workspace", async () => {
    await assert.rejects(run("lint", { path: "../x.jsonl" }, world()), code("usage"));
  });
});

describe("tunesmith_estimate", () => {
  it("says what a recipe needs and whether it fits", async () => {
    const here = world();
    const text = await run("estimate", { path: "support.tune.json" }, here);
    assert.match(
      text,
      /^support\.tune\.json: training 2\.0M of 135M parameters of tiny needs about 2\.0 GB of memory/,
    );
    assert.match(text, /about 4 min 10 s for 104 steps/);
    assert.match(text, /It fits on this machine\./);
    assert.match(text, /Warning: support\.jsonl: 2 records are left out/);
    assert.deepEqual([here.asked[0]!.name, here.asked[0]!.params.recipe!.model], ["estimate", "tiny"]);
    const large = await run("estimate", { path: recipe }, world({ outlook: tooLarge }));
    assert.match(large, /does NOT fit/);
    assert.match(large, /- batch size 2: 1\.0 GB of memory, .*In the recipe: \{"train":\{"batchSize":2\}\}/);
  });

  it("suggests a model and a recipe for a dataset", async () => {
    const here = world();
    const text = await run("estimate", { path: dataset, method: "full", preset: "quick" }, here);
    const [plan] = here.asked[0]!.params.plans!;
    assert.deepEqual([plan!.model, plan!.method, plan!.preset], ["tiny", "full", "quick"]);
    assert.match(text, /"train": "support\.jsonl"/);
    assert.deepEqual(here.started, []);
  });

  it("refuses what it cannot use, so that an agent can go on", async () => {
    const refused = async (input: unknown, wanted: string, hint: RegExp, here = world()) =>
      assert.rejects(run("estimate", input, here), (error: TunesmithError) => {
        assert.equal(error.code, wanted, error.message);
        assert.match(errorText(error), hint);
        return true;
      });
    await refused({}, "usage", /must have required property 'path'/);
    await refused({ path: 7 }, "usage", /path must be string/);
    await refused({ path: dataset, shell: "rm" }, "usage", /must NOT have additional properties/);
    await refused({ path: dataset, method: "magic" }, "usage", /method must be equal to one of/);
    await refused({ path: dataset, model: "tinny" }, "usage", /Did you mean "tiny"\?/);
    await refused({ path: dataset }, "untrusted-workspace", /trust/, world({ isTrusted: false }));
    writeFileSync(join(workspace, "notes.md"), "");
    await refused({ path: "notes.md" }, "usage", /neither a recipe nor a dataset/);
    writeFileSync(join(workspace, "bad.tune.json"), '{"model": "tiny", "dta": {}}');
    await refused({ path: "bad.tune.json" }, "recipe-invalid", /bad\.tune\.json:1:\d+.*dta/);
  });
});

describe("tunesmith_start", () => {
  it("asks with what it takes, and starts a recipe", async () => {
    const here = world();
    const asked = await confirm("start", { path: recipe }, here);
    assert.equal(asked!.title, "Fine-tune on support.tune.json?");
    assert.match(
      asked!.message,
      /^Trains tiny for about 4 min 10 s in the background, with about 2\.0 GB of memory\.$/,
    );
    assert.deepEqual(here.started, []);
    const text = await run("start", { path: recipe }, here);
    assert.deepEqual(here.started, [recipe]);
    assert.match(text, /^Started the run 20261124-120000-support/);
  });

  it("writes a recipe beside a dataset, never over another", async () => {
    const here = world();
    assert.match(
      (await confirm("start", { path: dataset }, here))!.message,
      /Writes a recipe beside the dataset/,
    );
    await run("start", { path: dataset }, here);
    writeFileSync(join(workspace, "data", "support-2.tune.json"), "mine");
    const written = join(workspace, "data", "support.tune.json");
    assert.deepEqual(here.started, [written]);
    assert.equal(JSON.parse(readFileSync(written, "utf8")).data.train, "support.jsonl");
    writeFileSync(written, "somebody's own");
    await run("start", { path: dataset }, here);
    assert.equal(here.started[1], join(workspace, "data", "support-3.tune.json"));
    assert.equal(readFileSync(written, "utf8"), "somebody's own");
  });

  it("asks also where it cannot tell what it takes, and says what a hub's model costs", async () => {
    const failing = world({ fails: new TunesmithError("session-failed", "the session process ended", "") });
    const asked = await confirm("start", { path: recipe }, failing);
    assert.match(asked!.message, /What it takes cannot be told: Error \(session-failed\)/);
    const download = await confirm("start", { path: dataset, model: "some/model" }, world());
    assert.match(download!.message, /Downloads 286\.1 MB first/);
    assert.ok(await confirm("start", { path: "/etc/passwd" }, world()));
    assert.equal(await confirm("start", { nothing: true }, world()), undefined);
  });

  it("starts nothing that does not fit, is not trusted or was cancelled", async () => {
    const large = world({ outlook: tooLarge });
    await assert.rejects(run("start", { path: recipe }, large), (error: TunesmithError) => {
      assert.equal(error.code, "does-not-fit");
      assert.match(error.hint, /batch size 2/);
      return true;
    });
    const untrusted = world({ isTrusted: false });
    await assert.rejects(run("start", { path: recipe }, untrusted), code("untrusted-workspace"));
    const here = world();
    await assert.rejects(tool("start").run({ path: recipe }, here.around, AbortSignal.abort()));
    for (const { started } of [large, untrusted, here]) assert.deepEqual(started, []);
  });
});

describe("tunesmith_status and tunesmith_compare", () => {
  const root = join(workspace, ".tunesmith", "runs");
  const none = world();

  it("say so where there is nothing", async () => {
    assert.match(await run("status", {}, none), /no runs in this workspace yet/);
    await assert.rejects(run("status", { run: "x" }, none), code("run-not-found"));
    await assert.rejects(run("compare", { run: "x" }, none), /there is no run "x"/);
  });

  it("tell how runs go, and why one failed", async () => {
    const settings = { model: "tiny", data: { train: dataset } };
    const directory = createRun("support", resolveRecipe(settings, workspace), { root });
    const events = new EventWriter(directory);
    events.write(attemptEvent(1, 0));
    events.write(stepEvent(7, 0.5));
    const error = { code: "out-of-memory" as const, message: "there is no memory left", hint: "Take less." };
    events.write({ type: "ended", attempt: 1, outcome: "failed", error });
    events.close();
    store.add(directory);
    const id = basename(directory);
    const text = await run("status", { run: "support" }, world());
    assert.match(text, new RegExp(`^${id} \\(“support”\\): failed, training loss 0\\.500, model tiny`));
    assert.match(text, /Problem: there is no memory left Take less\./);
    assert.match(await run("status", {}, world()), new RegExp(`^- ${id}`));
    await assert.rejects(run("status", { run: "suport" }, world()), { hint: 'Did you mean "support"?' });
    await assert.rejects(run("compare", { run: id }, world()), /the run is failed and has no result yet/);
  });

  it("compare a finished run after asking, and then give the verdict without", async () => {
    const settings = { model: "tiny", data: { train: dataset } };
    const directory = createRun("good", resolveRecipe(settings, workspace), { root });
    const events = new EventWriter(directory);
    events.write(attemptEvent(1, 0));
    events.write({ type: "ended", attempt: 1, outcome: "done", error: null });
    events.close();
    store.add(directory);
    const here = world();
    assert.match((await confirm("compare", { run: "good" }, here))!.title, /Compare “good” with prompting/);
    assert.match(await run("compare", { run: "good" }, here), /^Started the comparison 20261124-130000/);
    assert.deepEqual(here.compared, [directory]);
    const comparison = createComparison({ run: directory, shots: [0], limit: null, test: null });
    store.add(comparison);
    assert.equal(await confirm("compare", { run: "good" }, here), undefined);
    assert.match(
      await run("compare", { run: "good" }, here),
      /created[\s\S]*not been finished[\s\S]*verdict of/,
    );
    assert.ok(await confirm("compare", { run: "good", again: true }, here));
    await run("compare", { run: "good", again: true }, here);
    assert.equal(here.compared.length, 2);
  });

  it("give the verdict of a finished comparison as it is judged", async () => {
    const { judgeOf } = await import("../../src/host/compare/judge.ts");
    const folder = ComparisonFolder.finished(join(root, "compared"), sampleRecord({ rows: 40 }));
    const judge = judgeOf(folder.directory);
    const asked = { signal, progress: () => {} } as never;
    assert.deepEqual(await judge.summary({}, asked), { markdown: "" });
    await judge.look({ task: null }, asked);
    const { markdown } = await judge.summary({}, asked);
    assert.match(markdown, /^\*\*.*\.\*\* On 40 test rows/);
    assert.match(markdown, /\| Fine-tuned \|/);
  });
});

describe("runs as chat models", () => {
  const bundled = fileURLToPath(new URL("../../assets/tiny", import.meta.url));

  it("are offered where VS Code tells reliably of a cancelled request", () => {
    for (const version of ["1.127.0", "1.140.2", "1.127.0-insider", "2.0.0"])
      assert.ok(canOffer(version), version);
    for (const version of ["1.109.0", "1.126.9", "0.200.0", ""])
      assert.equal(canOffer(version), false, version);
  });

  it("are those with a result, whose model is here", async () => {
    const root = join(workspace, "chat", ".tunesmith", "runs");
    const make = (model: string, outcome: "done" | "paused", result: boolean) => {
      const directory = createRun("chatty", resolveRecipe({ model, data: { train: dataset } }, workspace), {
        root,
      });
      const events = new EventWriter(directory);
      events.write(attemptEvent(1, 0));
      events.write({ type: "ended", attempt: 1, outcome, error: null });
      events.close();
      if (result)
        writeJsonDurably(join(directory, files.result), { folder: "adapter", trainingSeconds: 3, step: 4 });
      return store.add(directory);
    };
    const done = make("tiny", "done", true);
    const offered = await chatModelOf(done, bundled);
    const { max_position_embeddings: context } = JSON.parse(
      readFileSync(join(bundled, "config.json"), "utf8"),
    );
    assert.equal(offered!.maxInputTokens + offered!.maxOutputTokens, context);
    assert.deepEqual(
      [offered!.id, offered!.name, offered!.detail, offered!.capabilities.toolCalling],
      [done.info.run, "chatty", "tiny", false],
    );
    assert.equal(await chatModelOf(make("tiny", "paused", false), bundled), undefined);
    assert.equal(await chatModelOf(make("tiny", "done", false), bundled), undefined);
    assert.equal(await chatModelOf(make("./gone", "done", true), bundled), undefined);
    const request = chatRequest(done.info.run, [{ role: "user", content: "hello" }], 64);
    assert.deepEqual([request.model, request.result], ["tiny", join(done.info.run, "adapter")]);
  });

  it("are told what was said, in turns", () => {
    assert.deepEqual(
      messagesOf([
        { role: 3, texts: ["be brief"] },
        { role: 1, texts: ["context"] },
        { role: 1, texts: ["que", "stion"] },
        { role: 2, texts: [] },
        { role: 2, texts: ["answer"] },
        { role: 1, texts: ["  "] },
      ]),
      [
        { role: "system", content: "be brief" },
        { role: "user", content: "context\n\nquestion" },
        { role: "assistant", content: "answer" },
      ],
    );
    assert.equal(tokensAbout(""), 0);
    assert.equal(tokensAbout("seven b"), 3);
    assert.equal(tokensAbout("日本"), 2);
  });
});
