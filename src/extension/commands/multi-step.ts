import * as vscode from 'vscode';

class Back extends Error {}
class Stop extends Error {}

export interface PickStep<Item extends vscode.QuickPickItem> {
  title: string;
  placeholder: string;
  items: readonly Item[];
  active?: (item: Item) => boolean;
  /** Turns what was typed into an item of its own, shown above the others. */
  typed?: (value: string) => Item | undefined;
}

export interface InputStep {
  title: string;
  prompt: string;
  placeholder?: string;
  value?: string;
  password?: boolean;
  /** What is wrong with the value; undefined when nothing is. */
  validate?: (value: string) => string | undefined;
}

/** Asks the questions of one step; each has a Back button but the first that was shown. */
export class Asker {
  readonly #total: number;
  readonly #number: number;
  readonly #hasBack: boolean;

  constructor(number: number, total: number, hasBack: boolean) {
    this.#number = number;
    this.#total = total;
    this.#hasBack = hasBack;
  }

  async pick<Item extends vscode.QuickPickItem>(step: PickStep<Item>): Promise<Item> {
    const box = vscode.window.createQuickPick<Item>();
    box.items = step.items;
    const active = step.items.find((item) => step.active?.(item));
    if (active) box.activeItems = [active];
    if (step.typed)
      box.onDidChangeValue((value) => {
        const extra = step.typed?.(value.trim());
        box.items = extra ? [extra, ...step.items] : step.items;
      });
    return this.#show(box, step, () => box.selectedItems[0]);
  }

  async pickMany<Item extends vscode.QuickPickItem>(step: PickStep<Item>): Promise<readonly Item[]> {
    const box = vscode.window.createQuickPick<Item>();
    box.canSelectMany = true;
    box.items = step.items;
    box.selectedItems = step.items.filter((item) => step.active?.(item));
    return this.#show(box, step, () => box.selectedItems);
  }

  async input(step: InputStep): Promise<string> {
    const box = vscode.window.createInputBox();
    box.value = step.value ?? '';
    box.prompt = step.prompt;
    box.password = step.password ?? false;
    const check = () => (box.validationMessage = step.validate?.(box.value));
    box.onDidChangeValue(check);
    return this.#show(box, { ...step, placeholder: step.placeholder ?? '' }, () =>
      check() ? undefined : box.value,
    );
  }

  #show<Box extends vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox, Answer>(
    box: Box,
    { title, placeholder }: { title: string; placeholder: string },
    answer: () => Answer | undefined,
  ): Promise<Answer> {
    box.title = title;
    box.placeholder = placeholder;
    box.step = this.#number;
    box.totalSteps = this.#total;
    // Choosing an interpreter in a file dialog takes the focus away.
    box.ignoreFocusOut = true;
    if (this.#hasBack) box.buttons = [vscode.QuickInputButtons.Back];
    return new Promise<Answer>((resolve, reject) => {
      box.onDidAccept(() => {
        const value = answer();
        if (value !== undefined) resolve(value);
      });
      box.onDidTriggerButton(() => reject(new Back()));
      box.onDidHide(() => reject(new Stop()));
      box.show();
    }).finally(() => box.dispose());
  }
}

/** A step that has nothing to ask says 'skip' and is gone over in both directions. */
export type Step = (ask: Asker) => Promise<void | 'skip'>;

/** Runs the steps in order, and back; false when a person closed one. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const shown: number[] = [];
  for (let at = 0; at < steps.length;) {
    try {
      const result = await steps[at]?.(new Asker(at + 1, steps.length, shown.length > 0));
      if (result !== 'skip') shown.push(at);
      at += 1;
    } catch (error) {
      if (error instanceof Stop) return false;
      if (!(error instanceof Back)) throw error;
      at = shown.pop() ?? 0;
    }
  }
  return true;
}
