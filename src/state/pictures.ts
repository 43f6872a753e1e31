/** The pictures lane: files → waiting → scoring → judged. Answers are kept by item id, never by position. */

import type { Scores } from '../core/policy';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Winnow } from '../sdk/types';
import { Jobs } from './jobs';
import { failedScores, withdrawnScores } from './judging';
import { type Picture, type PictureFacts, THUMBNAIL } from './picture';
import { Coalesced, Store } from './store';

export interface PicturesState {
  readonly items: readonly Picture[];
  readonly selected?: string;
  /** Goes up with every *Blur all*; whatever is revealed hides when it changes. */
  readonly blurs: number;
}

/** When more are removed at once, their scores go too: memory comes back, and undo has them scored again. */
const KEPT_SCORES = 50;

export interface PicturesOptions {
  readonly winnow: Pick<Winnow, 'classifyImage' | 'preview'>;
  readonly models: () => readonly string[];
  /** Pictures in the worker at once: while one runs, the next decodes. */
  readonly limit?: number;
  /** Milliseconds over which answers are gathered before the screen is told. */
  readonly settle?: number;
}

export class Pictures {
  readonly store = new Store<PicturesState>({ items: [], blurs: 0 });
  readonly #options: PicturesOptions;
  readonly #items = new Map<string, Picture>();
  #order: string[] = [];
  #selected: string | undefined;
  #blurs = 0;
  #count = 0;
  /** Scores that do not hold, and how often a model's were void: what is taken off meanwhile may come back. */
  readonly #withdrawn = new WeakMap<Scores, SerializedError>();
  readonly #forgotten = new Map<string, number>();
  readonly #scoring: Jobs;
  readonly #thumbnails = new Jobs(1);
  readonly #shown: Coalesced;

  constructor(options: PicturesOptions) {
    this.#options = options;
    this.#scoring = new Jobs(options.limit ?? 2);
    this.#shown = new Coalesced(() => this.#publish(), options.settle ?? 32);
  }

