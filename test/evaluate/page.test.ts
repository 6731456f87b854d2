/** The comparison page: that nothing in data or answers becomes markup, that it stands alone, and that it is complete. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import vm from "node:vm";
import type { Comparison } from "../../src/evaluate/comparison.ts";
import { renderComparisonPage } from "../../src/evaluate/page/page.ts";
import type { PageData } from "../../src/evaluate/page/rows.ts";
import { pageScript, pageScriptHash } from "../../src/evaluate/page/script.ts";
import { pageStyle, pageStyleHash } from "../../src/evaluate/page/style.ts";
import { summarise } from "../../src/evaluate/summarise.ts";
import { hostileRecord, hostileTexts, recordOf, sampleRecord } from "./sample.ts";

const quick = { resamples: 50 };
const training = {
  trainLoss: Array.from({ length: 300 }, (_, i) => [i + 1, 3 * Math.exp(-i / 60) + 0.4] as const),
  validationLoss: [
    [100, 1.2],
    [200, 0.7],
    [300, 0.9],
  ] as const,
  settings: [["Method", "LoRA"]] as const,
};

interface Tag {
  name: string;
  attributes: Record<string, string>;
}

/**
 * The tags of a page as an HTML parser meets them (the contents of style and script are raw text up to their end tag).
 * Fails on any < that does not open a well-formed tag with double-quoted attributes.
 */
function tagsOf(page: string): Tag[] {
  const tags: Tag[] = [];
  const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<]*")?)*)\s*\/?>/y;
  for (let at = page.indexOf("<"); at >= 0; at = page.indexOf("<", at)) {
    if (page.startsWith("<!doctype html>", at)) {
      at += 1;
      continue;
    }
    tag.lastIndex = at;
    const match = tag.exec(page);
    assert.ok(match, `not a well-formed tag: ${page.slice(at, at + 120)}`);
    const [whole, closing, name, attributes] = match;
    at += whole.length;
    if (closing) continue;
    tags.push({
      name: name!,
      attributes: Object.fromEntries(
        [...attributes!.matchAll(/([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"]*)")?/g)].map(([, key, value]) => [
          key!,
          value ?? "",
        ]),
      ),
    });
    if (name === "style" || name === "script") at = page.toLowerCase().indexOf(`</${name}`, at);
  }
  return tags;
}

const skeleton = (page: string) =>
  tagsOf(page).map(({ name, attributes }) => [name, ...Object.keys(attributes)].join(" "));

function embedded(page: string): PageData {
  const [, json] = /<script type="application\/json" id="page-data">([\s\S]*?)<\/script>/.exec(page)!;
  return JSON.parse(json!) as PageData;
}

test("hostile texts everywhere give exactly the markup that harmless texts give", () => {
  const hostile = renderComparisonPage(summarise(hostileRecord("hostile"), quick), {
    ...training,
    settings: [[hostileTexts[0]!, hostileTexts[1]!]],
  });
  const harmless = renderComparisonPage(summarise(hostileRecord("harmless"), quick), training);
  assert.deepEqual(skeleton(hostile), skeleton(harmless));
  assert.equal(
    hostile.match(/<script/gi)!.length,
    2,
    "the data and our script; not even as text within them",
  );
  assert.equal(hostile.match(/<\/script/gi)!.length, 2);
  for (const { name, attributes } of tagsOf(hostile)) {
    for (const attribute of Object.keys(attributes)) {
      assert.doesNotMatch(
        attribute,
        /^(on.*|style|src|href|srcdoc|action|formaction)$/i,
        `<${name} ${attribute}>`,
      );
    }
  }
});

