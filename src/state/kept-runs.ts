/** Runs of triage that this browser keeps, and how many it has deleted: decisions are the one thing nobody can fetch again. */
import type { RunInfo } from '../core/triage/types';
import type { RunsChange } from '../sdk/triage/types';
import type { Winnow } from '../sdk/types';
import type { Keeper } from './storage';
import { Store } from './store';
import type { Triage } from './triage/triage';

export interface KeptRunsState {
  /** Newest first. Absent while nobody has asked. */
  readonly runs?: readonly RunInfo[];
  /** How many with decisions the browser has deleted. */
  readonly lost: number;
}

export interface KeptRunsOptions {
  readonly winnow: Pick<Winnow, 'runs'>;
  readonly keeper: Pick<Keeper, 'kept' | 'keep'>;
  readonly triage: Pick<Triage, 'store'>;
}

export class KeptRuns {
  readonly store = new Store<KeptRunsState>({ lost: 0 });
  readonly #options: KeptRunsOptions;
  #unsubscribe: (() => void) | undefined;
  #asked = 0;

  constructor(options: KeptRunsOptions) {
    this.#options = options;
  }

  /**
   * S08: compares with what was here at the last visit, once that is known to be `readable`. Where there was nothing, nothing
   * is opened for it.
   */
  async start(readable: Promise<boolean>): Promise<void> {
    this.#unsubscribe ??= this.#options.winnow.runs.onChange((change) => this.#heard(change));
    const before = this.#before();
    if (before.length > 0 && (await readable)) await this.miss(before);
  }

  /** S09: runs with decisions that were here and are not, though nobody deleted them. */
  async miss(before = this.#before()): Promise<void> {
    if (!(await this.refresh(false))) return;
    const here = new Set(decided(this.store.get().runs).map(({ id }) => id));
    const lost = before.filter((id) => !here.has(id)).length;
    if (lost > 0) this.store.update((state) => ({ ...state, lost }));
    this.#note();
  }

  /** Reads the list. False when it could not be, or was asked for again meanwhile. */
  async refresh(note = true): Promise<boolean> {
    const asked = ++this.#asked;
    const runs = await this.#options.winnow.runs.list().catch(() => undefined);
    if (!runs || asked !== this.#asked) return false;
    this.store.update((state) => ({ ...state, runs }));
    if (note) this.#note();
    return true;
  }

  /** The run file of a run that is here, or of the one that is open, which may be in memory only. */
  async export(id: string): Promise<Blob> {
    const { screening } = this.#options.triage.store.get();
    if (screening?.run.header.id === id) return screening.export('run');
    const run = await this.#options.winnow.runs.open(id);
    try {
      return await run.export('run');
    } finally {
      await run.close();
    }
  }

  dispose(): void {
    this.#unsubscribe?.();
  }

  #heard(change: RunsChange): void {
    if (change.what === 'list') void this.refresh();
    // Of a run's decisions only the first changes anything here.
    const known = (run: string) => decided(this.store.get().runs).some(({ id }) => id === run);
    if (change.what === 'records' && !known(change.run)) void this.refresh();
  }

  #before(): readonly string[] {
    return this.#options.keeper.kept.runs ?? [];
  }

  #note(): void {
    const runs = decided(this.store.get().runs).map(({ id }) => id);
    if (runs.join() !== this.#before().join()) this.#options.keeper.keep({ runs });
  }
}

/** Those that somebody decided something in. */
export function decided(runs: readonly RunInfo[] = []): readonly RunInfo[] {
  return runs.filter(({ tail }) => tail.seq > 0);
}
