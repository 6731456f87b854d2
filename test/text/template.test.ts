// Renderings against transformers' apply_chat_template (fixtures/text/make_fixtures.py), and some written by hand.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import type { Message } from "../../src/text/conversation.ts";
import { ChatTemplate, TemplateRefusal } from "../../src/text/template.ts";
import { loadChatTemplate } from "../../src/text/template-files.ts";
import { loadTokenizer } from "../../src/text/tokenizer.ts";

const fixtures = join(import.meta.dirname, "../fixtures/text");
const scratch = mkdtempSync(join(tmpdir(), "tunesmith-template-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const variables = { bos_token: "<s>", eos_token: "</s>" };
const now = new Date(2024, 2, 5, 6, 7, 8);
const source = (file: string) => readFileSync(join(fixtures, "templates", file), "utf8");
const templateOf = (text: string) => new ChatTemplate({ default: text }, { origin: "test", variables, now });
const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const system = (content: string): Message => ({ role: "system", content });

type Rendering = { text: string; spans: [number, number][] } | { error: string };
const expected: {
  conversations: { messages: Message[]; tools?: unknown[] }[];
  renderings: Record<string, [Rendering, Rendering][]>;
} = JSON.parse(readFileSync(join(fixtures, "renderings.json"), "utf8"));

describe("as transformers renders", () => {
  for (const [file, renderings] of Object.entries(expected.renderings)) {
    test(file, () => {
      const template = templateOf(source(file));
      for (const [i, { messages, tools }] of expected.conversations.entries()) {
        for (const [j, addGenerationPrompt] of [false, true].entries()) {
          const theirs = renderings[i]![j]!;
          if ("error" in theirs) {
            // The first of no messages is an error in Python's Jinja, and nothing in JavaScript's.
            if (theirs.error === "list object has no element 0") continue;
            assert.throws(() => template.render(messages, { tools, addGenerationPrompt }), {
              code: "template-invalid",
            });
            continue;
          }
          const ours = template.renderMarked(messages, { tools, addGenerationPrompt });
          assert.equal(ours.text, theirs.text);
          const characters = [...theirs.text];
          const units = (n: number) => characters.slice(0, n).join("").length;
          assert.deepEqual(
            ours.generated,
            theirs.spans.map(([start, end]) => ({ start: units(start), end: units(end) })),
          );
        }
      }
    });
  }
});

describe("by hand, from the templates' own documents", () => {
  test("ChatML", () => {
    assert.equal(
      templateOf(source("chatml.jinja")).render([system("S"), user("U")], { addGenerationPrompt: true }),
      "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("Llama 3, with the date of the run", () => {
    assert.equal(
      templateOf(source("llama3.jinja")).render([user(" U ")], { addGenerationPrompt: true }),
      "<s><|start_header_id|>system<|end_header_id|>\n\nToday Date: 05 Mar 2024\n\n<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    );
  });

  test("Mistral", () => {
    assert.equal(
      templateOf(source("mistral.jinja")).render([user("a"), assistant("b"), user("c"), assistant("d")]),
      "<s>[INST] a [/INST] b</s>[INST] c [/INST] d</s>",
    );
  });

  test("dates are English and zero-padded, whatever the machine's language", () => {
    const dates = templateOf("{{ strftime_now('%A %a %d %-d %B %b %y %Y-%m-%d %H:%M:%S %% %q') }}");
    assert.equal(dates.render([]), "Tuesday Tue 05 5 March Mar 24 2024-03-05 06:07:08 % %q");
  });
});

describe("a conversation that the template refuses", () => {
  const refusals: [what: string, file: string, messages: Message[], says: RegExp][] = [
    [
      "a system turn",
      "gemma.jinja",
      [system("S"), user("U")],
      /at message 1 \(role "system"\): System role not supported/,
    ],
    [
      "the second of two user turns",
      "mistral.jinja",
      [user("a"), user("b"), assistant("c")],
      /at message 2 \(role "user"\)/,
    ],
    [
      "a late tool turn",
      "mistral.jinja",
      [user("a"), assistant("b"), { role: "tool", content: "t" }],
      /at message 3 \(role "tool"\)/,
    ],
  ];
  for (const [what, file, messages, says] of refusals) {
    test(`names ${what}`, () => {
      assert.throws(
        () => templateOf(source(file)).render(messages),
        (error) =>
          error instanceof TunesmithError &&
          error.code === "template-invalid" &&
          says.test(error.message) &&
          error.hint !== "",
      );
    });
  }

  test("says that it is ours where the template uses what is not known here", () => {
    const refusalOf = (text: string) => {
      try {
        templateOf(text).render([user("a")]);
      } catch (error) {
        return error as TemplateRefusal;
      }
      throw new Error("it is not refused");
    };
    const ours = refusalOf("{{ messages[0].content | wordwrap(9) }}");
    assert.deepEqual(
      [ours.isOurs, ours.complaint, ours.at],
      [true, "Unknown StringValue filter: wordwrap", undefined],
    );
    assert.match(ours.message, /this program's Jinja does not know/);
    // The library does not tell these two apart, which Python writes as "None" and as nothing.
    for (const text of ["{{ none | string }}", "{{ nothing | string }}"])
      assert.ok(refusalOf(text).isOurs, text);
    // Whatever a template complains of in its own words is its own complaint.
    for (const text of ["{{ raise_exception('Unknown filter: x') }}", "{{ 1 + nothing }}"])
      assert.equal(refusalOf(text).isOurs, false, text);
  });

  test("blames no message where the template refuses everything", () => {
    assert.throws(
      () => templateOf("{{ raise_exception('never') }}").render([user("a")]),
      (error) =>
        error instanceof TunesmithError && error.message.endsWith("refuses this conversation: never"),
    );
  });

  test("is told by its message's index and the template's own words", () => {
    assert.throws(
      () => templateOf(source("mistral.jinja")).render([user("a"), user("b"), assistant("c")]),
      (error) =>
        error instanceof TemplateRefusal && error.at === 1 && /^Conversation roles/.test(error.complaint),
    );
  });

  test("is undefined to those who only ask", () => {
    assert.equal(templateOf(source("gemma.jinja")).tryRender([system("S")]), undefined);
  });
});

describe("the filter string", () => {
  // By Python's Jinja 3.1.6, of tools[0] as below.
  const tool = { a: 1, b: [true, null, "x'y", 'q"', "l\n\t\\é\x07\xad"], c: { d: 1.5, e: [] } };
  const cases: [template: string, text: string][] = [
    [
      "{{ v | string }}",
      String.raw`{'a': 1, 'b': [True, None, "x'y", 'q"', 'l\n\t\\é\x07\xad'], 'c': {'d': 1.5, 'e': []}}`,
    ],
    ["{{ v.b | string }}", String.raw`[True, None, "x'y", 'q"', 'l\n\t\\é\x07\xad']`],
    ["{{ 3 | string }}", "3"],
    ["{{ 1.5 | string }}", "1.5"],
    ["{{ 'a\\'b' | string }}", "a'b"],
    ["{{ true | string }}", "True"],
    ["{{ v.c.d | string ~ '!' }}", "1.5!"],
    ["{{ [1.0, (1, 2)] | string }}", "[1.0, (1, 2)]"],
  ];
  for (const [template, text] of cases) {
    test(template, () => {
      const written = templateOf(`{% set v = tools[0] %}${template}`).render([user("a")], { tools: [tool] });
      assert.equal(written, text);
    });
  }
});

describe("marks of what the model writes", () => {
  const marked = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %};{% endfor %}";

  test("are found around characters that could be taken for marks", () => {
    const odd = "\ufdd0\ufdd1 a \ufdd2";
    assert.deepEqual(templateOf(marked).renderMarked([user(odd), user("")]), {
      text: `${odd};;`,
      generated: [
        { start: 0, end: odd.length },
        { start: odd.length + 1, end: odd.length + 1 },
      ],
    });
  });

  test("count for nothing where the template measures what it rendered", () => {
    const measuring = `{% set x %}${marked}{% endset %}{{ x }}{{ x | length }}`;
    assert.deepEqual(templateOf(measuring).renderMarked([user("abc")]), { text: "abc;4", generated: [] });
  });

  test("keep Jinja's trimming around their tags", () => {
    const { text, generated } = templateOf(
      "a \n  {%- generation -%} \n b \n {%- endgeneration %}\nc",
    ).renderMarked([]);
    assert.deepEqual({ text, generated }, { text: "abc", generated: [{ start: 1, end: 2 }] });
  });
});

test("weight is not shown to the template; other keys are", () => {
  const keys = templateOf("{% for m in messages %}{{ m | tojson }}{% endfor %}");
  assert.equal(
    keys.render([{ role: "assistant", content: "x", weight: 0, name: "n" }]),
    '{"role": "assistant", "content": "x", "name": "n"}',
  );
});

/** A folder with the ChatML tokenizer and these files. */
function folderWith(files: Record<string, string | object>, name = "chatml"): string {
  const folder = mkdtempSync(join(scratch, "folder-"));
  cpSync(join(fixtures, name), folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}
const load = (folder: string) => loadChatTemplate(folder, loadTokenizer(folder));

describe("where a folder keeps its template", () => {
  test("chat_template.jinja, which wins over tokenizer_config.json", async () => {
    const template = await load(
      folderWith({
        "chat_template.jinja": "file\r\n{{ eos_token }}",
        "tokenizer_config.json": { eos_token: "E", chat_template: "config" },
      }),
    );
    assert.equal(template.render([]), "file\nE");
    assert.equal(template.origin, "chat_template.jinja");
  });

  test("tokenizer_config.json", async () => {
    const template = await load(
      folderWith({ "tokenizer_config.json": { chat_template: "{{ messages[0].content }}" } }),
    );
    assert.equal(template.render([user("U")]), "U");
  });

  test("a list of named ones: tool_use where there are tools", async () => {
    const chat_template = [
      { name: "default", template: "plain" },
      { name: "tool_use", template: "tools" },
    ];
    const template = await load(folderWith({ "tokenizer_config.json": { chat_template } }));
    assert.equal(template.render([]), "plain");
    assert.equal(template.render([], { tools: [{}] }), "tools");
  });

  test("additional_chat_templates", async () => {
    const template = await load(
      folderWith({ "chat_template.jinja": "plain", "additional_chat_templates/tool_use.jinja": "tools" }),
    );
    assert.equal(template.render([], { tools: [{}] }), "tools");
  });

  test("a template that is not Jinja, or no template at all, is an error that names its place", async () => {
    await assert.rejects(load(folderWith({ "chat_template.jinja": "{% if %}" })), {
      code: "template-invalid",
      message: /chat_template\.jinja.*not valid Jinja/,
    });
    for (const chat_template of [7, [], [{ name: "default" }], { default: "x" }]) {
      await assert.rejects(load(folderWith({ "tokenizer_config.json": { chat_template } })), {
        code: "template-invalid",
        message: /tokenizer_config\.json/,
      });
    }
    await assert.rejects(
      async () => {
        const only = [{ name: "rag", template: "x" }];
        (await load(folderWith({ "tokenizer_config.json": { chat_template: only } }))).render([user("a")]);
      },
      { code: "template-invalid", message: /no template named "default"/ },
    );
  });
});

describe("a model without a template", () => {
  test("gets headings, and its own end token after each answer", async () => {
    const template = await load(join(fixtures, "chatml"));
    assert.equal(
      template.render([system("S"), user("U"), assistant("A"), user("V")], { addGenerationPrompt: true }),
      "## System\nS\n\n## User\nU\n\n## Assistant\nA<|im_end|>\n\n## User\nV\n\n## Assistant\n",
    );
    assert.equal(template.render([user("U"), assistant("A")]), "## User\nU\n\n## Assistant\nA<|im_end|>");
  });

  test("begins with the begin token where the tokenizer adds one itself", async () => {
    assert.equal((await load(join(fixtures, "llama2"))).render([user("U")]), "<s>## User\nU");
    assert.equal((await load(join(fixtures, "llama3"))).render([user("U")]), "<|begin_of_text|>## User\nU");
  });

  test("cannot be given tools", async () => {
    const template = await load(join(fixtures, "chatml"));
    assert.throws(() => template.render([user("U")], { tools: [{}] }), {
      code: "template-invalid",
      message: /tools/,
    });
    const calls = { role: "assistant", content: "", tool_calls: [{}] };
    assert.throws(() => template.render([user("U"), calls]), {
      code: "template-invalid",
      message: /message 2/,
    });
  });
});
