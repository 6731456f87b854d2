/** Places in a long list: compared with sums made the slow way. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Random } from "../../src/random/random.ts";
import { RowHeights } from "../../webview/common/row-heights.ts";

const sumOf = (heights: readonly number[]) => heights.reduce((sum, height) => sum + height, 0);

describe("the heights of rows", () => {
  it("are places as plain sums give them, whatever was measured before and after", () => {
    const random = new Random(3);
    const heights: number[] = Array.from({ length: 300 }, () => 40);
    for (const position of heights.keys())
      if (random.integer(3) === 0) heights[position] = 10 + random.integer(90);
    const list = new RowHeights(300, 40, (position) =>
      heights[position] === 40 ? undefined : heights[position],
    );
    for (let round = 0; round < 200; round++) {
      const position = random.integer(300);
      heights[position] = 5 + random.integer(200);
      list.learn(position, heights[position]!);
      const asked = random.integer(301);
      assert.equal(list.top(asked), sumOf(heights.slice(0, asked)));
      const place = random.integer(sumOf(heights));
      const found = list.at(place);
      assert.ok(list.top(found) <= place && place < list.top(found + 1), `${place} is not in row ${found}`);
    }
    assert.equal(list.total, sumOf(heights));
  });

  it("name the first or the last row for a place outside", () => {
    const list = new RowHeights(3, 10);
    assert.deepEqual(
      [list.at(-5), list.at(0), list.at(9.9), list.at(10), list.at(30), list.at(1e9)],
      [0, 0, 0, 1, 2, 2],
    );
    assert.equal(new RowHeights(0, 10).at(4), 0);
  });

  it("give a window the rows it shows, and spare ones within the list", () => {
    const list = new RowHeights(100, 10);
    assert.deepEqual(list.window(200, 50, 2), { first: 18, end: 28 });
    assert.deepEqual(list.window(0, 50, 3), { first: 0, end: 9 });
    assert.deepEqual(list.window(990, 50, 3), { first: 96, end: 100 });
    assert.deepEqual(new RowHeights(0, 10).window(0, 50, 3), { first: 0, end: 0 });
  });

  it("move a window the least way that shows a row", () => {
    const list = new RowHeights(10, 10);
    assert.equal(list.reveal(3, 0, 50), 0, "it is shown already");
    assert.equal(list.reveal(0, 25, 50), 0, "above: its beginning");
    assert.equal(list.reveal(7, 0, 50), 30, "below: its end");
    list.learn(4, 200);
    assert.equal(list.reveal(4, 0, 50), 40, "higher than the window: its beginning");
  });
});
