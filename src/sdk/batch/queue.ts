/** Whose turn it is: as added, but for those that were asked for. */

/** Places at the front that are empty before they are cut off. */
const SLACK = 1024;

export class Queue<T extends { readonly id: string }> {
  private readonly waiting = new Map<string, T>();
  private added: (T | undefined)[] = [];
  private head = 0;
  /** Ids that go before the others; some may have gone meanwhile. */
  private first: string[] = [];

  get size(): number {
    return this.waiting.size;
  }

  /** One that waits. */
  get(id: string): T | undefined {
    return this.waiting.get(id);
  }

  add(item: T): void {
    this.waiting.set(item.id, item);
    this.added.push(item);
  }

  /** Puts back what was taken, before all others. */
  back(item: T): void {
    this.waiting.set(item.id, item);
    this.first.unshift(item.id);
  }

  /** These before all others, in this order. */
  next(ids: readonly string[]): void {
    this.first = [...new Set([...ids, ...this.first])].filter((id) => this.waiting.has(id));
  }

  take(): T | undefined {
    for (let id = this.first.shift(); id !== undefined; id = this.first.shift()) {
      const item = this.waiting.get(id);
      if (item && this.waiting.delete(id)) return item;
    }
    while (this.head < this.added.length) {
      const item = this.added[this.head]!;
      this.added[this.head++] = undefined;
      if (this.head > SLACK && this.head * 2 > this.added.length) {
        this.added = this.added.slice(this.head);
        this.head = 0;
      }
      // Taken out of turn, and perhaps added or put back again since: another object, or none.
      if (this.waiting.get(item.id) === item && this.waiting.delete(item.id)) return item;
    }
    return undefined;
  }

  clear(): void {
    this.waiting.clear();
    this.added = [];
    this.head = 0;
    this.first = [];
  }
}
