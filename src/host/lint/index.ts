/** The linter in the editor: squiggles and fixes as you type, and everything else that a dataset can be asked. */
import * as vscode from "vscode";
import { commands, panels, settings } from "../contributions.ts";
import { command } from "../dialogs.ts";
import type { Feature } from "../host.ts";
import { fileOfState } from "../webview.ts";
import { registerCodeActions } from "./code-actions.ts";
import { registerLanguage } from "./language.ts";
import { DatasetLens } from "./lens.ts";
import { LintStatus } from "./status-bar.ts";
import { watchSettings } from "./watching.ts";

export const lint: Feature = (host) => {
  const { linter } = host;
  const isOn = () => vscode.workspace.getConfiguration().get(settings.lint, true);
  /** Each is loaded with its first use. */
  const lazy = <T>(
    id: (typeof commands)[keyof typeof commands],
    load: () => Promise<T>,
    run: (loaded: T, given: never[]) => unknown,
  ) => command(host, id, async (...given: never[]) => run(await load(), given));
  const actions = () => import("./actions.ts");
  const proposal = () => import("./proposal.ts");
  const transform = () => import("./transform.ts");
  const pages = () => import("./pages.ts");
  /** A page that was open when the window was loaded again. */
  const restored = (id: string, restore: (file: vscode.Uri, page: vscode.WebviewPanel) => Promise<void>) =>
    vscode.window.registerWebviewPanelSerializer(id, {
      deserializeWebviewPanel: async (page, state: unknown) => {
        const file = fileOfState(state);
        if (file === undefined) page.dispose();
        else await restore(file, page);
      },
    });
  if (isOn()) linter.start();
  return vscode.Disposable.from(
    registerLanguage(linter),
    registerCodeActions(linter),
    new DatasetLens(linter),
    new LintStatus(linter),
    watchSettings(linter),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.lint)) return;
      if (isOn()) linter.start();
      else linter.stop();
    }),
    lazy(commands.datasetMenu, actions, ({ datasetMenu }) => datasetMenu(linter)),
    lazy(commands.treatAsDataset, actions, ({ treatAsDataset }, [uri]) => treatAsDataset(linter, uri)),
    lazy(commands.lintFile, actions, ({ lintFile }, [uri]) => lintFile(linter, uri)),
    lazy(commands.fixAllSafe, actions, ({ fixAllSafe }, [uri]) => fixAllSafe(linter, uri)),
    lazy(commands.previewFixes, actions, ({ previewFixes }, [uri]) => previewFixes(linter, uri)),
    lazy(commands.applyProposal, proposal, ({ applyProposal }, [uri]) => applyProposal(uri)),
    lazy(commands.suppressProblem, actions, ({ suppress }, [uri, rule, range]) =>
      suppress(linter, uri!, rule!, range!),
    ),
    lazy(commands.explainRule, actions, ({ explainRule }, [rule]) => explainRule(host, rule)),
    lazy(
      commands.chooseColumns,
      () => import("./columns.ts"),
      ({ chooseColumns }, [uri]) => chooseColumns(linter, uri),
    ),
    lazy(commands.goToRow, actions, ({ goToRow }) => goToRow(linter)),
    lazy(commands.convertDataset, transform, ({ convert }, [uri]) => convert(linter, uri)),
    lazy(commands.splitDataset, transform, ({ split }, [uri]) => split(linter, uri)),
    lazy(commands.dedupeDataset, transform, ({ dedupe }, [uri]) => dedupe(linter, uri)),
    lazy(commands.shuffleDataset, transform, ({ shuffle }, [uri]) => shuffle(linter, uri)),
    lazy(commands.mergeDatasets, transform, ({ merge }, [uri, uris]) => merge(linter, uri, uris)),
    lazy(commands.previewRow, pages, ({ showPreview }, [uri]) => showPreview(host, linter, uri)),
    lazy(commands.showStatistics, pages, ({ showStatistics }, [uri]) => showStatistics(host, linter, uri)),
    lazy(commands.showOutlook, pages, ({ showOutlook }, [uri]) => showOutlook(host, linter, uri)),
    restored(panels.preview, async (uri, page) => (await pages()).restorePreview(host, linter, page, uri)),
    restored(panels.statistics, async (uri, page) =>
      (await pages()).restoreStatistics(host, linter, page, uri),
    ),
  );
};
