/** One streamed answer of a base model or of a run's result. The model last used stays open for the next question. */
import type { Session } from "../../contracts/session.ts";
import type { Asked, Params, Progress, Result } from "../../protocol/channel.ts";
import { type OpenModel, openModel, openResult, tunedModel } from "../models.ts";
import { Responder } from "../responder.ts";

/** Open models by name, and responders by name and result. Weights are mapped, so a few do not cost their size. */
const kept = 4;
const models = new Map<string, Promise<OpenModel>>();
const responders = new Map<string, Promise<Responder>>();

export async function chat(
  { model, result, messages, maxTokens, temperature, seed }: Params<Session, "chat">,
  { progress, signal }: Asked<Progress<Session, "chat">>,
): Promise<Result<Session, "chat">> {
  const responder = await responderFor(model, result, (phase, done, total) =>
    progress({ phase, done, total }),
  );
  signal.throwIfAborted();
  const prompt = await responder.prompt(messages);
  const answer = await responder.stream(prompt, { maxTokens, temperature, seed, signal }, async (text) => {
    progress({ text });
    // A model's steps leave no room between them for messages, such as the one that cancels.
    await new Promise(setImmediate);
  });
  return { ...answer, promptTokens: prompt.ids.length, prompt: prompt.text };
}

type OnProgress = (phase: string, done: number, total: number) => void;

function responderFor(name: string, result: string | null, onProgress: OnProgress): Promise<Responder> {
  return remembered(
    responders,
    JSON.stringify([name, result]),
    async () => {
      const base = await remembered(models, name, () => openModel(name, onProgress));
      if (result === null) return new Responder(base.chat, await tunedModel(base));
      const { model, tuned } = await openResult(base, result, onProgress);
      return new Responder(model.chat, tuned);
    },
    (responder) => responder.release(),
  );
}

/** The least recently used one gives way; one that could not be made is tried again next time. */
function remembered<T>(
  held: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
  release: (value: T) => Promise<void> | void = () => {},
): Promise<T> {
  const value = held.get(key) ?? make();
  held.delete(key);
  held.set(key, value);
  value.catch(() => held.delete(key));
  for (const [oldest, last] of [...held].slice(0, -kept)) {
    held.delete(oldest);
    void last.then(release, () => {});
  }
  return value;
}
