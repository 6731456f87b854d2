import type { ChatRow } from "../../text/conversation.ts";
import { between, mergeEdits } from "../detect/conversation.ts";
import { chatml, gemma, mistral } from "../lint/example-models.ts";
import type { TokenView } from "../lint/token-view.ts";
import type { Turn } from "../parts.ts";
import type { Fix, RecordEdit, Rule } from "./rule.ts";

export const templateRejects: Rule = {
  id: "template-rejects",
  level: "tokens",
  on: "tokens",
  severity: "error",
  summary: "The chosen model's chat template refuses the conversation",
  rationale:
    "A template is a program, and many stop at what their model never saw: a system message (Gemma, the first Mistral), two turns of one side in a row (Llama 2, Mistral, Gemma), tools. A run would stop at this row. Where it is the template that uses something this program does not know, the row is not at fault, and the problem is a warning.",
  source:
    "`raise_exception` in the templates of Mistral-7B-Instruct, Gemma and Llama 2; unsloth #334, alignment-handbook #93, llama.cpp #21879.",
  check(view, _context, report) {
    const { refusal, record } = view;
    if (!refusal) return;
    if (refusal.isOurs) {
      report({
        severity: "warning",
        message: `the chat template of ${view.model.name} uses what this program's Jinja does not know (${refusal.complaint}): nothing is wrong with the row`,
      });
      return;
    }
    const { tools } = record.parts;
    const isAboutTools = refusal.at === undefined && tools !== undefined;
    report({
      ...(refusal.at !== undefined ? view.placeOfMessage(refusal.at) : isAboutTools ? { at: tools.at } : {}),
      message: `the chat template of ${view.model.name} refuses this: ${refusal.complaint.replace(/[.\s]+$/, "")}`,
      fixes: () => fixesFor(view),
    });
  },
  bad: [
    {
      text: '{"messages": [{"role": «"system"», "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      model: gemma,
      fixed:
        '{"messages": [{"role": "user", "content": "Be brief.\\n\\nHi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"instruction": "Say hello", "output": "Hello", "system": «"Be brief."»}\n',
      model: gemma,
      fixed: '{"instruction": "Be brief.\\n\\nSay hello", "output": "Hello"}\n',
      note: "A system message that is a field of its own.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": «"human"», "value": "Are you there?"}, {"from": "gpt", "value": "Yes"}]}\n',
      model: mistral,
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi\\n\\nAre you there?"}, {"from": "gpt", "value": "Yes"}]}\n',
    },
    {
      text: '{"messages": [{"role": «"system"», "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "user", "content": "There?"}, {"role": "assistant", "content": "Yes"}]}\n',
      model: gemma,
      fixed:
        '{"messages": [{"role": "user", "content": "Be brief.\\n\\nHi\\n\\nThere?"}, {"role": "assistant", "content": "Yes"}]}\n',
    },
    {
      text: '{"messages": [{"role": «"assistant"», "content": "Hello"}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well"}]}\n',
      model: mistral,
      note: "Whether the greeting goes or a question comes before it is for people to say.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Time?"}, {"role": "assistant", "content": "Noon"}], "tools": «[{"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {}}}}]»}\n',
      model: {
        name: "without tools",
        template: "{% if tools %}{{ raise_exception('no tools') }}{% endif %}",
      },
    },
    {
      text: '«{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}»\n',
      model: {
        name: "with a filter that is not known here",
        template: "{% for message in messages %}{{ message.content | wordwrap(9) }}{% endfor %}",
      },
      note: "A warning: Jinja has this filter, and the program's template engine has not.",
    },
  ],
  good: [
    {
      text: '{"tools": [{"type": "function", "function": {"name": "clock", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}}}}], "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      model: {
        name: "which writes tools as Python would",
        template: `{{ tools[0] | string }}${chatml.template!}`,
        tokenizer: "chatml",
      },
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      model: gemma,
    },
    {
      text: '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      note: "Most templates take a system message.",
    },
  ],
};

/** What would make the template take it: each is tried on the template itself before it is offered. */
function fixesFor(view: TokenView): Fix[] {
  const { row, record } = view;
  const [conversation] = record.parts.conversations;
  if (row.kind === "text" || !conversation || record.parts.conversations.length > 1) return [];
  const { turns } = conversation;
  const folded = foldSystem(turns);
  const candidates: (Fix & { edits: RecordEdit[]; after: ChatRow })[] = [];
  if (folded) {
    const after = foldedRow(row);
    candidates.push({ title: "Put the system message before the first user text", edits: folded, after });
    const both = foldAndMerge(turns);
    if (both)
      candidates.push({
        title: "Put the system message before the first user text, and merge turns of one side",
        edits: both,
        after: mergedRow(after),
      });
  }
  const merged = mergeRuns(turns);
  if (merged)
    candidates.push({ title: "Merge neighbouring turns of one side", edits: merged, after: mergedRow(row) });
  return candidates.filter(({ after }) => view.accepts(after)).map(({ title, edits }) => ({ title, edits }));
}

/** The texts of the system message and of the user's first, where both are plain. */
function systemAndFirst(turns: readonly Turn[]): { system: Turn; first: Turn; text: string } | undefined {
  const [system, first] = turns.filter(({ content }) => content !== "");
  if (system?.side !== "system" || first?.side !== "user" || typeof first.content !== "string")
    return undefined;
  return typeof system.content === "string" ? { system, first, text: system.content } : undefined;
}

function foldSystem(turns: readonly Turn[]): RecordEdit[] | undefined {
  const found = systemAndFirst(turns);
  return (
    found && [
      { kind: "text", at: found.first.contentAt, span: [0, 0], text: found.text + between },
      { kind: "remove", at: found.system.at },
    ]
  );
}

function foldAndMerge(turns: readonly Turn[]): RecordEdit[] | undefined {
  const fold = foldSystem(turns);
  const merge = mergeRuns(turns);
  return fold && merge && [...fold, ...merge];
}

/** Every run of turns of one side as one turn; undefined where there is none, or one cannot be. */
function mergeRuns(turns: readonly Turn[]): RecordEdit[] | undefined {
  const edits: RecordEdit[] = [];
  for (let start = 0; start < turns.length; ) {
    let end = start + 1;
    while (end < turns.length && turns[end]!.side === turns[start]!.side) end++;
    const run = end > start + 1 ? mergeEdits(turns.slice(start, end)) : [];
    if (!run) return undefined;
    edits.push(...run);
    start = end;
  }
  return edits.length > 0 ? edits : undefined;
}

function foldedRow(row: ChatRow): ChatRow {
  const [system, first, ...rest] = row.messages;
  return { ...row, messages: [{ ...first!, content: system!.content + between + first!.content }, ...rest] };
}

function mergedRow(row: ChatRow): ChatRow {
  const messages: ChatRow["messages"] = [];
  for (const message of row.messages) {
    const last = messages.at(-1);
    if (last?.role === message.role) last.content += between + message.content;
    else messages.push({ ...message });
  }
  return { ...row, messages };
}
