/**
 * The compare panel as it is built, in a real browser: under the panel's own content policy, beside a host that is made up.
 * Nothing of the page is replaced; what VS Code gives a panel (messages, kept state, theme) is set up around it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
// @ts-expect-error: a script without types
import { panelChecks } from "../../scripts/panel-checks.mjs";
import { compareHost, comparePanel } from "../../src/contracts/compare.ts";
import { Channel } from "../../src/protocol/channel.ts";
import { checkOf } from "../../src/protocol/checks.ts";
import { origin, watchedPage } from "./browser.ts";
import type { FakeHost } from "./compare-host.ts";
import { type ThemeName, themeOf } from "./compare-themes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const nonce = "bm9uY2U";
const policy = `default-src 'none'; script-src 'nonce-${nonce}' ${origin}; style-src ${origin}; font-src ${origin}; img-src ${origin} data:`;

/** A panel's files, built into a folder of their own. */
export async function buildPanel(): Promise<{ folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "tunesmith-panel-"));
  await build({
    absWorkingDir: root,
    entryPoints: { compare: "webview/compare/main.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "warning",
    plugins: [panelChecks],
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface OpenedPanel {
  page: Page;
  /** What broke the content policy, was thrown or was complained of. */
  complaints: string[];
  /** What the panel has kept by setState. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

export interface PanelOptions {
  theme?: ThemeName;
  width?: number;
  height?: number;
  state?: unknown;
}

export async function openPanel(
  browser: Browser,
  folder: string,
  host: FakeHost,
  { theme = "dark", width = 1280, height = 900, state }: PanelOptions = {},
): Promise<OpenedPanel> {
  const context = await browser.newContext({ viewport: { width, height }, permissions: ["clipboard-write"] });
  const { page, complaints } = await watchedPage(context);
  await page.route(`${origin}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "") return route.fulfill({ contentType: "text/html", body: html(theme) });
    const file = name.startsWith("codicon.")
      ? join(root, "node_modules/@vscode/codicons/dist", name)
      : join(folder, name);
    const types: Record<string, string> = {
      ".js": "text/javascript",
      ".css": "text/css",
      ".ttf": "font/ttf",
    };
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: types[extname(name)]!, body: readFileSync(file) });
  });
  let listening: Promise<unknown> | undefined;
  const port = {
    post: (message: unknown) => {
      page.evaluate(`postMessage(${JSON.stringify(message)})`).catch(() => {});
    },
    listen: (receive: (message: unknown) => void) => {
      listening = page.exposeFunction("toHost", receive);
    },
  };
  let channel: Channel<typeof compareHost, typeof comparePanel> | undefined;
  host.channel = channel = new Channel(
    port,
    {
      own: { contract: compareHost, check: checkOf(compareHost) },
      other: { contract: comparePanel, check: checkOf(comparePanel) },
    },
    host.handlers,
    (problem) => complaints.push(`host: ${problem}`),
  );
  await listening;
  await page.addInitScript({ content: surroundings(state, themeOf(theme).variables) });
  await page.goto(`${origin}/`);
  await page.waitForSelector("#headline, .failed", { timeout: 60_000 }).catch((error) => {
    throw new Error(`the panel did not come up: ${complaints.join("; ")}`, { cause: error });
  });
  return {
    page,
    complaints,
    state: () => page.evaluate("keptState()"),
    close: async () => {
      channel.close("the panel is gone");
      await context.close();
    },
  };
}

/** What VS Code puts around a panel, as a script: the compiler of the tests would leave names of its own in a function. */
function surroundings(state: unknown, variables: Record<string, string>): string {
  return `{
    let kept = ${JSON.stringify(state) ?? "undefined"};
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.toHost(message),
      getState: () => kept,
      setState: (value) => { kept = value; },
    });
    window.keptState = () => kept;
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample));
    document.addEventListener("readystatechange", () => {
      for (const [name, value] of Object.entries(${JSON.stringify(variables)})) {
        document.documentElement.style.setProperty(name, value);
      }
    }, { once: true });
  }`;
}

function html(theme: ThemeName): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comparison</title>
<link rel="stylesheet" href="${origin}/codicon.css" id="vscode-codicon-stylesheet" nonce="${nonce}">
<link rel="stylesheet" href="${origin}/compare.css">
</head>
<body class="${themeOf(theme).bodyClass}" data-strings="{}"><div id="root"></div>
<script type="module" nonce="${nonce}" src="${origin}/compare.js"></script>
</body></html>`;
}
