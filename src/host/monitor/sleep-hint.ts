/** Said once, of the first long run: a machine that sleeps does not train. */
import * as vscode from "vscode";
import { duration } from "../../evaluate/figures.ts";
import type { Host } from "../host.ts";
import type { KnownRun } from "../runs/store.ts";

/** Computers go to sleep after a quarter of an hour or so. */
const longSeconds = 15 * 60;
const saidKey = "sleepHintSaid";

export function hintAtSleep(host: Host): vscode.Disposable {
  const { globalState } = host.context;
  host.onRuns((store) => {
    const look = ({ info }: KnownRun) => {
      if (info.secondsLeft === null || info.secondsLeft < longSeconds) return;
      store.off("events", look);
      if (globalState.get(saidKey)) return;
      void globalState.update(saidKey, true);
      const message = vscode.l10n.t(
        "“{0}” takes about {1} more. While the machine sleeps, training stands still; it goes on by itself afterwards. Plug it in and keep it awake to be done sooner.",
        info.name,
        duration(info.secondsLeft),
      );
      void vscode.window.showInformationMessage(message);
    };
    store.on("events", look);
  });
  return { dispose() {} };
}
