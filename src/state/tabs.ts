/** What other tabs of this browser are installing, as they tell it; and what they should know of this one. */
import type { ModelCard } from '../catalog/card';
import type { Progress } from '../rpc/contract';
import type { InstallJob } from './installs';
import { type Readable, Store } from './store';

/** The part of a BroadcastChannel that is used. */
export type Channel = Pick<BroadcastChannel, 'postMessage' | 'onmessage' | 'close'>;

/** An installation of another tab. */
export interface Elsewhere {
  readonly card: ModelCard;
  readonly progress?: Progress;
}

export const CHANNEL = 'winnow-screens';
/** A version of its own: what another version says is not understood, and ignored (T11). */
const VERSION = 1;
/** How often a running installation is told of, also when nothing moves. */
const BEAT = 1_000;
/** A tab that was not heard of for this long is gone, or its installation is. */
const SILENCE = 3_500;

type Message =
  | {
      readonly version: typeof VERSION;
      readonly kind: 'jobs';
      readonly tab: string;
      readonly jobs: readonly Elsewhere[];
    }
  | { readonly version: typeof VERSION; readonly kind: 'cleared' };

export interface TabsOptions {
  /** Throws, or gives none, where tabs cannot hear each other. */
  readonly open: () => Channel | undefined;
  readonly jobs: Readable<{ readonly jobs: ReadonlyMap<string, InstallJob> }>;
  /** Another tab cleared everything. */
  readonly onCleared: () => void;
}

export class Tabs {
  /** By model id. */
  readonly elsewhere = new Store<ReadonlyMap<string, Elsewhere>>(new Map());
  readonly #options: TabsOptions;
  readonly #channel: Channel | undefined;
  readonly #unsubscribe: () => void;
  readonly #name = crypto.randomUUID();
  readonly #heard = new Map<string, { jobs: readonly Elsewhere[]; timer: ReturnType<typeof setTimeout> }>();
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: TabsOptions) {
    this.#options = options;
    this.#channel = opened(options.open);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#unsubscribe = options.jobs.subscribe(() => this.#watch());
  }

  cleared(): void {
    this.#tell({ version: VERSION, kind: 'cleared' });
  }

  dispose(): void {
    this.#unsubscribe();
    clearInterval(this.#beat);
    for (const { timer } of this.#heard.values()) clearTimeout(timer);
    if (this.#channel) this.#channel.onmessage = null;
    this.#channel?.close();
  }

  /** Beats while something is installed here, and once more when it ends. */
  #watch(): void {
    const busy = this.#running().length > 0;
    if (busy === (this.#beat !== undefined)) return;
    clearInterval(this.#beat);
    this.#beat = busy ? setInterval(() => this.#report(), BEAT) : undefined;
    this.#report();
  }

  #running(): readonly Elsewhere[] {
    return [...this.#options.jobs.get().jobs.values()].flatMap(({ card, state, doing, progress }) =>
      state !== 'failed' && (doing === 'install' || doing === 'repair')
        ? [{ card, ...(progress && { progress }) }]
        : [],
    );
  }

  #report(): void {
    this.#tell({ version: VERSION, kind: 'jobs', tab: this.#name, jobs: this.#running() });
  }

  #tell(message: Message): void {
    try {
      this.#channel?.postMessage(message);
    } catch {
      // Closed under us: other tabs then learn of it when they are loaded again.
    }
  }

  #hear(data: unknown): void {
    const { version, kind, tab, jobs } = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (version !== VERSION) return;
    if (kind === 'cleared') this.#options.onCleared();
    if (kind !== 'jobs' || typeof tab !== 'string' || !Array.isArray(jobs)) return;
    clearTimeout(this.#heard.get(tab)?.timer);
    const found = (jobs as readonly Elsewhere[]).filter((job) => typeof job?.card?.id === 'string');
    if (found.length === 0) this.#heard.delete(tab);
    else this.#heard.set(tab, { jobs: found, timer: setTimeout(() => this.#lose(tab), SILENCE) });
    this.#show();
  }

  #lose(tab: string): void {
    this.#heard.delete(tab);
    this.#show();
  }

  #show(): void {
    const all = [...this.#heard.values()].flatMap(({ jobs }) => jobs);
    if (all.length > 0 || this.elsewhere.get().size > 0)
      this.elsewhere.set(new Map(all.map((job) => [job.card.id, job])));
  }
}

function opened(open: () => Channel | undefined): Channel | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
