/**
 * The trainer's program as the extension starts it: a copy outside the extension's folder, since an update replaces that
 * folder under a running job, and the Node that runs it. Knows nothing of VS Code.
 */
import { createHash } from "node:crypto";
import { constants, existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryBeside } from "../files/temporary.ts";
import type { JobProgram } from "../jobs/spawn.ts";
import { TunesmithError } from "../protocol/errors.ts";

/** What a job and a session need, from the extension's folder. */
const parts = ["package.json", "dist", "assets/tiny", "node_modules"];
/** A copy that no window has used for so long is removed. A job does not run that long. */
const keptDays = 60;

export interface Program {
  job: JobProgram;
  /** The Node, and what it is given to be a session process. */
  node: string;
  session: string;
}

/** Copies the program, once for each version of it, and finds it again. */
export class ProgramCopy {
  readonly #extension: string;
  readonly #storage: string;
  #copied: Promise<string> | undefined;

  /** @param extension the extension's folder. @param storage a folder of ours that survives an update */
  constructor(extension: string, storage: string) {
    this.#extension = extension;
    this.#storage = storage;
  }

  /**
   * @param node the Node to use instead of the one that runs the extension; empty for none
   * @throws `file-not-found` for a Node that is not there; `disk-full`; `job-start-failed` where this platform has no
   *   ONNX Runtime
   */
  async locate(node: string): Promise<Program> {
    requirePlatform();
    if (node !== "" && !statSync(node, { throwIfNoEntry: false })?.isFile()) {
      const hint = "Correct the setting tunesmith.nodePath, or clear it to use VS Code's own.";
      throw new TunesmithError("file-not-found", `there is no Node at ${node}`, hint);
    }
    this.#copied ??= this.#copy();
    try {
      const folder = await this.#copied;
      const program = node || process.execPath;
      const entry = [join(folder, "dist", "job.js")];
      return { job: { node: program, entry }, node: program, session: join(folder, "dist", "session.js") };
    } catch (error) {
      this.#copied = undefined;
      throw error;
    }
  }

  async #copy(): Promise<string> {
    const target = join(this.#storage, this.#version());
    if (!existsSync(target)) {
      const unfinished = temporaryBeside(target);
      try {
        for (const part of parts.filter((part) => existsSync(join(this.#extension, part)))) {
          await mkdir(join(unfinished, part, ".."), { recursive: true });
          await cp(join(this.#extension, part), join(unfinished, part), {
            recursive: true,
            mode: constants.COPYFILE_FICLONE,
            filter: (path) => !path.endsWith(".map"),
          });
        }
        await rename(unfinished, target).catch((error: unknown) => {
          // Another window was quicker.
          if (!existsSync(target)) throw error;
        });
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    }
    const now = new Date();
    utimesSync(target, now, now);
    void this.#removeOld(now).catch(() => {});
    return target;
  }

  /** Names the program by its content: two builds of one version are two programs. */
  #version(): string {
    const { version } = JSON.parse(readFileSync(join(this.#extension, "package.json"), "utf8"));
    const hash = createHash("sha256");
    for (const file of ["job.js", "session.js"])
      hash.update(readFileSync(join(this.#extension, "dist", file)));
    return `${version}-${hash.digest("hex").slice(0, 12)}`;
  }

  async #removeOld(now: Date): Promise<void> {
    for (const name of await readdir(this.#storage)) {
      const path = join(this.#storage, name);
      const days = (now.getTime() - statSync(path).mtimeMs) / 86_400_000;
      if (days > keptDays) await rm(path, { recursive: true, force: true });
    }
  }
}

/** Where onnxruntime-node has a library. */
const platforms = ["linux x64", "linux arm64", "win32 x64", "win32 arm64", "darwin arm64"];

function requirePlatform(): void {
  const here = `${process.platform} ${process.arch}`;
  const message = (what: string) => `Tunesmith cannot compute on ${what}`;
  if (here === "darwin x64") {
    const hint =
      "ONNX Runtime no longer has a library for Intel Macs. Linting, recipes and results work; train elsewhere.";
    throw new TunesmithError("platform-unsupported", message("a Mac with an Intel processor"), hint);
  }
  if (!platforms.includes(here)) {
    throw new TunesmithError("platform-unsupported", message(here), `It can on ${platforms.join(", ")}.`);
  }
  if (process.platform === "linux" && isMusl()) {
    const hint = "ONNX Runtime needs glibc: use a Debian, Ubuntu or Fedora based image.";
    throw new TunesmithError("platform-unsupported", message("Alpine Linux (musl)"), hint);
  }
}

function isMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}
