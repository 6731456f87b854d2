/**
 * The real VS Code, in a browser, with our packaged extension: fresh settings and extensions, a workspace of its own, and a
 * page with the words a test needs. Everything lies in one temporary folder; `dispose` ends whatever was started from
 * there, detached jobs too. All waits are for something to be seen.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";
import { chromiumPath, withoutChromium } from "../support/chromium.ts";
import { eventually } from "./eventually.ts";
import { appears, exactly, oneLine, QuickInput } from "./quick-input.ts";
import { type Server, startServer, withoutCodeServer } from "./server.ts";
import { packagedExtension } from "./vsix.ts";

/** Why a test has to be skipped, or `false`. */
export const withoutEditor = withoutCodeServer || withoutChromium;

const themes = {
  light: "Light 2026",
  dark: "Dark 2026",
  "hc-light": "Default High Contrast Light",
  "hc-black": "Default High Contrast",
};
export type Theme = keyof typeof themes;

export interface EditorOptions {
  /** The workspace: a folder to copy, or paths and contents. */
  files?: string | Record<string, string>;
  theme?: Theme;
  /** false: in restricted mode, and without the question about it. */
  trusted?: boolean;
  settings?: Record<string, unknown>;
  /** Packages of extensions, instead of this repository's. */
  extensions?: readonly string[];
  environment?: NodeJS.ProcessEnv;
  size?: { width: number; height: number };
}

/** Opens an editor, uses it and closes it; where that fails, a picture says what was to be seen. */
export async function withEditor<T>(options: EditorOptions, use: (editor: Editor) => Promise<T>): Promise<T> {
  const editor = await openEditor(options);
  try {
    return await use(editor);
  } catch (error) {
    console.error(`What was to be seen: ${await editor.screenshot(`failed-${process.pid}-${Date.now()}`)}`);
    throw error;
  } finally {
    await editor.dispose();
  }
}

