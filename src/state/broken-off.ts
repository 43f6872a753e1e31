/** Downloads that the network broke off in this page: when it is back they go on by themselves. */
import type { Readable } from './store';

/** How often one goes on without getting any further than it was: a line that comes and goes is not asked for ever. */
const MOST_IN_VAIN = 3;

export class BrokenOff {
  readonly #waiting = new Map<string, () => void>();
  /** How far each was, and how often it broke off there. */
  readonly #before = new Map<string, { readonly bytes: number; readonly times: number }>();
  readonly dispose: () => void;

  /** `online`: false when the browser is sure that there is no network. */
  constructor(online: Readable<boolean>) {
    this.dispose = online.subscribe(() => {
      if (!online.get()) return;
      const all = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const goOn of all) goOn();
    });
  }

  /** Takes one that broke off after so many bytes; whether it will go on. */
  add(id: string, bytes: number, goOn: () => void): boolean {
    const last = this.#before.get(id);
    const times = last && bytes <= last.bytes ? last.times + 1 : 1;
    this.#before.set(id, { bytes, times });
    if (times > MOST_IN_VAIN) return false;
    this.#waiting.set(id, goOn);
    return true;
  }

  /** Somebody has decided about it. */
  drop(id: string): void {
    this.#waiting.delete(id);
  }

  /** It has ended well. */
  forget(id: string): void {
    this.drop(id);
    this.#before.delete(id);
  }
}
