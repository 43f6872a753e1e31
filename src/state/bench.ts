/** Everything the screens share: one instance per page, made around one SDK instance. */
import type { CanvasCheck } from '../rpc/contract';
import { CancelledError, toWinnowError } from '../sdk/errors';
import type { ModelState, Winnow } from '../sdk/types';
import { Announcer } from './announce';
import { Breaks } from './breaks';
import { Embeddings } from './embeddings';
import { Exposure } from './exposure';
import { forget, type Traces } from './forget';
import { type InstallJob, Installs } from './installs';
import { KeptRuns } from './kept-runs';
import { Lost } from './lost';
import { Machine } from './machine';
import { type BenchModel, Models } from './models';
import { ALWAYS, type Network, Online } from './online';
import { Pictures } from './pictures';
import { Prompt } from './prompt';
import { Room } from './room';
import { Settings } from './settings';
import { Sources } from './sources';
import { Speed } from './speed';
import { Keeper, type KeyValue } from './storage';
import { Store } from './store';
import { type Channel, Tabs } from './tabs';
import { Thresholds } from './thresholds';
import { Left } from './triage/left';
import { followPage } from './triage/page-life';
import { triageOf } from './triage/standing';
import type { Triage } from './triage/triage';
import { Undo } from './undo';
import { heedWithdrawn } from './withdrawn';

/** Pixels on the longest side of a revealed picture: sharp on the widest lane at twice the density. */
const STILL = 1_200;

export interface BenchOptions {
  readonly winnow: Winnow;
  readonly storage: () => KeyValue | undefined;
  /** Thresholds of the address at start, undecoded. */
  readonly link?: string | undefined;
  /** The page's address, which a mirror's may be relative to. */
  readonly base?: string;
  readonly network?: Network;
  /** To the other tabs of this browser. */
  readonly channel?: () => Channel | undefined;
  /** What the app itself may have left in the browser beside `storage`. */
  readonly traces?: Traces;
  /** Everything is cleared, here or by another tab: whoever holds this bench makes a new one. */
  readonly onCleared?: () => void;
  /** How many were cleared before it in this page. */
  readonly generation?: number;
}

export class Bench {
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly thresholds: Thresholds;
  readonly models: Models;
  readonly prompt: Prompt;
  readonly pictures: Pictures;
  readonly installs: Installs;
  readonly embeddings: Embeddings;
  readonly triage: Triage;
  readonly runs: KeptRuns;
  readonly room: Room;
  readonly speed: Speed;
  readonly machine: Machine;
  readonly sources: Sources;
  readonly online: Online;
  readonly tabs: Tabs;
  /** Names of models that the browser has deleted since they were installed. */
  readonly lost: Lost;
  /** S12: a newer version, in another tab, has taken over what is kept. */
  readonly updated = new Store(false);
  /** Above 0: everything was cleared just now, which the screen says once. */
  readonly generation: number;
  readonly exposure = new Exposure();
  readonly breaks: Breaks;
  readonly undo = new Undo();
  readonly announcer = new Announcer();
  /** What this browser does to canvas pixels; `undefined` until known. */
  readonly canvas = new Store<CanvasCheck | undefined>(undefined);
  /** For what one of the screens asks and no other needs. */
  readonly winnow: Winnow;
  readonly #options: BenchOptions;
  readonly #link: string | undefined;
  #unsubscribe: (() => void) | undefined;
  #unfollow = () => {};

