/** The triage screen's state: what can be gone on with, and the run that is open. */
import { type SerializedError, toWinnowError } from '../../sdk/errors';
import { type Seized, seize } from '../../sdk/input-sources';
import type { GatherInput, TableColumns, TableLook } from '../../sdk/input-types';
import { displayName } from '../../sdk/names';
import type { Run, RunsChange } from '../../sdk/triage/types';
import type { Winnow } from '../../sdk/types';
import { Store } from '../store';
import { Drops, guessed, type UsedTable } from './drops';
import { leftOutWords } from './left-out';
import { Listed } from './listed';
import { named } from './naming';
import { Panels } from './panels';
import { followPlace, restorePlace } from './place';
import { otherModels, runModelOf, thresholdsOf } from './run-model';
import { Screening } from './screening';
import { SecondPass } from './second-pass';
import { TakingBack } from './taken-back';
import type { TriageOptions, TriageState } from './triage-state';
import { Unlisted } from './unlisted';

export type { Asking, TriageOptions, TriageState } from './triage-state';

/** No second pass, no names kept, no labels until somebody says otherwise. */
const SETTINGS = { keepNames: false, labels: [], secondPass: { percent: 0, seed: 1 } } as const;

export class Triage {
  readonly store = new Store<TriageState>({ phase: 'empty', earlier: [], kept: [], tables: [] });
  readonly panels = new Panels();
  readonly listed = new Listed();
  /** Of the run that is open. */
  second: SecondPass | undefined;
  #unlisted: Unlisted | undefined;
  readonly #options: TriageOptions;
  #unsubscribe: (() => void) | undefined;
  #drops = new Drops();
  #unfollow: () => void = () => {};
  readonly #taking: TakingBack;
  /** Stops what is being begun. */
  #starting: AbortController | undefined;

  constructor(options: TriageOptions) {
    this.#options = options;
    this.#taking = new TakingBack(options.winnow, () => this.store.get().screening);
  }

  /** When the screen is first shown. */
  async visit(): Promise<void> {
    this.#unsubscribe ??= this.#options.winnow.runs.onChange((change) => this.#heard(change));
    await this.#list();
  }

  /**
   * Takes in what was dropped or chosen: into the run that is open, else a new one. Call it while the drop's event lasts.
   * Resolves when everything is listed.
   */
  async add(input: GatherInput): Promise<void> {
    // Now: once the event is over the browser shows nothing of what was dropped.
    const seized = seize(input);
    const { phase, screening } = this.store.get();
    if (phase === 'starting') return;
    const stop = new AbortController();
    this.#starting = stop;
    const open = screening ?? (await this.#create(seized.sources.length));
    if (!open) return;
    if (stop.signal.aborted) return this.#discard();
    this.#drops.add(seized);
    await this.#take(open, seized, stop);
  }

  /** *Stop*, while a run is being begun or its files are being listed and judged. */
  stop(): void {
    this.#starting?.abort();
    this.store.get().screening?.stop();
  }

  /** Something of this tab's drops can be listed again. */
  get canGoOn(): boolean {
    return this.#drops.any;
  }

  /** *Go on*, after Stop: lists everything again, and judges what has no scores. */
  async goOn(): Promise<void> {
    const { screening } = this.store.get();
    if (!screening?.idle || !this.#drops.any) return;
    await this.#take(screening, this.#drops.all(), new AbortController());
  }

  /** *Change column*: asks, and reads the table anew, in a run that takes the place of this one. Only while nothing is decided. */
  async changeColumns({ name, look, columns }: UsedTable): Promise<void> {
    const { screening } = this.store.get();
    if (!screening || screening.run.journal.seq > 0) return;
    const chosen = await this.#ask(name, look, columns);
    if (!chosen || JSON.stringify(chosen) === JSON.stringify(columns)) return;
    if (this.store.get().screening !== screening || screening.run.journal.seq > 0) return;
    const drops = this.#drops;
    const { models, thresholds, settings, name: run } = screening.run.now;
    const { id } = screening.run.header;
    let made: Run;
    try {
      made = await this.#options.winnow.runs.create({ name: run, models, thresholds, settings });
    } catch (thrown) {
      return this.#failed(thrown);
    }
    await this.close();
    await this.remove(id);
    const open = await this.#start(async () => made);
    if (!open) return;
    drops.use(name, look, chosen);
    this.#drops = drops;
    await this.#take(open, drops.all(), new AbortController());
  }

  /** An earlier run, as it was left, or as `look` asks (`view-query`). Its files are asked for again. */
  async open(id: string, look?: string): Promise<void> {
    const { phase, screening: before } = this.store.get();
    if (phase === 'starting' || before?.run.header.id === id) return;
    await this.close();
    const screening = await this.#start(() => this.#taking.open(id));
    if (!screening) return;
    const { decided, open } = screening.store.get();
    restorePlace(screening, look);
    this.#options.announcer.say(`Picked up where it was left: ${decided} decided, ${open} open.`);
    const kept = await this.#options.winnow.keptInputs(id).catch(() => []);
    this.store.update((state) => ({ ...state, kept }));
  }

  /** *Find the files again*: asks for the folders that are known. From a click. False where they have to be chosen. */
  async findAgain(): Promise<boolean> {
    const { kept, screening } = this.store.get();
    const granted = await Promise.all(kept.map((one) => one.ask().catch(() => false)));
    const handles = kept.filter((_, at) => granted[at]).map(({ handle }) => handle);
    if (handles.length === 0 || !screening) return false;
    void this.add(handles);
    return true;
  }

  async import(file: Blob): Promise<void> {
    try {
      const { id } = await this.#options.winnow.runs.import(file);
      await this.open(id);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  /** Back to the empty screen; the run stays among the earlier ones. */
  async close(): Promise<void> {
    const { screening } = this.store.get();
    if (!screening) return;
    this.store.get().asking?.answer(undefined);
    this.panels.close();
    this.#drops = new Drops();
    this.#unfollow();
    this.second?.dispose();
    this.second = undefined;
    this.store.update(({ earlier }) => ({ phase: 'empty', earlier, kept: [], tables: [] }));
    await screening.dispose();
    await this.#list();
  }

  async remove(id: string): Promise<void> {
    try {
      await this.#options.winnow.runs.remove(id);
      await this.#options.winnow.forgetInputs(id).catch(() => {});
    } catch (thrown) {
      this.#failed(thrown);
    }
    await this.#list();
  }

  readonly hush = () => this.store.update(({ error: _, ...rest }) => rest);

  /** What was kept may have been deleted, or this page have stood still. */
  readonly refresh = () => this.store.get().screening?.refresh();

  dispose(): void {
    this.#unsubscribe?.();
    this.#taking.dispose();
    this.#unfollow();
    void this.store.get().screening?.dispose();
  }

  /** Lists and judges; resolves when everything is listed. */
  async #take(open: Screening, seized: Seized, stop: AbortController): Promise<void> {
    const drops = this.#drops;
    const gathering = this.#options.winnow.gather(seized, {
      signal: stop.signal,
      columns: (look, name) => this.#columns(look, name),
      onProgress: drops.listener((skipped) => open.leaveOut(skipped)),
    });
    void this.#keep(open.run, drops.handles());
    const over = this.#unlisted?.begin(seized);
    try {
      await open.begin(named(open, gathering), stop, await this.#refusal(open.run));
      if (!stop.signal.aborted) over?.();
    } catch (thrown) {
      this.#failed(thrown);
    }
    const words = leftOutWords(open.skipped);
    if (words !== '') this.#options.announcer.say(words);
  }

  /** Why the run's models cannot judge any more; nothing, too, where nobody can tell. */
  async #refusal({ now }: Run): Promise<SerializedError | undefined> {
    const here = await this.#options.here?.().catch(() => undefined);
    return here && otherModels(now.models, here)?.serialize();
  }

  /** Stopped before anything came in. */
  async #discard(): Promise<void> {
    const id = this.store.get().screening?.run.header.id;
    await this.close();
    if (id !== undefined) await this.remove(id);
  }

