/** Detectors of what may be wrong with texts: what they must find, and what they must leave alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasLuhnDigit } from "../../src/data/detect/card.ts";
import { openFence } from "../../src/data/detect/code.ts";
import { entropy } from "../../src/data/detect/entropy.ts";
import { hasIbanDigits } from "../../src/data/detect/iban.ts";
import { labelMeant } from "../../src/data/detect/label-slip.ts";
import { type PersonalKind, personalKinds } from "../../src/data/detect/personal.ts";
import { isNoteToSelf, placeholderOf } from "../../src/data/detect/placeholders.ts";
import { renderedMessages } from "../../src/data/detect/rendered-chat.ts";
import { mayRepeat, repetitionOf } from "../../src/data/detect/repetition.ts";
import { secretsIn } from "../../src/data/detect/secrets.ts";
import { suspicion, suspicions } from "../../src/data/detect/suspicion.ts";
import { templateTokensIn } from "../../src/data/detect/template-tokens.ts";
import { truncationOf } from "../../src/data/detect/truncation.ts";
import { unitsOf } from "../../src/data/detect/units.ts";
import { promptCompletion } from "../../src/data/formats/prompt-completion.ts";
import { LintDocument } from "../../src/data/lint/document.ts";
import { ruleSet } from "../../src/data/lint/problem.ts";
import { activeRules, defaultSettings } from "../../src/data/lint/settings.ts";
import { View } from "../../src/data/lint/view.ts";
import { rules } from "../../src/data/rules/index.ts";
import { soundTexts } from "./sound-texts.ts";

const active = ruleSet(
  activeRules(
    rules.filter(({ level }) => level === "content"),
    defaultSettings,
  ),
  defaultSettings,
  promptCompletion,
  { name: "train.jsonl", container: "lines" },
).record;
const contentRules = rules.filter(({ level }) => level === "content");

function viewOf(record: Record<string, unknown>): View {
  const text = JSON.stringify(record);
  const view = new View({ kind: "record", text, start: 0, end: text.length, reach: 0 }, "lines", undefined);
  view.format = promptCompletion;
  view.formatOfFile = promptCompletion;
  return view;
}

/** What is found in one row: `rule: text`. */
function findings(record: Record<string, unknown>): string[] {
  const text = `${JSON.stringify(record)}\n`;
  const document = new LintDocument("train.jsonl", text, defaultSettings, contentRules);
  document.checkAll();
  return document.problems().map((problem) => {
    const { start, end } = document.rangeOf(problem);
    return `${problem.rule.id}: ${text.slice(start.character, end.character)}`;
  });
}

function personal(label: PersonalKind["label"], text: string): string[] {
  const kind = personalKinds.find((each) => each.label === label)!;
  return kind.find(text).map(({ start, end }) => text.slice(start, end));
}

function secrets(text: string): string[] {
  return secretsIn(text).map(({ start, end }) => text.slice(start, end));
}

/** Random enough for a key; put together here, so that no scanner takes this file for a leak. */
function random(length: number, alphabet: string): string {
  let state = 12345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return alphabet[(state >>> 8) % alphabet.length];
  }).join("");
}
const alnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

