/** Tunesmith for coding agents: tools, and fine-tuned models among the chat's models. */
import * as vscode from "vscode";
import { tools } from "../contributions.ts";
import type { Feature, Host } from "../host.ts";
import { chatProvider } from "./chat-provider.ts";
import { signalOf } from "./signal.ts";

export const agents: Feature = (host) =>
  vscode.Disposable.from(
    ...Object.values(tools).map((name) => vscode.lm.registerTool(name, languageModelTool(host, name))),
    chatProvider(host),
  );

/** The tool itself is loaded with its first use. */
function languageModelTool(host: Host, name: string): vscode.LanguageModelTool<unknown> {
  const load = async () => {
    const { agentTools } = await import("./list.ts");
    const { surroundings } = await import("./surroundings.ts");
    return {
      tool: agentTools.find((tool) => tool.name === name)!,
      around: surroundings(host),
      ...(await import("./tool.ts")),
    };
  };
  return {
    async prepareInvocation({ input }, token) {
      const { tool, around, confirmationFor } = await load();
      const invocationMessage = tool.working(vscode.l10n);
      const asked = await confirmationFor(tool, input, around, signalOf(token));
      if (!asked) return { invocationMessage };
      // Names come from the agent and from files: nothing of them is markup.
      const message = new vscode.MarkdownString().appendText(asked.message);
      const title = asked.title.replace(/\s+/g, " ");
      return { invocationMessage, confirmationMessages: { title, message } };
    },
    async invoke({ input }, token) {
      const { tool, around, checkedInput, errorText } = await load();
      let text: string;
      try {
        text = await tool.run(checkedInput(tool, input), around, signalOf(token));
      } catch (error) {
        if (token.isCancellationRequested) throw new vscode.CancellationError();
        host.log.warn(`${name}: ${errorText(error)}`);
        text = errorText(error);
      }
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  };
}
