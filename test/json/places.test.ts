// Places of settings, by JSON pointer: found by hand, and against what the pointers lead to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { escapePointer, findPlaces, lineAndColumn } from "../../src/json/places.ts";

test("every value has its place under its pointer, and every member that of its key", () => {
  const text = '{ "a/b": [10, {"~": null}],\n "\\u00e9": "x", "": {} }';
  const { places, fault } = findPlaces(text);
  assert.equal(fault, undefined);
  const shown = [...places].map(([pointer, { key, value }]) => [
    pointer,
    key === undefined ? undefined : text.slice(key).split(":")[0],
    text.slice(value, value + 2),
  ]);
  assert.deepEqual(shown, [
    ["", undefined, "{ "],
    ["/a~1b", '"a/b"', "[1"],
    ["/a~1b/0", undefined, "10"],
    ["/a~1b/1", undefined, '{"'],
    ["/a~1b/1/~0", '"~"', "nu"],
    ["/é", '"\\u00e9"', '"x'],
    ["/", '""', "{}"],
  ]);
});

test("a key that stands twice in one object is a fault at its second place, before anything inside it", () => {
  const text = '{ "a": {"b": 1}, "\\u0061": {"b": 2, "b": 3} }';
  const { fault } = findPlaces(text);
  assert.equal(fault?.offset, text.indexOf('"\\u0061"'));
  assert.match(fault.message, /"a" stands here a second time/);
  assert.equal(findPlaces('[{"a": 1}, {"a": 2}]').fault, undefined);
});

test("what is wrong with the text is a fault, and places before it are known", () => {
  const { places, fault } = findPlaces('{"a": 1,}');
  assert.equal(fault?.offset, 8);
  assert.deepEqual(places.get("/a"), { key: 1, value: 6 });
});

test("names are escaped as RFC 6901 says", () => {
  assert.deepEqual(["a/b", "m~n", "~1", ""].map(escapePointer), ["a~1b", "m~0n", "~01", ""]);
});

test("lines and columns count from 1", () => {
  const text = "ab\ncd\r\n\nx";
  const places = [0, 2, 3, 7, 8].map((offset) => lineAndColumn(text, offset));
  assert.deepEqual(
    places.map(({ line, column }) => [line, column]),
    [
      [1, 1],
      [1, 3],
      [2, 1],
      [3, 1],
      [4, 1],
    ],
  );
});
