/** Models on their way in and out: what was picked, how far it is, why it failed. */
import type { ModelCard } from '../catalog/card';
import type { Precision } from '../core/policy/types';
import type { Progress } from '../rpc/contract';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Installing } from '../sdk/types';
import type { Announcer } from './announce';
import { Pace } from './pace';
import { type PickedFile, pickedFor } from './picking';
import { Store } from './store';

export interface InstallJob {
  readonly card: ModelCard;
  readonly doing: 'install' | 'remove';
  readonly state: 'running' | 'cancelling' | 'failed';
  readonly files: readonly PickedFile[];
  readonly precision?: Precision;
  readonly progress?: Progress;
  /** Of the present phase. */
  readonly secondsLeft?: number;
  readonly rate?: number;
  readonly error?: SerializedError;
}

export interface InstallsState {
  /** By model id. */
  readonly jobs: ReadonlyMap<string, InstallJob>;
  /** Files that were given for a model and wait for the rest, by model id. */
  readonly picked: ReadonlyMap<string, readonly PickedFile[]>;
  /** The flavour somebody chose, by model id; the card's default otherwise. */
  readonly precision: ReadonlyMap<string, Precision>;
}

export interface InstallsOptions {
  readonly winnow: Pick<Installing, 'install' | 'remove'>;
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
  /** Reads the list of models again; awaited before a job leaves, so that no row shows two states. */
  readonly refresh: () => Promise<void>;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

export class Installs {
  readonly store = new Store<InstallsState>({ jobs: new Map(), picked: new Map(), precision: new Map() });
  readonly #options: InstallsOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: InstallsOptions) {
    this.#options = options;
  }

  /** Adds files to those picked for a card, and starts once every file the card needs is there. */
  give(card: ModelCard, files: readonly PickedFile[]): void {
    if (this.#running.has(card.id) || files.length === 0) return;
    this.dismiss(card.id);
    const before = this.store.get().picked.get(card.id) ?? [];
    const again = new Set(files.map(({ path }) => path));
    const picked = [...before.filter(({ path }) => !again.has(path)), ...files];
    this.#set('picked', card.id, picked);
    const chosen = pickedFor(card, picked);
    if (chosen.full) void this.start(card, chosen.use);
  }

  /** Forgets what was picked. */
  drop(id: string): void {
    this.#set('picked', id, undefined);
  }

  prefer(id: string, precision: Precision | undefined): void {
    this.#set('precision', id, precision);
  }

  /** Installs from exactly these files. What goes wrong is shown in the model's row, never thrown. */
  async start(card: ModelCard, files: readonly PickedFile[]): Promise<boolean> {
    if (this.#running.has(card.id)) return false;
    const precision = this.store.get().precision.get(card.id);
    const job: InstallJob = {
      card,
      doing: 'install',
      state: 'running',
      files,
      ...(precision && { precision }),
    };
    this.drop(card.id);
    const pace = new Pace();
    let phase: Progress['phase'] | undefined;
    return this.#run(job, `${card.name} is installed.`, async (signal) => {
      await this.#options.winnow.install(card, {
        files: files.map(({ file }) => file),
        signal,
        ...(precision && { precision }),
        onProgress: (progress) => {
          if (phase !== progress.phase) this.#tell(card, progress.phase);
          phase = progress.phase;
          this.#progress(card.id, progress, pace);
        },
      });
    });
  }

  /** Deletes an installed model and all that was kept for it. */
  async remove(card: ModelCard): Promise<boolean> {
    const job: InstallJob = { card, doing: 'remove', state: 'running', files: [] };
    return this.#run(job, `${card.name} is deleted.`, () => this.#options.winnow.remove(card.id));
  }

  cancel(id: string): void {
    const job = this.store.get().jobs.get(id);
    if (job?.state !== 'running' || job.doing !== 'install') return;
    this.#set('jobs', id, { ...job, state: 'cancelling' });
    this.#running.get(id)?.abort();
  }

  /** Takes a failure off the screen. */
  dismiss(id: string): void {
    if (this.store.get().jobs.get(id)?.state === 'failed') this.#set('jobs', id, undefined);
  }

  dispose(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  async #run(job: InstallJob, done: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { id } = job.card;
    if (this.#running.has(id)) return false;
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#set('jobs', id, job);
    try {
      await work(controller.signal);
      await this.#options.refresh();
      this.#set('jobs', id, undefined);
      this.#options.announcer.say(done);
      return true;
    } catch (thrown) {
      this.#failed(job, thrown);
      return false;
    } finally {
      this.#running.delete(id);
    }
  }

  #failed({ progress: _, ...job }: InstallJob, thrown: unknown): void {
    const error = toWinnowError(thrown);
    const { card, doing } = job;
    if (error.kind === 'cancelled') {
      this.#set('jobs', card.id, undefined);
      this.#options.announcer.say(`${card.name}: cancelled. Nothing of it was kept.`);
      return;
    }
    this.#set('jobs', card.id, { ...job, state: 'failed', error: error.serialize() });
    const what = doing === 'install' ? 'was not installed' : 'was not deleted';
    this.#options.announcer.alarm(`${card.name} ${what}. ${error.message}`);
  }

  #progress(id: string, progress: Progress, pace: Pace): void {
    const job = this.store.get().jobs.get(id);
    if (!job || !this.#running.has(id)) return;
    pace.add(progress.done, this.#options.now?.() ?? performance.now());
    const secondsLeft = pace.secondsLeft(progress.total);
    const rate = pace.rate();
    const { secondsLeft: _, rate: __, ...rest } = job;
    this.#set('jobs', id, {
      ...rest,
      progress,
      ...(secondsLeft !== undefined && { secondsLeft }),
      ...(rate !== undefined && { rate }),
    });
  }

  #tell(card: ModelCard, phase: Progress['phase']): void {
    const words = { download: 'downloading', prepare: 'preparing', check: 'checking' };
    this.#options.announcer.say(`${card.name}: ${words[phase]}.`);
  }

  #set<Key extends keyof InstallsState>(
    key: Key,
    id: string,
    value: InstallsState[Key] extends ReadonlyMap<string, infer Value> ? Value | undefined : never,
  ): void {
    this.store.update((state) => {
      const next = new Map<string, unknown>(state[key]);
      if (value === undefined) next.delete(id);
      else next.set(id, value);
      return { ...state, [key]: next };
    });
  }
}
