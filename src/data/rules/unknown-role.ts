import { nearest } from "../../protocol/suggest.ts";
import { judgedAs } from "../detect/conversation.ts";
import { roleSpellings } from "../formats/messages.ts";
import type { Side, Turn } from "../parts.ts";
import type { Found, Rule, Severity, Target } from "./rule.ts";

export const unknownRole: Rule = {
  id: "unknown-role",
  level: "conversation",
  on: "record",
  severity: "error",
  summary: "A turn has a role that no format knows, or that the target does not take",
  rationale:
    "A template does not know how to write such a turn; loaders drop the row, often with no more than a line in a log. Tunesmith takes `human`, `gpt`, `model` and their like for what they mean, and notes only where ShareGPT's words stand among OpenAI's in one conversation. OpenAI and Mistral refuse them, TRL and mlx-lm hand them to the template as they are, and LLaMA-Factory knows one spelling for each side.",
  source:
    "LLaMA-Factory #2381 (\"hummany\") and its `converter.py`; Together `files check`; `UnrecognizedRoleError` in mistral-finetune; TRL's `maybe_convert_to_chatml`; Axolotl's roles.",
  check({ parts, format }, context, report) {
    const target = judgedAs(context.target, format);
    const isGemini = format?.name === "gemini";
    for (const { turns } of parts.conversations) {
      for (const turn of turns) {
        const { role, side } = turn;
        if (!role) continue;
        if (side === undefined) report(unknown(turn, turns, target, isGemini));
        else if (
          target !== "tunesmith" &&
          (role.spelled !== side || isGemini || target === "llama-factory")
        ) {
          const found = alias(turn, turns, target, isGemini);
          if (found) report(found);
        } else if (target === "tunesmith" && isForeign(turn, turns)) {
          report(foreign(turn, turns));
        }
      }
    }
  },
  bad: [
    {
      text: '{"conversations": [{"from": «"hummany"», "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      fixed: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"asistant"», "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"gpt"», "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      note: "A note: Tunesmith reads it, others do not.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «1», "content": "Hello"}]}\n',
      note: "What was meant cannot be told.",
    },
    {
      text: '{"messages": [{"role": «"human"», "content": "Hi"}, {"role": «"Assistant"», "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "openai",
    },
    {
      text: '{"messages": [{"role": «"developer"», "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": «"model"», "content": "Hello"}]}\n',
      fixed:
        '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "mistral",
    },
    {
      text: '{"conversations": [{"from": «"human"», "value": "Hi"}, {"from": «"gpt"», "value": "Hello"}]}\n',
      fixed:
        '{"conversations": [{"from": "user", "value": "Hi"}, {"from": "assistant", "value": "Hello"}]}\n',
      target: "trl",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}, {"from": «"user"», "value": "Bye"}, {"from": "gpt", "value": "Bye"}]}\n',
      fixed:
        '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}, {"from": "human", "value": "Bye"}, {"from": "gpt", "value": "Bye"}]}\n',
      target: "llama-factory",
      note: "A row is read with one spelling for each side.",
    },
    {
      text: '{"messages": [{"role": "user", "content": "Hi"}, {"role": «"bot"», "content": "Hello"}]}\n',
      fixed: '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "axolotl",
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": «"assistant"», "parts": [{"text": "Hello"}]}]}\n',
      fixed:
        '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
      target: "gemini",
    },
  ],
  good: [
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
    },
    {
      text: '{"messages": [{"role": "human", "content": "Hi"}, {"role": "model", "content": "Hello"}]}\n',
      note: "Tunesmith knows what is meant.",
    },
    {
      text: '{"messages": [{"role": "human", "content": "Hi"}, {"role": "gpt", "content": "Hello"}]}\n',
      note: "ShareGPT's words throughout.",
    },
    {
      text: '{"messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n',
      target: "openai",
    },
    {
      text: '{"conversations": [{"from": "user", "value": "Hi"}, {"from": "assistant", "value": "Hello"}]}\n',
      target: "llama-factory",
      note: "The tags can be set.",
    },
    {
      text: '{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}\n',
      target: "axolotl",
    },
    {
      text: '{"contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Hello"}]}]}\n',
      target: "gemini",
    },
  ],
};

const ofTemplates = ["system", "user", "assistant", "tool", "ipython"];
/** What each takes in `role` or, where it reads that, in `from`. What is absent is not read at all. */
const taken: Partial<Record<Target, { role?: readonly string[]; from?: readonly string[] }>> = {
  trl: { role: ofTemplates, from: ofTemplates },
  "mlx-lm": { role: ofTemplates },
  axolotl: {
    role: [...ofTemplates, "human", "gpt"],
    from: [...ofTemplates, "human", "gpt"],
  },
  openai: { role: ["system", "developer", "user", "assistant", "tool"] },
  mistral: { role: ["system", "user", "assistant", "tool"] },
  "llama-factory": {
    role: ["system", "user", "assistant", "tool", "observation"],
    from: ["system", "human", "gpt", "observation", "user", "assistant", "tool"],
  },
};

/** How each form spells a side. */
const usual: Record<"role" | "from" | "gemini", Partial<Record<Side, string>>> = {
  role: { system: "system", user: "user", assistant: "assistant", tool: "tool" },
  from: { system: "system", user: "human", assistant: "gpt", tool: "observation" },
  gemini: { user: "user", assistant: "model", tool: "user" },
};

