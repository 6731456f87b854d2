/** axe-core in a webview. It is evaluated, not added as a script, which the page's content security policy forbids. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";

export interface Violation {
  rule: string;
  impact: string;
  help: string;
  /** Selectors of the elements. */
  elements: string[];
}

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What WCAG 2.2 AA and axe's own best practices find wrong. `except` names rules to leave out, with a reason beside it. */
export async function violationsIn(frame: Frame, except: Record<string, string> = {}): Promise<Violation[]> {
  await frame.evaluate(source);
  const rules = Object.fromEntries(Object.keys(except).map((rule) => [rule, { enabled: false }]));
  const options = JSON.stringify({ resultTypes: ["violations"], rules });
  const { violations } = (await frame.evaluate(`axe.run(document, ${options})`)) as {
    violations: { id: string; impact: string; help: string; nodes: { target: unknown[] }[] }[];
  };
  return violations.map(({ id, impact, help, nodes }) => ({
    rule: id,
    impact,
    help,
    elements: nodes.map(({ target }) => target.join(" ")),
  }));
}
