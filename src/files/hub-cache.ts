/**
 * Hugging Face's own cache on disk, so that what Python tools downloaded is used here, and the other way round.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache, huggingface_hub/constants.py and file_download.py
 *
 *   <cache>/models--org--name/refs/main              the commit a branch or tag stands for, no newline
 *   <cache>/models--org--name/snapshots/<commit>/…   links to blobs; files, where a system has no links
 *   <cache>/models--org--name/blobs/<etag>           SHA-256 of a large (LFS) file, git blob SHA-1 of a small one
 */
import { randomBytes } from "node:crypto";
import { copyFile, link, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { isJsonObject } from "../json/object.ts";
import { isMissing } from "../protocol/refusals.ts";
import { renameOver } from "./atomic.ts";
import { readJsonObject } from "./json.ts";
import { singleWeightsName, weightsIndexName } from "./model-folder.ts";

export interface CachedModel {
  /** Such as `HuggingFaceTB/SmolLM2-135M-Instruct`. */
  readonly name: string;
  readonly commit: string;
  /** Folder of the snapshot. */
  readonly path: string;
}

/** `HF_HOME`, or its default: where Hugging Face's tools keep token and cache. */
export function huggingFaceHome(): string {
  const { HF_HOME, XDG_CACHE_HOME } = process.env;
  return fromHome(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface"));
}

/** Where Hugging Face's tools keep downloads: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, or `hub` in their home. */
export function hubCacheDir(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE } = process.env;
  return fromHome(HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE || join(huggingFaceHome(), "hub"));
}

const fromHome = (path: string): string => path.replace(/^~(?=$|[/\\])/, homedir());

/** The folder of a model in the cache; it need not exist. */
export function repoFolder(name: string): string {
  return join(hubCacheDir(), `models--${name.replaceAll("/", "--")}`);
}

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/**
 * The snapshot of a model that is already there, whole: config, tokenizer and every weights file. Asks no network, so a
 * branch is what it was when it was last downloaded.
 *
 * @param revision branch, tag or commit.
 */
export async function cachedModel(name: string, revision = "main"): Promise<string | undefined> {
  const repo = repoFolder(name);
  const commit = isCommit(revision) ? revision : await readRef(repo, revision);
  if (commit === undefined) return undefined;
  const snapshot = join(repo, "snapshots", commit);
  return (await isWhole(snapshot)) ? snapshot : undefined;
}

/** Every whole snapshot in the cache, by name. */
export async function listCachedModels(): Promise<CachedModel[]> {
  const models: CachedModel[] = [];
  for (const folder of (await names(hubCacheDir())).sort()) {
    if (!folder.startsWith("models--")) continue;
    const snapshots = join(hubCacheDir(), folder, "snapshots");
    for (const commit of await names(snapshots)) {
      const path = join(snapshots, commit);
      if (await isWhole(path)) models.push({ name: folder.slice(8).replaceAll("--", "/"), commit, path });
    }
  }
  return models;
}

async function readRef(repo: string, revision: string): Promise<string | undefined> {
  try {
    const commit = (await readFile(join(repo, "refs", ...revision.split("/")), "utf8")).trim();
    return isCommit(commit) ? commit : undefined;
  } catch {
    return undefined;
  }
}

/** Python's tools fetch file by file, so a snapshot may hold a tokenizer alone; a link may point to a deleted blob. */
async function isWhole(snapshot: string): Promise<boolean> {
  const has = (name: string) => sizeOf(join(snapshot, name)).then((size) => size !== undefined);
  if (!(await has("config.json")) || !(await has("tokenizer.json"))) return false;
  if (await has(singleWeightsName)) return true;
  const index = await readJsonObject(join(snapshot, weightsIndexName), "model-folder-invalid").catch(
    () => undefined,
  );
  if (!isJsonObject(index?.weight_map)) return false;
  for (const shard of new Set(Object.values(index.weight_map))) {
    if (typeof shard !== "string" || !(await has(shard))) return false;
  }
  return true;
}

/** Size of a file, links followed; undefined when it is not there. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

/**
 * Makes a snapshot's file out of a blob: a relative link, so that the cache can be moved; where links need rights the user
 * lacks (Windows), a second name of the same file, else a copy. The name appears at once and whole.
 */
export async function linkBlob(blob: string, path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await symlink(relative(dirname(path), blob), temporary)
      .catch(() => link(blob, temporary))
      .catch(() => copyFile(blob, temporary));
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