test("hostile texts reach the reader as they are", () => {
  const record = hostileRecord("hostile");
  const page = renderComparisonPage(summarise(record, quick));
  const data = embedded(page);
  record.rows.forEach((row, r) => {
    assert.equal(data.rows[r]!.question, row.messages.at(-1)!.content);
    assert.equal(data.rows[r]!.reference, row.reference);
    record.ways.forEach(({ id }, w) => {
      const { text, prompt } = data.rows[r]!.answers[w]!;
      assert.equal(text, row.answers[id]!.text);
      assert.equal(data.ways[w]!.promptStart + prompt + data.ways[w]!.promptEnd, row.answers[id]!.prompt);
    });
  });
  assert.ok(page.includes("&lt;/script&gt;&lt;script&gt;document.title=&#39;taken over&#39;&lt;/script&gt;"));
});

test("the policy lets run only our own style sheet and script, named by their hashes", () => {
  const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  assert.equal(pageScriptHash, hash(pageScript), "pageScript was changed: put this hash into pageScriptHash");
  assert.equal(pageStyleHash, hash(pageStyle), "pageStyle was changed: put this hash into pageStyleHash");
  const page = renderComparisonPage(summarise(sampleRecord({ rows: 3 }), quick));
  const policy = tagsOf(page).find(({ attributes }) => attributes["http-equiv"])!.attributes.content!;
  assert.match(
    policy.replaceAll("&#39;", "'"),
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+';/,
  );
});

