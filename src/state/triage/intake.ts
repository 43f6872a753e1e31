/** A run's items on their way: listed, read when it is their turn, scored. What cannot be read is an item all the same. */
import type { Scores } from '../../core/policy';
import type { ItemKind } from '../../core/triage/types';
import type { BatchItem, BatchProgress, BatchResult } from '../../sdk/batch/types';
import { type SerializedError, toWinnowError } from '../../sdk/errors';
import type { GatheredItem } from '../../sdk/input-types';
import type { Batch, Winnow } from '../../sdk/types';
import type { RunStage } from './progress';

export interface IntakeOptions {
  readonly winnow: Pick<Winnow, 'batch'>;
  readonly models: readonly string[];
  /** A model's answer; `read`: what reading the item has told; `again`: the item whose answer it is, too. */
  readonly onScores: (id: string, read: ReadItem, scores: Scores, again?: string) => void;
  /** It is something else than its name says. */
  readonly onKind: (id: string, kind: ItemKind) => void;
  readonly onProgress: () => void;
  /** Resolves when it is written down that this is about to be scored. */
  readonly before?: (id: string) => Promise<void>;
  /** Those that are scored last, and one at a time. */
  readonly suspect?: (id: string) => boolean;
}

/** What was listed: the id that the batch knows it under, and whether it is to be scored. */
export interface Placed {
  readonly id: string;
  readonly item: GatheredItem;
  readonly score: boolean;
}

export interface ReadItem {
  readonly sha256: string;
  readonly bytes: number;
  readonly phash?: string;
  /** As `Scores` has it: never part of what is kept (C05). */
  readonly direction?: Int8Array;
}

/** Of `i1`, `i2` …: from 0. */
export const ordinalOf = (id: string): number => Number(id.slice(1)) - 1;
export const idOf = (ordinal: number): string => `i${ordinal + 1}`;

export class Intake {
  readonly #options: IntakeOptions;
  readonly #listings = new Set<AbortController>();
  readonly #stops: AbortController[] = [];
  /** Takes more; ended when nothing is listed any more. */
  #filling: Batch | undefined;
  readonly #running = new Set<Batch>();
  readonly #over: Batch[] = [];
  #alone: Placed[] = [];
  #found = 0;
  #paused = false;
  readonly #halt = new AbortController();
  #pace: Pick<BatchProgress, 'perSecond' | 'secondsLeft'> = { perSecond: 0 };
  /** Why nothing more is scored. */
  error: SerializedError | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Takes what is found, as `place` says. Resolves when everything is listed, or the listing was stopped: with `stop`. */
  async take(
    gathering: AsyncIterable<readonly GatheredItem[]>,
    stop: AbortController,
    place: (found: readonly GatheredItem[]) => readonly Placed[],
  ): Promise<void> {
    this.#listings.add(stop);
    this.#stops.push(stop);
    try {
      for await (const found of gathering) {
        if (this.#stopped) break;
        this.#add(place(found));
        this.#options.onProgress();
      }
    } catch (thrown) {
      // Gathering rejects when it is cancelled, and with nothing else; what it found until then stays.
      if (toWinnowError(thrown).kind !== 'cancelled') throw thrown;
    } finally {
      this.#listings.delete(stop);
      this.#listed();
    }
  }

  /** Scores these once more. */
  again(placed: readonly Placed[]): void {
    this.#add(placed);
    this.#listed();
  }

  /** These are looked at next. */
  next(ordinals: readonly number[]): void {
    for (const batch of this.#running) batch.next(ordinals.map(idOf));
  }

  pause(): void {
    if (this.#ended || this.#stopped) return;
    this.#paused = true;
    for (const batch of this.#running) batch.pause();
    this.#options.onProgress();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const batch of this.#running) batch.resume();
    this.#options.onProgress();
  }

  /** Nothing more is listed or scored; what came stays. */
  cancel(): void {
    if (this.#ended || this.#stopped) return;
    this.#halt.abort();
    for (const stop of this.#stops) stop.abort();
    for (const batch of this.#running) batch.cancel();
    this.#options.onProgress();
  }

  /** The same, and nobody wants to hear of it any more. */
  dispose(): void {
    this.cancel();
    for (const batch of this.#over) batch.cancel();
  }

  get pace(): Pick<BatchProgress, 'perSecond' | 'secondsLeft'> {
    return this.#pace;
  }

  get listing(): boolean {
    return this.#listings.size > 0 && !this.#stopped;
  }

  get stage(): RunStage {
    if (this.#stopped || (this.error && this.#ended)) return 'stopped';
    if (this.#ended) return 'done';
    if (this.#paused) return 'paused';
    return this.#found === 0 ? 'reading' : 'judging';
  }

  get #stopped(): boolean {
    return this.#halt.signal.aborted;
  }

  get #ended(): boolean {
    return this.#listings.size + this.#running.size + this.#alone.length === 0;
  }

  #add(placed: readonly Placed[]): void {
    this.#found += placed.length;
    const wanted = placed.filter(({ score }) => score);
    const { suspect = () => false } = this.#options;
    this.#alone.push(...wanted.filter(({ id }) => suspect(id)));
    const others = wanted.filter(({ id }) => !suspect(id));
    if (others.length === 0) return;
    this.#filling ??= this.#begin();
    this.#filling.add(others.map((one) => this.#batched(one)));
  }

  /** After a listing; nothing more comes until the next. */
  #listed(): void {
    if (this.#listings.size === 0 && !this.#stopped) {
      this.#filling?.end();
      this.#filling = undefined;
      this.#lonely();
    }
    this.#options.onProgress();
  }

  /** One of those that may take the page down, when nothing else is under way. */
  #lonely(): void {
    if (this.#stopped || this.error || this.#running.size > 0 || this.#listings.size > 0) return;
    const one = this.#alone.shift();
    if (!one) return;
    const batch = this.#begin();
    batch.add([this.#batched(one)]);
    batch.end();
  }

  #batched(one: Placed): BatchItem {
    return { id: one.id, bytes: one.item.bytes, content: () => this.#content(one) };
  }

  #begin(): Batch {
    const batch = this.#options.winnow.batch({
      models: this.#options.models,
      onResult: (result) => this.#result(result),
      onProgress: (progress) => {
        this.#pace = progress;
        this.#options.onProgress();
      },
    });
    this.#running.add(batch);
    if (this.#paused) batch.pause();
    const over = () => {
      this.#running.delete(batch);
      this.#over.push(batch);
      this.#lonely();
      this.#options.onProgress();
    };
    batch.done.then(over, (thrown: unknown) => {
      const error = toWinnowError(thrown);
      if (error.kind !== 'cancelled') this.error = error.serialize();
      if (this.#filling === batch) this.#filling = undefined;
      this.#alone = [];
      over();
    });
    return batch;
  }

  async #content({ id, item }: Placed): Promise<Blob | string> {
    await this.#options.before?.(id);
    const content = await item.open(this.#halt.signal);
    const kind: ItemKind = typeof content === 'string' ? 'text' : 'image';
    if (kind !== item.kind) this.#options.onKind(id, kind);
    return content;
  }

  #result({ id, sha256, bytes, scores, again }: BatchResult): void {
    const { phash, direction } = scores;
    const read = { sha256, bytes, ...(phash !== undefined && { phash }), ...(direction && { direction }) };
    this.#options.onScores(id, read, scores, again);
  }
}
