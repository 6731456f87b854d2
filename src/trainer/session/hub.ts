/** Models on the hub: what they are, and fetching them. The account's token is in this process's environment only. */
import { readDecoderConfig } from "../../architectures/config.ts";
import { parameterCount } from "../../architectures/layout.ts";
import type { Session } from "../../contracts/session.ts";
import { downloadModel } from "../../files/hub.ts";
import { hubClient, offlineVariable } from "../../files/hub-client.ts";
import { isJsonObject } from "../../json/object.ts";
import type { Asked, Params, Progress, Result } from "../../protocol/channel.ts";
import { TunesmithError } from "../../protocol/errors.ts";

const ownToken = process.env.HF_TOKEN;
const answerWithinMs = 10_000;
const tellEveryMs = 100;

/** @throws `hub-…`; `architecture-unsupported` for a model that cannot be trained here */
export async function hubModel(
  { model, token }: Params<Session, "hubModel">,
  { signal }: Asked<Progress<Session, "hubModel">>,
): Promise<Result<Session, "hubModel">> {
  useToken(token);
  const offline = offlineVariable();
  if (offline) throw new TunesmithError("hub-unreachable", `${offline} forbids to ask the hub`);
  const client = await hubClient(model);
  const get = async (path: string): Promise<unknown> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
    const response = await client.fetch(`${client.endpoint}/${path}`, { signal: limit });
    return response.json().catch(() => undefined);
  };
  // The list first: a model that does not exist is called that.
  const files = await get(`api/models/${model}/tree/main`);
  const config = await get(`${model}/resolve/main/config.json`);
  if (!Array.isArray(files) || !isJsonObject(config)) {
    throw new TunesmithError(
      "hub-corrupt",
      `${client.endpoint} describes no model ${model}`,
      "Check HF_ENDPOINT.",
    );
  }
  const parameters = parameterCount(readDecoderConfig(config, `${model}/config.json`));
  return { config, parameters, downloadBytes: sizeOf(files, model) };
}

export async function download(
  { model, token }: Params<Session, "download">,
  { signal, progress }: Asked<Progress<Session, "download">>,
): Promise<Result<Session, "download">> {
  useToken(token);
  let told = 0;
  const folder = await downloadModel(model, {
    signal,
    onProgress({ done, total }) {
      const now = performance.now();
      if (now - told < tellEveryMs && done < total) return;
      told = now;
      progress({ done, total });
    },
  });
  return { folder };
}

/** The editor's token, or else the one that this process came with. */
function useToken(token: string | null): void {
  const used = token ?? ownToken;
  if (used === undefined) delete process.env.HF_TOKEN;
  else process.env.HF_TOKEN = used;
}

function sizeOf(files: readonly unknown[], model: string): number {
  const wanted = /\.safetensors$|^tokenizer.*\.json$/;
  const sizes = files.flatMap((file) => {
    const { path, size } = isJsonObject(file) ? file : {};
    return typeof path === "string" && typeof size === "number" && wanted.test(path) ? [{ path, size }] : [];
  });
  if (!sizes.some(({ path }) => path.endsWith(".safetensors"))) {
    throw new TunesmithError(
      "model-folder-invalid",
      `${model} has no safetensors weights on the hub`,
      "Choose a model with model.safetensors.",
    );
  }
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
