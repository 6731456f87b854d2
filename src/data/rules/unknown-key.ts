import { schemaFindings } from "../schemas/check.ts";
import type { Fix, Rule } from "./rule.ts";

export const unknownKey: Rule = {
  id: "unknown-key",
  level: "schema",
  on: "record",
  severity: "warning",
  summary: "A key that the format does not know",
  rationale:
    "Trainers pass over keys that they do not know, so a slip in the name of an optional one (`sytem`, `wieght`) goes unseen and what stands there is not learned. Keys that are no slip of a known one are taken for notes about the row, unless the trainer refuses them.",
  source:
    "OpenAI cookbook's check of chat data (message_unrecognized_key); Together's `files check` and Claude on Bedrock refuse keys beside their own.",
  options: {
    any: {
      default: 0,
      minimum: 0,
      maximum: 1,
      description: "1 reports every unknown key, not only slips of known ones.",
    },
  },
  check(view, context, report) {
    const { format, unknown } = schemaFindings(view, context);
    if (unknown.length === 0) return;
    const isStrict =
      context.target === "openai" && (format!.name === "chat" || format!.name === "openai-preference");
    for (const { at, key, meant } of unknown) {
      if (meant === undefined && !isStrict && context.options.any !== 1) continue;
      const fixes: Fix[] = [
        ...(meant === undefined
          ? []
          : [
              {
                title: `Rename "${key}" to "${meant}"`,
                edits: [{ kind: "rename" as const, at: [...at, key], key: meant }],
              },
            ]),
        { title: `Remove "${key}"`, edits: [{ kind: "remove" as const, at: [...at, key] }] },
      ];
      report({
        at: [...at, key],
        on: "key",
        ...(isStrict && at.length > 0 && { severity: "error" as const }),
        message: `the format "${format!.name}" has no key "${key}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`,
        fixes: () => fixes,
      });
    }
  },
  bad: [
    {
      text: '{«"sytem"»: "Be brief.", "instruction": "a", "output": "b"}\n',
      fixed: '{"system": "Be brief.", "instruction": "a", "output": "b"}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", «"wieght"»: 1}]}\n',
      fixed:
        '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 1}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "a", «"lang"»: "en"}, {"role": "assistant", "content": "b"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
      target: "openai",
    },
    {
      text: '{"prompt": "a", "completion": "b", «"colour"»: "red"}\n',
      fixed: '{"prompt": "a", "completion": "b"}\n',
      options: { any: 1 },
    },
  ],
  good: [
    { text: '{"id": 3, "instruction": "a", "output": "b", "lang": "en", "category": "qa", "title": "x"}\n' },
    { text: '{"text": "a", "url": "b", "txt": "c"}\n', note: "Beside a text anything may stand." },
    {
      text: '{"messages": [{"role": "user", "content": "a", "lang": "en"}, {"role": "assistant", "content": "b"}]}\n',
    },
  ],
};
