/** Fine-tuned models in the chat's model picker, for who has asked for it: they are small, and answer one question well. */
import * as vscode from "vscode";
import { TunesmithError, toErrorRecord } from "../../protocol/errors.ts";
import { chatVendor, settings } from "../contributions.ts";
import { requireTrust } from "../dialogs.ts";
import type { Host } from "../host.ts";
import type { ChatModel } from "./chat-models.ts";
import { signalOf } from "./signal.ts";
import { canOffer } from "./version.ts";

/** Loaded when a chat first asks. */
const loadChatModels = () => import("./chat-models.ts");

export function chatProvider(host: Host): vscode.Disposable {
  if (!canOffer(vscode.version)) return { dispose() {} };
  const provider = new ChatProvider(host);
  return vscode.Disposable.from(
    vscode.lm.registerLanguageModelChatProvider(chatVendor, provider),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.chatProvider)) provider.changed();
    }),
  );
}

class ChatProvider implements vscode.LanguageModelChatProvider<ChatModel> {
  readonly #host: Host;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeLanguageModelChatInformation = this.#changed.event;

  constructor(host: Host) {
    this.#host = host;
    host.onRuns((store) => store.on("ended", () => this.changed()).on("gone", () => this.changed()));
  }

  changed(): void {
    this.#changed.fire();
  }

  async provideLanguageModelChatInformation(): Promise<ChatModel[]> {
    const isWanted = vscode.workspace.getConfiguration().get(settings.chatProvider, false);
    if (!isWanted || !vscode.workspace.isTrusted) return [];
    const store = await this.#host.runs();
    const bundled = this.#host.context.asAbsolutePath("assets/tiny");
    const { chatModelOf } = await loadChatModels();
    const models = await Promise.all(store.runs.map((run) => chatModelOf(run, bundled)));
    return models.filter((model) => model !== undefined);
  }

  async provideLanguageModelChatResponse(
    model: ChatModel,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    try {
      requireTrust();
      const { chatRequest, messagesOf } = await loadChatModels();
      const said = messagesOf(messages.map(({ role, content }) => ({ role, texts: textsOf(content) })));
      const request = chatRequest(model.id, said, model.maxOutputTokens);
      await this.#host.session.request("chat", request, {
        signal: signalOf(token),
        onProgress: ({ text }) => text && progress.report(new vscode.LanguageModelTextPart(text)),
      });
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      const { message, hint } = toErrorRecord(error);
      this.#host.log.error(error instanceof TunesmithError ? message : String(error));
      throw new Error([message, hint].filter(Boolean).join(". "));
    }
  }

  async provideTokenCount(
    _: ChatModel,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    const { tokensAbout } = await loadChatModels();
    return tokensAbout(typeof text === "string" ? text : textsOf(text.content).join(""));
  }
}

/** Images and calls of tools are nothing to these models. */
function textsOf(content: readonly unknown[]): string[] {
  return content.flatMap((part) => (part instanceof vscode.LanguageModelTextPart ? [part.value] : []));
}
