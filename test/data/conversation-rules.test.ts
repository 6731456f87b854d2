/** What examples cannot say of the rules about conversations: which of them speaks, how loudly, and that fixing ends. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LintDocument } from "../../src/data/lint/document.ts";
import { editsOf, fixAll } from "../../src/data/lint/fixes.ts";
import { defaultSettings } from "../../src/data/lint/settings.ts";
import { rules } from "../../src/data/rules/index.ts";
import { type Target, targets } from "../../src/data/rules/rule.ts";
import { applyEdits } from "../../src/data/source/edit.ts";
import { Random } from "../../src/random/random.ts";

const conversationRules = rules.filter(({ level }) => level === "conversation");

function documentOf(text: string, target: Target = "tunesmith", name = "train.jsonl"): LintDocument {
  const document = new LintDocument(name, text, { ...defaultSettings, target }, conversationRules);
  document.checkAll();
  return document;
}

/** `rule severity`, in order. */
function found(record: object, target?: Target): string[] {
  return documentOf(`${JSON.stringify(record)}\n`, target)
    .problems()
    .map(({ rule, severity }) => `${rule.id} ${severity}`);
}

const said = (...roles: string[]) => ({
  messages: roles.map((role, i) => ({ role, content: `${role} ${i}` })),
});
const call = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "a", type: "function", function: { name: "clock", arguments: {} } }],
};

describe("one cause is one problem", () => {
  const cases: [what: string, record: object, expected: string[], target?: Target][] = [
    ["an empty list has no assistant either", { messages: [] }, ["empty-messages error"]],
    ["without any answer, the last turn is none", said("user"), ["no-assistant error"]],
    ["nor do turns alternate", said("user", "user"), ["no-assistant error"]],
    ["a misspelled role may be the assistant's", said("user", "asistant"), ["unknown-role error"]],
    ["or the user's", said("usr", "assistant"), ["unknown-role error"]],
    ["two system messages", said("system", "user", "system", "assistant"), ["multiple-system warning"]],
    ["one that is late", said("user", "system", "assistant"), ["system-not-first warning"]],
    ["an answer alone", said("assistant"), ["first-not-user warning"]],
    [
      "a prompt that holds only an answer",
      { prompt: said("assistant").messages, completion: said("assistant").messages },
      ["prompt-last-not-user warning"],
    ],
    [
      "a call that is skipped, then an answer",
      { messages: [...said("user").messages, call, ...said("assistant").messages] },
      ["tool-call-unpaired error"],
      "llama-factory",
    ],
    ["a result that was not called, first of all", said("tool", "assistant"), ["tool-call-unpaired warning"]],
    [
      "calls without ids ask for ids, not for matching results",
      {
        messages: [
          ...said("user").messages,
          { role: "assistant", tool_calls: [{ type: "function", function: { name: "a", arguments: "{}" } }] },
          ...said("tool", "assistant").messages,
        ],
      },
      ["tool-call-shape error"],
      "openai",
    ],
    [
      "an answer that is both empty and the same as the other",
      { prompt: "Hi", chosen: [], rejected: [] },
      ["empty-messages error", "empty-messages error"],
    ],
    [
      "a better answer that is none",
      { prompt: said("user").messages, chosen: said("user").messages, rejected: said("user").messages },
      ["preference-shape error", "preference-shape error", "preference-identical error"],
    ],
    ["a last turn of the user's", said("user", "assistant", "user"), ["last-not-assistant warning"]],
  ];
  for (const [what, record, expected, target] of cases) {
    it(what, () => assert.deepEqual(found(record, target), expected));
  }
});