type Form = keyof typeof usual;

function formOf(turn: Turn, isGemini: boolean): Form {
  return isGemini ? "gemini" : turn.role!.at.at(-1) === "from" ? "from" : "role";
}

function allowedIn(form: Form, target: Target): readonly string[] | undefined {
  if (form === "gemini") return target === "gemini" ? ["user", "model", "function"] : undefined;
  return taken[target]?.[form];
}

/** As the conversation spells that side elsewhere, if that is allowed; else as its form does. */
function spellingOf(
  side: Side,
  turn: Turn,
  turns: readonly Turn[],
  form: Form,
  allowed: readonly string[] | undefined,
): string | undefined {
  for (const other of turns) {
    const spelled = other.role?.spelled;
    if (other === turn || other.side !== side || typeof spelled !== "string" || isOwn(spelled)) continue;
    if (!allowed || allowed.includes(spelled)) return spelled;
  }
  const spelled = usual[form][side];
  if (!allowed || spelled === undefined || allowed.includes(spelled)) return spelled;
  return usual.role[side];
}

/** A call or a result in forms that other rules convert. */
function isOwn(spelled: unknown): boolean {
  return spelled === "function_call" || spelled === "function";
}

function unknown(turn: Turn, turns: readonly Turn[], target: Target, isGemini: boolean): Found {
  const { at, spelled } = turn.role!;
  const near = typeof spelled === "string" ? nearest(spelled, roleSpellings.keys()) : undefined;
  const side = near === undefined ? undefined : roleSpellings.get(near);
  const form = formOf(turn, isGemini);
  const meant =
    near === undefined || isOwn(near) ? near : spellingOf(side!, turn, turns, form, allowedIn(form, target));
  return {
    at,
    message: `${JSON.stringify(spelled)} is no role${meant ? `; did you mean "${meant}"?` : ""}`,
    fixes: () =>
      meant
        ? [
            {
              title: `Change ${JSON.stringify(spelled)} to "${meant}"`,
              edits: [{ kind: "replace", at, value: meant }],
            },
          ]
        : [],
  };
}

const ofShareGpt: ReadonlySet<unknown> = new Set(["human", "gpt"]);
const ofOpenAi: ReadonlySet<unknown> = new Set(["user", "assistant"]);

/** One of ShareGPT's words where other turns have OpenAI's. */
function isForeign({ role }: Turn, turns: readonly Turn[]): boolean {
  if (!ofShareGpt.has(role!.spelled) || role!.at.at(-1) !== "role") return false;
  return turns.some((other) => ofOpenAi.has(other.role?.spelled));
}

function foreign({ role, side }: Turn, turns: readonly Turn[]): Found {
  const { at, spelled } = role!;
  const meant = usual.role[side!]!;
  const other = turns.find((turn) => ofOpenAi.has(turn.role?.spelled))!.role!.spelled;
  return {
    at,
    severity: "info",
    message: `"${String(spelled)}" is ShareGPT's word, and "${String(other)}" beside it is not: read as "${meant}" here, and refused by most trainers`,
    fixes: () => [
      {
        title: `Change "${String(spelled)}" to "${meant}"`,
        safe: true,
        edits: [{ kind: "replace", at, value: meant }],
      },
    ],
  };
}

const names: Partial<Record<Target, string>> = {
  trl: "TRL hands it to the template as it is",
  "mlx-lm": "mlx-lm hands it to the template as it is",
  axolotl: "Axolotl hands it to the template as it is",
  openai: "OpenAI does not take it",
  mistral: "Mistral does not take it",
  gemini: "Gemini does not take it",
  "llama-factory": "LLaMA-Factory skips the row",
};

function alias(turn: Turn, turns: readonly Turn[], target: Target, isGemini: boolean): Found | undefined {
  const { at, spelled } = turn.role!;
  const side = turn.side!;
  if (isOwn(spelled)) return undefined;
  const form = formOf(turn, isGemini);
  const allowed = allowedIn(form, target);
  if (!allowed) return undefined;
  const first = target === "llama-factory" ? firstSpelling(side, turns, allowed) : undefined;
  if (allowed.includes(spelled as string) && (first === undefined || first === spelled)) return undefined;
  const meant = first ?? spellingOf(side, turn, turns, form, allowed);
  const isLeft = target === "trl" || target === "mlx-lm" || target === "axolotl";
  return {
    at,
    ...(isLeft && { severity: "warning" as Severity }),
    message: `"${String(spelled)}" means "${meant ?? side}" here, but ${names[target]}`,
    fixes: () =>
      meant === undefined
        ? []
        : [
            {
              title: `Change "${String(spelled)}" to "${meant}"`,
              safe: true,
              edits: [{ kind: "replace", at, value: meant }],
            },
          ],
  };
}

/** LLaMA-Factory reads one spelling for each side: the first that is there counts. */
function firstSpelling(side: Side, turns: readonly Turn[], allowed: readonly string[]): string | undefined {
  const first = turns.find(
    (turn) =>
      turn.side === side && !isOwn(turn.role?.spelled) && allowed.includes(String(turn.role?.spelled)),
  );
  return first && String(first.role!.spelled);
}
