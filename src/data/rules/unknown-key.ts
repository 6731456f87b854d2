import { field } from "../formats/format.ts";
import { schemaFindings } from "../schemas/check.ts";
import type { Fix, Found, RecordView, Rule } from "./rule.ts";

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
    if (context.target === "openai") reportMistral(view, report);
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
      text: '{«"system_prompt"»: "Be brief.", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n',
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

/** Chat, but for a key that mistral-finetune reads and OpenAI does not know. */
function reportMistral({ format, record }: RecordView, report: (found: Found) => void): void {
  if (format?.name !== "mistral" || !record) return;
  const isOwn = ["interactions", "available_tools", "only_last"].some(
    (key) => field(record, key) !== undefined,
  );
  const at = ["system_prompt"];
  if (isOwn || field(record, "system_prompt") === undefined) return;
  report({
    at,
    on: "key",
    message: 'the format "chat" has no key "system_prompt", which mistral-finetune reads',
    fixes: () => [{ title: 'Remove "system_prompt"', edits: [{ kind: "remove", at }] }],
  });
}