describe("severity follows the target", () => {
  const byTarget = (record: object, id: string) =>
    Object.fromEntries(
      targets.flatMap((target) => {
        const hit = found(record, target).find((each) => each.startsWith(`${id} `));
        return hit ? [[target, hit.split(" ")[1]]] : [];
      }),
    );

  it("several turns of the user in a row are written by lenient templates", () => {
    assert.deepEqual(byTarget(said("user", "user", "assistant"), "roles-must-alternate"), {
      tunesmith: "info",
      trl: "warning",
      axolotl: "warning",
      "llama-factory": "error",
      "mlx-lm": "warning",
      gemini: "warning",
      mistral: "info",
    });
  });

  it("several answers in a row teach what is never met", () => {
    assert.deepEqual(byTarget(said("user", "assistant", "assistant"), "roles-must-alternate"), {
      tunesmith: "warning",
      trl: "warning",
      axolotl: "warning",
      "llama-factory": "error",
      "mlx-lm": "warning",
      gemini: "warning",
      mistral: "error",
    });
  });

  it("an answer of weight 0 is all there was where the last alone is learned", () => {
    const messages = [
      ...said("user", "assistant", "user").messages,
      { role: "assistant", content: "b", weight: 0 },
    ];
    const of = (record: object) => byTarget(record, "no-trained-message").tunesmith;
    assert.deepEqual([of({ messages }), of({ messages, only_last: true })], ["warning", "error"]);
  });

  it("a row without an answer is nothing to anybody", () => {
    const everywhere = Object.fromEntries(targets.map((target) => [target, "error"]));
    assert.deepEqual(byTarget(said("user"), "no-assistant"), everywhere);
  });

  it("a result that was not called is refused by those who pair", () => {
    assert.deepEqual(byTarget(said("user", "tool", "assistant"), "tool-call-unpaired"), {
      tunesmith: "warning",
      trl: "warning",
      axolotl: "warning",
      "llama-factory": "error",
      "mlx-lm": "warning",
      openai: "error",
      gemini: "warning",
      mistral: "error",
    });
  });
});

describe("a record that has to be converted first", () => {
  it("is not judged by a target that does not read its format", () => {
    const row = {
      tools: '[{"name": "clock"}]',
      conversations: [
        { from: "human", value: "Time?" },
        { from: "gpt", value: "[clock()]" },
        { from: "observation", value: "12:00" },
        { from: "gpt", value: "Noon" },
      ],
    };
    for (const target of ["openai", "mistral", "gemini", "mlx-lm"] as const)
      assert.deepEqual(found(row, target), []);
  });
});

describe("fixes keep what they do not mean", () => {
  const fixedBy = (text: string, rule: string, name?: string) => {
    const document = documentOf(text, "tunesmith", name);
    return applyEdits(text, fixAll(document, { of: { rule } }).edits);
  };

  it("the last of several turns go with the commas before them", () => {
    const turns = ['{"role":"user","content":"a"}', '{"role":"assistant","content":"b"}'];
    const late = ['{"role":"user","content":"c"}', '{"role":"user","content":"d"}'];
    const text = (list: string[]) =>
      `[\n  {\n    "id": 1,\n    "messages": [\n      ${list.join(",\n      ")}\n    ]\n  }\n]\n`;
    assert.equal(fixedBy(text([...turns, ...late]), "last-not-assistant", "train.json"), text(turns));
  });

  it("a run in the middle is merged in place, escapes and all", () => {
    const text =
      '{"messages":[{"role":"user","content":"caf\\u00e9 \\"1\\""}, {"role":"user","content":"z\\n2"},{"role":"assistant","content":"b"}],"x":1.50}\n';
    assert.equal(
      fixedBy(text, "roles-must-alternate"),
      '{"messages":[{"role":"user","content":"caf\\u00e9 \\"1\\"\\n\\nz\\n2"}, {"role":"assistant","content":"b"}],"x":1.50}\n',
    );
  });
});

