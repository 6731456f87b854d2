/** How a wizard asks, without what it asks with: VS Code's pickers in the editor, a script in the tests. */

/** A way of `vscode.l10n.t`, which tests have none of. */
export interface L10n {
  t(message: string, ...values: (string | number)[]): string;
}

export interface Choice {
  /** What is answered; a heading has none. */
  id?: string;
  label: string;
  description?: string;
  detail?: string;
}

export interface Step {
  title: string;
  step: number;
  steps: number;
}

export interface Question extends Step {
  placeholder: string;
  choices: Choice[];
  /** The choice that Enter takes. */
  active?: string | undefined;
  /**
   * Works out what is not known at once. Until it has, the question is busy, and Enter on the default waits for it: the
   * default may change. What it throws ends the question.
   */
  refine?(show: (choices: Choice[], active: string | undefined) => void, signal: AbortSignal): Promise<void>;
}

export interface TextQuestion extends Step {
  value: string;
  /** Stands below the field. */
  prompt: string;
  placeholder?: string;
  /** What is wrong with a value, in words. */
  problem(value: string): string | undefined;
  /** Takes the value, or says what is wrong with it after all. What it throws ends the question. */
  accept?(value: string, signal: AbortSignal): Promise<string | undefined>;
}

export type Answer = { value: string } | "back" | "cancel";

export interface Ask {
  pick(question: Question): Promise<Answer>;
  text(question: TextQuestion): Promise<Answer>;
}

/** @returns whether all was answered; "back" asks the step before again */
export async function walk(steps: readonly (() => Promise<"next" | "back" | "cancel">)[]): Promise<boolean> {
  for (let at = 0; at < steps.length; ) {
    const answer = await steps[at]!();
    if (answer === "cancel") return false;
    at = Math.max(0, answer === "back" ? at - 1 : at + 1);
  }
  return true;
}
