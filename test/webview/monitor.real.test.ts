/**
 * The monitor panel in Chromium, as it is built and under its own content policy, beside a host that plays runs
 * (webview/dev): hostile texts, assistive technology, long runs, keys, news.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { hostile, pathOf, stepOf } from "../../webview/dev/runs.ts";
import { themes } from "../../webview/dev/themes.ts";
import { violationsIn } from "../editor/accessibility.ts";
import { eventually } from "../editor/eventually.ts";
import { withoutChromium } from "../support/chromium.ts";
import { harnessForTests, origin } from "./browser.ts";

describe("the monitor panel in a browser", { skip: withoutChromium, timeout: 300_000 }, () => {
  const harness = harnessForTests();
  const withPanel = (
    query: string,
    use: (page: Page, complaints: string[]) => Promise<void>,
    size?: { width: number; height: number },
  ) => harness.withPage(query, ".headline:visible, .empty:visible", use, size);

  const plot = (page: Page) => page.locator(".plot").first();
  const drawn = (page: Page) => page.waitForSelector(".plot[data-points]");
  const legend = (page: Page) => page.locator(".legend").first().textContent() as Promise<string>;
  const kept = async (page: Page) =>
    (await page.evaluate("JSON.parse(sessionStorage.getItem('state') ?? '{}')")) as {
      range?: number[] | null;
      open?: Record<string, boolean>;
    };
  const range = async (page: Page) => (await kept(page)).range ?? null;

  async function drag(page: Page, from: number, to: number): Promise<void> {
    const box = (await plot(page).boundingBox())!;
    await page.mouse.move(box.x + from, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + to, box.y + 100, { steps: 4 });
    await page.mouse.up();
  }

  it("shows hostile texts as texts, wherever a run carries one", () =>
    withPanel("run=hostile", async (page) => {
      for (const name of ["Recipe", "Log"]) await page.locator("summary", { hasText: name }).click();
      await page.waitForSelector(".log:has-text('onerror')");
      const text = (await page.locator("main").textContent())!;
      // Name, model, problem and hint, notice, prompts and samples, comparison and its problem, recipe, log.
      assert.ok(text.split(hostile).length > 15, `${text.split(hostile).length - 1} times`);
      assert.equal(await page.locator("#root img, #root script").count(), 0);
      assert.equal(await page.title(), "Monitor");
    }));

  for (const theme of Object.keys(themes)) {
    for (const query of ["run=running", "run=running&view=side", "run=failed", "run=none&view=side"]) {
      it(`leaves axe nothing to say: ${query}, ${theme}`, () =>
        withPanel(
          `${query}&theme=${theme}`,
          async (page, complaints) => {
            if (!query.includes("none")) await drawn(page);
            assert.deepEqual(complaints, []);
            assert.deepEqual(await violationsIn(page.mainFrame()), []);
            // axe writes a style sheet into the page, which the policy forbids.
            complaints.length = 0;
          },
          query.includes("side") ? { width: 220, height: 600 } : { width: 1280, height: 900 },
        ));
    }
  }

  it("gives the canvas what fits its width of a hundred thousand steps, however it is zoomed", () =>
    withPanel("run=long", async (page) => {
      await drawn(page);
      const given = async () => Number(await plot(page).getAttribute("data-points"));
      const width = (await plot(page).boundingBox())!.width;
      // Two points a pixel of the loss, one for two pixels of its average, 25 validations; by four arrays.
      const most = 4 * (2 * width + 2 + width / 2 + 2 + 30);
      const seen = [await given()];
      for (const [from, to] of [
        [200, 900],
        [300, 320],
        [500, 900],
      ] as const) {
        await drag(page, from, to);
        await page.waitForTimeout(100);
        seen.push(await given());
      }
      for (const points of seen) assert.ok(points > 100 && points <= most, `${seen} of at most ${most}`);
      const [min, max] = (await range(page))!;
      assert.ok(max! - min! < 1000, "it is zoomed in");
      await page.mouse.dblclick((await plot(page).boundingBox())!.x + 400, 400);
      assert.equal(await range(page), null);
    }));

  it("reads the exact values at the crosshair, by mouse and by keys", () =>
    withPanel("run=long", async (page) => {
      await drawn(page);
      await plot(page).focus();
      await page.keyboard.press("Home");
      assert.match(await legend(page), /^Step 1Training/);
      await page.keyboard.press("PageDown");
      const loss = stepOf(pathOf("long"), 10_001).loss.toFixed(4);
      assert.ok((await legend(page)).startsWith(`Step 10,001Training${loss}`));
      assert.match((await page.locator("[aria-live]").textContent())!, /^Step 10,001, Training /);
      await page.keyboard.press("+");
      assert.ok((await range(page))![0]! > 1);
      await page.keyboard.press("Escape");
      assert.equal(await range(page), null);
      assert.match(
        (await plot(page).getAttribute("aria-label"))!,
        /^training loss 0\.\d+ at step 100,000 of 120,000, .*; validation loss .*, best 1\.\d+ at step 60,000$/,
      );
    }));

  it("shows a chart as a table of no more than two hundred rows", () =>
    withPanel("run=long", async (page) => {
      await page.getByRole("button", { name: "Show “Loss” as a table" }).click();
      const rows = await page.locator(".chart-table:visible tbody tr").count();
      assert.ok(rows > 150 && rows <= 200, `${rows} rows`);
      assert.match(
        (await page.locator("caption:visible").textContent())!,
        /of 100,000 points, evenly chosen/,
      );
    }));

  it("keeps zoom, axis, overlays and open parts over a reload", () =>
    withPanel("run=running", async (page) => {
      await drawn(page);
      await page.locator("vscode-single-select").first().click();
      await page.locator("vscode-single-select").first().locator("li", { hasText: "paused" }).click();
      await page.waitForSelector(".legend-label:text-is('paused')");
      await drag(page, 300, 600);
      const zoomed = await range(page);
      assert.notEqual(zoomed, null);
      await page.locator("summary", { hasText: "Recipe" }).click();
      // A browser tells of an opened part a little later.
      await eventually("the open part is kept", async () => (await kept(page)).open?.recipe === true);
      await page.reload();
      await page.waitForSelector(".legend-label:text-is('paused')");
      assert.deepEqual(await range(page), zoomed);
      await page.locator(".recipe").waitFor();
    }));

  it("goes on with the run, back with a later attempt, and says so when the run is gone", () =>
    withPanel("run=running", async (page) => {
      await drawn(page);
      await page.evaluate("dev.goOn()");
      await page.waitForSelector(".tiles :text('1,843')");
      const attempt = `{ type: "attempt", time: 0, attempt: 2, resumedStep: 1000 }`;
      await page.evaluate(`dev.follow((info) => ({ ...info, step: 1000 }), [${attempt}])`);
      await page.waitForSelector(".legend :text-is('Step 1,000')");
      assert.match(
        (await plot(page).getAttribute("aria-label"))!,
        /at step 1,000 of 3,000, .*; validation loss 1\.\d+, the best so far/,
      );
      await page.evaluate("dev.channel.emit('gone', { run: dev.pathOf('running') })");
      await page.waitForSelector(".problem:has-text('deleted')");
    }));

  it("asks for what a button says, and shows why it could not be", () =>
    withPanel("run=running", async (page) => {
      await page.locator("vscode-button:visible", { hasText: "Pause" }).click();
      await page.waitForSelector(".state:has-text('Pausing')");
      assert.ok(await page.locator("vscode-button[disabled]", { hasText: "Pause" }).isVisible());
      assert.deepEqual(await page.evaluate("dev.acts"), [`pause ${pathOf("running")}`]);
      await page.goto(`${origin}/?run=done`);
      await page.locator("vscode-button:visible", { hasText: "Compare" }).click();
      await page.waitForSelector("[role=alert]:has-text('no test rows'):has-text('data.test')");
    }));

  it("draws nothing that cannot be seen", () =>
    withPanel(
      "run=running",
      async (page) => {
        await drawn(page);
        const memory = page.locator(".plot").last();
        assert.equal(await memory.getAttribute("data-points"), null);
        await memory.scrollIntoViewIfNeeded();
        await page.waitForSelector(".chart:last-child .plot[data-points]");
      },
      { width: 400, height: 500 },
    ));

  it("follows the selection in the narrow view", () =>
    withPanel("run=none&view=side", async (page) => {
      assert.match((await page.locator("main").textContent())!, /Select a run/);
      await page.evaluate("dev.channel.emit('show', { run: dev.pathOf('failed') })");
      await page.waitForSelector("h1:text-is('failed')");
      assert.match((await page.locator(".problem").textContent())!, /not a finite number[\s\S]*learningRate/);
      await page.evaluate("dev.channel.emit('show', { run: dev.pathOf('starting') })");
      await page.waitForSelector(".phase:has-text('downloading the model 41 %')");
    }));
});
