/** Everything the screens share: one instance per page, made around one SDK instance. */

import type { CanvasCheck } from '../rpc/contract';
import { CancelledError, toWinnowError } from '../sdk/errors';
import type { ModelState, Winnow } from '../sdk/types';
import { Announcer } from './announce';
import { Embeddings } from './embeddings';
import { Exposure } from './exposure';
import { Installs } from './installs';
import { Models } from './models';
import { Pictures } from './pictures';
import { Prompt } from './prompt';
import { type Estimate, Room } from './room';
import { Settings } from './settings';
import { Keeper, type KeyValue } from './storage';
import { Store } from './store';
import { Thresholds } from './thresholds';
import { Undo } from './undo';

/** Pixels on the longest side of a revealed picture: sharp on the widest lane at twice the density. */
const STILL = 1_200;

export interface BenchOptions {
  readonly winnow: Winnow;
  readonly storage: () => KeyValue | undefined;
  /** Thresholds of the address at start, undecoded. */
  readonly link?: string | undefined;
  /** The browser's room for this page; unknown without it. */
  readonly estimate?: Estimate;
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
  readonly room: Room;
  readonly exposure = new Exposure();
  readonly undo = new Undo();
  readonly announcer = new Announcer();
  /** What this browser does to canvas pixels; `undefined` until known. */
  readonly canvas = new Store<CanvasCheck | undefined>(undefined);
  readonly #winnow: Winnow;
  readonly #link: string | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor({ winnow, storage, link, estimate = () => Promise.resolve({}) }: BenchOptions) {
    this.#winnow = winnow;
    this.#link = link;
    this.keeper = new Keeper(storage);
    this.settings = new Settings(this.keeper);
    this.thresholds = new Thresholds(this.keeper);
    this.models = new Models(winnow, this.keeper);
    this.prompt = new Prompt(winnow, () => this.models.lane('text'));
    this.pictures = new Pictures({ winnow, models: () => this.models.lane('image') });
    const { announcer } = this;
    const refresh = async () => this.#changed(await winnow.models());
    this.installs = new Installs({ winnow, announcer, refresh });
    this.embeddings = new Embeddings(winnow, announcer);
    this.room = new Room(estimate);
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
    this.#unsubscribe = this.#winnow.onModels((states) => this.#changed(states));
    void this.room.refresh();
    // What came in while the list was on its way was queued without a model to ask.
    void this.prompt.score();
    this.pictures.refresh();
    try {
      this.canvas.set(await this.#winnow.checkCanvas());
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

  /** Models came or went, here or in another tab: lines first, so that no panel stands there without any. */
  #changed(states: readonly ModelState[]): void {
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
    void this.room.refresh();
    if (anew.length === 0 && !chosen.some((id) => gone.includes(id))) return;
    void this.prompt.score();
    this.pictures.refresh();
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
    return (await this.#winnow.preview(picture.file, { longestSide: STILL })).bitmap;
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
    this.installs.dispose();
    this.embeddings.dispose();
    this.prompt.dispose();
    this.pictures.dispose();
    this.models.dispose();
    this.announcer.dispose();
  }
}
