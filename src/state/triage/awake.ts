/** T05: browsers do not freeze a page in the background that holds a lock. Held as long as something is judged. */
export class Awake {
  #release: (() => void) | undefined;

  constructor(
    private readonly name: string,
    private readonly locks: Pick<LockManager, 'request'> | undefined = globalThis.navigator?.locks,
  ) {}

  hold(on: boolean): void {
    if (!on) {
      this.#release?.();
      this.#release = undefined;
      return;
    }
    if (this.#release || !this.locks) return;
    const over = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    // Shared: two tabs may judge at the same time. Where locks are denied, it goes on without.
    Promise.resolve(this.locks.request(this.name, { mode: 'shared' }, () => over)).catch(() => {});
  }
}
