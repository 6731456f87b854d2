/** The base model whose eyes rows are seen with: its tokenizer and template, from where it lies on this machine. */
import { TokenLinter } from "../data/lint/token-check.ts";
import { TunesmithError } from "../protocol/errors.ts";
import { localModel } from "../runs/sources.ts";
import { type ChatModel, loadChatModel } from "../text/chat-model.ts";
import type { Project } from "./project.ts";

/**
 * @param model as a recipe names it; a hub model must be in the cache, as linting downloads nothing
 * @throws `file-not-found`, `hub-not-found`, `tokenizer-invalid`, `template-invalid`
 */
export async function loadLintModel(model: string): Promise<ChatModel> {
  const folder = await folderOf(model);
  const known = loaded.get(folder);
  if (known) return known;
  const loading = loadChatModel(folder);
  loaded.set(folder, loading);
  loading.catch(() => loaded.delete(folder));
  const [oldest] = loaded.keys();
  if (loaded.size > mostLoaded) loaded.delete(oldest!);
  return loading;
}

/**
 * What sees the rows of a project's files as its model does; or why they cannot be seen so.
 *
 * @throws nothing that `loadLintModel` documents
 */
export async function tokenLinterOf({
  model: name,
  maxLength,
  loss,
}: Pick<Project, "model" | "maxLength" | "loss">): Promise<TokenLinter | TunesmithError> {
  try {
    return new TokenLinter(await loadLintModel(name), { name, maxLength, loss });
  } catch (error) {
    if (error instanceof TunesmithError) return error;
    throw error;
  }
}

/** A tokenizer takes a moment to read; a change of settings should not read it again. */
const loaded = new Map<string, Promise<ChatModel>>();
const mostLoaded = 2;

async function folderOf(model: string): Promise<string> {
  const folder = await localModel(model);
  if (folder) return folder;
  throw new TunesmithError(
    "hub-not-found",
    `the model ${model} is not on this machine yet, so rows cannot be seen with its eyes`,
    "Start a run with it once, which downloads it, or lint with another --model.",
  );
}
