/**
 * HTML that is safe by default: everything put into an `html` template is escaped text, unless it is markup made by
 * another `html` template.
 */

/** Markup that is safe to stand in a page: made only by `html` and `fixed`. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | false | readonly Content[];

/** A template whose values are escaped. They may stand between tags and in double-quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(strings.map((text, i) => (i === 0 ? text : render(values[i - 1]) + text)).join(""));
}

/** Markup from a constant of this program: a style sheet, a script. Never from data. */
export function fixed(text: string): Markup {
  return new Markup(text);
}

/**
 * Data for a `<script type="application/json">`. Without < no end tag and no comment can begin; U+2028 and U+2029 are
 * written as escapes for readers older than ES2019.
 */
export function jsonForScript(value: unknown): Markup {
  const escapes: Record<string, string> = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
  };
  return new Markup(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]!));
}

function render(content: Content): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return escapeText(content);
  return content.map(render).join("");
}

function escapeText(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