  async #create(dropped: number): Promise<Screening | undefined> {
    this.store.update((state) => ({ ...state, dropped }));
    return this.#start(async () => {
      const models = await this.#options.models();
      const ids = models.map(({ card }) => card.id);
      return this.#options.winnow.runs.create({
        name: `Run of ${new Date().toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`,
        models: models.map(runModelOf),
        thresholds: thresholdsOf(this.#options.policy(), ids),
        settings: SETTINGS,
      });
    });
  }

  async #start(get: () => Promise<Run>): Promise<Screening | undefined> {
    this.store.update(({ error: _, screening: __, ...rest }) => ({ ...rest, phase: 'starting', kept: [] }));
    try {
      const run = await get();
      // What it is made of, and its drawing, are tasks of their own.
      await new Promise((resolve) => setTimeout(resolve));
      const screening = new Screening(run, {
        ...{ ...this.#options, listed: this.listed, handedOut: this.#taking.handedOut },
      });
      this.#unfollow = followPlace(screening);
      this.#unlisted = new Unlisted(screening);
      this.second = new SecondPass(screening);
      this.store.update(({ dropped: _, ...state }) => ({ ...state, phase: 'open', screening }));
      return screening;
    } catch (thrown) {
      this.store.update(({ dropped: _, ...state }) => ({ ...state, phase: 'empty' }));
      this.#failed(thrown);
      return undefined;
    }
  }

  /** What was chosen before, else the guess; where there is none, whoever sits there. */
  async #columns(look: TableLook, name: string): Promise<TableColumns | undefined> {
    const drops = this.#drops;
    const columns = drops.columnsOf(name, look) ?? guessed(look) ?? (await this.#ask(name, look));
    if (columns) {
      drops.use(name, look, columns);
      this.store.update((state) => ({ ...state, tables: drops.tables }));
    }
    return columns;
  }

  #ask(name: string, look: TableLook, columns?: TableColumns): Promise<TableColumns | undefined> {
    return new Promise((resolve) => {
      const answer = (chosen: TableColumns | undefined) => {
        this.store.update(({ asking: _, ...rest }) => rest);
        resolve(chosen);
      };
      const asking = { name: displayName(name), look, answer, ...(columns && { columns }) };
      this.store.update((state) => ({ ...state, asking }));
    });
  }

  async #keep(
    run: Run,
    handles: Promise<readonly Parameters<Winnow['keepInputs']>[1][number][]>,
  ): Promise<void> {
    // Without them the folder has to be chosen again after a restart, and nothing else.
    const found = await handles.catch(() => []);
    if (found.length === 0 || !run.kept) return;
    await this.#options.winnow.keepInputs(run.header.id, found).catch(() => {});
  }

  async #list(): Promise<void> {
    const earlier = await this.#options.winnow.runs.list().catch(() => []);
    this.store.update((state) => ({ ...state, earlier }));
  }

  #heard(change: RunsChange): void {
    if (change.what === 'other-version') this.store.update((state) => ({ ...state, otherVersion: true }));
    else if (change.what === 'list') void this.#list();
  }

  #failed(thrown: unknown): void {
    const error = toWinnowError(thrown).serialize();
    if (error.kind === 'cancelled') return;
    this.store.update((state) => ({ ...state, error }));
    this.#options.announcer.alarm(error.message);
  }
}
