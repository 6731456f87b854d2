/** What all tests of panels in Chromium share: the browser, what a page complains of, and the harness's pages. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../support/chromium.ts";

/** Where a panel lies, as far as it knows: nothing is asked of any network. */
export const origin = "https://panel.test";

/** A browser for the tests of a `describe`. */
export function browserForTests(): () => Browser {
  let browser: Browser | undefined;
  before(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath!,
      args: ["--no-sandbox", "--disable-gpu"],
    });
  });
  after(() => browser?.close());
  return () => browser!;
}

/** A page, with all that it will throw or complain of: what breaks its content policy, too. */
export async function watchedPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  return { page, complaints };
}

interface Harness {
  buildHarness(): Promise<string>;
  answer(folder: string, url: string): { contentType: string; body: string | Buffer };
}

/** Pages of the harness (webview/dev), for the tests of a `describe`. */
export function harnessForTests() {
  const browser = browserForTests();
  let harness: Harness;
  let folder: string;
  before(async () => {
    const path = "../../webview/dev/serve.mjs";
    harness = (await import(path)) as Harness;
    folder = await harness.buildHarness();
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true });
  });

  return {
    /**
     * Opens a page, and afterwards checks that nothing was thrown and nothing broke the content policy.
     *
     * @param shown what is there once the page is up
     */
    async withPage(
      query: string,
      shown: string,
      use: (page: Page, complaints: string[]) => Promise<void>,
      size = { width: 1280, height: 900 },
    ): Promise<void> {
      const context = await browser().newContext({ viewport: size });
      try {
        const { page, complaints } = await watchedPage(context);
        await page.route(`${origin}/**`, (route) => {
          const url = route.request().url();
          // A picture that a hostile text asks for.
          return url.endsWith("/x")
            ? route.fulfill({ status: 404 })
            : route.fulfill(harness.answer(folder, url));
        });
        await page.goto(`${origin}/?${query}`);
        await page.waitForSelector(shown);
        await use(page, complaints);
        assert.deepEqual(complaints, []);
      } finally {
        await context.close();
      }
    },
  };
}
