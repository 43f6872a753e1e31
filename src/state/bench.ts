/** Everything the screens share: one instance per page, made around one SDK instance. */

import type { CanvasCheck } from '../rpc/contract';
import { CancelledError, toWinnowError } from '../sdk/errors';
import type { Winnow } from '../sdk/types';
import { Announcer } from './announce';
import { Exposure } from './exposure';
import { Models } from './models';
import { Pictures } from './pictures';
import { Prompt } from './prompt';
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
}

export class Bench {
  readonly keeper: Keeper;
  readonly settings: Settings;
  readonly thresholds: Thresholds;
  readonly models: Models;
  readonly prompt: Prompt;
  readonly pictures: Pictures;
  readonly exposure = new Exposure();
  readonly undo = new Undo();
  readonly announcer = new Announcer();
  /** What this browser does to canvas pixels; `undefined` until known. */
  readonly canvas = new Store<CanvasCheck | undefined>(undefined);
  readonly #winnow: Winnow;
  readonly #link: string | undefined;

  constructor({ winnow, storage, link }: BenchOptions) {
    this.#winnow = winnow;
    this.#link = link;
    this.keeper = new Keeper(storage);
    this.settings = new Settings(this.keeper);
    this.thresholds = new Thresholds(this.keeper);
    this.models = new Models(winnow);
    this.prompt = new Prompt(winnow, () => this.models.lane('text'));
    this.pictures = new Pictures({ winnow, models: () => this.models.lane('image') });
  }

  /** Reads the models, sets the lines, and checks the canvas. Also *Try again* after a failed start. */
  async start(): Promise<void> {
    const cards = await this.models.start();
    if (this.models.store.get().status !== 'ready') return;
    this.thresholds.load(cards, this.#link);
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
    this.prompt.dispose();
    this.pictures.dispose();
    this.models.dispose();
    this.announcer.dispose();
  }
}