describe("sound texts", () => {
  it("are many", () => assert.ok(soundTexts.length >= 200, String(soundTexts.length)));

  for (const text of soundTexts) {
    it(`nothing is said of ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.deepEqual(findings({ prompt: "Tell me.", completion: text }), [], "as an answer");
      assert.deepEqual(findings({ text }), [], "as plain text");
      assert.deepEqual(
        findings({
          messages: [
            { role: "user", content: text },
            { role: "assistant", content: "Fine." },
          ],
        }),
        [],
        "as a question",
      );
    });
  }
});

describe("payment cards", () => {
  it("have the check digit of ISO/IEC 7812", () => {
    // Luhn's patent's example, and numbers that PayPal and Stripe publish.
    for (const good of ["79927398713", "4111111111111111", "378282246310005", "6011111111111117"]) {
      assert.ok(hasLuhnDigit(good), good);
    }
    for (const bad of ["79927398710", "4111111111111112", "378282246310006"])
      assert.ok(!hasLuhnDigit(bad), bad);
  });

  it("are found with and without groups", () => {
    for (const card of [
      "4539148803436467",
      "4539 1488 0343 6467",
      "4539-1488-0343-6467",
      "5425 2334 3010 9907",
    ]) {
      const expected = hasLuhnDigit(card.replace(/\D/g, "")) ? [card] : [];
      assert.deepEqual(personal("CARD", `Card: ${card}.`), expected, card);
    }
    assert.deepEqual(personal("CARD", "Amex 3714 496353 98430 and 3434 343434 34345"), []);
  });

  it("are no test numbers, no parts of longer numbers, no amounts", () => {
    for (const text of [
      "4242424242424242",
      "4539 1488 0343 6468",
      "45391488034364671",
      "0.4539148803436467",
      "id4539148803436467",
      "1539 1488 0343 6467",
      "4539148803436467.25",
    ]) {
      assert.deepEqual(personal("CARD", text), [], text);
    }
  });
});

describe("bank accounts", () => {
  it("have the check digits of ISO 13616", () => {
    // Examples of the IBAN registry.
    for (const good of [
      "GB29NWBK60161331926819",
      "DE89370400440532013000",
      "FR1420041010050500013M02606",
      "NO9386011117947",
      "MT84MALT011000012345MTLCAST001S",
      "SA0380000000608010167519",
    ]) {
      assert.ok(hasIbanDigits(good), good);
      const swapped = good.slice(0, 8) + good[9] + good[8] + good.slice(10);
      if (swapped !== good) assert.ok(!hasIbanDigits(swapped), swapped);
    }
  });

  it("are found to the character, in groups or not", () => {
    assert.deepEqual(personal("IBAN", "to DE44500105175407324931, thanks"), ["DE44500105175407324931"]);
    assert.deepEqual(personal("IBAN", "to DE44 5001 0517 5407 3249 31 please"), [
      "DE44 5001 0517 5407 3249 31",
    ]);
    assert.deepEqual(personal("IBAN", "to DE44 5001 0517 5407 3249 31 NOW"), ["DE44 5001 0517 5407 3249 31"]);
    for (const text of [
      "DE44500105175407324932",
      "XX44500105175407324931",
      "DE4450010517540732493",
      "DE89370400440532013000",
    ]) {
      assert.deepEqual(personal("IBAN", text), [], text);
    }
  });
});

describe("addresses and numbers of persons", () => {
  it("mail", () => {
    assert.deepEqual(
      personal("EMAIL", "olena.k@ukr.net, (petro+x@sub.gmail.com) <a_b@c-d.org>. mailto:ivan@i.ua!"),
      ["olena.k@ukr.net", "petro+x@sub.gmail.com", "a_b@c-d.org", "ivan@i.ua"],
    );
    for (const text of [
      "info@kyivbooks.net",
      "no-reply@gmail.com",
      "name@example.com",
      "x@example",
      "icon@2x.png",
      "react@18.2.0",
      "https://olena:pw@host.net/",
      "https://medium.com/@olena.k",
      "@olena",
      "a @-@ b",
      "user@localhost",
    ]) {
      assert.deepEqual(personal("EMAIL", text), [], text);
    }
  });

  it("social security numbers", () => {
    assert.deepEqual(personal("SSN", "SSN 536-22-8741, or 536-22-8742."), ["536-22-8741", "536-22-8742"]);
    for (const text of [
      "000-22-8741",
      "666-22-8741",
      "936-22-8741",
      "536-00-8741",
      "536-22-0000",
      "078-05-1120",
      "1536-22-8741",
      "536-22-87411",
      "978-3-16-148410-0",
    ]) {
      assert.deepEqual(personal("SSN", text), [], text);
    }
  });

  it("phones with their country's code", () => {
    assert.deepEqual(personal("PHONE", "+380442796013, +49 30 2270 64 19 or +1 (415) 867-1987."), [
      "+380442796013",
      "+49 30 2270 64 19",
      "+1 (415) 867-1987",
    ]);
    for (const text of [
      "+1 212 555 0187",
      "2 + 2",
      "1+49302270641",
      "+3.5%",
      "+12345678901",
      "044 279 60 13",
    ]) {
      assert.deepEqual(personal("PHONE", text), [], text);
    }
  });

  it("machines on the open internet", () => {
    assert.deepEqual(
      personal("IP", "http://85.214.132.117:80/ and 2a01:4f8:c17:b0f::2, 2a01:4f8:0:0:0:0:0:99."),
      ["85.214.132.117", "2a01:4f8:c17:b0f::2", "2a01:4f8:0:0:0:0:0:99"],
    );
    for (const text of [
      "10.1.2.3",
      "172.16.99.5",
      "192.168.0.77",
      "100.64.99.1",
      "203.0.113.99",
      "198.51.100.77",
      "224.0.99.1",
      "256.99.1.1",
      "v85.214.132.117",
      "85.214.132.117.3",
      "85.214.132.0/24",
      "1.2.3.4",
      "8.8.8.8",
      "2001:db8::99:1",
      "fe80::1:2:3",
      "std::dead::beef",
      "12:30:45",
    ]) {
      assert.deepEqual(personal("IP", text), [], text);
    }
    assert.deepEqual(personal("MAC", "a4:5e:60:c2:19:7f or A4-5E-60-C2-19-7F"), [
      "a4:5e:60:c2:19:7f",
      "A4-5E-60-C2-19-7F",
    ]);
    for (const text of [
      "00:11:22:33:44:55",
      "ff:ff:ff:ff:ff:ff",
      "01:00:5e:7f:ff:fa",
      "a4:5e:60:c2:19:7f:01",
      "12-34-56-78-90-12",
      "00:00:5e:00:53:af",
    ]) {
      assert.deepEqual(personal("MAC", text), [], text);
    }
  });
});

describe("secrets", () => {
  const keys = [
    `AKIA${random(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
    `ghp_${random(36, alnum)}`,
    `github_pat_${random(82, alnum)}`,
    `glpat-${random(20, alnum)}`,
    `xoxb-${random(12, "0123456789")}-${random(24, alnum)}`,
    `AIza${random(35, alnum)}`,
    `sk-${random(48, alnum)}`,
    `sk-proj-${random(60, alnum)}`,
    `sk-ant-api03-${random(93, alnum)}`,
    `hf_${random(34, alnum)}`,
    `sk_live_${random(24, alnum)}`,
    `npm_${random(36, alnum)}`,
    `eyJ${random(30, alnum)}.eyJ${random(60, alnum)}.${random(43, alnum)}`,
  ];

  for (const key of keys) {
    it(`finds ${key.slice(0, 8)}… to the character`, () => {
      assert.deepEqual(secrets(`my key is "${key}".`), [key]);
      assert.ok(
        suspicions({ conversations: [], texts: [{ at: [], text: key, side: "user" }] }) & suspicion.longWord,
      );
    });
  }

  it("finds what stands beside a name", () => {
    const key = random(40, `${alnum}/+`);
    assert.deepEqual(secrets(`aws_secret_access_key = ${key}\n`), [key]);
    const hook = random(24, alnum);
    assert.deepEqual(secrets(`https://hooks.slack.com/services/T01ABCDEF/B02GHIJKL/${hook}`), [hook]);
  });

  it("finds private keys with their frame", () => {
    const body = random(320, `${alnum}+/`).replace(/.{64}/g, "$&\n");
    for (const kind of ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]) {
      const key = `-----BEGIN ${kind}PRIVATE KEY-----\n${body}-----END ${kind}PRIVATE KEY-----`;
      assert.deepEqual(secrets(`Here: ${key}\nDone.`), [key]);
    }
    assert.deepEqual(secrets(`-----BEGIN PUBLIC KEY-----\n${body}-----END PUBLIC KEY-----`), []);
    assert.deepEqual(secrets("-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----"), []);
  });

  it("finds passwords in addresses", () => {
    assert.deepEqual(secrets("mysql://app:Vk9-tRw2qZ@db.kyivbooks.net/x"), ["Vk9-tRw2qZ"]);
    for (const text of [
      "mysql://app:password@db.kyivbooks.net/x",
      "mysql://app:Vk9-tRw2qZ@localhost/x",
      "mysql://app:Vk9-tRw2qZ@db/x",
      "mysql://app:<password>@db.kyivbooks.net/x",
      "mysql://app:$DB_PASS@db.kyivbooks.net",
      "mysql://app:****@db.kyivbooks.net",
      "https://db.kyivbooks.net:8080/a@b",
    ]) {
      assert.deepEqual(secrets(text), [], text);
    }
  });

  it("leaves documentation's keys and placeholders alone", () => {
    for (const text of [
      "AKIAIOSFODNN7EXAMPLE",
      "AKIAXXXXXXXXXXXXXXXX",
      "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      `ghp_${"x".repeat(36)}`,
      `sk-${"0".repeat(48)}`,
      "sk-your-api-key-here-please-replace-it-with-your-own-one-now",
      `hf_${"abcdefghij".repeat(4).slice(0, 34)}`,
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
      random(40, "0123456789abcdef"),
    ]) {
      assert.deepEqual(secrets(text), [], text);
    }
  });

  it("measures randomness", () => {
    assert.equal(entropy("aaaa"), 0);
    assert.equal(entropy("abcd"), 2);
  });
});

describe("template tokens", () => {
  const tokens = (text: string, side: "user" | "assistant" = "assistant") =>
    templateTokensIn(text, side).map(({ start, end }) => text.slice(start, end));

  it("of the known templates are found to the character", () => {
    assert.deepEqual(tokens("<|im_start|>assistant\nHi<|im_end|>"), ["<|im_start|>assistant", "<|im_end|>"]);
    assert.deepEqual(tokens("<s>[INST] Hi [/INST] Yo </s><s>[INST] Ho [/INST] He </s>"), [
      "<s>",
      "[INST]",
      "[/INST]",
      "</s>",
      "<s>",
      "[INST]",
      "[/INST]",
      "</s>",
    ]);
    assert.deepEqual(tokens("<|user|>\nHi<|end|>\n<|assistant|>"), ["<|user|>", "<|end|>", "<|assistant|>"]);
    assert.deepEqual(tokens("<bos><start_of_turn>model\nHi<end_of_turn><eos>"), [
      "<bos>",
      "<start_of_turn>model",
      "<end_of_turn>",
      "<eos>",
    ]);
    assert.deepEqual(tokens("### Human: Hi\n### Assistant: Yo", "user"), ["### Human:", "### Assistant:"]);
  });

  it("are left alone in backticks", () => {
    assert.deepEqual(tokens("`<|im_start|>` and ```\n<|im_end|>\n``` but <|im_end|>"), ["<|im_end|>"]);
  });

  it("of a whole conversation become messages", () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Yo" },
    ];
    const chatml = messages
      .map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`)
      .join("");
    assert.deepEqual(renderedMessages(chatml), messages);
    assert.deepEqual(renderedMessages(`${chatml}<|im_start|>assistant\n`), messages);
    const llama = messages
      .map(({ role, content }) => `<|start_header_id|>${role}<|end_header_id|>\n\n${content}<|eot_id|>`)
      .join("");
    assert.deepEqual(renderedMessages(`<|begin_of_text|>${llama}`), messages);
    assert.equal(renderedMessages("<|im_start|>user\nHi<|im_end|>"), undefined);
    assert.equal(renderedMessages(`${chatml}and more`), undefined);
  });
});

describe("labels that are another one, misspelled", () => {
  it("are rare beside it: of a row or two a fifth, of more a fiftieth", () => {
    const meant = (slips: number, rows: number) =>
      labelMeant("paymnet", slips, [
        ["payment", rows],
        ["paymnet", slips],
      ]);
    assert.deepEqual(
      [meant(2, 10), meant(2, 9), meant(4, 200), meant(4, 199)],
      ["payment", undefined, "payment", undefined],
    );
  });
});

describe("placeholders, ends and repetitions", () => {
  it("knows words that stand for nothing", () => {
    for (const word of ["<noinput>", "No input", "no input required.", "(No Input Provided)", "No_Input"]) {
      assert.equal(placeholderOf(word), "no-input", word);
    }
    assert.equal(placeholderOf("N/A"), "not-applicable");
    assert.equal(placeholderOf(" TODO: "), "unwritten");
    assert.equal(placeholderOf("[insert answer here]"), "unwritten");
    for (const word of ["No", "Todo lists", "Input", "Nan bread", "x", "Nothing"])
      assert.equal(placeholderOf(word), undefined, word);
  });

  it("knows notes that an answer is still to be written", () => {
    for (const note of [
      "TODO: ask Marta what to say here",
      "FIXME - wrong",
      "[TBD: see the wiki]",
      "TODO(anna): check",
      "// TODO: write",
    ])
      assert.ok(isNoteToSelf(note, ["Which batteries does it need?"]), note);
    for (const text of [
      "Todo: the word has two meanings",
      "TODO lists help",
      "TODO: a\nTODO: b",
      "FIXED: done",
      "to do: call",
    ])
      assert.ok(!isNoteToSelf(text, []), text);
    assert.ok(!isNoteToSelf("TODO: buy milk", ["As a to-do, please: we are out of milk"]));
    assert.ok(!isNoteToSelf(`TODO: ${"long ".repeat(50)}`, []));
  });

  it("finds an answer that stops behind a sentence that ends in capitals or a number", () => {
    const rest = "You will find them in the drawer below the counter, next to the and";
    for (const first of ["Three of size AA.", "There are 42."])
      assert.equal(truncationOf(`${first} ${rest} the`)?.what, "sentence", first);
    assert.equal(truncationOf(`Three of size AA ${rest} the`), undefined);
  });

  it("finds the fence that is open", () => {
    assert.deepEqual(openFence("a\n```js\nb"), [2, 7]);
    assert.deepEqual(openFence("```\na\n```\n~~~ x\nb"), [10, 15]);
    for (const text of ["```\na\n```", "```a```", "````\n```\n````", "```md\n```sh\nls\n```\n```", "a ``` b"])
      assert.equal(openFence(text), undefined, text);
  });

  it("finds JSON that is not complete", () => {
    for (const text of ['{"a": 1', '[{"a": "b', '["a",', '{"a": {"b": 1}, "c": tru']) {
      assert.equal(truncationOf(text)?.what, text.endsWith("tru") ? undefined : "json", text);
    }
    for (const text of ['{"a": 1}', "[1] Smith", "{name}", '["a", "b"] and more', "{'a': 1"])
      assert.equal(truncationOf(text), undefined, text);
  });

  it("counts runs that stand there more than once", () => {
    const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
    assert.equal(repetitionOf(words).share, 0);
    assert.ok(!mayRepeat(words));
    const twice = `${words} ${words}`;
    // 60 + 60 words have 111 runs; 51 of the first half come again.
    assert.equal(repetitionOf(twice).share, 102 / 111);
    assert.equal(repetitionOf(twice).start, words.length + 1);
    assert.ok(mayRepeat(twice));
    assert.ok(repetitionOf("spam ".repeat(50)).share === 1);
    assert.ok(repetitionOf("哈".repeat(200)).share === 1);
  });

  it("has a text's units", () => {
    for (const text of ["", "abc", "a😀я", "x".repeat(40_000), "я".repeat(1_100_000)]) {
      const units = unitsOf(text);
      for (const at of [0, 1, 2, text.length - 1]) {
        if (at >= 0 && at < text.length) assert.equal(units[at], text.charCodeAt(at));
      }
    }
  });
});