describe("fixing everything of random conversations", () => {
  const roles = [
    "system",
    "user",
    "assistant",
    "tool",
    "human",
    "gpt",
    "model",
    "usr",
    "developer",
    "function",
  ];

  function turn(random: Random, keys: readonly [string, string]): object {
    const role = roles[random.integer(random.uniform() < 0.7 ? 4 : roles.length)]!;
    const made: Record<string, unknown> = { [keys[0]]: role, [keys[1]]: `said ${random.integer(4)}` };
    if (random.uniform() < 0.1) made.weight = 0;
    if (role === "assistant" && random.uniform() < 0.3) {
      const named = { name: random.uniform() < 0.8 ? "clock" : "clok", arguments: argumentsOf(random) };
      const kind = random.integer(4);
      if (kind === 0) made.function_call = named;
      else {
        const id = random.uniform() < 0.7 ? { id: `call${random.integer(3)}` } : {};
        made.tool_calls = kind === 1 ? [{ ...id, ...named }] : [{ ...id, type: "function", function: named }];
      }
    }
    if (role === "tool" && random.uniform() < 0.7) made.tool_call_id = `call${random.integer(3)}`;
    return made;
  }

  function argumentsOf(random: Random): unknown {
    return ["{}", "", '{"zone": "UTC"}', { zone: "UTC" }, { zon: "UTC" }, { zone: 1 }, '{"zon'][
      random.integer(7)
    ];
  }

  function list(random: Random, keys: readonly [string, string] = ["role", "content"], most = 7): object[] {
    return Array.from({ length: random.integer(most) }, () => turn(random, keys));
  }

  function record(random: Random): object {
    const parameters = { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] };
    const tools =
      random.uniform() < 0.3
        ? { tools: [{ type: "function", function: { name: "clock", parameters } }] }
        : {};
    switch (random.integer(6)) {
      case 0:
        return { conversations: list(random, ["from", "value"]), ...tools };
      case 1:
        return { prompt: list(random), completion: list(random, undefined, 3), ...tools };
      case 2:
        return {
          prompt: list(random),
          chosen: list(random, undefined, 3),
          rejected: list(random, undefined, 3),
        };
      case 3:
        return { chosen: list(random), rejected: list(random) };
      case 4:
        return { system: "Be brief.", messages: list(random), ...tools };
      default:
        return { messages: list(random), ...tools };
    }
  }

  /** A fix can bring another problem to light: a turn that is merged, two that now are neighbours. */
  const mostPasses = 8;

  function fixEverything(text: string, target: Target): string {
    let now = text;
    for (let pass = 0; pass < mostPasses; pass++) {
      const before = now;
      for (const { id } of conversationRules) {
        const { edits } = fixAll(documentOf(now, target), { of: { rule: id } });
        now = applyEdits(now, edits);
      }
      if (now === before) return now;
    }
    return now;
  }

  it("leaves no error that can be fixed, and JSON", () => {
    const random = new Random(31, "conversations");
    for (let round = 0; round < 150; round++) {
      const target = targets[random.integer(targets.length)]!;
      const rows = Array.from({ length: 1 + random.integer(2) }, () => JSON.stringify(record(random)));
      const text = `${rows.join("\n")}\n`;
      const fixed = fixEverything(text, target);
      const said = `round ${round}, ${target}:\n${text}became\n${fixed}`;
      for (const line of fixed.split("\n"))
        if (line !== "") assert.doesNotThrow(() => JSON.parse(line), said);
      const document = documentOf(fixed, target);
      const left = document
        .problems()
        .filter((problem) => problem.severity === "error" && document.fixesOf(problem).length > 0);
      assert.deepEqual(
        left.map(({ rule, message }) => `${rule.id}: ${message}`),
        [],
        said,
      );
    }
  });

  it("each fix does all of its work at once", () => {
    const random = new Random(33, "conversations");
    for (let round = 0; round < 150; round++) {
      const target = targets[random.integer(targets.length)]!;
      const text = `${JSON.stringify(record(random))}\n`;
      const document = documentOf(text, target);
      for (const problem of document.problems()) {
        const count = (from: LintDocument) =>
          from.problems().filter(({ rule, message }) => rule === problem.rule && message === problem.message)
            .length;
        for (const fix of document.fixesOf(problem)) {
          const fixed = applyEdits(text, editsOf(document, problem, fix));
          const said = `round ${round}, ${target}, ${problem.rule.id}: ${problem.message}\n${text}became\n${fixed}`;
          assert.ok(count(documentOf(fixed, target)) < count(document), said);
        }
      }
    }
  });

  it("with the safe ones only, keeps every text", () => {
    const random = new Random(32, "conversations");
    for (let round = 0; round < 150; round++) {
      const target = targets[random.integer(targets.length)]!;
      const before = record(random);
      const text = `${JSON.stringify(before)}\n`;
      const fixed = applyEdits(text, fixAll(documentOf(text, target), { of: "safe" }).edits);
      const count = (from: string) => from.match(/said \d/g)?.length ?? 0;
      // A prompt that is repeated in an answer is the one text that goes.
      if ("prompt" in before && "chosen" in before) continue;
      assert.equal(count(fixed), count(text), `round ${round}, ${target}:\n${text}became\n${fixed}`);
    }
  });
});
