/** Whether a run was left on purpose (its tab was closed or loaded again) or its page died: told by what only the former can write. */
import type { KeyValue } from '../storage';

const KEY = 'winnow.triage.left';

export class Left {
  constructor(private readonly open: () => KeyValue | undefined) {}

  /** When the page goes: synchronously, because nothing else gets through then. */
  say(run: string): void {
    this.#try((storage) => storage.setItem(KEY, run));
  }

  /** Whether this run was left so; asked once. */
  take(run: string): boolean {
    return (
      this.#try((storage) => {
        const left = storage.getItem(KEY) === run;
        storage.removeItem(KEY);
        return left;
      }) ?? false
    );
  }

  #try<T>(action: (storage: KeyValue) => T): T | undefined {
    try {
      const storage = this.open();
      return storage && action(storage);
    } catch {
      // Denied: a reload counts as a crash, and what was under way is scored alone.
      return undefined;
    }
  }
}