  constructor(options: BenchOptions) {
    const { winnow, storage, link, base = 'https://localhost/', network = ALWAYS, channel } = options;
    this.winnow = winnow;
    this.#options = options;
    this.#link = link;
    this.generation = options.generation ?? 0;
    this.keeper = new Keeper(storage);
    this.settings = new Settings(this.keeper);
    this.breaks = new Breaks(this.exposure, this.settings);
    this.thresholds = new Thresholds(this.keeper);
    this.models = new Models(winnow, this.keeper);
    this.lost = new Lost(this.models, this.keeper);
    this.prompt = new Prompt(winnow, () => this.models.lane('text'));
    this.pictures = new Pictures({ winnow, models: () => this.models.lane('image') });
    const { announcer } = this;
    const refresh = async () => this.#changed(await winnow.models());
    this.online = new Online(network);
    this.sources = new Sources({ winnow, keeper: this.keeper, announcer, base });
    this.installs = new Installs({ winnow, announcer, sources: this.sources, refresh, online: this.online });
    this.tabs = new Tabs({
      open: channel ?? (() => undefined),
      jobs: this.installs.store,
      onCleared: () => {
        // This tab remembers, too, and must not write it down again.
        this.keeper.clear();
        options.onCleared?.();
      },
    });
    this.embeddings = new Embeddings(winnow, announcer);
    this.room = new Room({ winnow, announcer });
    this.speed = new Speed(winnow);
    this.machine = new Machine({ winnow, announcer, open: (id) => void this.models.open(id) });
    const { thresholds, models } = this;
    const left = new Left(storage);
    this.triage = triageOf({ winnow, announcer, thresholds, models, left });
    if (typeof window !== 'undefined')
      this.#unfollow = followPage(window, left, () => this.triage.store.get().screening);
    this.runs = new KeptRuns({ winnow, keeper: this.keeper, triage: this.triage });
  }

  /** Reads the models, sets the lines, and checks the canvas. Also *Try again* after a failed start. */
  async start(): Promise<void> {
    this.#unsubscribe?.();
    await this.models.start();
    const { status, models } = this.models.store.get();
    if (status !== 'ready') return;
    this.thresholds.load(
      models.filter(({ state }) => state !== 'available').map(({ card }) => card),
      this.#link,
    );
    const deaf = this.winnow.onModels((states, why) => this.#changed(states, why));
    this.#unsubscribe = heedWithdrawn(this, deaf);
    const before = this.keeper.kept.installed;
    // S13: where only a newer version can read it, nothing is missing.
    const readable = this.room.refresh().then(() => !this.room.store.get().room?.newer);
    void Promise.all([this.runs.start(readable), readable.then((yes) => yes && this.lost.compare(before))]);
    // What came in while the list was on its way was queued without a model to ask.
    void this.prompt.score();
    this.pictures.refresh();
    try {
      this.canvas.set(await this.winnow.checkCanvas());
    } catch (thrown) {
      if (toWinnowError(thrown).kind !== 'cancelled') this.canvas.set(undefined);
    }
  }

  /** Puts a model on the bench or takes it off, and asks it for what is there. */
  choose(id: string, on: boolean): void {
    this.models.choose(id, on);
    if (on) void this.models.open(id);
    if (this.models.get(id)?.card.task === 'text') void this.prompt.score();
    else this.pictures.refresh();
  }

  /** Installs from the source that was chosen; false where that needs something first, which its card asks for. */
  install(model: BenchModel): boolean {
    const source = this.sources.source(model);
    const { accept, given } = this.sources.choice(model);
    if (!source || this.sources.lacking(model).length > 0) {
      this.sources.ask(model);
      return false;
    }
    void this.installs.install(model.card, source, { accept, files: given });
    return true;
  }

  /** *Accept the change*: installs what the source has now. */
  accept(model: BenchModel): void {
    const source = this.sources.source(model);
    const files = this.sources.choice(model).given;
    if (source) void this.installs.install(model.card, source, { accept: true, files });
    else this.sources.ask(model);
  }

  /** Once more, as it was tried before. */
  again(model: BenchModel, { doing, from, files }: InstallJob): void {
    if (doing === 'repair') void this.installs.repair(model.card, from);
    else if (from === 'files') void this.installs.start(model.card, files);
    else this.install(model);
  }

  /** Every unfinished download goes; what is installed stays. */
  async discardDownloads(): Promise<void> {
    await this.room.discard();
    this.#changed(await this.winnow.models());
  }

  /** Models came or went, here or in another tab: lines first, so that no panel stands there without any. */
  #changed(states: readonly ModelState[], why?: 'lost' | 'updated'): void {
    this.updated.update((before) => before || why === 'updated');
    if (why === 'updated') return;
    if (why === 'lost') {
      this.lost.miss(states);
      void this.triage.refresh();
      void this.runs.miss();
    }
    const here = states.filter(({ state }) => state !== 'available');
    const { models, chosen } = this.models.store.get();
    const before = new Map(models.map((model) => [model.card.id, model]));
    this.thresholds.know(here.map(({ card }) => card));
    this.models.sync(states);
    const gone = models
      .filter((one) => one.state !== 'available' && !here.some(({ card }) => card.id === one.card.id))
      .map(({ card }) => card.id);
    for (const id of gone) this.embeddings.clear(id);
    this.thresholds.forget(gone);
    const another = here.filter(
      ({ card, installed }) => before.get(card.id)?.installed?.at !== installed?.at,
    );
    for (const id of [...gone, ...another.map(({ card }) => card.id)]) this.pictures.forget(id);
    const anew = this.models.store.get().chosen.filter((id) => another.some(({ card }) => card.id === id));
    for (const id of anew) void this.models.open(id);
    this.lost.note();
    void this.room.refresh();
    if (anew.length === 0 && !chosen.some((id) => gone.includes(id))) return;
    void this.prompt.score();
    this.pictures.refresh();
  }