describe("long texts", () => {
  const megabyte = 1024 * 1024;
  const seeds = [
    "a",
    " ",
    "\n",
    "`",
    "```",
    "~~~\n",
    "<",
    "<s>",
    "</s>",
    "<|",
    "<|a",
    "[INST]",
    "### ",
    "### Response:\n",
    "{",
    "{{",
    "{{a",
    "[",
    '["',
    '{"',
    "@",
    "a@",
    "a@b",
    "a@b.",
    "a.b@c.d-",
    "1",
    "1.",
    "1 ",
    "1-",
    "12:",
    "a:",
    "2a01:",
    "a4:5e:",
    "4539 ",
    "DE44 ",
    "+1 ",
    "://",
    "://a:",
    "a://b:c@",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "sk-",
    "ghp_",
    "xoxb-",
    "AKIA",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "aws_secret_access_key=",
    "the ",
    "I am a ",
    "as an AI ",
    "here is ",
    "Q: a\n",
    "Human: a\n",
    "1. Instruction",
    "A",
    "A ",
    "?",
    "? ",
    "!",
    "лa",
    "的",
    "the article above ",
    "http://",
    ",",
    "a,",
    "a, ",
    ". ",
    "ab. ",
    "a   b",
    "\t",
    "|",
    "lorem ipsum ",
    "<picture ",
    "N/A ",
    "_",
    "-",
  ];
  for (const seed of seeds) {
    it(`1 MB of ${JSON.stringify(seed)} takes no time to speak of`, () => {
      const text = `${seed.repeat(Math.ceil(megabyte / seed.length))}.`;
      for (const record of [
        { prompt: text, completion: "b" },
        { prompt: "a", completion: text },
      ]) {
        const view = viewOf(record);
        const start = performance.now();
        for (const { rule, context } of active) rule.check(view, context, () => {});
        const took = performance.now() - start;
        // Quadratic time would be minutes.
        assert.ok(took < 5000, `${Math.round(took)} ms`);
      }
    });
  }
});
