/** Finished runs as models of a chat: which there are, what they take, and what a chat says to them. Knows nothing of VS Code. */
import { join } from "node:path";
import { cachedModel } from "../../files/hub.ts";
import { modelSource, type Recipe } from "../../runs/recipe.ts";
import { readModelConfig } from "../../runs/sources.ts";
import { tunedRun } from "../../runs/tuned-run.ts";
import type { KnownRun } from "../runs/store.ts";

export interface ChatModel {
  /** The run's directory. */
  id: string;
  name: string;
  family: string;
  version: string;
  detail: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  capabilities: { toolCalling: false; imageInput: false };
}

/** @param bundled the folder of the bundled model. @returns undefined for a run without a result, or whose model is gone */
export async function chatModelOf(
  { info, summary }: KnownRun,
  bundled: string,
): Promise<ChatModel | undefined> {
  if (info.kind !== "tune" || (info.state !== "done" && info.state !== "stopped")) return undefined;
  try {
    const { recipe } = tunedRun(info.run);
    const folder = await modelFolder(recipe, bundled);
    if (folder === undefined) return undefined;
    const { maxPositions } = await readModelConfig(folder);
    const maxOutputTokens = Math.min(512, maxPositions >> 2);
    return {
      id: info.run,
      name: info.name,
      family: "tunesmith",
      version: summary.id,
      detail: recipe.model,
      maxInputTokens: maxPositions - maxOutputTokens,
      maxOutputTokens,
      capabilities: { toolCalling: false, imageInput: false },
    };
  } catch {
    return undefined; // the run's own page says what is wrong with it
  }
}

async function modelFolder({ model }: Pick<Recipe, "model">, bundled: string): Promise<string | undefined> {
  const source = modelSource(model);
  return source === "bundled" ? bundled : source === "folder" ? model : cachedModel(model);
}

/** What the session asks for one answer. */
export function chatRequest(run: string, messages: readonly ChatMessage[], maxTokens: number) {
  const { recipe, folder } = tunedRun(run);
  return {
    model: recipe.model,
    result: join(run, folder),
    messages: messages.map((message) => ({ ...message })),
    maxTokens,
    temperature: 0,
    seed: 0,
  };
}

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** VS Code's numbers; 3 is what its system messages have where there are any. */
const roles: Record<number, ChatMessage["role"]> = { 1: "user", 2: "assistant", 3: "system" };

/** Neighbours of one role become one message: most chat templates refuse them. Empty ones are left out. */
export function messagesOf(given: readonly { role: number; texts: readonly string[] }[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const { role, texts } of given) {
    const content = texts.join("");
    const said = roles[role] ?? "user";
    const last = messages.at(-1);
    if (content.trim() === "") continue;
    if (last?.role === said) last.content += `\n\n${content}`;
    else messages.push({ role: said, content });
  }
  return messages;
}

/** Not counted but guessed, three bytes a token, which is more than most texts have: better too many than too few. */
export function tokensAbout(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}
