/** What can be taken back, newest last, and the one message that offers it. */
import { Store } from './store';

export interface Undoable {
  readonly id: number;
  /** What happened, as the toast says it: "3 pictures removed." */
  readonly label: string;
  readonly undo: () => void;
}

/** Deep enough for a slip noticed late; each entry may hold on to removed pictures. */
const DEPTH = 20;

export class Undo {
  /** The message on screen. It outlives nothing but the next action or its dismissal. */
  readonly toast = new Store<Undoable | undefined>(undefined);
  #stack: Undoable[] = [];
  #next = 1;

  push(label: string, undo: () => void): void {
    const entry = { id: this.#next++, label, undo };
    this.#stack = [...this.#stack, entry].slice(-DEPTH);
    this.toast.set(entry);
  }

  /** Takes the newest action back; false when there is none. */
  undo(): boolean {
    const entry = this.#stack.pop();
    if (!entry) return false;
    this.toast.set(undefined);
    entry.undo();
    return true;
  }

  dismiss(): void {
    this.toast.set(undefined);
  }
}
