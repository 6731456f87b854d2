/** The run that the tree has selected, for the view below it and for commands without an argument. */
import * as vscode from "vscode";

export class Selection {
  run: string | null = null;
  readonly #changed = new vscode.EventEmitter<string | null>();
  readonly onChange = this.#changed.event;

  set(run: string | null): void {
    if (run === this.run) return;
    this.run = run;
    this.#changed.fire(run);
  }
}
