/** Models on their way in and out: what was picked, how far it is, why it failed. */
import type { ModelCard } from '../catalog/card';
import type { Precision } from '../core/policy/types';
import type { Progress } from '../rpc/contract';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Installing, InstallSource } from '../sdk/types';
import { stateWords } from '../sdk/words';
import type { Announcer } from './announce';
import { BrokenOff } from './broken-off';
import type { Online } from './online';
import { Pace } from './pace';
import { type PickedFile, pickedFor } from './picking';
import type { SourceKind, Sources } from './sources';
import { Store } from './store';

export interface InstallJob {
  readonly card: ModelCard;
  readonly doing: 'install' | 'repair' | 'remove' | 'discard';
  readonly state: 'running' | 'cancelling' | 'failed';
  /** Where its files come from; of an installation. */
  readonly from?: SourceKind;
  readonly files: readonly PickedFile[];
  readonly precision?: Precision;
  readonly progress?: Progress;
  /** Of the present phase. */
  readonly secondsLeft?: number;
  readonly rate?: number;
  readonly error?: SerializedError;
  /** It failed for want of a network, and goes on when there is one. */
  readonly goesOn?: true;
}

export interface InstallsState {
  /** By model id. */
  readonly jobs: ReadonlyMap<string, InstallJob>;
  /** Files that were given for a model and wait for the rest, by model id. */
  readonly picked: ReadonlyMap<string, readonly PickedFile[]>;
  /** The flavour somebody chose, by model id; the card's default otherwise. */
  readonly precision: ReadonlyMap<string, Precision>;
  /** What is made where nobody chose, as far as it was asked for. */
  readonly usual: ReadonlyMap<string, Precision>;
}

export interface InstallsOptions {
  readonly winnow: Pick<Installing, 'install' | 'repair' | 'remove' | 'removeDownloads'> &
    Partial<Pick<Installing, 'usualPrecision'>>;
  readonly announcer: Pick<Announcer, 'say' | 'alarm'>;
  readonly sources: Pick<Sources, 'began' | 'ended' | 'failed' | 'store'>;
  /** Reads the list of models again; awaited before a job leaves, so that no row shows two states. */
  readonly refresh: () => Promise<void>;
  readonly online: Pick<Online, 'store'>;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

export class Installs {
  readonly store = new Store<InstallsState>({
    ...{ jobs: new Map(), picked: new Map(), precision: new Map(), usual: new Map() },
  });
  readonly #options: InstallsOptions;
  readonly #running = new Map<string, AbortController>();
  readonly #brokenOff: BrokenOff;

  constructor(options: InstallsOptions) {
    this.#options = options;
    this.#brokenOff = new BrokenOff(options.online.store);
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

  /** Finds out what is made where nobody chooses: it depends on the machine. */
  async learn(card: ModelCard): Promise<void> {
    if (this.store.get().usual.has(card.id)) return;
    this.#set('usual', card.id, await this.#options.winnow.usualPrecision?.(card).catch(() => undefined));
  }

  prefer(id: string, precision: Precision | undefined): void {
    this.#set('precision', id, precision);
  }

  /** Installs from exactly these files. What goes wrong is shown in the model's row, never thrown. */
  start(card: ModelCard, files: readonly PickedFile[]): Promise<boolean> {
    return this.install(card, { kind: 'files', files: files.map(({ file }) => file) }, { files });
  }

  /** Installs from a source. `files`: as they were picked, where they are from this machine. */
  async install(
    card: ModelCard,
    source: InstallSource,
    { files = [], accept = false }: { files?: readonly PickedFile[]; accept?: boolean } = {},
  ): Promise<boolean> {
    // What a site offers prepared has the flavour it was prepared in.
    const precision = source.kind === 'bundle' ? undefined : this.store.get().precision.get(card.id);
    const more = precision && { precision };
    const job: InstallJob = { card, doing: 'install', state: 'running', from: source.kind, files, ...more };
    if (this.#running.has(card.id)) return false;
    this.drop(card.id);
    this.#options.sources.began(card.id, source);
    const work: Work = async (signal, onProgress) => {
      // Beside a source: what it does not have.
      const given = source.kind !== 'files' && files.length > 0 && { files: files.map(({ file }) => file) };
      await this.#options.winnow.install(card, {
        ...{ source, ...given, signal, onProgress, ...more },
        ...(accept && { acceptChanged: true }),
      });
    };
    const again = () => void this.install(card, source, { files, accept });
    const installed = await this.#run(job, `${card.name} is installed.`, work, again);
    if (installed) this.#options.sources.ended(card.id);
    return installed;
  }

  /** Gets a damaged model again from where it came from. */
  repair(card: ModelCard, from: SourceKind = 'hub'): Promise<boolean> {
    const job: InstallJob = { card, doing: 'repair', state: 'running', from, files: [] };
    const { token } = this.#options.sources.store.get();
    const work: Work = async (signal, onProgress) => {
      await this.#options.winnow.repair(card.id, { ...(token !== '' && { token }), signal, onProgress });
    };
    return this.#run(job, `${card.name} is repaired.`, work, () => void this.repair(card, from));
  }

