// Where contents stand in a rendered conversation, for templates that repeat, trim, quote and drop them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { contentSpans } from "../../src/text/content-places.ts";
import type { ChatRow, Message } from "../../src/text/conversation.ts";
import { ChatTemplate } from "../../src/text/template.ts";

const folder = join(import.meta.dirname, "../fixtures/text/templates");
const fixture = (file: string) => inline(readFileSync(join(folder, file), "utf8"));
const inline = (source: string) =>
  new ChatTemplate(
    { default: source },
    { origin: "test", variables: { bos_token: "<s>", eos_token: "</s>" }, now: new Date(0) },
  );

function row(...contents: string[]): ChatRow {
  const messages = contents.map(
    (content, i): Message => ({ role: i % 2 === 0 ? "user" : "assistant", content }),
  );
  return { kind: "chat", messages };
}

/** The rendered text with each content as [message:text]. */
function shown(conversation: ChatRow, template: ChatTemplate): string {
  const text = template.render(conversation.messages);
  let marked = "";
  let at = 0;
  for (const { message, start, end, lead, isExact } of contentSpans(conversation, template, text)) {
    const piece = text.slice(start, end);
    if (isExact)
      assert.equal(conversation.messages[message]!.content.slice(lead, lead + piece.length), piece);
    marked += `${text.slice(at, start)}[${message}${isExact ? "" : "~"}:${piece}]`;
    at = end;
  }
  return marked + text.slice(at);
}

describe("contents in a rendered conversation", () => {
  test("are not taken for the template's own words", () => {
    assert.equal(
      shown(row("user", "s"), fixture("generation.jinja")),
      "<|im_start|>user\n[0:user]<|im_end|>\n<|im_start|>assistant\n[1:s]<|im_end|>\n",
    );
  });

  test("are found where the template trims them", () => {
    assert.match(
      shown(row("  a \n", "\tb"), fixture("llama3.jinja")),
      /\n\n\[0:a\]<\|eot_id\|>.*\n\n\[1:b\]<\|eot/s,
    );
  });

  test("are found where a part is dropped", () => {
    assert.equal(
      shown(row("Hi", "hm</think>Ho"), fixture("think-opened.jinja")),
      "<s><|user|>[0:Hi]<|assistant|>[1:Ho]</s>",
    );
    const head = inline("{% for m in messages %}{{ m.content.split('#')[0] }};{% endfor %}");
    assert.equal(shown(row("a # b", "c"), head), "[0:a ];[1:c];");
  });

  test("are known to be written otherwise where they are quoted", () => {
    const quoting = inline("{% for m in messages %}{{ m.content | tojson }}{% endfor %}");
    assert.equal(shown(row('a "b"', "c"), quoting), '"[0~:a \\"b\\"]""[1:c]"');
  });

  test("are looked for one after another where marks change what is written", () => {
    const measuring = inline("{% for m in messages %}{{ m.content | length }}:{{ m.content }};{% endfor %}");
    assert.equal(shown(row("ab", "ab", " "), measuring), "2:[0:ab];2:[1:ab];1: ;");
  });

  test("may hold characters that could be marks", () => {
    assert.equal(
      shown(row("\ufdd0\ufdd1", "x"), inline("{% for m in messages %}{{ m.content }}{% endfor %}")),
      "[0:\ufdd0\ufdd1][1:x]",
    );
  });
});