  /** Puts files at the end; the first of them is selected when nothing was. */
  add(files: readonly Blob[]): readonly string[] {
    const added = files.map((file) => this.#create(file));
    for (const picture of added) {
      this.#items.set(picture.id, picture);
      this.#order.push(picture.id);
    }
    if (added[0] && this.#selected === undefined) this.#prefer(added[0].id);
    for (const picture of added) this.#queue(picture.id);
    this.#shown.now();
    return added.map((picture) => picture.id);
  }

  select(id: string): void {
    if (!this.#items.has(id) || id === this.#selected) return;
    this.#prefer(id);
    this.#shown.now();
  }

  /** Selects the picture `by` places further on; stops at the ends. */
  move(by: number): void {
    const at = this.#order.indexOf(this.#selected ?? '');
    const id = this.#order[Math.min(this.#order.length - 1, Math.max(0, at + by))];
    if (id !== undefined) this.select(id);
  }

  /** Hides whatever is revealed. */
  blurAll(): void {
    this.#blurs++;
    this.#shown.now();
  }

  /** Takes pictures off the bench, all of them without an argument. Returns what puts them back. */
  remove(ids: readonly string[] = this.#order): () => void {
    const before = { order: this.#order, selected: this.#selected, forgotten: new Map(this.#forgotten) };
    const gone = new Set(ids);
    const many = gone.size > KEPT_SCORES;
    const removed = before.order.filter((id) => gone.has(id)).map((id) => this.#drop(id, many));
    this.#order = before.order.filter((id) => !gone.has(id));
    if (before.selected !== undefined && gone.has(before.selected)) {
      const at = before.order.indexOf(before.selected);
      const next = before.order.slice(at).find((id) => !gone.has(id)) ?? this.#order.at(-1);
      this.#prefer(next);
    }
    this.#shown.now();
    // React keeps the list of the rendering before; a second one lets go of what was removed.
    this.#shown.ask();
    return () => {
      const held = removed.map((picture) => this.#held(picture, before.forgotten));
      this.#restore(held, before.order);
    };
  }

  /** Asks again for what a model could not score. */
  retry(id: string): void {
    const picture = this.#items.get(id);
    if (!picture) return;
    this.#scoring.cancel(id);
    const scores = Object.fromEntries(
      Object.entries(picture.scores).filter(([, each]) => each.status === 'scored'),
    );
    const { unreadable: _, ...again } = picture;
    this.#put({ ...again, scores, state: 'done' });
    // Back to waiting only if there is something to ask for.
    this.#queue(id);
    this.#shown.now();
  }

  /** What was said of some pictures does not hold: they need review, or another run. Returns how many. */
  withdraw(withdrawn: ReadonlySet<Scores>, reason: SerializedError): number {
    let count = 0;
    for (const scores of withdrawn) this.#withdrawn.set(scores, reason);
    for (const picture of this.#items.values()) {
      const now = this.#held(picture);
      if (now === picture) continue;
      this.#items.set(picture.id, now);
      count += 1;
    }
    this.#shown.ask();
    return count;
  }

  /** A picture with what holds of its scores. `forgotten`: as it stood when it was taken off. */
  #held(picture: Picture, forgotten = this.#forgotten): Picture {
    const scores = Object.entries(picture.scores)
      .filter(([model]) => this.#forgotten.get(model) === forgotten.get(model))
      .map(([model, each]) => {
        const reason = this.#withdrawn.get(each);
        return [model, reason ? withdrawnScores(each, reason) : each] as const;
      });
    const same = scores.length === Object.keys(picture.scores).length;
    if (same && scores.every(([model, each]) => picture.scores[model] === each)) return picture;
    return { ...picture, scores: Object.fromEntries(scores) };
  }

  /** What a model said is void: it was removed or installed anew. */
  forget(model: string): void {
    this.#forgotten.set(model, (this.#forgotten.get(model) ?? 0) + 1);
    for (const picture of this.#items.values()) {
      if (picture.scores[model] === undefined) continue;
      const { [model]: _, ...scores } = picture.scores;
      this.#items.set(picture.id, { ...picture, scores });
    }
    this.#shown.ask();
  }

  /** After a model was put on the bench or taken off: asks for what is missing. */
  refresh(): void {
    for (const id of this.#order) this.#queue(id);
    this.#shown.now();
  }

  get(id: string): Picture | undefined {
    return this.#items.get(id);
  }

  dispose(): void {
    this.#scoring.cancel();
    this.#thumbnails.cancel();
    for (const id of this.#order) this.#drop(id);
    this.#order = [];
    this.#shown.cancel();
  }

  #create(file: Blob): Picture {
    const number = ++this.#count;
    const name = file instanceof File && file.name !== '' ? file.name : `Picture ${number}`;
    return { id: `picture-${number}`, file, name, number, state: 'waiting', scores: {} };
  }

  #restore(removed: readonly Picture[], order: readonly string[]): void {
    for (const picture of removed) this.#items.set(picture.id, picture);
    // Pictures that came in the meantime go behind those that come back.
    const later = this.#order.filter((id) => !order.includes(id));
    this.#order = [...order.filter((id) => this.#items.has(id)), ...later];
    if (removed[0]) this.#prefer(removed[0].id);
    for (const picture of removed) this.#queue(picture.id);
    this.#shown.now();
  }

  /** Forgets a picture and frees its pixels; the thumbnail is made anew should it come back. */
  #drop(id: string, bare = false): Picture {
    this.#scoring.cancel(id);
    this.#thumbnails.cancel(id);
    const { thumbnail, ...picture }: Picture = this.#items.get(id)!;
    thumbnail?.close();
    this.#items.delete(id);
    const left = bare ? { ...picture, scores: {} } : picture;
    return { ...left, state: this.#missing(left).length > 0 ? 'waiting' : 'done' };
  }

  #prefer(id: string | undefined): void {
    this.#selected = id;
    this.#scoring.preferred = id;
    this.#thumbnails.preferred = id;
  }

  #missing(picture: Picture): readonly string[] {
    return this.#options.models().filter((model) => picture.scores[model] === undefined);
  }

  #queue(id: string): void {
    const picture = this.#items.get(id)!;
    if (!this.#scoring.has(id) && this.#missing(picture).length > 0) {
      this.#put({ ...picture, state: 'waiting' });
      this.#scoring.add(id, (signal) => this.#score(id, signal));
    }
    const { thumbnail, unreadable } = picture;
    if (!thumbnail && !unreadable && !this.#thumbnails.has(id))
      this.#thumbnails.add(id, (signal) => this.#preview(id, signal));
  }

  async #score(id: string, signal: AbortSignal): Promise<void> {
    const picture = this.#items.get(id);
    if (!picture || signal.aborted) return;
    this.#put({ ...picture, state: 'scoring' });
    await Promise.all(this.#missing(picture).map((model) => this.#ask(picture, model, signal)));
    const now = this.#items.get(id);
    if (signal.aborted || !now) return;
    this.#put({ ...now, state: 'done' });
    // A model may have been added while this one was running.
    if (this.#missing(now).length > 0) this.#scoring.add(id, (again) => this.#score(id, again));
  }

  async #ask(picture: Picture, model: string, signal: AbortSignal): Promise<void> {
    let scores: Scores;
    try {
      scores = await this.#options.winnow.classifyImage(picture.file, { model, signal });
    } catch (thrown) {
      const error = toWinnowError(thrown);
      if (error.kind === 'cancelled') return;
      scores = failedScores(model, error);
    }
    // Withdrawn means removed, or asked again: either way this answer is nobody's.
    const now = this.#items.get(picture.id);
    if (signal.aborted || !now) return;
    this.#put({ ...now, scores: { ...now.scores, [model]: scores } });
  }

  async #preview(id: string, signal: AbortSignal): Promise<void> {
    const picture = this.#items.get(id);
    if (!picture || picture.thumbnail || signal.aborted) return;
    try {
      const { bitmap, ...facts } = await this.#options.winnow.preview(picture.file, {
        longestSide: THUMBNAIL,
        signal,
      });
      const now = this.#items.get(id);
      if (signal.aborted || !now || now.thumbnail) bitmap.close();
      else this.#put({ ...now, thumbnail: bitmap, facts: facts satisfies PictureFacts });
    } catch {
      const now = this.#items.get(id);
      if (!signal.aborted && now) this.#put({ ...now, unreadable: true });
    }
  }

  #put(picture: Picture): void {
    this.#items.set(picture.id, picture);
    this.#shown.ask();
  }

  #publish(): void {
    this.store.set({
      items: this.#order.map((id) => this.#items.get(id)!),
      blurs: this.#blurs,
      ...(this.#selected === undefined ? {} : { selected: this.#selected }),
    });
  }
}
