/** Pictures and texts of a run for one look: never of what was marked as a concern (C01), never kept. */
import type { Run } from '../../sdk/triage/types';
import type { Winnow } from '../../sdk/types';
import { Ready } from './ready';
import { Released } from './released';
import { Seen } from './seen';
import { Thumbnails } from './thumbnails';

export interface LooksOptions {
  readonly winnow: Pick<Winnow, 'preview'>;
  readonly run: Pick<Run, 'items' | 'journal' | 'now' | 'keepPlace'>;
  readonly open: (ordinal: number) => Promise<Blob | string>;
  /** Whether its file can be opened. */
  readonly here: (ordinal: number) => boolean;
  readonly changed: () => void;
}

/** Pixels on the longest side of a revealed picture, as on the bench. */
const STILL = 1_200;

export class Looks {
  readonly thumbnails: Thumbnails;
  readonly released: Released;
  readonly #ready: Ready;
  #blind = false;
  readonly #seen: Seen;

  constructor(private readonly options: LooksOptions) {
    this.#seen = new Seen(options.run);
    this.released = new Released(options.run);
    this.thumbnails = new Thumbnails({
      make: (ordinal, longestSide) => this.#still(ordinal, longestSide),
      changed: options.changed,
    });
    this.#ready = new Ready({
      still: (ordinal) => this.#still(ordinal, STILL),
      text: (ordinal) => this.#text(ordinal),
      kind: (ordinal) => options.run.items[ordinal]!.kind,
      changed: options.changed,
    });
  }

  /** *Decide without looking*: nothing is read for the screen, and what was is let go of. */
  get blind(): boolean {
    return this.#blind;
  }

  setBlind(blind: boolean): void {
    this.#blind = blind;
    if (blind) this.#ready.want([]);
    // Off, too: what came in between was refused, and can be had again.
    this.thumbnails.clear();
  }

  /** The item that is looked at and the next one: read now, so that they are there when they are asked for. */
  prepare(ordinals: readonly number[]): void {
    const { here } = this.options;
    this.#ready.want(this.#blind ? [] : ordinals.filter((one) => here(one) && !this.released.has(one)));
  }

  /** The text where it was read ahead. It counts as seen once it is asked for with `text`. */
  textAhead(ordinal: number): string | undefined {
    return this.#blind ? undefined : this.#ready.text(ordinal);
  }

  /** Whether it is read ahead. */
  isReady(ordinal: number): boolean {
    return this.#ready.has(ordinal);
  }

  seen(ordinal: number): boolean {
    return this.#seen.has(ordinal);
  }

  /** The sharp picture for one look; whoever asked closes it. */
  async reveal(ordinal: number): Promise<ImageBitmap> {
    if (!this.#canShow(ordinal)) throw new Error('It cannot be shown.');
    const bitmap = this.#ready.take(ordinal) ?? (await this.#still(ordinal, STILL));
    this.#seen.add(ordinal);
    return bitmap;
  }

  async text(ordinal: number): Promise<string> {
    const text = this.textAhead(ordinal) ?? (await this.#text(ordinal));
    this.#seen.add(ordinal);
    return text;
  }

  async #text(ordinal: number): Promise<string> {
    this.#refuse(ordinal);
    const content = await this.options.open(ordinal);
    this.#refuse(ordinal);
    return typeof content === 'string' ? content : '';
  }

  #refuse(ordinal: number): void {
    if (this.#blind) throw new Error('Nothing is shown while you decide without looking.');
    if (this.released.has(ordinal)) throw new Error('It was marked as a concern and is not shown.');
  }

  /** What is on the screen, most wanted first. */
  want(ordinals: readonly number[]): void {
    this.thumbnails.want(ordinals.filter((ordinal) => this.#canShow(ordinal)));
  }

  /** C01: out of memory, with its copies, and not to be had again. */
  release(ordinal: number): void {
    for (const each of this.released.add(ordinal)) {
      this.#seen.delete(each);
      this.#ready.drop(each);
      this.thumbnails.drop(each);
    }
  }

  /** Its hash is known now: it may be a copy of what was let go of. */
  read(ordinal: number): void {
    if (!this.released.has(ordinal)) return;
    this.#ready.drop(ordinal);
    this.thumbnails.drop(ordinal);
  }

  dispose(): void {
    this.#ready.want([]);
    this.thumbnails.dispose();
  }

  #canShow(ordinal: number): boolean {
    const { run, here } = this.options;
    const image = run.items[ordinal]?.kind === 'image';
    return image && !this.#blind && !this.released.has(ordinal) && here(ordinal);
  }

  async #still(ordinal: number, longestSide: number): Promise<ImageBitmap> {
    if (!this.#canShow(ordinal)) throw new Error('It cannot be shown.');
    const content = await this.options.open(ordinal);
    if (typeof content === 'string') throw new Error('It is a text.');
    // Let go of while its file was read, it is not decoded any more.
    this.#refuse(ordinal);
    const { bitmap } = await this.options.winnow.preview(content, { longestSide });
    if (this.#canShow(ordinal)) return bitmap;
    bitmap.close();
    this.#refuse(ordinal);
    throw new Error('It cannot be shown.');
  }
}
