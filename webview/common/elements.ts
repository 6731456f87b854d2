/** Elements without markup: everything that a dataset or a model says goes in as text, and stays text. */

export type Child = Node | string | number | null | undefined | false;

interface Props {
  /** Set through the CSS object model, which a strict content policy allows; a `style` attribute it does not. */
  style?: Partial<CSSStyleDeclaration>;
  [name: string]:
    | string
    | number
    | boolean
    | undefined
    | Partial<CSSStyleDeclaration>
    | ((event: never) => void);
}

/** `h("button", { class: "quiet", onclick: go }, "Go")`: functions listen, `true` is an attribute without a value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props?: Props | null,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (typeof value === "object") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replaces what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter(isThere).map((child) => asNode(child)));
}

function isThere(child: Child): child is Node | string | number {
  return child !== null && child !== undefined && child !== false;
}

function asNode(child: Node | string | number): Node {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

/** Sets a text only when it is another: what is selected in it, and what a reader is reading, stays. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Fills an element with what `render` makes of a value, and only when the value has changed: a selection in it, the
 * focus and open parts survive everything else that changes on the page.
 */
export function filled<T>(
  element: Element,
  render: (value: T) => Child[],
  keyOf: (value: T) => unknown = JSON.stringify,
): (value: T) => void {
  let shown: { key: unknown } | undefined;
  return (value) => {
    const key = keyOf(value);
    if (shown && shown.key === key) return;
    shown = { key };
    fill(element, ...render(value));
  };
}

/** An SVG element; none of ours holds text from outside. */
export function svg(
  tag: string,
  attributes: Record<string, string | number>,
  ...children: Node[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
