/** The compare page: its command, and its way back when the window is loaded again. */
import * as vscode from "vscode";
import { commands, panels } from "../contributions.ts";
import { command } from "../dialogs.ts";
import type { Feature } from "../host.ts";
import type { Node } from "../monitor/tree.ts";
import { runOfState } from "../webview.ts";

export const compare: Feature = (host) =>
  vscode.Disposable.from(
    command(host, commands.showComparison, async (given?: Node | string) => {
      const directory = await (await import("./choose.ts")).chooseComparison(host, given);
      if (directory) await (await import("./page.ts")).showPage(host, directory);
    }),
    vscode.window.registerWebviewPanelSerializer(panels.compare, {
      deserializeWebviewPanel: async (page, state: unknown) => {
        const run = runOfState(state);
        if (run === undefined) page.dispose();
        else await (await import("./page.ts")).showPage(host, run, page);
      },
    }),
  );
