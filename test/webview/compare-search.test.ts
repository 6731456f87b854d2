/** What is typed into the search field. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSearch } from "../../webview/compare/search.ts";

const row = {
  id: "test.jsonl:7",
  question: "Where is my Refund?",
  reference: "refund",
  outputs: { a: "a/b", b: "" },
};
const finds = (typed: string) => {
  const search = parseSearch(typed);
  return "matches" in search ? search.matches(row) : search.problem;
};

describe("the search field", () => {
  it("finds a text in any case, and everything when it is empty", () => {
    assert.equal(finds("my refund"), true);
    assert.equal(finds("  refund "), true);
    assert.equal(finds("parcel"), false);
    assert.equal(finds(""), true);
  });

  it("takes what stands between slashes as a pattern, which heeds case unless an i follows", () => {
    assert.equal(finds("/^Where .* Refund\\?$/"), true);
    assert.equal(finds("/^where .* refund\\?$/"), false);
    assert.equal(finds("/^where .* refund\\?$/i"), true);
  });

  it("leaves a text with slashes in it a text", () => {
    assert.equal(finds("a/b"), true);
    assert.equal(finds("/"), true);
    assert.equal(finds("//"), false);
  });

  it("says what cannot be searched", () => {
    assert.match(String(finds("/(/")), /no regular expression/);
    assert.match(String(finds("/(?=x)/")), /Lookahead/);
    assert.match(String(finds("/x/gm")), /only an i .* “gm”/);
  });
});