  /**
   * Deletes everything that Winnow keeps in this browser, and withdraws what is under way. Rejects with a
   * WinnowError when something could not be deleted; the rest is gone by then.
   */
  async clear(): Promise<void> {
    this.installs.dispose();
    this.sources.dispose();
    await this.triage.close();
    try {
      await this.winnow.clear();
    } finally {
      this.keeper.clear();
      if (this.#options.traces) await forget(this.#options.traces);
    }
    this.tabs.cleared();
    this.#options.onCleared?.();
  }

  /** *Try again* in a panel: opens the model, then asks again for what it could not answer. */
  async reopen(id: string): Promise<void> {
    if (!(await this.models.open(id))) return;
    if (this.models.get(id)?.card.task === 'text') await this.prompt.score();
    else for (const { id: item } of this.pictures.store.get().items) this.pictures.retry(item);
  }

  /** The sharp picture for one look; whoever asked closes it. */
  async reveal(id: string): Promise<ImageBitmap> {
    const picture = this.pictures.get(id);
    if (!picture) throw new CancelledError();
    return (await this.winnow.preview(picture.file, { longestSide: STILL })).bitmap;
  }

  removePictures(ids?: readonly string[]): void {
    const { items } = this.pictures.store.get();
    const names = ids ? items.filter((item) => ids.includes(item.id)).map((item) => item.name) : [];
    const count = ids ? names.length : items.length;
    if (count === 0) return;
    const undo = this.pictures.remove(ids);
    this.undo.push(
      count === 1 ? 'Picture removed.' : `${count.toLocaleString('en-GB')} pictures removed.`,
      undo,
    );
  }

  /** *Stop*: what is not judged yet leaves the bench, what is judged stays. Can be taken back. */
  stopPictures(): void {
    const open = this.pictures.store.get().items.filter((item) => item.state !== 'done');
    this.removePictures(open.map((item) => item.id));
  }

  resetThresholds(model: string): void {
    const undo = this.thresholds.reset(model);
    if (undo)
      this.undo.push(`${this.models.get(model)?.card.name ?? model} is back at its starting point.`, undo);
  }

  clearPrompt(): void {
    const { text } = this.prompt.store.get();
    if (text === '') return;
    this.prompt.write('');
    this.undo.push('Prompt cleared.', () => this.prompt.write(text));
  }

  dispose(): void {
    this.#unsubscribe?.();
    this.#unfollow();
    const { tabs, online, sources, installs, embeddings } = this;
    const { triage, prompt, pictures, models, announcer } = this;
    const early = [tabs, online, sources, installs, embeddings, triage, this.runs];
    for (const part of [...early, prompt, pictures, models, announcer]) part.dispose();
  }
}
