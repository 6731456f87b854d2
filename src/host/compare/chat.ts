/** “Try it”: one answer of the base model or of a run's result, through the session process. */
import { join } from "node:path";
import type { compareHost } from "../../contracts/compare.ts";
import type { Asked, Params, Progress, Result } from "../../protocol/channel.ts";
import { tunedRun } from "../../runs/tuned-run.ts";
import { requireTrust } from "../dialogs.ts";
import type { Host } from "../host.ts";

/** A person can stop an answer sooner. */
const maxTokens = 512;

type Contract = typeof compareHost;

/** @throws `untrusted-workspace`; `run-state` for a run without a result; the session's errors */
export async function chat(
  host: Host,
  run: string,
  { side, messages }: Params<Contract, "chat">,
  { signal, progress }: Asked<Progress<Contract, "chat">>,
): Promise<Result<Contract, "chat">> {
  requireTrust();
  const { recipe, folder } = tunedRun(run);
  const { prompt: _, ...answer } = await host.session.request(
    "chat",
    {
      model: recipe.model,
      result: side === "base" ? null : join(run, folder),
      messages,
      maxTokens,
      // As the comparison asked: the likeliest answer, the same each time.
      temperature: 0,
      seed: 0,
    },
    {
      signal,
      onProgress: ({ text, phase }) =>
        progress({ ...(text !== undefined && { text }), ...(phase !== undefined && { phase }) }),
    },
  );
  return answer;
}
