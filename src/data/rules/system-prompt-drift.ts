import type { Fix, RecordView, Rule } from "./rule.ts";

const chat = (system: string, i: number): string =>
  `{"messages": [{"role": "system", "content": ${marked(system)}}, {"role": "user", "content": "question ${i}"}, {"role": "assistant", "content": "answer ${i}"}]}\n`;
const marked = (text: string): string => `"${text}"`.replace(/^"«(.*)»"$/, '«"$1"»');
const chats = (...systems: readonly string[]): string => systems.map(chat).join("");
const kind = "You are a kind and helpful assistant.";

export const systemPromptDrift: Rule = {
  id: "system-prompt-drift",
  level: "set",
  on: "set",
  severity: "info",
  summary: "A system prompt is nearly, but not quite, the usual one",
  rationale:
    "The model learns its manner beside one exact system prompt, which it is then given for good. Rows with a blank, a stop or a word more are learned beside another one, mostly because somebody edited the prompt halfway. Reported are prompts that differ in case, blanks and punctuation from a more frequent one, or in one word from one that is twenty times as frequent; numbers and dates may differ.",
  source: "Tunesmith's own.",
  index() {
    const counts = new Map<string, number>();
    let isVaried = false;
    return {
      add(_id, { system }) {
        if (system === undefined || isVaried) return;
        counts.set(system, (counts.get(system) ?? 0) + 1);
        if (counts.size <= mostKept) return;
        // Every row has its own: nothing drifts, and nothing more needs to be kept.
        isVaried = true;
        counts.clear();
      },
      remove(_id, { system }) {
        if (system === undefined || isVaried) return;
        const count = counts.get(system)! - 1;
        if (count > 0) counts.set(system, count);
        else counts.delete(system);
      },
      report(rows, report) {
        if (counts.size < 2 || counts.size > mostCompared) return;
        const meant = drifted([...counts]);
        if (meant.size === 0) return;
        for (const { id, digest } of rows.all()) {
          const { system } = digest;
          const usual = system === undefined ? undefined : meant.get(system);
          if (usual === undefined) continue;
          report({
            id,
            where: "system",
            message: `nearly the system prompt of ${counts.get(usual)} other rows, but not the same`,
            fixes: (record) => withSystem(record, usual),
          });
        }
      },
    };
  },
  bad: [
    {
      text: chats(kind, kind, `«${kind.replace(".", "")}»`, `«${kind.replace("You", "you")}»`),
      fixed: chats(kind, kind, kind, kind),
    },
    {
      text: chats(...Array.from({ length: 20 }, () => kind), `«${kind.replace("kind", "friendly")}»`),
      fixed: chats(...Array.from({ length: 21 }, () => kind)),
    },
  ],
  good: [
    { text: chats(kind, "You translate into Latin.", kind) },
    {
      text: chats(
        "Today is 1 May 2024. Be brief.",
        "Today is 2 May 2024. Be brief.",
        "Today is 1 May 2024. Be brief.",
      ),
      note: "Dates differ.",
    },
    {
      text: chats(kind, kind.replace("kind", "rude"), kind, kind.replace("kind", "rude"), kind),
      note: "Two manners, both meant.",
    },
  ],
};

/** With more system prompts than this, they differ by nature. */
const mostCompared = 300;
const mostKept = 10_000;
const times = 20;

/** System prompts that are meant to be a more frequent one. */
function drifted(counts: readonly (readonly [system: string, rows: number])[]): Map<string, string> {
  const all = counts
    .map(([system, rows]) => ({ system, rows, words: wordsOf(system) }))
    .sort((a, b) => b.rows - a.rows || (a.system < b.system ? -1 : 1));
  const meant = new Map<string, string>();
  for (const [i, { system, rows, words }] of all.entries()) {
    const usual = all.slice(0, i).find((other) => {
      if (other.rows <= rows || meant.has(other.system)) return false;
      const difference = wordsApart(words, other.words);
      return (
        difference === 0 || (difference === 1 && other.rows >= times * rows && words.length >= fewestWords)
      );
    });
    if (usual) meant.set(system, usual.system);
  }
  return meant;
}

const fewestWords = 5;

/** Without punctuation and case. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** 0 where they are the same, 1 where one was put in, left out or replaced (but for numbers), else 2. */
function wordsApart(a: readonly string[], b: readonly string[]): 0 | 1 | 2 {
  if (Math.abs(a.length - b.length) > 1) return 2;
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  if (head === a.length && head === b.length) return 0;
  const changed = [a[head], b[head]].filter((word) => word !== undefined);
  const restA = a.slice(head + (a.length >= b.length ? 1 : 0)).join(" ");
  const restB = b.slice(head + (b.length >= a.length ? 1 : 0)).join(" ");
  return restA === restB && !changed.some((word) => /\d/.test(word)) ? 1 : 2;
}

function withSystem(record: RecordView | undefined, system: string): readonly Fix[] {
  const part = record?.parts.texts.find(({ side }) => side === "system");
  if (!part) return [];
  return [{ title: "Use the usual system prompt", edits: [{ kind: "replace", at: part.at, value: system }] }];
}