  /** Deletes an installed model and all that was kept for it. */
  remove(card: ModelCard): Promise<boolean> {
    const job: InstallJob = { card, doing: 'remove', state: 'running', files: [] };
    return this.#run(job, `${card.name} is deleted.`, () => this.#options.winnow.remove(card.id));
  }

  /** Deletes what an interrupted download left. */
  async discard(card: ModelCard): Promise<boolean> {
    const job: InstallJob = { card, doing: 'discard', state: 'running', files: [] };
    const done = await this.#run(job, `What arrived of ${card.name} is deleted.`, () =>
      this.#options.winnow.removeDownloads(card.id),
    );
    if (done) this.#options.sources.ended(card.id);
    return done;
  }

  cancel(id: string): void {
    const job = this.store.get().jobs.get(id);
    if (job?.state !== 'running' || !cancels(job)) return;
    this.#set('jobs', id, { ...job, state: 'cancelling' });
    this.#running.get(id)?.abort();
  }

  /** Takes a failure off the screen. */
  dismiss(id: string): void {
    if (this.store.get().jobs.get(id)?.state !== 'failed') return;
    this.#brokenOff.drop(id);
    this.#set('jobs', id, undefined);
  }

  dispose(): void {
    this.#brokenOff.dispose();
    for (const controller of this.#running.values()) controller.abort();
  }

  /** `again`: what goes on with it, where the network broke it off. */
  async #run(job: InstallJob, done: string, work: Work, again?: () => void): Promise<boolean> {
    const { card } = job;
    if (this.#running.has(card.id)) return false;
    this.#brokenOff.drop(card.id);
    const controller = new AbortController();
    this.#running.set(card.id, controller);
    this.#set('jobs', card.id, job);
    const pace = new Pace();
    const teller = new Teller(card.name, this.#options.announcer);
    try {
      await work(controller.signal, (progress) => {
        teller.hear(progress);
        this.#progress(card.id, progress, pace);
      });
      await this.#options.refresh();
      this.#set('jobs', card.id, undefined);
      this.#brokenOff.forget(card.id);
      this.#options.announcer.say(done);
      return true;
    } catch (thrown) {
      this.#failed(job, thrown, again);
      return false;
    } finally {
      this.#running.delete(card.id);
    }
  }

  #failed(job: InstallJob, thrown: unknown, again?: () => void): void {
    const error = toWinnowError(thrown);
    const { card, doing } = job;
    if (error.kind === 'cancelled') {
      this.#set('jobs', card.id, undefined);
      const fetched = doing === 'repair' || (job.from ?? 'files') !== 'files';
      const rest = fetched ? 'What has arrived is kept.' : 'Nothing of it was kept.';
      this.#options.announcer.say(`${card.name}: cancelled. ${rest}`);
      return;
    }
    const { phase, done = 0 } = this.store.get().jobs.get(card.id)?.progress ?? {};
    const broken = again && error.code === 'offline' && phase === 'download' && done > 0;
    const goesOn = broken && this.#brokenOff.add(card.id, done, again) && { goesOn: true as const };
    this.#set('jobs', card.id, { ...job, state: 'failed', error: error.serialize(), ...goesOn });
    if (doing === 'install') this.#options.sources.failed(card.id, error.serialize());
    this.#options.announcer.alarm(`${card.name} ${NOT_DONE[doing]}. ${error.message}`);
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

type Work = (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<void>;

/** Whether somebody may withdraw it: what deletes is over before they could. */
export function cancels({ doing }: Pick<InstallJob, 'doing'>): boolean {
  return doing === 'install' || doing === 'repair';
}

const NOT_DONE = {
  install: 'was not installed',
  repair: 'was not repaired',
  remove: 'was not deleted',
  discard: 'was not discarded',
} as const;

const PHASES = { download: 'downloading', prepare: 'preparing', check: 'checking' } as const;

/** Says each phase, each quarter of a download, and what holds it up; the announcer keeps them apart in time. */
class Teller {
  #phase: Progress['phase'] | undefined;
  #quarter = 0;
  #held: string | undefined;

  constructor(
    private readonly name: string,
    private readonly announcer: Pick<Announcer, 'say'>,
  ) {}

  hear({ phase, done, total, state }: Progress): void {
    const quarter = phase === 'download' && total > 0 ? Math.floor((4 * done) / total) : 0;
    if (phase !== this.#phase) this.announcer.say(`${this.name}: ${PHASES[phase]}.`);
    else if (quarter > this.#quarter && quarter < 4)
      this.announcer.say(`${this.name}: ${quarter * 25} percent downloaded.`);
    this.#phase = phase;
    this.#quarter = Math.max(quarter, phase === 'download' ? this.#quarter : 0);
    // Its count of seconds changes every second; what it waits for does not.
    if (state && state.kind !== this.#held && state.kind !== 'verifying')
      this.announcer.say(`${this.name}: ${stateWords(state)}.`);
    this.#held = state?.kind;
  }
}
