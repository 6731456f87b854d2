/**
 * Changes values of a record in its text: only the characters that mean them, so that everything around keeps its
 * form. What is new is set out as the record is: blanks after colons and commas where it has them, members on lines of
 * their own where they are.
 */
import type { Node } from "jsonc-parser";
import type { Path } from "../parts.ts";
import type { RecordEdit } from "../rules/rule.ts";
import type { Container, Header } from "./container.ts";
import { locate, nodeAt, treeOf } from "./locate.ts";
import { cellsOf, writtenCell } from "./table.ts";

/** Replaces `start` … `end` by `text`. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/**
 * What to change in a record's source, by offsets into it; of changes that overlap, the first. Removing the whole
 * record is not for here: it takes along what separates it from others.
 */
export function recordEdits(
  source: string,
  container: Container,
  header: Header | undefined,
  edits: readonly RecordEdit[],
): TextEdit[] {
  return withoutOverlaps(edits.flatMap((edit) => textEdits(source, container, header, edit, edits)));
}

/** Applies edits that do not overlap; of two at one place, the one that is given first comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = "";
  let at = 0;
  for (const { start, end, text: put } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    edited += text.slice(at, start) + put;
    at = end;
  }
  return edited + text.slice(at);
}

/** Of edits that overlap, the first. */
export function withoutOverlaps(edits: readonly TextEdit[]): TextEdit[] {
  const kept: TextEdit[] = [];
  for (const edit of edits) {
    const clashes = kept.some(
      (other) =>
        (edit.start < other.end && other.start < edit.end) ||
        (edit.start === other.start &&
          (edit.end === other.end || edit.end > edit.start) &&
          other.end > other.start),
    );
    if (!clashes) kept.push(edit);
  }
  return kept;
}

function textEdits(
  source: string,
  container: Container,
  header: Header | undefined,
  edit: RecordEdit,
  all: readonly RecordEdit[],
): TextEdit[] {
  switch (edit.kind) {
    case "remove-record":
      return [];
    case "source":
      return [{ start: edit.span[0], end: edit.span[1], text: edit.text }];
    case "text":
      return [editedText(source, container, header, edit)];
    default:
      if (container === "table") return cellEdits(source, header!, edit);
      if (container === "documents") {
        return edit.kind === "replace" ? [{ start: 0, end: source.length, text: String(edit.value) }] : [];
      }
      return jsonEdits(source, edit, all);
  }
}

function editedText(
  source: string,
  container: Container,
  header: Header | undefined,
  { at, span, text }: Extract<RecordEdit, { kind: "text" }>,
): TextEdit {
  const stretch = locate(source, container, header, { at, span });
  if (container === "documents") return { ...stretch, text };
  if (container !== "table") return { ...stretch, text: JSON.stringify(text).slice(1, -1) };
  const cell = locate(source, container, header, { at });
  const written = source.slice(cell.start, cell.end);
  if (written.startsWith('"')) return { ...stretch, text: text.replaceAll('"', '""') };
  const whole = written.slice(0, stretch.start - cell.start) + text + written.slice(stretch.end - cell.start);
  return { ...cell, text: writtenCell(whole, header!.delimiter) };
}

/** A table's columns are the same for all rows: cells can be given other values, and nothing else. */
function cellEdits(source: string, header: Header, edit: RecordEdit): TextEdit[] {
  if (edit.kind !== "replace" && edit.kind !== "remove" && edit.kind !== "insert") return [];
  const cell = cellsOf(source, header.delimiter)[header.names.indexOf(String(edit.at[0]))];
  if (!cell) return [];
  const { start, end } = cell;
  const value = edit.kind === "remove" ? "" : edit.value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [{ start, end, text: writtenCell(text, header.delimiter, source[start] === '"') }];
}

function jsonEdits(
  source: string,
  edit: Exclude<RecordEdit, { kind: "text" | "source" | "remove-record" }>,
  all: readonly RecordEdit[],
): TextEdit[] {
  const root = treeOf(source);
  if (!root) return [];
  const style = styleOf(source, root);
  if (edit.kind === "insert") return inserted(source, root, edit.at, edit.value, style);
  const node = nodeAt(root, edit.at);
  if (!node) return [];
  const start = node.offset;
  const end = start + node.length;
  switch (edit.kind) {
    case "replace":
      return [{ start, end, text: written(edit.value, style, depthOf(node)) }];
    case "rename": {
      const name = node.parent?.type === "property" ? node.parent.children![0]! : undefined;
      return name
        ? [{ start: name.offset, end: name.offset + name.length, text: JSON.stringify(edit.key) }]
        : [];
    }
    case "remove":
      return removed(
        node,
        all.flatMap((each) => (each.kind === "remove" ? (nodeAt(root, each.at) ?? []) : [])),
      );
  }
}

