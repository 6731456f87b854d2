/**
 * Models from the Hugging Face hub, in Hugging Face's own cache. Listing and search are @huggingface/hub's; what it lacks is
 * added: HF_ENDPOINT and HF_TOKEN, a choice of files (weights as safetensors, never pickle), resuming, hash checks, several
 * files at a time, disk space checked first, offline mode, errors that say what to do.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { TunesmithError } from "../protocol/errors.ts";
import { nearest } from "../protocol/suggest.ts";
import { requireFreeSpace, writeFileAtomic } from "./atomic.ts";
import { cachedModel, isCommit, linkBlob, listCachedModels, repoFolder, sizeOf } from "./hub-cache.ts";
import {
  type HubClient,
  hubClient,
  hubEndpoint,
  offlineVariable,
  reasonOf,
  retrying,
  unreachable,
} from "./hub-client.ts";
import { downloadBlob, type HubFile, leftOver } from "./hub-download.ts";
import { singleWeightsName, weightsIndexName } from "./model-folder.ts";

export { type CachedModel, cachedModel, hubCacheDir, listCachedModels } from "./hub-cache.ts";

export interface DownloadProgress {
  /** Bytes, of all files that had to be fetched. */
  readonly done: number;
  readonly total: number;
  /** The file that bytes just came for. */
  readonly file: string;
}

export interface DownloadOptions {
  /** Branch, tag or commit; `main` by default. */
  readonly revision?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** First pause before a retry, in milliseconds; each further one doubles. */
  readonly retryDelayMs?: number;
}

interface Job extends DownloadOptions {
  readonly name: string;
  readonly revision: string;
  readonly retryDelayMs: number;
  readonly client: HubClient;
}

/** Files fetched at the same time. */
const lanes = 4;

/** What is needed beside weights to run, train and pass on a model. No code, no pickle. */
const companions =
  /^(config\.json|generation_config\.json|tokenizer.*\.(json|model)|special_tokens_map\.json|added_tokens\.json|vocab\.(json|txt)|merges\.txt|chat_template\.(jinja|json)|licen[cs]e(\..*)?|notice(\..*)?)$/i;

/**
 * Downloads a model, or what is missing of it, and returns the folder of its snapshot. Interrupted downloads go on where
 * they ended.
 *
 * @param name such as `HuggingFaceTB/SmolLM2-135M-Instruct`.
 * @throws `hub-not-found` (with the nearest name), `hub-unauthorized`, `hub-unreachable`, `hub-corrupt`, `disk-full`,
 *   `model-folder-invalid` when it has no safetensors; the signal's reason.
 */
export async function downloadModel(name: string, options: DownloadOptions = {}): Promise<string> {
  const revision = options.revision ?? "main";
  checkName(name, revision);
  options.signal?.throwIfAborted();
  const offline = offlineVariable();
  if (offline) return (await cachedModel(name, revision)) ?? notThereOffline(name, offline);

  const client = await hubClient(name);
  const job: Job = { ...options, name, revision, client, retryDelayMs: options.retryDelayMs ?? 500 };
  const commit = isCommit(revision) ? revision : await commitOf(job);
  const files = wantedFiles(await listFiles(job, commit), name);

  const repo = repoFolder(name);
  const snapshot = join(repo, "snapshots", commit);
  await fetchMissing(job, files, repo, snapshot, commit);
  if (commit !== revision) await writeFileAtomic(join(repo, "refs", ...revision.split("/")), commit);
  return snapshot;
}

const isEtag = (hex: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hex);

function checkName(name: string, revision: string): void {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name) || /\.\.|--/.test(name)) {
    throw new TunesmithError(
      "hub-not-found",
      `"${name}" cannot be the name of a model on the hub`,
      'Names look like "HuggingFaceTB/SmolLM2-135M-Instruct".',
    );
  }
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(revision) || revision.includes("..")) {
    throw new TunesmithError(
      "hub-not-found",
      `"${revision}" cannot be a revision`,
      "Give a branch, a tag or a commit.",
    );
  }
}

function notThereOffline(name: string, variable: string): never {
  throw new TunesmithError(
    "hub-unreachable",
    `${name} is not in the cache, and ${variable} forbids to download it`,
    `Unset ${variable}, or download the model on another machine and copy Hugging Face's cache folder.`,
  );
}

async function commitOf(job: Job): Promise<string> {
  const { modelInfo } = await import("@huggingface/hub");
  const { name, revision, client } = job;
  const ask = () =>
    modelInfo({ name, revision, additionalFields: ["sha"], hubUrl: client.endpoint, fetch: limited(job) });
  const { sha } = await asked(job, ask).catch(async (error) => {
    throw await withSuggestion(error, job);
  });
  if (typeof sha !== "string" || !isCommit(sha)) throw notAHub(`sha: ${sha}`);
  return sha;
}

async function listFiles(job: Job, revision: string): Promise<HubFile[]> {
  const { listFiles: list } = await import("@huggingface/hub");
  const { name, client } = job;
  return asked(job, async () => {
    const files: HubFile[] = [];
    for await (const entry of list({ repo: name, revision, hubUrl: client.endpoint, fetch: limited(job) })) {
      if (entry.type !== "file") continue;
      const { path, size, lfs, oid } = entry;
      const etag = lfs?.oid ?? oid;
      if (typeof path !== "string" || !Number.isSafeInteger(size) || !etag || !isEtag(etag))
        throw notAHub(entry);
      // Everything wanted lies at the top, under a plain name: a path could lead out of the cache.
      if (!/^[\w.+-]+$/.test(path)) continue;
      files.push({ name: path, size: lfs?.size ?? size, etag });
    }
    return files;
  });
}

