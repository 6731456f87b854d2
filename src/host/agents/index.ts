/** Tunesmith for coding agents: tools, and fine-tuned models among the chat's models. */
import * as vscode from "vscode";
import { commands } from "../contributions.ts";
import type { Feature, Host } from "../host.ts";
import { findCandidates } from "../models/candidates.ts";
import { act } from "../monitor/actions.ts";
import { startRun } from "../start/start-run.ts";
import { chatProvider } from "./chat-provider.ts";
import { agentTools } from "./list.ts";
import { signalOf } from "./signal.ts";
import { checkedInput, confirmationFor, errorText, type Surroundings, type Tool } from "./tool.ts";
import { verdictOf } from "./verdict.ts";

export const agents: Feature = (host) =>
  vscode.Disposable.from(
    ...agentTools.map((tool) => vscode.lm.registerTool(tool.name, languageModelTool(host, tool))),
    chatProvider(host),
  );

function languageModelTool(host: Host, tool: Tool): vscode.LanguageModelTool<unknown> {
  return {
    async prepareInvocation({ input }, token) {
      const invocationMessage = tool.working(vscode.l10n);
      const asked = await confirmationFor(tool, input, surroundings(host), signalOf(token));
      if (!asked) return { invocationMessage };
      // Names come from the agent and from files: nothing of them is markup.
      const message = new vscode.MarkdownString().appendText(asked.message);
      const title = asked.title.replace(/\s+/g, " ");
      return { invocationMessage, confirmationMessages: { title, message } };
    },
    async invoke({ input }, token) {
      let text: string;
      try {
        text = await tool.run(checkedInput(tool, input), surroundings(host), signalOf(token));
      } catch (error) {
        if (token.isCancellationRequested) throw new vscode.CancellationError();
        host.log.warn(`${tool.name}: ${errorText(error)}`);
        text = errorText(error);
      }
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  };
}

function surroundings(host: Host): Surroundings {
  return {
    l10n: vscode.l10n,
    folders: (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === "file")
      .map(({ uri }) => uri.fsPath),
    isTrusted: vscode.workspace.isTrusted,
    session: host.session,
    async runs() {
      await vscode.commands.executeCommand(commands.refreshRuns);
      return host.runs();
    },
    async candidates() {
      const exclude = "{**/node_modules/**,**/.tunesmith/**}";
      const configs = await vscode.workspace.findFiles("**/config.json", exclude, 200);
      return findCandidates(configs.map(({ fsPath }) => fsPath));
    },
    startRun: (recipe) => startRun(host, recipe),
    async compare(run) {
      await act(host, run, "compare");
      return (await host.runs()).get(run)!.comparisons[0]!.info.run;
    },
    verdict: verdictOf,
  };
}
