/** The tokens as text: a chunk an element, and only chunks in sight are laid out. */
import type { LintPreview, PreviewToken } from "../../src/contracts/lint.ts";
import { h } from "../common/elements.ts";
import { count, t } from "../common/text.ts";
import { type Chunk, chunksOf, linesOf, type Piece, piecesOf, type Run, runsOf } from "./chunks.ts";

/** Tokens that are drawn before the page is shown, and then in each frame. */
const atOnce = 1500;
/** Of a line, with room for what stands under the letters. */
const lineHeight = 25;

export class TokenText {
  readonly element = h("div", { class: "tokens model-text", role: "region", tabindex: 0 });
  #drawn = new Map<string, HTMLElement[]>();
  #frame = 0;

  constructor() {
    this.element.addEventListener("copy", (event) => copyTrueText(event));
  }

  show(preview: LintPreview): void {
    cancelAnimationFrame(this.#frame);
    const { tokens } = preview;
    this.element.setAttribute("aria-label", t("The tokens of row {0}", count(preview.row)));
    const kept = this.#drawn;
    this.#drawn = new Map();
    const chunks = chunksOf(tokens);
    const wanted: Node[] = [];
    let at = 0;
    const drawSome = () => {
      const until = (chunks[at]?.from ?? 0) + atOnce;
      for (; at < chunks.length && chunks[at]!.from < until; at++) {
        const chunk = chunks[at]!;
        const isCut = tokens[chunk.from]!.cut;
        const wasCut = tokens[chunk.from - 1]?.cut ?? false;
        if (isCut !== wasCut) wanted.push(isCut ? cutLine(preview) : endOfCut());
        const element = kept.get(chunk.key)?.shift() ?? drawChunk(tokens, chunk);
        wanted.push(element);
        const same = this.#drawn.get(chunk.key);
        if (same) same.push(element);
        else this.#drawn.set(chunk.key, [element]);
      }
      arrange(this.element, wanted, at < chunks.length);
      this.element.setAttribute("aria-busy", String(at < chunks.length));
      if (at < chunks.length) this.#frame = requestAnimationFrame(drawSome);
    };
    drawSome();
  }

  /** Another row begins at its beginning. */
  rewind(): void {
    this.element.scrollTop = 0;
  }
}

/** Brings children in line and leaves those that are in place alone: a selection in them stays. */
function arrange(parent: HTMLElement, wanted: readonly Node[], more: boolean): void {
  const keep = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!more && !keep.has(child)) child.remove();
  let next = parent.firstChild;
  for (const node of wanted) {
    if (node === next) next = next.nextSibling;
    else parent.insertBefore(node, next);
  }
}

function drawChunk(tokens: readonly PreviewToken[], chunk: Chunk): HTMLElement {
  const element = h("div", { class: "chunk", dir: "auto" });
  element.style.containIntrinsicSize = `auto ${linesOf(tokens, chunk) * lineHeight}px`;
  for (const run of runsOf(tokens, chunk)) element.append(drawRun(tokens, run));
  return element;
}

function drawRun(tokens: readonly PreviewToken[], { from, to, trained, cut }: Run): HTMLElement {
  const state = stateOf({ trained, cut });
  const run = h(cut ? "s" : trained ? "mark" : "span", {
    class: `run${cut ? " cut" : trained ? " trained" : ""}`,
  });
  run.append(h("span", { class: "visually-hidden" }, `${state}: `));
  for (let at = from; at < to; at++) run.append(drawToken(tokens[at]!, at));
  return run;
}

function drawToken(token: PreviewToken, at: number): HTMLElement {
  const { text, template } = token;
  const element = document.createElement("span");
  element.className = `token${at % 2 ? " odd" : ""}${template ? " template" : ""}`;
  element.title = titleOf(token);
  // Most tokens are a word behind a space: one element does for them.
  const pieces = piecesOf(text);
  if (pieces.length === 2 && pieces[0]!.text === " " && pieces[1]!.mark === undefined) {
    element.classList.add("spaced");
    element.textContent = text;
  } else for (const piece of pieces) element.append(drawPiece(piece));
  return element;
}

function drawPiece({ text, mark }: Piece): Node {
  if (mark === undefined) return document.createTextNode(text);
  const kind = text === " " || text === "\t" ? "over" : mark.startsWith("U+") ? "code" : "beside";
  return h("i", { class: kind, "data-mark": mark }, text);
}

function titleOf(token: PreviewToken): string {
  const parts = [t("Token {0}", token.id), stateOf(token)];
  if (token.template) parts.push(t("written by the template"));
  return parts.join(" · ");
}

function stateOf({ trained, cut }: Pick<PreviewToken, "trained" | "cut">): string {
  if (cut) return trained ? t("cut, would be trained") : t("cut");
  return trained ? t("trained") : t("context");
}

function cutLine({ maxLength, truncated }: LintPreview): HTMLElement {
  const what =
    truncated === 1
      ? t("Cut here: the model gets {0} tokens, and not the 1 behind", count(maxLength))
      : t("Cut here: the model gets {0} tokens, and not the {1} behind", count(maxLength), count(truncated));
  return h("div", { class: "cut-line" }, h("span", null, what));
}

function endOfCut(): HTMLElement {
  return h("div", { class: "cut-line" }, h("span", null, t("From here on it is kept again")));
}

/** What is copied is what the tokens say, without our words for those who do not see. */
function copyTrueText(event: ClipboardEvent): void {
  const selection = document.getSelection();
  if (!event.clipboardData || !selection || selection.rangeCount === 0 || selection.isCollapsed) return;
  const copied = selection.getRangeAt(0).cloneContents();
  for (const ours of copied.querySelectorAll(".visually-hidden, .cut-line")) ours.remove();
  event.clipboardData.setData("text/plain", copied.textContent ?? "");
  event.preventDefault();
}
