/**
 * Requests to the Hugging Face hub: endpoint, token and offline mode as its own tools take them from the environment,
 * failures as errors a person can act on, and retries for those that pass by themselves.
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables; the meaning of `X-Error-Code` is
 * taken from huggingface_hub/utils/_http.py.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TunesmithError } from "../protocol/errors.ts";
import { huggingFaceHome } from "./hub-cache.ts";

const attempts = 4;

export interface HubClient {
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** One request; any answer but success is a `hub-…` error. Shaped as `fetch`, for @huggingface/hub. */
  readonly fetch: typeof fetch;
}

export const hubEndpoint = (): string =>
  (process.env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, "");

/** The variable that asks for no network, if one does. */
export function offlineVariable(): string | undefined {
  return ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].find((name) =>
    /^(1|true|yes|on)$/i.test(process.env[name] ?? ""),
  );
}

/** @param model the hub name in question, for messages. */
export async function hubClient(model: string): Promise<HubClient> {
  const endpoint = hubEndpoint();
  const token = await accessToken();
  const hubFetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    headers.set("user-agent", "tunesmith");
    // The token is for the hub alone. fetch drops it by itself when the hub redirects to a storage host.
    if (token && url.origin === new URL(endpoint).origin) headers.set("authorization", `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers });
    } catch (error) {
      const reason: unknown = init?.signal?.reason;
      const timedOut = reason instanceof DOMException && reason.name === "TimeoutError";
      if (!timedOut) init?.signal?.throwIfAborted();
      throw unreachable(url.host, timedOut ? "it does not answer" : reasonOf(error), error);
    }
    if (!response.ok) throw await refusal(response, model, endpoint, token !== undefined);
    return response;
  };
  return { endpoint, fetch: hubFetch };
}

async function accessToken(): Promise<string | undefined> {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH } = process.env;
  const fromFile = () => readFile(HF_TOKEN_PATH || join(huggingFaceHome(), "token"), "utf8").catch(() => "");
  const token = HF_TOKEN || HUGGING_FACE_HUB_TOKEN || (await fromFile());
  return token.trim() || undefined;
}

/**
 * Repeats an operation that failed because the hub could not be reached or was busy, with pauses that double.
 *
 * @param progressed whether the last try got further, which earns new tries.
 */
export async function retrying<Result>(
  operation: () => Promise<Result>,
  { signal, delayMs, progressed }: { signal?: AbortSignal; delayMs: number; progressed?: () => boolean },
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      signal?.throwIfAborted();
      if (progressed?.()) attempt = 1;
      const passing = error instanceof TunesmithError && error.code === "hub-unreachable";
      if (!passing || attempt >= attempts) throw error;
      await sleep(delayMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

/** `hub-unreachable`: what may be different the next time. */
export function unreachable(host: string, reason: string, cause?: unknown): TunesmithError {
  return new TunesmithError(
    "hub-unreachable",
    `${host} cannot be reached: ${reason}`,
    "Check the connection, or set HF_ENDPOINT to a mirror. Models downloaded before, and folders, need no network.",
    { cause },
  );
}

/** The system's word for a failed connection; fetch itself says "fetch failed" and hides it below. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

async function refusal(
  response: Response,
  model: string,
  endpoint: string,
  hasToken: boolean,
): Promise<TunesmithError> {
  await response.body?.cancel();
  const { status } = response;
  const code = response.headers.get("x-error-code");
  const page = `${endpoint}/${model}`;
  if (code === "GatedRepo") {
    return new TunesmithError(
      "hub-unauthorized",
      `${model} is open only to those who accepted its conditions`,
      hasToken
        ? `Accept them at ${page} with the account your token belongs to.`
        : `Accept them at ${page}, then set HF_TOKEN to a token of your account (https://huggingface.co/settings/tokens).`,
    );
  }
  if (code === "RevisionNotFound") {
    return new TunesmithError(
      "hub-not-found",
      `${model} has no such revision`,
      `Its branches and tags are at ${page}/tree/main.`,
    );
  }
  // The hub answers 401 for names it does not know, so as not to tell which private models exist.
  if (code === "RepoNotFound" || status === 404) {
    return new TunesmithError(
      "hub-not-found",
      `${new URL(endpoint).host} has no model "${model}"${hasToken ? "" : ", or it is private"}`,
      hasToken
        ? "Check the spelling, capitals too."
        : "Check the spelling, capitals too; for a private model set HF_TOKEN.",
    );
  }
  if (status === 401 || status === 403) {
    return new TunesmithError(
      "hub-unauthorized",
      `${new URL(response.url).host} refuses access to ${model} (${status})`,
      hasToken
        ? "The token is wrong, expired, or may not read this model: set HF_TOKEN to another."
        : "Set HF_TOKEN to a token of your account (https://huggingface.co/settings/tokens).",
    );
  }
  if (status >= 500 || status === 408 || status === 429) {
    return unreachable(
      new URL(response.url).host,
      status === 429 ? "too many requests (429)" : `it answers ${status}`,
    );
  }
  return new TunesmithError(
    "hub-corrupt",
    `${new URL(response.url).host} answers ${status} for ${model}`,
    "Check HF_ENDPOINT, or try again later.",
  );
}
