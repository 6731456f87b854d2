/**
 * Tasks that run a recipe, for tasks.json and "Run Task". Each is the command line's `tune` as a process in VS Code's
 * terminal: it follows the run, Ctrl-C pauses it, and its exit code is the task's. A terminal of our own would have to do
 * all that again. The run itself is a job that outlives both.
 */
import { basename, dirname, join, resolve } from "node:path";
import * as vscode from "vscode";
import { runsFolder } from "../runs/layout.ts";
import { recipeSuffix, taskType } from "./contributions.ts";
import { showError } from "./dialogs.ts";
import type { Feature, Host } from "./host.ts";
import { workspaceFiles } from "./workspace-files.ts";

export const tasks: Feature = (host) =>
  vscode.Disposable.from(
    vscode.tasks.registerTaskProvider(taskType, {
      async provideTasks() {
        const recipes = await workspaceFiles(`**/*${recipeSuffix}`, 100);
        const found = await Promise.all(
          recipes.map((uri) => {
            const folder = vscode.workspace.getWorkspaceFolder(uri);
            const recipe = vscode.workspace.asRelativePath(uri, false);
            return folder && taskOf(host, { type: taskType, recipe }, folder);
          }),
        );
        return found.filter((task) => task !== undefined);
      },
      resolveTask({ definition, scope }) {
        const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
        // The very definition: VS Code finds the resolved task by it.
        return folder && taskOf(host, definition, folder);
      },
    }),
    vscode.tasks.onDidStartTaskProcess(({ execution: { task } }) => {
      if (task.definition.type !== taskType || typeof task.scope !== "object") return;
      const recipe = recipeOf(task.definition, task.scope);
      void host.addRunsFolder(join(dirname(recipe), runsFolder)).catch((error) => showError(host, error));
    }),
  );

/** Undefined where nothing can be trained. */
async function taskOf(
  host: Host,
  definition: vscode.TaskDefinition,
  folder: vscode.WorkspaceFolder,
): Promise<vscode.Task | undefined> {
  if (!vscode.workspace.isTrusted || typeof definition.recipe !== "string") return undefined;
  try {
    const { node, session } = await host.program();
    const program = [join(dirname(session), "cli.js"), "tune", recipeOf(definition, folder)];
    // VS Code's own Node is Electron, which is one only when told so.
    const options = { cwd: folder.uri.fsPath, env: { ELECTRON_RUN_AS_NODE: "1" } };
    const execution = new vscode.ProcessExecution(node, program, options);
    return new vscode.Task(
      definition,
      folder,
      basename(definition.recipe, recipeSuffix),
      "Tunesmith",
      execution,
    );
  } catch (error) {
    host.log.warn(`no tasks: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function recipeOf({ recipe }: vscode.TaskDefinition, folder: vscode.WorkspaceFolder): string {
  return resolve(folder.uri.fsPath, String(recipe));
}
