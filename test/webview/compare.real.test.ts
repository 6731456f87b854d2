/**
 * The compare panel in Chromium, as it is built and under its own content policy, beside a host that is made up: what
 * datasets and models say stays text, ten thousand rows scroll, the keyboard is enough, and what streams in moves nothing.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { violationsIn } from "../editor/accessibility.ts";
import { hostileRecord, hostileTexts, sampleRecord } from "../evaluate/sample.ts";
import { withoutChromium } from "../support/chromium.ts";
import { browserForTests } from "./browser.ts";
import { buildPanel, type OpenedPanel, openPanel, type PanelOptions } from "./compare-browser.ts";
import { FakeHost } from "./compare-host.ts";
import { themeNames } from "./compare-themes.ts";

/*
 * What runs in the page is text: functions would carry names of the tests' compiler with them.
 */
/** The row at the list's upper edge, and where it stands. */
const firstRowScript = `(() => {
  const list = document.querySelector(".list");
  const top = list.getBoundingClientRect().top + list.querySelector(".list-header").offsetHeight + 1;
  const row = [...list.querySelectorAll("[data-item]")].find((each) => each.getBoundingClientRect().bottom > top);
  return { item: row.dataset.item, at: Math.round(row.getBoundingClientRect().top - top) };
})()`;

/** Whether rows cover the list's height without a gap. */
const coveredScript = `(() => {
  const list = document.querySelector(".list");
  const { top, bottom } = list.getBoundingClientRect();
  const rows = [...list.querySelectorAll("[data-item]")]
    .map((row) => row.getBoundingClientRect())
    .filter((each) => each.bottom > top && each.top < bottom)
    .sort((a, b) => a.top - b.top);
  const isJoined = rows.every((each, i) => i === 0 || Math.abs(each.top - rows[i - 1].bottom) < 1.5);
  return isJoined && rows.at(-1).bottom >= bottom - 2;
})()`;