export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  if (withoutEditor) throw new Error(withoutEditor);
  const home = realpathSync(mkdtempSync(join(tmpdir(), "tunesmith-editor-")));
  const { theme = "dark", trusted = true, size = { width: 1280, height: 800 } } = options;
  const workspace = join(home, "workspace");
  writeWorkspace(workspace, options.files ?? {});
  const extensions = options.extensions ?? [packagedExtension()];
  const settings = { "workbench.colorTheme": themes[theme], ...quiet, ...options.settings };
  const { environment } = options;
  let server: Server | undefined;
  let browser: Browser | undefined;
  try {
    server = await startServer(home, { extensions, settings, trusted, environment });
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    const page = await browser.newPage({ viewport: size });
    page.setDefaultTimeout(120_000);
    // The browser asks whether to leave a page with unsaved files.
    page.on("dialog", (dialog) => dialog.accept());
    const editor = new Editor(page, workspace, home, server);
    await page.goto(`${server.address}/?folder=${workspace}`);
    await editor.ready();
    return editor;
  } catch (error) {
    await browser?.close();
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

/** Nothing on the screen that is not the test's, and nothing that moves. */
const quiet = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.startupPrompt": "never",
  "telemetry.telemetryLevel": "off",
  "window.autoDetectHighContrast": false,
  // Settings would open above everything else, where the keys of "Go to File" and most others do nothing.
  "workbench.editor.useModal": "off",
  "workbench.enableExperiments": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export class Editor {
  readonly page: Page;
  /** The folder that is open. */
  readonly workspace: string;
  readonly quickInput: QuickInput;
  readonly #home: string;
  readonly #server: Server;

  constructor(page: Page, workspace: string, home: string, server: Server) {
    this.page = page;
    this.workspace = workspace;
    this.#home = home;
    this.#server = server;
    this.quickInput = new QuickInput(page);
  }

  /** Until the window has its parts, and the status bar its first items, which come with the folder. */
  async ready(): Promise<void> {
    await this.page.locator(".monaco-workbench .part.editor").waitFor();
    await this.page.locator('.statusbar-item[id="status.problems"]').waitFor();
  }

  /** By its title in the palette, with its category: "View: Toggle Terminal". */
  async runCommand(title: string): Promise<void> {
    await this.quickInput.find("F1", `>${title}`, title);
  }

  /** The palette's commands that match. */
  async commands(text: string): Promise<string[]> {
    await this.page.keyboard.press("F1");
    await (await this.quickInput.shown()).type(`>${text}`);
    const items = await this.quickInput.items();
    await this.quickInput.cancel();
    return items;
  }

  async openFile(name: string): Promise<void> {
    const label = name.split("/").at(-1)!;
    // Beside it there may be other groups of tabs, and pages that are named after the file.
    const tab = this.page.locator(`.tab.active[data-resource-name="${label}"]`).first();
    await eventually(`${name} is open`, async () => {
      await this.quickInput.find("Control+P", name, label);
      return appears(tab, 10_000);
    });
  }

  /** The open editor with this name. */
  tab(name: string): Locator {
    return this.page.locator(".tabs-container .tab.active", { hasText: name });
  }

  /** What the status bar's items say. */
  async statusBar(): Promise<string[]> {
    return (await this.page.locator(".statusbar-item").allTextContents()).map(oneLine).filter(Boolean);
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item", { hasText: text });
  }

  async notifications(): Promise<string[]> {
    return this.page.locator(".notification-list-item-message").allTextContents();
  }

  /** Its buttons: `notification(…).getByRole("button", { name })`. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-list-item", { hasText: text });
  }

  /** A modal question. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator(".monaco-dialog-box", { hasText: text });
  }

  /** The document of the visible webview with this `<title>` (in VS Code it lies in a frame in a frame). */
  webviewFrame(title: string | RegExp): Promise<Frame> {
    const matches = typeof title === "string" ? exactly(title) : title;
    const seen = new Set<string>();
    const look = async () => {
      for (const outer of await this.page.locator("iframe.webview.ready:visible").elementHandles()) {
        const inner = await (await outer.contentFrame())?.$("iframe#active-frame");
        const frame = await inner?.contentFrame();
        const found = await frame?.title();
        if (found !== undefined) seen.add(found);
        if (found !== undefined && matches.test(found)) return frame!;
      }
    };
    // A frame that is asked while it goes has no answer.
    return eventually(`a webview titled ${title}`, () => look().catch(() => undefined)).catch((error) => {
      throw new Error(`${error.message}; there were: ${[...seen].join(", ") || "none"}`);
    });
  }

  /** As a person does: VS Code keeps what is open. */
  async reloadWindow(): Promise<void> {
    await this.runCommand("Developer: Reload Window");
    await this.page.locator(".monaco-workbench .part.editor").waitFor({ state: "detached" });
    await this.ready();
  }

  /** @returns the picture's file: in TUNESMITH_SCREENSHOTS, or a temporary folder. */
  async screenshot(name: string): Promise<string> {
    const folder = process.env.TUNESMITH_SCREENSHOTS ?? join(tmpdir(), "tunesmith-screenshots");
    const path = join(folder, `${name}.png`);
    await this.page.screenshot({ path, animations: "disabled", caret: "hide" });
    return path;
  }

  /** A file of an extension, as it is installed. */
  installedFile(extension: string, path: string): string {
    const folder = join(this.#home, "extensions");
    return join(folder, readdirSync(folder).find((name) => name.startsWith(extension))!, path);
  }

  /** Lines that an extension, or VS Code's extension host (`remoteexthost`), has logged since the start. */
  log(of: string): string[] {
    const logs = join(this.#home, "data", "logs");
    const files = readdirSync(logs, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".log") && file.includes(of),
    );
    return files.flatMap((file) => readFileSync(join(logs, file), "utf8").split("\n").filter(Boolean));
  }

  /** Waits for such a line there. */
  logged(of: string, text: string): Promise<string> {
    return eventually(`"${text}" in the log of ${of}`, () =>
      this.log(of).find((line) => line.includes(text)),
    );
  }

  async dispose(): Promise<void> {
    await this.page.context().browser()?.close();
    await this.#server.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

function writeWorkspace(folder: string, files: string | Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  if (typeof files === "string") {
    cpSync(files, folder, { recursive: true });
    return;
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
