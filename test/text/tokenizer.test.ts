// Tokens, offsets and decoding against the Rust library through its Python binding (fixtures/text/make_fixtures.py).
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { TunesmithError } from "../../src/protocol/errors.ts";
import { loadTokenizer } from "../../src/text/tokenizer.ts";

const fixtures = join(import.meta.dirname, "../fixtures/text");
const scratch = mkdtempSync(join(tmpdir(), "tunesmith-tokenizer-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Fact {
  text: string;
  ids: number[];
  pieces: string[];
  withSpecial: number[];
  decoded: string;
  decodedPlain: string;
}
const facts: Record<string, Fact[]> = JSON.parse(readFileSync(join(fixtures, "tokens.json"), "utf8"));

for (const [name, strings] of Object.entries(facts)) {
  describe(`the "${name}" tokenizer`, () => {
    const tokenizer = loadTokenizer(join(fixtures, name));
    const texts = strings.map(({ text }) => text);

    test("gives the library's ids, singly and in batches", async () => {
      const batch = await tokenizer.encodeBatch(texts);
      const special = await tokenizer.encodeBatch(texts, { addSpecialTokens: true });
      for (const [i, fact] of strings.entries()) {
        assert.deepEqual(await tokenizer.encode(fact.text), fact.ids, JSON.stringify(fact.text));
        assert.deepEqual(batch[i], fact.ids, JSON.stringify(fact.text));
        assert.deepEqual(special[i], fact.withSpecial, JSON.stringify(fact.text));
      }
    });

    test("gives each token's part of the text in UTF-16 units, with the blanks left out before it", async () => {
      const encoded = await tokenizer.encodeBatchWithOffsets(texts);
      for (const [i, { text, pieces }] of strings.entries()) {
        const { ids, starts, ends } = encoded[i]!;
        assert.equal(ids.length, pieces.length);
        for (const [token, piece] of pieces.entries()) {
          const ours = text.slice(starts[token], ends[token]);
          assert.ok(ours.endsWith(piece), `${JSON.stringify(text)}, token ${token}: ${ours} for ${piece}`);
          assert.match(ours.slice(0, ours.length - piece.length), /^\s*$/);
          assert.ok(token === 0 || starts[token]! <= ends[token - 1]!, "no gap before a token");
        }
      }
    });

    test("decodes with and without control tokens", async () => {
      for (const fact of strings) {
        assert.equal(await tokenizer.decode(fact.ids), fact.decodedPlain);
        assert.equal(await tokenizer.decode(fact.ids, { skipSpecialTokens: false }), fact.decoded);
      }
    });

    test("finds the tokens of a stretch without having all their places, as with them", async () => {
      const located = await tokenizer.encodeBatchWithOffsets(texts);
      for (const [i, text] of texts.entries()) {
        const { starts, ends, ids } = located[i]!;
        for (let start = 0; start <= text.length; start += 1 + Math.floor(text.length / 8)) {
          // A new one each time, which has not been asked for its places.
          const fresh = await tokenizer.encodeWithOffsets(text);
          const end = Math.min(text.length, start + 3);
          const { start: first, end: behind } = fresh.over({ start, end });
          const covered = ids.map((_, token) => starts[token]! < end && ends[token]! > start);
          assert.equal(
            fresh.beyond(start),
            ends.some((at) => at > start) ? ends.findIndex((at) => at > start) : ids.length,
          );
          assert.deepEqual(
            ids.map((_, token) => token >= first && token < behind),
            covered,
            `${JSON.stringify(text)}, ${start} to ${end}`,
          );
        }
      }
    });

    test("counts a token that is appended as standing at the text's end", async () => {
      const one = (await tokenizer.encodeWithOffsets("over")).with(1);
      assert.equal(one.ids.at(-1), 1);
      assert.deepEqual(one.over({ start: 0, end: 4 }), { start: 0, end: one.ids.length - 1 });
      assert.equal(one.beyond(4), one.ids.length);
      assert.deepEqual([one.starts.at(-1), one.ends.at(-1), one.ends.length], [4, 4, one.ids.length]);
      assert.equal(one.beyond(4), one.ids.length);
    });

    test("streams the same text in whole characters", async () => {
      for (const fact of strings) {
        const stream = tokenizer.stream();
        let text = "";
        for (const id of fact.ids) {
          const part = await stream.push(id);
          assert.ok(!part.endsWith("\uFFFD"), `half a character of ${JSON.stringify(fact.text)}`);
          text += part;
        }
        assert.equal(text + (await stream.end()), fact.decodedPlain);
      }
    });
  });
}

describe("text that is no valid Unicode", () => {
  const tokenizer = loadTokenizer(join(fixtures, "chatml"));

  test("a lone surrogate is read as U+FFFD and keeps its place", async () => {
    const lone = await tokenizer.encodeWithOffsets("a\ud800b");
    assert.deepEqual(lone.ids, await tokenizer.encode("a\ufffdb"));
    assert.equal(lone.ends.at(-1), 3);
    assert.equal(lone.starts.at(-1), 2);
  });

  test("an answer that stops inside a character ends in U+FFFD", async () => {
    const ids = await tokenizer.encode("ok 😀");
    const stream = tokenizer.stream();
    let text = "";
    for (const id of ids.slice(0, -1)) text += await stream.push(id);
    assert.equal(text, "ok ");
    assert.match(await stream.end(), /^\uFFFD+$/);
  });
});

/** A copy of a fixture's folder with some files written over; `undefined` removes one. */
function folderWith(name: string, files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(scratch, "folder-"));
  cpSync(join(fixtures, name), folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    if (content === undefined) rmSync(path);
    else writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

describe("special tokens", () => {
  test("by name from tokenizer_config.json", () => {
    const { special } = loadTokenizer(join(fixtures, "chatml"));
    assert.equal(special.bosId, 0);
    assert.equal(special.eosId, 2);
    assert.equal(special.padId, 0);
    assert.equal(special.names.eos_token, "<|im_end|>");
  });

  test("several end tokens from generation_config.json and config.json; the named one is first", () => {
    const folder = folderWith("chatml", {
      "generation_config.json": { eos_token_id: [0, 2], pad_token_id: 1 },
      "config.json": { eos_token_id: 0, bos_token_id: 1 },
    });
    const { special } = loadTokenizer(folder);
    assert.deepEqual(special.eosIds, [2, 0]);
    assert.equal(special.padId, 0, "the named pad token wins over an id");
  });

  test("as objects, and from special_tokens_map.json where tokenizer_config.json does not name them", () => {
    const folder = folderWith("chatml", {
      "tokenizer_config.json": { eos_token: { content: "<|im_end|>", lstrip: false }, bos_token: null },
      "special_tokens_map.json": { eos_token: "<|endoftext|>", bos_token: "<|im_start|>" },
    });
    const { special } = loadTokenizer(folder);
    assert.equal(special.eosId, 2);
    assert.equal(special.bosId, 1);
    assert.equal(special.padId, 2, "the end token fills where a model names no pad token");
  });

  test("none at all", () => {
    const { special } = loadTokenizer(folderWith("chatml", { "tokenizer_config.json": undefined }));
    assert.deepEqual(special.eosIds, []);
    assert.equal(special.eosId, undefined);
    assert.equal(special.padId, 0);
  });
});

describe("a damaged folder", () => {
  const whole = readFileSync(join(fixtures, "chatml/tokenizer.json"), "utf8");
  const parsed = JSON.parse(whole);
  const damaged: [what: string, files: Record<string, unknown>, says: RegExp][] = [
    ["no tokenizer.json", { "tokenizer.json": undefined }, /holds no tokenizer\.json/],
    ["only SentencePiece's file", { "tokenizer.json": undefined, "tokenizer.model": "x" }, /SentencePiece/],
    ["an empty file", { "tokenizer.json": "" }, /tokenizer\.json is not valid JSON/],
    ["a file cut in two", { "tokenizer.json": whole.slice(0, 5000) }, /tokenizer\.json is not valid JSON/],
    ["an array", { "tokenizer.json": [] }, /holds an array, not an object/],
    ["null", { "tokenizer.json": "null" }, /holds null, not an object/],
    ["an empty object", { "tokenizer.json": {} }, /not a tokenizer this library can read/],
    ["no model", { "tokenizer.json": { ...parsed, model: undefined } }, /not a tokenizer/],
    ["a model of unknown kind", { "tokenizer.json": { ...parsed, model: { type: "X" } } }, /not a tokenizer/],
    [
      "no vocabulary",
      { "tokenizer.json": { ...parsed, model: { ...parsed.model, vocab: null } } },
      /not a tok/,
    ],
    [
      "a merge of tokens that are not there",
      { "tokenizer.json": { ...parsed, model: { ...parsed.model, merges: [["zz", "q"]] } } },
      /not a tokenizer/,
    ],
    [
      "an unknown splitter",
      { "tokenizer.json": { ...parsed, pre_tokenizer: { type: "No" } } },
      /not a tokenizer/,
    ],
    [
      "a broken splitter",
      {
        "tokenizer.json": {
          ...parsed,
          pre_tokenizer: { type: "Split", pattern: { Regex: "(" }, behavior: "Isolated", invert: false },
        },
      },
      /not a tokenizer/,
    ],
    [
      "a broken tokenizer_config.json",
      { "tokenizer_config.json": "{" },
      /tokenizer_config\.json is not valid JSON/,
    ],
    [
      "a broken generation_config.json",
      { "generation_config.json": "[1]" },
      /generation_config\.json holds an array/,
    ],
  ];
  for (const [what, files, says] of damaged) {
    test(`${what} is "tokenizer-invalid"`, () => {
      assert.throws(
        () => loadTokenizer(folderWith("chatml", files)),
        (error) =>
          error instanceof TunesmithError && error.code === "tokenizer-invalid" && says.test(error.message),
      );
    });
  }

  test("flipped bits are an error that says so, or a tokenizer that still works; never a crash", async () => {
    const bytes = readFileSync(join(fixtures, "chatml/tokenizer.json"));
    let refused = 0;
    for (let round = 0; round < 150; round++) {
      const flipped = Buffer.from(bytes);
      for (let i = 0; i < 3; i++)
        flipped[(round * 7919 + i * 104729) % bytes.length]! ^= 1 << ((round + i) % 7);
      const folder = folderWith("chatml", {});
      writeFileSync(join(folder, "tokenizer.json"), flipped);
      try {
        const tokenizer = loadTokenizer(folder);
        await tokenizer.decode(
          await tokenizer.encode("hello wörld 😀 <|im_end|>", { addSpecialTokens: true }),
        );
      } catch (error) {
        assert.ok(error instanceof TunesmithError && error.code === "tokenizer-invalid", String(error));
        refused++;
      }
    }
    assert.ok(refused > 75, `only ${refused} of 150 were refused`);
  });
});