describe("the compare panel", { skip: withoutChromium }, () => {
  const browser = browserForTests();
  let panel: Awaited<ReturnType<typeof buildPanel>>;
  before(async () => {
    panel = await buildPanel();
  });
  after(() => panel?.remove());

  const withPanel = async (
    host: FakeHost,
    options: PanelOptions,
    use: (opened: OpenedPanel) => Promise<void>,
  ): Promise<void> => {
    const opened = await openPanel(browser(), panel.folder, host, options);
    try {
      await use(opened);
      assert.deepEqual(opened.complaints, []);
    } finally {
      await opened.close();
    }
  };
  const found = (page: Page, text: string) => page.waitForSelector(`.chip:has-text("${text}")`);
  const firstRow = (page: Page) => page.evaluate(firstRowScript);
  const askedOf = (host: FakeHost, name: string) => host.asked.filter((each) => each.name === name);

  it("scrolls ten thousand rows with few of them in the document", async () => {
    const host = new FakeHost(sampleRecord({ rows: 10_000 }));
    await withPanel(host, {}, async ({ page }) => {
      await found(page, "All 10,000");
      const list = page.locator(".list");
      const inDocument = () => page.locator(".list [data-item]").count();
      for (const share of [0.1, 0.5, 0.93, 1, 0.2]) {
        await list.evaluate((element, share) => {
          element.scrollTop = share * element.scrollHeight;
        }, share);
        await page.waitForTimeout(60);
        const rows = await inDocument();
        assert.ok(rows > 8 && rows < 60, `${rows} rows are in the document`);
        // Every row in sight is there: the list's height is covered without a gap.
        const covered = await page.evaluate(coveredScript);
        assert.ok(covered, `there is a gap at ${share}`);
      }
      await list.focus();
      await page.keyboard.press("End");
      assert.equal(await list.getAttribute("aria-activedescendant"), "row-9999");
      await page.waitForSelector("#row-9999");
      assert.equal(await list.getAttribute("aria-rowcount"), "10001");
      assert.equal(
        await page.locator('.list [role="row"] > :not([role="gridcell"], [role="columnheader"])').count(),
        0,
      );
      // Prompts are not asked for before a row is opened.
      assert.equal(askedOf(host, "row").length, 0);
    });
  });

  it("shows what is hostile as text, breaks no policy and runs nothing", async () => {
    const record = hostileRecord("hostile");
    record.rows[0]!.answers[record.tuned]!.text = "<b>long</b> ".repeat(9000);
    const host = new FakeHost(record);
    host.problem = { message: hostileTexts[1]!, hint: hostileTexts[0]! };
    const state = { sections: ["breakdown", "integrity", "chat"], differences: "on" };
    await withPanel(host, { state }, async ({ page, state: kept }) => {
      for (let row = 0; row < record.rows.length; row++) {
        await page.locator(`#row-${row}`).click();
        await page.waitForSelector(`.detail:has-text("tokens in")`);
        for (const summary of await page.locator(".detail .more > summary").all()) await summary.click();
        await page.keyboard.press("Escape");
      }
      await page.locator("#chat-input").fill(hostileTexts[1]!);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".chat-log .finished");
      assert.equal(await page.title(), "Comparison");
      assert.equal(await page.locator("img, iframe, object, script:not([src])").count(), 0);
      assert.equal(
        await page
          .locator(".popup, .list, .detail")
          .evaluateAll((all) => all.some((each) => each.innerHTML.includes(' style="display'))),
        false,
      );
      assert.ok(await kept());
    });
  });

  it("would be seen to break the policy if a text came in as markup", async () => {
    const opened = await openPanel(browser(), panel.folder, new FakeHost(sampleRecord({ rows: 5 })));
    const markup = `<img src=x onerror="document.title='taken over'">`;
    await opened.page.evaluate(`document.querySelector("#headline").innerHTML = ${JSON.stringify(markup)}`);
    await opened.page.waitForTimeout(200);
    assert.match(opened.complaints.join(), /policy|Content Security Policy/);
    await opened.close();
  });

  it("needs no mouse: filter, search, row, thumb, note, and back", async () => {
    const host = new FakeHost(sampleRecord({ rows: 300 }));
    await withPanel(host, {}, async ({ page, state }) => {
      await found(page, "All 300");
      await page.locator('[data-filter="all"]').focus();
      const tabTo = async (selector: string) => {
        for (let i = 0; i < 40; i++) {
          if (await page.locator(`${selector}:focus`).count()) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`Tab does not come to ${selector}`);
      };
      await tabTo('[data-filter="wins"]');
      await page.keyboard.press("Enter");
      assert.equal(await page.getAttribute('[data-filter="wins"]', "aria-pressed"), "true");
      await tabTo(".search");
      await page.keyboard.type("/Message 1\\d /");
      await page.waitForSelector('.found:has-text("of 300 rows")');
      await tabTo(".list");
      await page.keyboard.press("ArrowDown");
      const active = await page.getAttribute(".list", "aria-activedescendant");
      const index = Number(active!.replace("row-", ""));
      await page.keyboard.press("Enter");
      await page.waitForSelector("#detail-title:focus");
      await tabTo('[aria-label="Good answer: Fine-tuned"]');
      await page.keyboard.press("Space");
      await tabTo("#note");
      await page.keyboard.type("well said");
      await page.waitForSelector('.note:has-text("Saved")');
      const note = { thumbs: { "fine-tuned": "up" }, text: "well said" };
      assert.deepEqual(host.notes.get(index), note);
      // Thumb and text, each once: what is typed is kept when the typing rests.
      assert.equal(askedOf(host, "note").length, 2);
      await found(page, "With notes 1");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".list:focus").count(), 1);
      assert.equal(await page.locator(`#row-${index} .codicon-thumbsup`).count(), 1);
      await page.waitForTimeout(400);
      const kept = (await state()) as Record<string, unknown>;
      assert.equal(kept.filter, "wins");
      assert.equal(kept.search, "/Message 1\\d /");
      assert.equal(kept.active, index);
    });
  });

  it("comes back as it was left", async () => {
    const state = {
      filter: "loses",
      search: "message",
      open: 7,
      active: 7,
      hidden: ["one-shot"],
      sections: ["integrity"],
    };
    await withPanel(new FakeHost(sampleRecord({ rows: 300 })), { state }, async ({ page }) => {
      await page.waitForSelector(".detail:has-text('test.jsonl:8')");
      assert.equal(await page.inputValue(".search"), "message");
      assert.equal(await page.getAttribute('[data-filter="loses"]', "aria-pressed"), "true");
      assert.equal(await page.locator(".detail h4:has-text('One-shot')").count(), 0);
      assert.ok(
        (await page.locator("details:has(h2:has-text('What this rests on'))").getAttribute("open")) !== null,
      );
    });
    const scrolled = { place: { item: 120, beyond: 9 }, active: 3, scroll: 150 };
    await withPanel(new FakeHost(sampleRecord({ rows: 300 })), { state: scrolled }, async ({ page }) => {
      await page.waitForSelector("#row-120");
      assert.deepEqual(await firstRow(page), { item: "120", at: -9 });
      assert.equal(await page.evaluate("scrollY"), 150);
    });
  });

  it("takes rows that stream in without moving the list, the focus or what is being typed", async () => {
    const host = new FakeHost(sampleRecord({ rows: 900 }), 400);
    await withPanel(host, {}, async ({ page }) => {
      await found(page, "All 400");
      assert.match((await page.textContent("#headline"))!, /So far, 400 of 900 rows/);
      await page.locator(".list").focus();
      for (let i = 0; i < 6; i++) await page.keyboard.press("PageDown");
      await page.waitForTimeout(100);
      const before = await firstRow(page);
      const active = await page.getAttribute(".list", "aria-activedescendant");
      host.answer(100);
      await found(page, "All 500");
      assert.deepEqual(await firstRow(page), before);
      assert.equal(await page.getAttribute(".list", "aria-activedescendant"), active);
      assert.equal(await page.locator(".list:focus").count(), 1);

      await page.keyboard.press("Enter");
      await page.locator("#note").pressSequentially("half a th");
      const pane = await page.locator(".detail").elementHandle();
      host.answer(100);
      await found(page, "All 600");
      await page.keyboard.type("ought");
      assert.equal(await page.inputValue("#note"), "half a thought");
      assert.ok(await pane!.evaluate((element) => element.isConnected), "the open row was not drawn anew");

      host.answer(300);
      await found(page, "All 900");
      assert.doesNotMatch((await page.textContent("#headline"))!, /So far/);
      assert.equal(await page.locator(".progress-line").isVisible(), false);
    });
  });

  it("pauses and goes on, scores anew, exports, and adds to the dataset", async () => {
    const host = new FakeHost(sampleRecord({ rows: 40 }), 20);
    await withPanel(host, {}, async ({ page }) => {
      await page.getByText("Pause", { exact: true }).click();
      await page.locator("#task").selectOption("short-answer");
      await page.locator(".actions .popup-button").click();
      await page.locator('[data-format="csv"]').click();
      await page.waitForSelector(".export-outcome:has-text('/home/me/comparison.csv')");
      await page.locator("#row-3").click();
      await page.locator(".detail .more > summary", { hasText: "Add to the dataset" }).click();
      assert.equal(await page.inputValue("#better-answer"), host.record.rows[3]!.reference);
      await page.locator("#better-answer").fill("a better one");
      await page.locator("vscode-button", { hasText: "Add to the dataset" }).click();
      await page.waitForSelector(".detail:has-text('make the comparison again.')");
      assert.deepEqual(askedOf(host, "act"), [{ name: "act", params: { action: "pause" } }]);
      assert.deepEqual(askedOf(host, "score")[0]!.params, { task: "short-answer" });
      assert.deepEqual(askedOf(host, "addToDataset")[0]!.params, { index: 3, answer: "a better one" });
    });
  });

  it("talks to both models, turn after turn, and stops when asked to", async () => {
    const host = new FakeHost(sampleRecord({ rows: 5 }));
    await withPanel(host, { state: { sections: ["chat"] } }, async ({ page }) => {
      const say = async (text: string) => {
        await page.locator("#chat-input").fill(text);
        await page.keyboard.press("Enter");
      };
      const answered = (count: number) =>
        page
          .locator(".chat-log .finished")
          .nth(count - 1)
          .waitFor();
      await say("hello");
      await answered(2);
      await say("and then");
      await answered(4);
      const last = askedOf(host, "chat").at(-1)!.params as { messages: { role: string; content: string }[] };
      assert.deepEqual(
        last.messages.map(({ role }) => role),
        ["user", "assistant", "user"],
      );
      host.chatPace = 200;
      await say("a long one");
      await page.waitForSelector(".fine-tuned .turn:last-child:has-text('fine-tuned')");
      await page.getByText("Cancel", { exact: true }).click();
      await answered(6);
      assert.match((await page.locator(".fine-tuned .turn").last().textContent())!, /Cancelled/);
      await say("fail");
      await page.waitForSelector(".chat-side.base .problem:has-text('no memory left')");
    });
  });

  it("has nothing that axe finds fault with, in four themes, wide and narrow", async () => {
    for (const theme of themeNames) {
      for (const width of [1280, 400]) {
        const host = new FakeHost(sampleRecord({ rows: 60 }), 50);
        host.notes.set(2, { thumbs: { "fine-tuned": "up" }, text: "good" });
        const state = { sections: ["breakdown", "integrity", "chat"], differences: "on" };
        await withPanel(host, { theme, width, state }, async ({ page, complaints }) => {
          await found(page, "All 50");
          const check = async (what: string) => {
            assert.deepEqual(complaints, []);
            const violations = await violationsIn(page.mainFrame());
            assert.deepEqual(violations, [], `${theme}, ${width}, ${what}`);
            // Axe makes style sheets of its own.
            complaints.length = 0;
          };
          await check("the page");
          await page.locator("#row-2").click();
          await page.waitForSelector(".detail:has-text('tokens in')");
          for (const summary of await page.locator(".detail .more > summary").all()) await summary.click();
          await page.locator(".search").fill("/(/");
          await page.locator('.with-tool [aria-label="As a table"]').click();
          await check("a row open");
        });
      }
    }
  });
});