/** A question to the hub's API, repeated when it fails in passing. */
function asked<Answer>(job: Job, ask: () => Promise<Answer>): Promise<Answer> {
  const once = async () => {
    try {
      return await ask();
    } catch (error) {
      job.signal?.throwIfAborted();
      if (error instanceof TunesmithError) throw error;
      // A connection that breaks within an answer is told by a cause or by a DOMException; what is left is an answer
      // that @huggingface/hub could make nothing of.
      const broken = error instanceof DOMException || (error instanceof Error && error.cause !== undefined);
      throw broken ? unreachable(new URL(job.client.endpoint).host, reasonOf(error), error) : notAHub(error);
    }
  };
  return retrying(once, { signal: job.signal, delayMs: job.retryDelayMs });
}

/** Short questions get half a minute, and end when the job does. */
function limited({ client, signal }: Job): typeof fetch {
  const timeout = AbortSignal.timeout(30_000);
  return (input, init) =>
    client.fetch(input, { ...init, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
}

function notAHub(cause: unknown): TunesmithError {
  return new TunesmithError(
    "hub-corrupt",
    `${hubEndpoint()} does not answer like a Hugging Face hub`,
    "Check HF_ENDPOINT and the proxy.",
    { cause },
  );
}

/** Adds the nearest known name to a `hub-not-found`: of the same owner's models, of those the hub finds, of the cache. */
async function withSuggestion(error: unknown, job: Job): Promise<unknown> {
  if (!(error instanceof TunesmithError) || error.code !== "hub-not-found") return error;
  const { listModels } = await import("@huggingface/hub");
  const [owner, title = owner!] = job.name.split("/");
  const known = new Set((await listCachedModels()).map((model) => model.name));
  for (const search of [{ owner }, { query: title }]) {
    try {
      const found = listModels({ search, limit: 100, hubUrl: job.client.endpoint, fetch: limited(job) });
      for await (const model of found) known.add(model.name);
    } catch {
      // Without the search the error is still right.
    }
  }
  known.delete(job.name);
  const suggestion = nearest(job.name, known);
  return suggestion === undefined
    ? error
    : new TunesmithError(error.code, error.message, `Did you mean "${suggestion}"? ${error.hint}`, {
        cause: error,
      });
}

function wantedFiles(files: readonly HubFile[], name: string): HubFile[] {
  const single = files.filter((file) => file.name === singleWeightsName);
  const shards = files.filter(
    (file) => file.name === weightsIndexName || /^model-\d+-of-\d+\.safetensors$/.test(file.name),
  );
  const weights = single.length > 0 ? single : shards;
  if (weights.length > 0) return [...files.filter((file) => companions.test(file.name)), ...weights];
  const has = (pattern: RegExp) => files.some((file) => pattern.test(file.name));
  const instead = has(/^adapter_config\.json$/)
    ? "it is an adapter; name its base model"
    : has(/\.gguf$/i)
      ? "it holds GGUF files; name the model they were made from"
      : has(/\.(bin|pt|pth)$/)
        ? "it holds pickles, which could run any code when opened"
        : "it holds no weights";
  throw new TunesmithError(
    "model-folder-invalid",
    `${name} has no ${singleWeightsName}: ${instead}`,
    "Choose a model, or a revision, with safetensors weights.",
  );
}

/** Fetches what the snapshot lacks, small files first: a snapshot that has its weights has everything else. */
async function fetchMissing(
  job: Job,
  files: readonly HubFile[],
  repo: string,
  snapshot: string,
  commit: string,
): Promise<void> {
  const blobs = join(repo, "blobs");
  const missing: HubFile[] = [];
  for (const file of files) {
    if ((await sizeOf(join(snapshot, file.name))) === file.size) continue;
    if ((await sizeOf(join(blobs, file.etag))) === file.size)
      await linkBlob(join(blobs, file.etag), join(snapshot, file.name));
    else missing.push(file);
  }
  missing.sort((a, b) => a.size - b.size);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  await requireFreeSpace(blobs, total - (await bytesLeftOver(blobs, missing)));
  await mkdir(blobs, { recursive: true });

  let done = 0;
  const stop = new AbortController();
  const signal = job.signal ? AbortSignal.any([job.signal, stop.signal]) : stop.signal;
  const fetchOne = async (file: HubFile) => {
    const blob = join(blobs, file.etag);
    await downloadBlob(
      `${job.client.endpoint}/${job.name}/resolve/${commit}/${encodeURIComponent(file.name)}`,
      file,
      blob,
      {
        client: job.client,
        signal,
        delayMs: job.retryDelayMs,
        onBytes(count) {
          done += count;
          job.onProgress?.({ done, total, file: file.name });
        },
      },
    );
    await linkBlob(blob, join(snapshot, file.name));
  };
  const queue = [...missing];
  const lane = async () => {
    for (let file = queue.shift(); file && !signal.aborted; file = queue.shift()) await fetchOne(file);
  };
  // The first lane that fails stops the others; all have let go of their files before this returns.
  const stopping = () =>
    lane().catch((error) => {
      if (!stop.signal.aborted) stop.abort(error);
    });
  await Promise.all(Array.from({ length: lanes }, stopping));
  signal.throwIfAborted();
}

async function bytesLeftOver(blobs: string, files: readonly HubFile[]): Promise<number> {
  let bytes = 0;
  for (const { etag } of files) {
    for (const name of (await leftOver(blobs, etag)).slice(0, 1))
      bytes += (await sizeOf(join(blobs, name))) ?? 0;
  }
  return bytes;
}
