/** The start of a fine-tune: from a dataset in the editor to a running job. */
import * as vscode from "vscode";
import { commands, recipeSuffix } from "../contributions.ts";
import { command, requireTrust } from "../dialogs.ts";
import type { Feature } from "../host.ts";
import { FineTuneLens } from "./code-lens.ts";
import { chosenFile } from "./dataset.ts";
import { openSample } from "./sample.ts";
import { clearToken, setToken } from "./token.ts";

export const start: Feature = (host) =>
  vscode.Disposable.from(
    command(host, commands.fineTune, async (given?: unknown) => {
      requireTrust();
      const file = await chosenFile(given);
      if (file === undefined) return;
      if (file.endsWith(recipeSuffix)) await (await import("./fine-tune.ts")).startAsked(host, file);
      else await (await import("./fine-tune.ts")).fineTune(host, file);
    }),
    command(host, commands.openSample, () => openSample(host)),
    command(host, commands.setToken, () => setToken(host)),
    command(host, commands.clearToken, () => clearToken(host)),
    new FineTuneLens(host.linter),
  );
