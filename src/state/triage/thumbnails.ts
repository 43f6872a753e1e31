/** Small stills of what is on the screen: made one at a time, the newest wish first, only so many kept. */
import { THUMBNAIL } from '../picture';

/** Of 24 px each: a few megabytes at most. */
const KEPT = 400;

export interface ThumbnailsOptions {
  /** At most 24 px on the longest side. Rejects for what cannot be shown. */
  readonly make: (ordinal: number, longestSide: number) => Promise<ImageBitmap>;
  readonly changed: () => void;
}

export class Thumbnails {
  /** In the order in which they were last asked for. `null`: none can be had. */
  readonly #made = new Map<number, ImageBitmap | null>();
  #wanted: readonly number[] = [];
  #working = false;
  #closed = false;

  constructor(private readonly options: ThumbnailsOptions) {}

  get(ordinal: number): ImageBitmap | null {
    return this.#made.get(ordinal) ?? null;
  }

  /** What the screen shows now; wishes of before that are not among these are dropped. */
  want(ordinals: readonly number[]): void {
    this.#wanted = ordinals;
    for (const ordinal of ordinals) {
      const made = this.#made.get(ordinal);
      if (made === undefined) continue;
      this.#made.delete(ordinal);
      this.#made.set(ordinal, made);
    }
    if (!this.#working) void this.#work();
  }

  /** C01: gone from memory, and not made again. */
  drop(ordinal: number): void {
    this.#made.get(ordinal)?.close();
    this.#made.set(ordinal, null);
  }

  /** All of them, and what is on its way; they can be had again. */
  clear(): void {
    this.#wanted = [];
    for (const bitmap of this.#made.values()) bitmap?.close();
    this.#made.clear();
  }

  dispose(): void {
    this.#closed = true;
    this.clear();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (;;) {
      const ordinal = this.#wanted.find((one) => !this.#made.has(one));
      if (ordinal === undefined || this.#closed) break;
      const bitmap = await this.options.make(ordinal, THUMBNAIL).catch(() => null);
      if (this.#closed || this.#made.has(ordinal)) {
        bitmap?.close();
        continue;
      }
      this.#made.set(ordinal, bitmap);
      this.#trim();
      this.options.changed();
    }
    this.#working = false;
  }

  #trim(): void {
    for (const [ordinal, bitmap] of this.#made) {
      if (this.#made.size <= KEPT) return;
      if (this.#wanted.includes(ordinal) || bitmap === null) continue;
      bitmap.close();
      this.#made.delete(ordinal);
    }
  }
}
