/** Lints a file from the disk, in parts, whatever its size. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { LintProblem, LintReport } from "../contracts/lint.ts";
import { StreamLint } from "../data/lint/stream.ts";
import { rules } from "../data/rules/index.ts";
import { containerOf, extensionOf } from "../data/source/container.ts";
import { encodingOf } from "../data/source/decode.ts";
import { asReadError } from "../protocol/refusals.ts";
import { type Project, type ProjectOptions, projectOf } from "./project.ts";

const partBytes = 4 * 1024 * 1024;
/** Enough to find the last character that is no blank. */
const tailBytes = 4096;

export interface StreamResult {
  lint: StreamLint;
  project: Project;
}

/**
 * @param told after every part, so that somebody can show what is there
 * @throws `file-not-found`, `file-unreadable`; what the signal was aborted with
 */
export async function lintStream(
  path: string,
  options: ProjectOptions & { signal?: AbortSignal; told?: (lint: StreamLint) => void } = {},
): Promise<StreamResult> {
  const project = projectOf(path, options);
  const first = await readThrough(path, project.settings, options);
  if (first.isDone) return { lint: first.lint, project };
  // The first rows spoke for another format than all of them do.
  const format = first.lint.format?.name;
  const again = await readThrough(path, { ...project.settings, format }, options);
  return { lint: again.lint, project };
}

async function readThrough(
  path: string,
  settings: Project["settings"],
  { signal, told }: { signal?: AbortSignal; told?: (lint: StreamLint) => void },
): Promise<{ lint: StreamLint; isDone: boolean }> {
  const hints = {
    whenMissing: "Check the file's path.",
    whenUnreadable: "Check that it is a file that you may read.",
  };
  const file = await open(path).catch((error: unknown) => {
    throw asReadError(error, path, hints);
  });
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(partBytes);
    const read = async (at: number, length = partBytes) =>
      bytes.subarray(0, (await file.read(bytes, 0, length, at)).bytesRead);
    const tail =
      (await read(Math.max(0, size - tailBytes), tailBytes)).toString("utf8").trimEnd().at(-1) ?? "";
    let lint: StreamLint | undefined;
    let decoder: InstanceType<typeof TextDecoder> | undefined;
    for (let at = 0; at < size; ) {
      signal?.throwIfAborted();
      const part = await read(at);
      if (part.length === 0) break;
      at += part.length;
      const encoding = encodingOf(part);
      decoder ??= new TextDecoder(encoding);
      const text = decoder.decode(part, { stream: at < size });
      const extension = extensionOf(path) ?? ".jsonl";
      lint ??= new StreamLint(
        basename(path),
        { container: containerOf(extension, text, tail), extension },
        settings,
        rules,
        { encoding, byteOrderMark: part[0] === 0xef && part[1] === 0xbb && part[2] === 0xbf },
      );
      lint.push(text);
      told?.(lint);
    }
    const empty = { container: "lines", extension: ".jsonl" } as const;
    lint ??= new StreamLint(basename(path), empty, settings, rules, {
      encoding: "utf-8",
      byteOrderMark: false,
    });
    return { lint, isDone: lint.end() };
  } catch (error) {
    throw asReadError(error, path, hints);
  } finally {
    await file.close();
  }
}

/** As the editor is told: problems of a file that it does not hold. */
export async function lintLargeFile(
  uri: string,
  path: string,
  { signal, report }: { signal?: AbortSignal; report?: (report: LintReport) => void } = {},
): Promise<LintReport> {
  let next = performance.now() + 300;
  const told = (lint: StreamLint) => {
    if (!report || performance.now() < next) return;
    next = performance.now() + 1000;
    report(reportOf(uri, lint, projectOf(path), true));
  };
  const { lint, project } = await lintStream(path, { ...(signal && { signal }), told });
  return reportOf(uri, lint, project, false);
}

function reportOf(uri: string, lint: StreamLint, project: Project, isPending: boolean): LintReport {
  const { error, warning, info } = lint.counts();
  const { records, format, confidence } = lint.facts;
  return {
    uri,
    version: 0,
    isDataset: true,
    ...(isPending && { pending: "rows" }),
    problems: streamProblems(lint),
    counts: { errors: error, warnings: warning, infos: info },
    rows: records,
    tokens: undefined,
    format: format?.name,
    confidence,
    firstLine: 0,
    target: project.settings.target,
    model: { name: project.model, maxLength: project.maxLength },
    troubles: project.troubles.map(({ message }) => message),
  };
}

/** Those that are kept; the last of each rule stands for those that are not. */
export function streamProblems(lint: StreamLint): LintProblem[] {
  return lint.problems().flatMap(({ kept, more }) =>
    kept.map(({ rule, severity, message, range, related }, i) => ({
      rule: rule.id,
      level: rule.level,
      severity,
      message,
      range,
      related,
      fixable: false,
      more: i === kept.length - 1 ? more : 0,
    })),
  );
}
