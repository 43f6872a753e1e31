/** Measures the models that are ready, on this machine, one after the other: opening, one item, many items. */

import type { OpenedModel } from '../rpc/contract';
import { toWinnowError } from '../sdk/errors';
import type { ModelState, Winnow } from '../sdk/types';
import { headOnly } from './picking';
import { Store } from './store';

/** Items one by one, of which the median counts. */
const ROUNDS = 7;
/** Items of the batch: enough that its beginning and end weigh little. */
const MANY = 24;

/** What there is to score. Every item of a batch has to be another one: the same bytes are scored once. */
export interface SpeedItems {
  picture(number: number): Promise<Blob>;
  text(number: number): string;
}

/** Milliseconds, unless said otherwise. */
export interface SpeedRow {
  readonly model: string;
  readonly name: string;
  readonly task: 'image' | 'text';
  readonly backend: OpenedModel['backend'];
  readonly precision: OpenedModel['precision'];
  readonly threads: number;
  /** From nothing to ready, its check included: as the page found it, and once more. */
  readonly open: number;
  readonly openAgain: number;
  /** From an item to its scores: median, and the least and most of seven. */
  readonly one: number;
  readonly least: number;
  readonly most: number;
  /** Of a batch. */
  readonly perSecond: number;
}

/** What could not be measured, and why. */
export interface SpeedFailure {
  readonly model: string;
  readonly name: string;
  readonly reason: string;
}

export interface SpeedState {
  readonly status: 'idle' | 'running' | 'done' | 'stopped';
  readonly rows: readonly SpeedRow[];
  readonly failures: readonly SpeedFailure[];
  /** While running: which model, and how many are done of how many. */
  readonly now?: { readonly name: string; readonly done: number; readonly total: number };
  readonly machine?: SpeedMachine;
  /** Something else was scored meanwhile: alone, it would have been faster. */
  readonly shared?: true;
}

/** As the browser tells it: no more than any page can read. */
export interface SpeedMachine {
  readonly browser: string;
  readonly cores: number;
  readonly isolated: boolean;
  readonly at: string;
}

const EMPTY: SpeedState = { status: 'idle', rows: [], failures: [] };

type Measured = Pick<
  Winnow,
  'models' | 'open' | 'release' | 'classifyImage' | 'classifyText' | 'batch' | 'onActivity'
>;

export class Speed {
  readonly store = new Store<SpeedState>(EMPTY);
  #run: AbortController | undefined;
  /** Items that were given out: what was scored once in this page is not scored again. */
  #given = 0;
  /** Which model is measured now. */
  #measured: string | undefined;
  /** The newest run, also one that was stopped and has not come to its end yet. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    readonly winnow: Measured,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Measures every model that is here and reads pictures or texts. Nothing happens while it is under way. */
  start(items: SpeedItems, machine: SpeedMachine): Promise<void> {
    if (this.#run) return this.#last;
    const run = new AbortController();
    this.#run = run;
    this.store.set({ ...EMPTY, status: 'running', machine });
    this.#last = this.#all(
      items,
      run.signal,
      this.#last.catch(() => {}),
    ).finally(() => {
      if (this.#run === run) this.#end('done');
    });
    return this.#last;
  }

  /** Stops at once; what was measured stays. What still answers after that is ignored. */
  stop(): void {
    this.#run?.abort();
    if (this.#run) this.#end('stopped');
  }

  #end(status: 'done' | 'stopped'): void {
    this.#run = undefined;
    this.store.update(({ now: _, ...state }) => ({ ...state, status }));
  }

  /** `before`: a run that was stopped; what it left under way would be measured with this one. */
  async #all(items: SpeedItems, signal: AbortSignal, before: Promise<void>): Promise<void> {
    await before;
    if (signal.aborted) return;
    const models = (await this.winnow.models()).filter(
      (model) => model.state !== 'available' && !headOnly(model),
    );
    const deaf = this.#heedOthers(signal);
    try {
      for (const [done, model] of models.entries()) {
        if (signal.aborted) return;
        const { name } = model.card;
        this.store.update((state) => ({ ...state, now: { name, done, total: models.length } }));
        this.#measured = model.card.id;
        await this.#measure(model, items, signal);
      }
    } finally {
      deaf();
      this.#measured = undefined;
    }
  }

