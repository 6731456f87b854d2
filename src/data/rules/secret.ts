import { redaction, type Sensitive } from "../detect/redact.ts";
import { secretsIn } from "../detect/secrets.ts";
import { suspicion, suspicions } from "../detect/suspicion.ts";
import type { TextPart } from "../parts.ts";
import type { Rule } from "./rule.ts";

type Secret = Sensitive & { name: string };

export const secret: Rule = {
  id: "secret",
  level: "content",
  on: "record",
  severity: "error",
  summary: "A key or a password stands in the data",
  rationale:
    "A model can be brought to repeat what it was trained on word for word, and whoever gets the model or the data gets the key. Revoke it: it is known already. Keys that documentation shows, and placeholders such as `your-api-key`, are left alone.",
  source:
    "Forms of keys as their makers document them, which gitleaks and GitHub's secret scanning look for; Carlini et al. 2021, *Extracting Training Data from Large Language Models*.",
  check({ parts }, _context, report) {
    // A password in an address may be short; what stands before it ends in "@".
    if ((suspicions(parts) & (suspicion.longWord | suspicion.at)) === 0) return;
    const found: Secret[] = [];
    for (const { at, text } of parts.texts) {
      for (const { name, start, end } of secretsIn(text)) {
        found.push({ at, start, end, name, value: text.slice(start, end), label: "SECRET" });
      }
    }
    if (found.length > 0) found.push(...repeats(found, parts.texts));
    for (const one of found) {
      report({
        at: one.at,
        span: [one.start, one.end],
        message: `looks like ${one.name}; a model may give it to anybody`,
        fixes: () => [redaction(found, parts.texts, one)],
      });
    }
  },
  bad: [
    {
      text: '{"prompt": "Log in", "completion": "Use «AKIAQ3EGWN4VJX7M2KPD» for it"}\n',
      fixed: '{"prompt": "Log in", "completion": "Use [SECRET_1] for it"}\n',
    },
    {
      text: '{"prompt": "My database is postgres://app:«Vk9-tRw2qZ»@db.kyivbooks.net/shop and it fails", "completion": "Is \\"«Vk9-tRw2qZ»\\" right in mysql://app:«Vk9-tRw2qZ»@db.kyivbooks.net?"}\n',
      fixed:
        '{"prompt": "My database is postgres://app:[SECRET_1]@db.kyivbooks.net/shop and it fails", "completion": "Is \\"[SECRET_1]\\" right in mysql://app:[SECRET_1]@db.kyivbooks.net?"}\n',
    },
    {
      text: '{"prompt": "a", "chosen": "b", "rejected": "Use «AKIAQ3EGWN4VJX7M2KPD»"}\n',
      fixed: '{"prompt": "a", "chosen": "b", "rejected": "Use [SECRET_1]"}\n',
    },
  ],
  good: [
    { text: '{"prompt": "Log in", "completion": "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"}\n' },
    {
      text: '{"prompt": "Log in", "completion": "Set OPENAI_API_KEY to sk-your-api-key-goes-here-and-nowhere-else"}\n',
    },
    { text: '{"prompt": "Connect", "completion": "postgres://user:password@localhost:5432/db"}\n' },
    { text: '{"prompt": "Connect", "completion": "redis://:$REDIS_PASSWORD@cache.kyivbooks.net:6379"}\n' },
    {
      text: '{"prompt": "What is in the file?", "completion": "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----"}\n',
    },
    { text: '{"prompt": "Which commit?", "completion": "e83c5163316f89bfbde7d9ab23ca2e25604af290"}\n' },
    { text: '{"prompt": "Name the id", "completion": "123e4567-e89b-42d3-a456-426614174000"}\n' },
  ],
};

/** The same value where nothing shows what it is. */
function repeats(found: readonly Secret[], texts: readonly TextPart[]): Secret[] {
  const repeated: Secret[] = [];
  for (const [value, one] of new Map(found.map((each) => [each.value, each]))) {
    for (const { at, text } of texts) {
      for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
        const isKnown = found.some(
          (each) =>
            each.at.join("\0") === at.join("\0") && each.start < start + value.length && start < each.end,
        );
        if (!isKnown) repeated.push({ ...one, at, start, end: start + value.length });
      }
    }
  }
  return repeated;
}