test("the page needs nothing from outside", () => {
  const page = renderComparisonPage(summarise(sampleRecord({ rows: 3 }), quick), training);
  const addresses = [...page.matchAll(/(?:https?:)?\/\/[a-z][^\s"'<]*/gi)].map(([address]) => address);
  assert.deepEqual(
    [...new Set(addresses)],
    ["http://www.w3.org/2000/svg"],
    "a namespace is a name, not an address",
  );
  assert.doesNotMatch(page, /@import|url\(/);
});

test("the script parses, and puts texts into the page only as text", () => {
  new vm.Script(pageScript);
  assert.doesNotMatch(
    pageScript,
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval|new Function/,
  );
});

test("the same comparison gives the same page", () => {
  const comparison = summarise(sampleRecord({ rows: 40 }), quick);
  const page = renderComparisonPage(comparison, training);
  assert.equal(renderComparisonPage(JSON.parse(JSON.stringify(comparison)) as Comparison, training), page);
});

test("the page tells the verdict, every figure of every way, and what it rests on", () => {
  const comparison = summarise(sampleRecord({ rows: 60 }), quick);
  const text = renderComparisonPage(comparison, training).replace(/<[^>]*>/g, "");
  assert.ok(text.includes(comparison.verdict.headline));
  assert.ok(text.includes(comparison.verdict.reason.replace("<", "&lt;")));
  assert.ok(text.includes(comparison.verdict.costLine));
  for (const { metrics } of comparison.summaries)
    assert.ok(text.includes(`${(100 * metrics[0]!.score).toFixed(1)}%`));
  const { integrity } = comparison;
  for (const said of [
    integrity.base.hash,
    integrity.tuned.hash,
    integrity.dataset.hash,
    ...integrity.splits.map(({ hash }) => hash),
    integrity.template,
    integrity.leftOut[0]!.reason,
    "0 test rows also in the training rows",
    "chosen on 60 validation rows by accuracy: Zero-shot 40.0, One-shot 56.7, Few-shot (4) 70.0",
    "method greedy, maxTokens 64, samplingTemperature 0.7",
    "kept: step 200, validation loss 0.7000",
  ]) {
    assert.ok(text.includes(said), said);
  }
});

test("rows left out are counted, the first few named", () => {
  const record = sampleRecord({ rows: 3 });
  record.integrity.leftOut = Array.from({ length: 8 }, (_, i) => ({
    id: `test:${i}`,
    reason: `too long ${i}`,
  }));
  const page = renderComparisonPage(summarise(record, quick));
  assert.match(page, /8 rows<div>/);
  assert.ok(page.includes("too long 4") && !page.includes("too long 5") && page.includes("and 3 more"));
});

test("the forest plot places each interval on its axis", () => {
  // Newcombe's 36, 12, 2, 0: difference 0.2, interval 0.0569 to 0.3404. The axis reaches 0.4 either way, in tenths:
  // so zero stands at 50 %, 0.2 at 75 %, the ends at 50 + 0.0569 / 0.8 = 57.12 % and 92.55 %.
  const answers = (cells: [number, string][]) =>
    cells.flatMap(([n, answer]) => Array.from({ length: n }, () => answer));
  const record = recordOf({ id: "short-answer", labels: [], reason: "" }, answers([[50, "x"]]), {
    prompting: answers([
      [36, "x"],
      [12, "no"],
      [2, "x"],
    ]),
    tuned: answers([
      [48, "x"],
      [2, "no"],
    ]),
  });
  const tags = tagsOf(renderComparisonPage(summarise(record)));
  const dot = tags.find(({ attributes }) => attributes.class?.startsWith("dot"))!.attributes;
  assert.deepEqual([dot.class, dot.cx], ["dot ahead", "75.00%"]);
  const whisker = tags.find(({ attributes }) => attributes.class?.startsWith("whisker"))!.attributes;
  assert.deepEqual([whisker.x1, whisker.x2], ["57.12%", "92.55%"]);
  assert.equal(tags.find(({ attributes }) => attributes.class === "zero")!.attributes.x1, "50.00%");
});

test("the loss plot keeps extremes of long runs, survives holes and single points, and is left out without any", () => {
  const comparison = summarise(sampleRecord({ rows: 3 }), quick);
  const long = Array.from(
    { length: 50_000 },
    (_, i) => [i + 1, i === 31_337 ? 2.5 : 1 + (i % 7) / 100] as const,
  );
  const polylines = (page: string) => tagsOf(page).filter(({ name }) => name === "polyline");
  const [raw] = polylines(renderComparisonPage(comparison, { trainLoss: long, validationLoss: [] }));
  const places = raw!.attributes.points!.split(" ");
  assert.ok(places.length <= 1200);
  const spike = places
    .filter((place) => Number(place.split(",")[1]) < 0)
    .map((place) => Number(place.split(",")[0]));
  assert.equal(spike.length, 1, "the one spike leaves the plot at its top");
  assert.ok(Math.abs(spike[0]! - 626.8) < 0.1, "at its step, 31 338 of 50 000");
  for (const trainLoss of [
    [[1, 2]],
    [
      [5, 1],
      [6, Number.NaN],
      [7, 1],
    ],
  ] as const) {
    const page = renderComparisonPage(comparison, { trainLoss, validationLoss: [] });
    assert.doesNotMatch(page.replace(/<script[\s\S]*/, ""), /NaN|Infinity|undefined/);
  }
  for (const trainLoss of [[], [[1, Number.NaN]]] as const) {
    assert.equal(polylines(renderComparisonPage(comparison, { trainLoss, validationLoss: [] })).length, 0);
  }
});

test("many labels are listed by confusion instead of drawn as a matrix; fields have their table", () => {
  const labels = Array.from({ length: 40 }, (_, i) => `label ${i}`);
  const task = { id: "labels" as const, labels, reason: "" };
  const many = summarise(
    recordOf(task, labels, { prompting: labels.map(() => "label 7"), tuned: labels }),
    quick,
  );
  const page = renderComparisonPage(many);
  assert.ok(page.includes("Most frequent confusions") && !page.includes('class="confusion"'));
  const json = { id: "json" as const, labels: [], reason: "" };
  const fields = summarise(
    recordOf(json, ['{"a":1,"b":2}'], { prompting: ['{"a":1}'], tuned: ['{"a":1,"b":2}'] }),
    quick,
  );
  assert.match(
    renderComparisonPage(fields),
    /<code>b<\/code><\/bdi><\/td><td class="number">1<\/td><td class="number">0\.0%<\/td><td class="number">100\.0%/,
  );
});