  /** Notices what is scored by others, from now until it is told to stop. */
  #heedOthers(signal: AbortSignal): () => void {
    return this.winnow.onActivity(({ model, state }) => {
      if (state !== 'busy' || model === this.#measured || signal.aborted) return;
      this.store.update((now) => (now.shared ? now : { ...now, shared: true }));
    });
  }

  async #measure({ card }: ModelState, items: SpeedItems, signal: AbortSignal): Promise<void> {
    const named = { model: card.id, name: card.name };
    try {
      const row = await this.#row(card, items, signal);
      if (signal.aborted) return;
      this.store.update((state) => ({ ...state, rows: [...state.rows, { ...named, ...row }] }));
    } catch (thrown) {
      if (signal.aborted) return;
      const reason = toWinnowError(thrown).message;
      this.store.update((state) => ({ ...state, failures: [...state.failures, { ...named, reason }] }));
    }
    // The next is measured without this one's weights beside it. It may have been removed meanwhile.
    await this.winnow.release(card.id).catch(() => {});
  }

  async #row(
    { id, task }: ModelState['card'],
    items: SpeedItems,
    signal: AbortSignal,
  ): Promise<Omit<SpeedRow, 'model' | 'name'>> {
    const contents = await contentsOf(task, items, this.#given, signal);
    this.#given += contents.length;
    const [open] = await this.#opened(id, signal);
    const [openAgain, opened] = await this.#opened(id, signal);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      times.push(await this.#timed(() => this.#one(id, contents[round]!, signal)));
    const perSecond = await this.#many(id, contents, signal);
    const sorted = times.toSorted((a, b) => a - b);
    const { backend, precision, threads } = opened;
    return {
      ...{ task, backend, precision, threads, open, openAgain, perSecond },
      ...{ one: sorted[ROUNDS >> 1]!, least: sorted[0]!, most: sorted.at(-1)! },
    };
  }

  async #opened(model: string, signal: AbortSignal): Promise<[number, OpenedModel]> {
    signal.throwIfAborted();
    await this.winnow.release(model);
    signal.throwIfAborted();
    const started = this.now();
    const opened = await this.winnow.open(model, { signal });
    return [this.now() - started, opened];
  }

  async #timed(work: () => Promise<unknown>): Promise<number> {
    const started = this.now();
    await work();
    return this.now() - started;
  }

  async #one(model: string, content: Blob | string, signal: AbortSignal): Promise<void> {
    const { winnow } = this;
    const scores =
      typeof content === 'string'
        ? await winnow.classifyText(content, { model, signal })
        : await winnow.classifyImage(content, { model, signal });
    if (scores.status !== 'scored') throw toWinnowError(new Error(scores.reason));
  }

  /** Items a second. */
  async #many(model: string, contents: readonly (Blob | string)[], signal: AbortSignal): Promise<number> {
    let failed: string | undefined;
    const started = this.now();
    const batch = this.winnow.batch({
      models: [model],
      signal,
      onResult: ({ scores }) => {
        if (scores.status !== 'scored') failed ??= scores.reason;
      },
    });
    const fresh = contents.slice(ROUNDS);
    batch.add(fresh.map((content, at) => ({ id: String(at), content })));
    batch.end();
    const { done } = await batch.done;
    // Otherwise it listens for what does not hold, and keeps its pictures, as long as the page is there.
    batch.cancel();
    if (failed) throw new Error(failed);
    return (1_000 * done) / (this.now() - started);
  }
}

async function contentsOf(
  task: 'image' | 'text',
  items: SpeedItems,
  first: number,
  signal: AbortSignal,
): Promise<readonly (Blob | string)[]> {
  const contents: (Blob | string)[] = [];
  for (let number = first; number < first + ROUNDS + MANY; number++) {
    signal.throwIfAborted();
    contents.push(task === 'text' ? items.text(number) : await items.picture(number));
  }
  return contents;
}

/** For a spreadsheet or an issue: a line per model. */
export function speedJson({ machine, rows, failures, shared }: SpeedState): string {
  return `${JSON.stringify({ machine, rows: rows.map(rounded), failures, shared }, undefined, 2)}\n`;
}

function rounded(row: SpeedRow): SpeedRow {
  const number = (value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, number(value)])) as never;
}
