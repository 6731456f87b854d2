/** The box at the top of VS Code: quick picks, input boxes, the command palette. */
import type { Locator, Page } from "playwright-core";
import { eventually } from "./eventually.ts";

export class QuickInput {
  readonly box: Locator;
  readonly rows: Locator;
  readonly #field: Locator;

  constructor(page: Page) {
    this.box = page.locator(".quick-input-widget:visible");
    this.rows = this.box.locator(".quick-input-list .monaco-list-row");
    this.#field = this.box.locator(".quick-input-filter input");
  }

  /** Waits for the one with this title, or any. */
  async shown(title?: string): Promise<this> {
    const box = title === undefined ? this.box : this.box.filter({ hasText: title });
    await box.waitFor();
    return this;
  }

  /** With the step: "Fine-tune (1/3)". Empty where it has none. */
  async title(): Promise<string> {
    return oneLine(await this.box.locator(".quick-input-title").first().textContent());
  }

  /** What a screen reader says of the rows in sight: label, description, detail, with commas between. */
  async items(): Promise<string[]> {
    await this.rows.first().waitFor();
    return this.rows.evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
  }

  /** What stands below the field: the prompt, or why the value cannot be taken. */
  async message(): Promise<string> {
    return oneLine(await this.box.locator(".quick-input-message").textContent());
  }

  async pick(label: string): Promise<void> {
    await this.row(label).click();
  }

  async type(text: string): Promise<void> {
    await this.#field.fill(text);
  }

  async accept(): Promise<void> {
    await this.#field.press("Enter");
  }

  async cancel(): Promise<void> {
    await this.#field.press("Escape");
    await this.box.waitFor({ state: "hidden" });
  }

  /** The row with exactly this label. */
  row(label: string): Locator {
    return this.rows
      .filter({ has: this.box.page().locator(".label-name", { hasText: exactly(label) }) })
      .first();
  }

  /** Opens the box by a key, types, and picks; again until the row is there, since lists are read when the box opens. */
  async find(key: string, text: string, label: string): Promise<void> {
    const page = this.box.page();
    let last = "";
    await eventually(`"${label}" after ${key}`, async () => {
      await page.keyboard.press(key);
      const isOffered = (await appears(this.box, 2_000)) && (await this.#offers(text, label));
      // The box can be gone, or its list be made anew, between the look and the click.
      if (isOffered && (await isClicked(this.row(label)))) return true;
      last = await this.described();
      if (await this.box.isVisible()) await this.cancel();
      return false;
    }).catch((error) => {
      throw new Error(`${error.message}; there was: ${last}`);
    });
  }

  async #offers(text: string, label: string): Promise<boolean> {
    // A page that opens meanwhile takes the focus, and the box is gone.
    const isTyped = await this.#field.fill(text, { timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (!isTyped || !(await appears(this.row(label), 3_000))) return false;
    // Rows that come later push others from where the mouse goes.
    await this.box.locator(".quick-input-progress.active").waitFor({ state: "hidden" });
    return this.row(label).isVisible();
  }

  /** What is in the box, and what else could have taken the key: for the message of a test that fails. */
  async described(): Promise<string> {
    const page = this.box.page();
    const texts = async (selector: string) =>
      (await page.locator(selector).allInnerTexts()).map((text) => oneLine(text).slice(0, 200));
    const attributes = (of: Locator) =>
      of.evaluateAll((all) => all.map((each) => each.getAttribute("aria-label") ?? each.className));
    return JSON.stringify({
      open: await this.box.count(),
      typed: await this.#field.evaluateAll((all) => all.map((each) => "value" in each && each.value)),
      rows: await attributes(this.rows),
      labels: await texts(".quick-input-widget:visible .label-name"),
      focus: await attributes(page.locator(":focus")),
      dialogs: await texts('[role="dialog"]:visible'),
      notifications: await texts(".notification-list-item-message:visible"),
    });
  }
}

function isClicked(locator: Locator): Promise<boolean> {
  return locator.click({ timeout: 3_000 }).then(
    () => true,
    () => false,
  );
}

export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s")}\\s*$`);
}

export function appears(locator: Locator, timeout: number): Promise<boolean> {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

export const oneLine = (text: string | null) => (text ?? "").replace(/\s+/g, " ").trim();
