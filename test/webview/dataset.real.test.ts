/**
 * A dataset's pages in Chromium, as they are built and under their own content policy, beside a host that plays datasets
 * (webview/dev): hostile texts, assistive technology, long rows and tables, keys, what is copied.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Page } from "playwright-core";
import { datasetStates, shownRows } from "../../webview/dev/datasets.ts";
import { hostile } from "../../webview/dev/runs.ts";
import { themes } from "../../webview/dev/themes.ts";
import { violationsIn } from "../editor/accessibility.ts";
import { withoutChromium } from "../support/chromium.ts";
import { harnessForTests } from "./browser.ts";

describe("a dataset's pages in a browser", { skip: withoutChromium, timeout: 300_000 }, () => {
  const harness = harnessForTests();
  const withPage = (
    query: string,
    use: (page: Page, complaints: string[]) => Promise<void>,
    size?: { width: number; height: number },
  ) => {
    const shown = query.includes("statistics") ? ".tiles" : ".token";
    return harness.withPage(query, `${shown}:visible, .problem:visible`, use, size);
  };

  const acts = (page: Page) => page.evaluate("dev.acts") as Promise<string[]>;
  const tabTo = async (page: Page, selector: string) => {
    for (let key = 0; key < 40; key++) {
      if (await page.locator(`${selector}:focus`).count()) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not come to ${selector}`);
  };
  /** No part of the page is wider than the page. */
  const isInside = (page: Page) =>
    page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");

  const seen = {
    preview: ["row=chat", "row=cut", "row=refused", "row=model", "row=none"],
    statistics: ["data=whole", "data=pending", "data=sound", "data=failed"],
  };
  for (const theme of Object.keys(themes)) {
    for (const [name, queries] of Object.entries(seen)) {
      it(`leave axe nothing to say, wide and narrow: ${name}, ${theme}`, async () => {
        for (const query of queries) {
          for (const width of [1280, 220]) {
            const use = async (page: Page, complaints: string[]) => {
              assert.deepEqual(complaints, []);
              assert.ok(await isInside(page), `${query} is wider than ${width}`);
              assert.deepEqual(await violationsIn(page.mainFrame()), [], `${query}, ${width}`);
              // axe writes a style sheet into the page, which the policy forbids.
              complaints.length = 0;
            };
            await withPage(`page=${name}&${query}&theme=${theme}`, use, { width, height: 700 });
          }
        }
      });
    }
  }

  it("show hostile texts as texts", async () => {
    await withPage("page=preview&row=hostile", async (page) => {
      const text = (await page.locator("main").textContent())!;
      // Name, model, note, trouble, and tokens whole and in pieces.
      assert.ok(text.split(hostile).length > 5, `${text.split(hostile).length - 1} times`);
      assert.equal(await page.locator("#root img, #root script").count(), 0);
      assert.equal(await page.title(), "Dataset");
    });
    await withPage("page=statistics&data=hostile", async (page) => {
      await page.waitForSelector(".list-hard .cell-answer");
      const text = (await page.locator("main").textContent())!;
      // Name, path, format, reason, model, label, language, split, rule, run, input and answer.
      assert.ok(text.split(hostile).length > 11, `${text.split(hostile).length - 1} times`);
      assert.equal(await page.locator("#root img, #root script").count(), 0);
      assert.equal(await page.title(), "Dataset");
    });
  });

  it("would be seen to break the policy if a text came in as markup", async () => {
    await withPage("page=preview", async (page, complaints) => {
      await page.evaluate(`document.querySelector(".token").innerHTML = ${JSON.stringify(hostile)}`);
      await page.waitForTimeout(300);
      assert.match(complaints.join(), /Content Security Policy/);
      complaints.length = 0;
    });
  });

  describe("the preview", () => {
    it("shows of every token what becomes of it, and not by colour alone", () =>
      withPage("page=preview&row=cut", async (page) => {
        const { tokens } = shownRows.cut!(12).preview!;
        assert.equal(await page.locator(".tokens .token").count(), tokens.length);
        const titles = await page
          .locator(".tokens .token")
          .evaluateAll((all) => all.map(({ title }) => title));
        for (const [at, { id, trained, cut, template }] of tokens.entries()) {
          const state = cut ? (trained ? "cut, would be trained" : "cut") : trained ? "trained" : "context";
          assert.equal(titles[at], `Token ${id} · ${state}${template ? " · written by the template" : ""}`);
        }
        const look = (selector: string) =>
          page.evaluate(`(() => {
            const { textDecorationLine, borderBottomStyle, fontStyle } =
              getComputedStyle(document.querySelector(${JSON.stringify(selector)}));
            return [textDecorationLine, borderBottomStyle, fontStyle].join(" ");
          })()`);
        assert.equal(await look(".tokens .trained > .token:not(.template)"), "none solid normal");
        assert.equal(await look(".tokens .cut > .token:not(.template)"), "line-through none normal");
        assert.equal(await look(".tokens span.run > .token.template"), "none dotted italic");
        assert.equal(await look(".tokens span.run > .token:not(.template)"), "none none normal");
        assert.equal(
          await page.textContent(".cut-line"),
          "Cut here: the model gets 96 tokens, and not the 8 behind",
        );
      }));

    it("copies the text as it is, over pieces, marks and the cut", () =>
      withPage("page=preview&row=cut", async (page) => {
        const { tokens } = shownRows.cut!(12).preview!;
        const copied = await page.evaluate(`(() => {
          const text = document.querySelector(".tokens");
          const selection = document.getSelection();
          selection.selectAllChildren(text);
          const clipboardData = new DataTransfer();
          text.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
          return clipboardData.getData("text/plain");
        })()`);
        assert.equal(copied, tokens.map(({ text }) => text).join(""));
      }));

    it("goes from row to row by keys, and by number, with the focus where it was", () =>
      withPage("page=preview", async (page) => {
        await page.locator(".tokens").focus();
        await page.keyboard.press("ArrowRight");
        await page.waitForSelector('.tokens:has-text("(13)")');
        await page.keyboard.press("ArrowLeft");
        await page.waitForSelector('.tokens:has-text("(12)")');
        assert.equal(await page.locator(".tokens:focus").count(), 1);
        await page.locator(".go input").fill("400");
        await page.keyboard.press("Enter");
        await page.waitForSelector('.tokens:has-text("(400)")');
        // In the field, arrows are the field's.
        await page.keyboard.press("ArrowLeft");
        await page.locator(".go input").fill("9999");
        await page.keyboard.press("Enter");
        await page.waitForSelector('.tokens:has-text("(412)")');
        assert.deepEqual(await acts(page), ["go 13", "go 12", "go 400", "go 412"]);
        assert.equal(await page.inputValue(".go input"), "412");
        assert.equal(await page.getAttribute('[aria-label^="Next row"]', "aria-disabled"), "true");
        await page.locator('[aria-label^="Previous row"]').focus();
        await tabTo(page, ".go input");
        await tabTo(page, '[aria-label^="Next row"]');
        await tabTo(page, '[aria-label="Show the row in the editor"]');
        await page.keyboard.press("Enter");
        await tabTo(page, ".tokens");
        assert.equal((await acts(page)).at(-1), "showRow");
      }));

    it("stays smooth with 32,768 tokens, in lines and in one line", async () => {
      for (const [row, count] of [
        ["long", 32_768],
        ["line", 5000],
      ] as const) {
        await withPage(`page=preview&row=${row}`, async (page) => {
          await page.waitForSelector('.tokens[aria-busy="false"]');
          assert.ok((await page.locator(".tokens .token").count()) >= count * 0.9);
          // The longest that the page was busy while it was shown anew from nothing.
          const longest = (await page.evaluate(`(async () => {
            let longest = 0;
            new PerformanceObserver((list) => {
              for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
            }).observe({ type: "longtask" });
            const frame = () => new Promise(requestAnimationFrame);
            dev.show("chat", 1);
            await frame(); await frame(); await frame();
            dev.show("${row}", 2);
            for (let at = 0; at < 40; at++) await frame();
            await new Promise((resolve) => setTimeout(resolve, 100));
            return longest;
          })()`)) as number;
          assert.ok(longest < 400, `${row}: busy for ${Math.round(longest)} ms`);
          // Wherever it is scrolled to, only what is about there is laid out.
          for (const share of [0, 0.5, 1]) {
            const [seen, all] = (await page.evaluate(`(async () => {
              const text = document.querySelector(".tokens");
              text.scrollTop = ${share} * text.scrollHeight;
              for (let at = 0; at < 3; at++) await new Promise(requestAnimationFrame);
              const tokens = [...text.querySelectorAll(".token")];
              const seen = tokens.filter((each) => each.checkVisibility({ contentVisibilityAuto: true }));
              return [seen.length, tokens.length];
            })()`)) as [number, number];
            assert.ok(
              seen > 100 && (seen < 9000 || row === "line"),
              `${row}: ${seen} of ${all} are laid out`,
            );
          }
          if (row === "long") assert.equal(await page.locator(".cut-line").count(), 1);
        });
      }
    });

    it("draws anew only what an edit touched", () =>
      withPage("page=preview&row=long", async (page) => {
        await page.waitForSelector('.tokens[aria-busy="false"]');
        await page.evaluate(`for (const each of document.querySelectorAll(".chunk")) each.dataset.kept = "";
          dev.show("long", 12);`);
        await page.waitForTimeout(300);
        const all = await page.locator(".chunk").count();
        assert.equal(await page.locator(".chunk[data-kept]").count(), all);
      }));

    it("says what to do where there is nothing to show", async () => {
      const buttons = async (page: Page) =>
        (await page.locator(".actions vscode-button").allTextContents()).map((text) => text.trim());
      await withPage("page=preview&row=refused", async (page) => {
        assert.match((await page.textContent(".trouble"))!, /Conversation roles must alternate/);
        assert.deepEqual(await buttons(page), ["Show the row", "Show problems", "Choose a model…"]);
        for (const each of await page.locator(".actions vscode-button").all()) await each.click();
        assert.deepEqual(await acts(page), ["showRow", "showProblems", "chooseModel"]);
        assert.equal(await page.locator(".tokens").isVisible(), false);
        // And it goes away with the trouble.
        await page.evaluate('dev.show("chat", 3)');
        await page.waitForSelector(".token:visible");
        assert.equal(await page.locator(".trouble .problem").count(), 0);
      });
      await withPage("page=preview&row=model", async (page) => {
        assert.match((await page.textContent(".trouble"))!, /is not on this machine/);
        assert.deepEqual(await buttons(page), ["Choose a model…"]);
      });
    });
  });

  describe("the statistics", () => {
    const active = (page: Page, list: string) => page.getAttribute(list, "aria-activedescendant");

    it("scroll ten thousand rows and hundreds of labels with few of them in the document", () =>
      withPage("page=statistics&data=many", async (page) => {
        for (const [list, rows] of [
          [".list-hard", 10_000],
          [".list-labels", 600],
        ] as const) {
          const element = page.locator(list);
          assert.equal(await element.getAttribute("aria-rowcount"), String(rows + 1));
          for (const share of [0.1, 0.5, 1, 0.3]) {
            await element.evaluate((list, share) => {
              list.scrollTop = share * list.scrollHeight;
            }, share);
            await page.waitForTimeout(60);
            const drawn = await page.locator(`${list} [data-item]`).count();
            assert.ok(drawn > 5 && drawn < 80, `${list}: ${drawn} rows are in the document`);
          }
          await element.focus();
          await page.keyboard.press("End");
          const id = (await active(page, list))!;
          await page.waitForSelector(`#${id}`);
          assert.equal(await page.getAttribute(`#${id}`, "aria-rowindex"), String(rows + 1));
        }
      }));

    it("are sorted by a column's title, keep that, and lead to a row", () =>
      withPage("page=statistics&data=whole", async (page) => {
        const column = (name: string) => page.locator(`.list-hard [data-column="${name}"]`);
        const first = () =>
          page.locator('.list-hard [aria-rowindex="2"] .cell-row span:last-child').textContent();
        const { rows } = datasetStates.whole!.statistics!.history!;
        const hardest = rows.toSorted((a, b) => b.loss - a.loss)[0]!;
        assert.equal(await first(), String(hardest.row));
        assert.equal(await page.locator(".list-hard").evaluate(({ scrollTop }) => scrollTop), 0);
        await column("row").focus();
        await page.keyboard.press("Enter");
        assert.equal(await first(), "300");
        await page.keyboard.press("Enter");
        assert.equal(await first(), "1");
        assert.equal(await page.locator('.list-hard [data-column="row"]:focus').count(), 1);
        assert.equal(await column("row").locator("..").getAttribute("aria-sort"), "ascending");
        await column("confidence").click();
        assert.equal(await column("row").locator("..").getAttribute("aria-sort"), "none");
        const kept = (await page.evaluate("JSON.parse(sessionStorage.getItem('state'))")) as {
          hardSort: unknown;
          uri: string;
        };
        assert.deepEqual(kept.hardSort, { column: "confidence", descending: true });
        assert.equal(kept.uri, "file:///home/me/project/support.jsonl");
        await column("row").click();
        await column("row").click();
        await page.locator(".list-hard").focus();
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.locator(".list-problems .cell-rule", { hasText: "duplicate-row" }).click();
        await page.locator('[aria-label="Explain json-parse"]').click();
        await page.locator(".outlook .link", { hasText: "line 900" }).first().click();
        assert.deepEqual(await acts(page), ["reveal 3", "reveal 100", "explain json-parse", "reveal 899"]);
      }));

    it("are histograms, and the same as tables", () =>
      withPage("page=statistics", async (page) => {
        assert.deepEqual(await page.locator(".card-head h3").allTextContents(), [
          "Tokens in",
          "Tokens out",
          "Turns",
        ]);
        assert.match(
          (await page.getAttribute(".plot-box svg", "aria-label"))!,
          /^Histogram of Tokens in: half have/,
        );
        assert.equal(
          await page.locator(".plot-box svg").first().locator("title").first().textContent(),
          "0–7: 8 rows",
        );
        await page.locator('[aria-label="Show “Tokens in” as a table"]').click();
        assert.equal(await page.locator(".table-box:visible tbody tr").count(), 24);
      }));

    it("change as the file does, and leave alone what a person is at", () =>
      withPage("page=statistics&data=pending", async (page) => {
        assert.match((await page.textContent(".pending"))!, /Tokens are still being counted/);
        assert.equal(await page.locator(".card-head h3").first().textContent(), "Characters in");
        await page.locator(".list-hard").focus();
        for (let key = 0; key < 30; key++) await page.keyboard.press("ArrowDown");
        const before = [await active(page, ".list-hard"), await page.evaluate("scrollY")];
        await page.evaluate('dev.show("whole")');
        await page.waitForSelector('.card-head h3:has-text("Tokens in")');
        assert.equal(await active(page, ".list-hard"), before[0]);
        assert.equal(await page.locator(".list-hard:focus").count(), 1);
        assert.equal(await page.textContent(".pending"), "");
        await page.evaluate('dev.show("failed")');
        await page.waitForSelector('.problem:has-text("is not open")');
        await page.evaluate('dev.show("sound")');
        await page.waitForSelector('.sound:has-text("Nothing is wrong")');
        assert.equal(await page.locator(".failures .problem").count(), 0);
        assert.match((await page.textContent("main"))!, /No run has trained on this file yet/);
        assert.equal(await page.getByRole("heading", { name: "Labels" }).count(), 0, "answers are no labels");
        assert.equal(await page.locator(".list:visible").count(), 0);
      }));

    it("say of rows and of the format what is the case, in words that fit the number", () =>
      withPage("page=statistics", async (page) => {
        const tiles = () => page.locator(".tiles > div").allTextContents();
        assert.deepEqual((await tiles()).slice(0, 3), [
          "Rows4,1202 cannot be read",
          "Tokens382,114",
          "Formatmessages98% sure",
        ]);
        const outlook = (await page.textContent(".outlook"))!;
        assert.match(
          outlook,
          /2 rows are left out: not readable\..*1 row is left out: not in the file's format\./s,
        );
        assert.equal(await page.textContent(".path"), "data/support.jsonl");
        assert.match((await page.textContent(".note"))!, /A model learns to guess frequent ones/);
        await page.evaluate('dev.show("sound")');
        await page.waitForSelector('.tiles:has-text("messagessure")');
        assert.equal((await tiles())[0], "Rows4,120");
        assert.equal(await page.locator(".path:visible").count(), 0, "its name says all");
        await page.evaluate('dev.show("even")');
        await page.waitForSelector(".list-labels:visible");
        assert.match((await page.textContent(".note"))!, /^9 labels\. The most frequent has/);
        assert.doesNotMatch((await page.textContent(".note"))!, /guess/, "no rule says that it matters");
      }));

    it("begin with what a run would make of the file, where that was asked for", () =>
      withPage("page=statistics&outlook=1", async (page) => {
        await page.waitForSelector("summary:focus");
        assert.match(
          (await page.textContent("details:has(summary:focus)"))!,
          /A run trains on 4,114 of 4,120 rows/,
        );
      }));
  });
});
