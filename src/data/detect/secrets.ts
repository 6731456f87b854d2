/**
 * Keys and passwords that open something: by the forms that their makers have given them, which secret scanners
 * (gitleaks, GitHub) know as well. Keys that documentation shows are none.
 */
import { entropy, isMadeUp } from "./entropy.ts";

export interface Secret {
  /** What it is: "a GitHub token". */
  name: string;
  start: number;
  end: number;
}

interface Kind {
  name: string;
  /** With the characters that must stand before and behind it; a group where the secret is only a part. */
  pattern: RegExp;
  /** The part that is random begins after so many characters. */
  prefix: number;
  /** Bits per character that the random part has at least. */
  entropy: number;
}

const kind = (name: string, pattern: RegExp, prefix: number, least = 3): Kind => ({
  name,
  pattern,
  prefix,
  entropy: least,
});

/** All are of bounded length or one run of one class of characters: time is linear in the text. */
const kinds: readonly Kind[] = [
  kind("an AWS access key", /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g, 4, 2.8),
  kind(
    "an AWS secret key",
    /aws_?secret(?:_?access)?_?key["']?\s{0,3}[:=]\s{0,3}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    0,
    4,
  ),
  kind("a GitHub token", /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])/g, 4),
  kind("a GitHub token", /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{60,255}/g, 11),
  kind("a GitLab token", /(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt)-[A-Za-z0-9_-]{20,64}/g, 6),
  kind("a Slack token", /(?<![A-Za-z0-9])xox[abeoprs]-(?:\d{6,15}-)?[A-Za-z0-9-]{20,200}/g, 5),
  kind(
    "a Slack webhook",
    /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/([A-Za-z0-9]{24})/g,
    0,
  ),
  kind("a Google API key", /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g, 4),
  kind("a Google client secret", /(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/g, 7),
  kind("an Anthropic key", /(?<![A-Za-z0-9])sk-ant-[a-z]{3,8}\d\d-[A-Za-z0-9_-]{60,200}/g, 13),
  kind("an OpenAI key", /(?<![A-Za-z0-9])sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,250}/g, 8),
  kind("an OpenAI key", /(?<![A-Za-z0-9])sk-[A-Za-z0-9]{48}(?![A-Za-z0-9])/g, 3, 3.5),
  kind("a Hugging Face token", /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])/g, 3),
  kind("a Stripe key", /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{24,200}/g, 8),
  kind("a SendGrid key", /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, 3),
  kind("an npm token", /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g, 4),
  kind("a PyPI token", /(?<![A-Za-z0-9])pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,250}/g, 20),
  kind("a Telegram bot token", /(?<![A-Za-z0-9:])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g, 12),
  kind("a DigitalOcean token", /(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}(?![A-Za-z0-9])/g, 7),
  kind("an Azure storage key", /AccountKey=([A-Za-z0-9+/]{86}==)/g, 0, 4),
  kind(
    "a signed web token (JWT)",
    /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,300}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,1000}/g,
    3,
    3.5,
  ),
];

/** The payload of the token that jwt.io and most documentation shows: `{"sub":"1234567890"…`. */
const tokenOfDocumentation = "eyJzdWIiOiIxMjM0NTY3ODkw";

/** What stands in a text that holds a long word, by position. */
export function secretsIn(text: string): Secret[] {
  const found = [...tokens(text), ...privateKeys(text), ...passwordsInUrls(text)];
  return found.length < 2 ? found : withoutOverlaps(found.sort((a, b) => a.start - b.start || b.end - a.end));
}

function tokens(text: string): Secret[] {
  return kinds.flatMap(({ name, pattern, prefix, entropy }) =>
    Array.from(text.matchAll(pattern), (match) => {
      const secret = match[1] ?? match[0];
      const start = match.index + (match[1] === undefined ? 0 : match[0].indexOf(secret));
      return { name, start, end: start + secret.length, secret };
    })
      .filter(({ secret }) => !isMadeUp(secret.slice(prefix), entropy))
      .filter(({ secret }) => !secret.includes(tokenOfDocumentation))
      .map(({ name, start, end }) => ({ name, start, end })),
  );
}

/** A key's lines are looked at as far as this; the longest (RSA with 16 384 bits) has 12 kB. */
const longestKey = 16 * 1024;

function privateKeys(text: string): Secret[] {
  if (!text.includes("PRIVATE KEY")) return [];
  const found: Secret[] = [];
  let from = 0;
  for (const match of text.matchAll(/-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g)) {
    if (match.index < from) continue;
    const bodyAt = match.index + match[0].length;
    const body = text.slice(bodyAt, bodyAt + longestKey);
    const close = body.indexOf("-----END");
    const key = /^[A-Za-z0-9+/=\s:,.\\-]*/.exec(close < 0 ? body : body.slice(0, close))![0];
    const random = key.replace(/\s|\\[nr]/g, "");
    from = bodyAt + key.length;
    if (random.length < 60 || entropy(random.slice(0, 400)) < 4) continue;
    const closing = close < 0 ? undefined : /^-----END [A-Z ]{5,40}-----/.exec(body.slice(close, close + 60));
    const end = closing ? bodyAt + close + closing[0].length : bodyAt + key.trimEnd().length;
    found.push({ name: "a private key", start: match.index, end });
  }
  return found;
}

const access = /([^\s:@/"'`<>]{1,64}):([^\s@/"'`<>]{6,128})@([A-Za-z0-9.-]{1,253}|\[[0-9a-fA-F:]{2,45}\])/y;
const weakWord =
  /^(?:p(?:ass)?w(?:or)?d|pass|password|secret|token|user|admin|root|postgres|mysql|guest|mongo)\d{0,4}$/i;
const hostOfDocumentation =
  /(?:^|\.)(?:example(?:\.\w+)?|localhost|local|test|invalid|internal|domain\.com|host)$/i;

/** `postgres://user:password@host`: the password. */
function passwordsInUrls(text: string): Secret[] {
  const found: Secret[] = [];
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    access.lastIndex = at + 3;
    const match = access.exec(text);
    if (!match) continue;
    const [, user, password, host] = match as unknown as [string, string, string, string];
    const start = at + 3 + user.length + 1;
    if (weakWord.test(password) || /[${}[\]%*]/.test(password[0]!) || isMadeUp(password, 2.4)) continue;
    // A host without a dot is a container's name in somebody's instructions.
    if (hostOfDocumentation.test(host) || !/[.:]/.test(host) || /^(?:127\.|0\.|10\.|192\.168\.)/.test(host))
      continue;
    found.push({ name: "a password", start, end: start + password.length });
  }
  return found;
}

function withoutOverlaps(sorted: readonly Secret[]): Secret[] {
  let end = 0;
  return sorted.filter((secret) => {
    const isFree = secret.start >= end;
    if (isFree) end = secret.end;
    return isFree;
  });
}