function memberOf(node: Node): Node {
  return node.parent?.type === "property" ? node.parent : node;
}

/** With the comma on one side: the one behind it; where nothing that stays follows, the one before. */
function removed(node: Node, gone: readonly Node[]): TextEdit[] {
  const member = memberOf(node);
  const list = member.parent?.children;
  if (!list) return [];
  const at = list.indexOf(member);
  const stays = (sibling: Node) => !gone.some((each) => memberOf(each) === sibling);
  const [before, after] = [list[at - 1], list[at + 1]];
  if (after && list.slice(at).some(stays)) return [{ start: member.offset, end: after.offset, text: "" }];
  const end = member.offset + member.length;
  if (before && list.slice(0, at).some(stays))
    return [{ start: before.offset + before.length, end, text: "" }];
  const open = member.parent!.offset + 1;
  const close = member.parent!.offset + member.parent!.length - 1;
  return [{ start: before ? member.offset : open, end: after ? after.offset : close, text: "" }];
}

function inserted(source: string, root: Node, at: Path, value: unknown, style: Style): TextEdit[] {
  const parent = nodeAt(root, at.slice(0, -1));
  const step = at.at(-1);
  const isObject = parent?.type === "object" && typeof step === "string";
  if (!parent || !(isObject || (parent.type === "array" && typeof step === "number"))) return [];
  const depth = depthOf(parent) + 1;
  const name = isObject ? `${JSON.stringify(step)}:${style.colon}` : "";
  const text = name + written(value, style, depth);
  const children = parent.children!;
  const next = isObject ? undefined : children[step as number];
  const last = children.at(-1);
  if (next)
    return [{ start: next.offset, end: next.offset, text: `${text},${between(source, next, style, depth)}` }];
  if (last) {
    const end = last.offset + last.length;
    return [{ start: end, end, text: `,${between(source, last, style, depth)}${text}` }];
  }
  const open = parent.offset + 1;
  return [{ start: open, end: parent.offset + parent.length - 1, text }];
}

/** The blanks between two members, as they are before this one. */
function between(source: string, node: Node, style: Style, depth: number): string {
  const list = node.parent!.children!;
  const before = list[list.indexOf(node) - 1];
  const from = before ? before.offset + before.length : node.parent!.offset + 1;
  const gap = source.slice(from, node.offset).replace(",", "");
  if (gap.includes("\n")) return gap;
  return before ? gap : style.indent === "" ? style.comma : newline(style, depth);
}

interface Style {
  colon: string;
  comma: string;
  /** One level; "" where the record stands on one line. */
  indent: string;
  /** Before the record on its own line. */
  margin: string;
  lineEnd: string;
}

function styleOf(source: string, root: Node): Style {
  const property = firstProperty(root);
  const [key, value] = property?.children ?? [];
  const colon =
    key && value ? source.slice(key.offset + key.length, value.offset).replace(/[^:]*:/, "") : " ";
  const second = root.children?.[1];
  const first = root.children?.[0];
  const gap = first && second ? source.slice(first.offset + first.length, second.offset) : `,${colon}`;
  const indented = root.children?.[0] ? source.slice(root.offset + 1, root.children[0].offset) : "";
  const margin = /\n([ \t]*)[}\]]$/.exec(source)?.[1] ?? "";
  const indent = /\n([ \t]+)$/.exec(indented)?.[1]?.slice(margin.length) ?? "";
  return {
    colon: /^\s*$/.test(colon) && !colon.includes("\n") ? colon : " ",
    comma: gap.includes("\n") || !/^\s*,\s*$/.test(gap) ? " " : gap.replace(/^\s*,/, ""),
    indent,
    margin,
    lineEnd: source.includes("\r\n") ? "\r\n" : "\n",
  };
}

function firstProperty(node: Node): Node | undefined {
  if (node.type === "object") return node.children![0];
  return node.children?.map(firstProperty).find((found) => found !== undefined);
}

/** A value in the record's style, for `depth` levels inside it. */
function written(value: unknown, style: Style, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (style.indent !== "") {
    const lines = JSON.stringify(value, null, style.indent).split("\n");
    return lines.join(newline(style, depth));
  }
  const members = Array.isArray(value)
    ? value.map((item) => written(item, style, depth))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}:${style.colon}${written(item, style, depth)}`,
      );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return open + members.join(`,${style.comma}`) + close;
}

function newline({ lineEnd, margin, indent }: Style, depth: number): string {
  return lineEnd + margin + indent.repeat(depth);
}

/** How many lists and objects a node is in, below the root. */
function depthOf(node: Node): number {
  let depth = 0;
  for (let at = node.parent; at; at = at.parent) if (at.type !== "property") depth++;
  return depth;
}
