/** Asks with VS Code's quick pick and input box. */
import * as vscode from "vscode";
import { TunesmithError } from "../../protocol/errors.ts";
import type { Answer, Ask, Choice, Question, TextQuestion } from "./ask.ts";

interface Item extends vscode.QuickPickItem {
  id: string | undefined;
}

export const pickers: Ask = {
  pick(question) {
    const box = vscode.window.createQuickPick<Item>();
    box.placeholder = question.placeholder;
    box.matchOnDescription = true;
    box.matchOnDetail = true;
    const refinement = new AbortController();
    let suggested = question.active;
    let isRefining = question.refine !== undefined;
    let isWaiting = false;
    const show = (choices: readonly Choice[], active: string | undefined) => {
      // Where somebody has moved or typed, the default is theirs.
      const own = box.activeItems[0]?.id;
      const wanted = own === undefined || own === suggested ? active : own;
      suggested = active;
      box.keepScrollPosition = wanted === own;
      box.items = choices.map(itemOf);
      box.activeItems = box.items.filter(({ id }) => id !== undefined && id === wanted);
      return wanted;
    };
    show(question.choices, question.active);
    box.busy = isRefining;
    return asked(box, question, (finish, fail) => {
      const refine = async () => {
        let wanted = question.active;
        await question.refine?.((choices, active) => {
          wanted = show(choices, active);
        }, refinement.signal);
        isRefining = false;
        box.busy = false;
        if (isWaiting && wanted !== undefined) finish({ value: wanted });
      };
      refine().catch(fail);
      box.onDidAccept(() => {
        const id = box.selectedItems[0]?.id;
        if (id === undefined) return;
        isWaiting = isRefining && id === suggested;
        if (!isWaiting) finish({ value: id });
      });
      return () => refinement.abort(new TunesmithError("cancelled", "the question was answered"));
    });
  },

  text(question) {
    const box = vscode.window.createInputBox();
    box.value = question.value;
    box.prompt = question.prompt;
    box.placeholder = question.placeholder;
    const acceptance = new AbortController();
    const check = () => {
      box.validationMessage = box.value === "" ? undefined : question.problem(box.value);
    };
    check();
    return asked(box, question, (finish, fail) => {
      const accept = async (value: string) => {
        const problem = question.problem(value);
        box.busy = problem === undefined;
        const refusal = problem ?? (await question.accept?.(value, acceptance.signal));
        box.busy = false;
        if (refusal === undefined) finish({ value });
        else if (box.value === value) box.validationMessage = refusal;
      };
      box.onDidChangeValue(check);
      box.onDidAccept(() => void (box.busy || accept(box.value).catch(fail)));
      return () => acceptance.abort(new TunesmithError("cancelled", "the question was answered"));
    });
  },
};

/** Shows a box until it is answered; `begin` gives what ends its work. */
function asked(
  box: vscode.QuickPick<Item> | vscode.InputBox,
  { title, step, steps }: Question | TextQuestion,
  begin: (finish: (answer: Answer) => void, fail: (error: unknown) => void) => () => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    box.title = title;
    box.step = step;
    box.totalSteps = steps;
    box.ignoreFocusOut = true;
    box.buttons = [vscode.QuickInputButtons.Back].filter(() => step > 1);
    let end: () => void = () => {};
    const finish = (answer: Answer) => {
      resolve(answer);
      end();
      box.dispose();
    };
    const fail = (error: unknown) => {
      reject(error);
      end();
      box.dispose();
    };
    box.onDidTriggerButton(() => finish("back"));
    box.onDidHide(() => finish("cancel"));
    end = begin(finish, fail);
    box.show();
  });
}

function itemOf({ id, label, description, detail }: Choice): Item {
  const kind = id === undefined ? vscode.QuickPickItemKind.Separator : vscode.QuickPickItemKind.Default;
  return { id, label, kind, ...(description && { description }), ...(detail && { detail }) };
}
