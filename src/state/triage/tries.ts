/**
 * W03: what was being scored when the page died. It is written down in the run before it is scored; after a crash it is scored
 * last and alone, and when the page dies at it again it is left to people.
 */
import type { Run } from '../../sdk/triage/types';

/** Ids in the run's place, with spaces between them. */
const ids = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []);

/** What is shown of an item that the page died at twice. */
export const CRASHED = {
  code: 'worker-died',
  reason:
    'The page stopped twice while this was scored. It is not tried again by itself. Look at it yourself, with other tabs closed.',
} as const;

export class Tries {
  readonly #suspects = new Set<string>();
  readonly #trying = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** `left`: the last session of this run was left on purpose, so what was under way then is no suspect. */
  constructor(
    private readonly run: Pick<Run, 'now' | 'items' | 'item' | 'put' | 'keepPlace'>,
    left: boolean,
  ) {
    const { trying, suspects } = run.now.place ?? {};
    for (const id of ids(suspects)) this.#suspects.add(id);
    const died = left ? [] : ids(trying);
    for (const id of died)
      if (this.#suspects.has(id)) this.#flag(id);
      else this.#suspects.add(id);
    if (died.length > 0 || ids(trying).length > 0) void this.#write();
  }

  suspects(id: string): boolean {
    return this.#suspects.has(id);
  }

  /** Before it is scored. Resolves when it is written down; of what is not an item yet (I14) there is nothing to write. */
  async begin(id: string): Promise<void> {
    if (!this.run.item(id)) return;
    this.#trying.add(id);
    await this.#write();
  }

  /** It was scored, or could not be. */
  over(id: string): void {
    this.#trying.delete(id);
    this.#suspects.delete(id);
  }

  /** Nothing is under way. */
  end(): void {
    this.#trying.clear();
    const { trying, suspects } = this.run.now.place ?? {};
    if (ids(trying).length > 0 || ids(suspects).length !== this.#suspects.size) void this.#write();
  }

  #flag(id: string): void {
    const item = this.run.item(id);
    this.#suspects.delete(id);
    if (item) this.run.put([{ ...item, failed: CRASHED }]);
  }

  /** One at a time: what comes while one is under way waits for the next, which has all of it. */
  #write(): Promise<void> {
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined;
      const place = { trying: [...this.#trying].join(' '), suspects: [...this.#suspects].join(' ') };
      this.#writing = this.run.keepPlace(place);
      return this.#writing;
    });
    return this.#next;
  }
}

/** W08: scores were taken back after they had been shown. */
export const againWords = (count: number): string =>
  count === 1
    ? 'The scores of one item did not hold. It needs review until it is scored again.'
    : `The scores of ${count.toLocaleString('en-GB')} items did not hold. They need review until they are scored again.`;
