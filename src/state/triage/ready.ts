/** The item that is looked at and the next one, read before anybody asks: a still, or a text. Nothing of it is shown by this. */

export interface ReadyOptions {
  /** Rejects for what cannot be shown. */
  readonly still: (ordinal: number) => Promise<ImageBitmap>;
  readonly text: (ordinal: number) => Promise<string>;
  readonly kind: (ordinal: number) => 'image' | 'text';
  /** A text is there that was not. */
  readonly changed: () => void;
}

type Made = { readonly bitmap: ImageBitmap } | { readonly text: string } | { readonly none: true };

export class Ready {
  readonly #made = new Map<number, Made>();
  #wanted: readonly number[] = [];
  #working = false;

  constructor(private readonly options: ReadyOptions) {}

  /** These and no others are kept; they are read one at a time, in this order. None: everything is let go of. */
  want(ordinals: readonly number[]): void {
    this.#wanted = ordinals;
    for (const ordinal of [...this.#made.keys()]) if (!ordinals.includes(ordinal)) this.drop(ordinal);
    if (!this.#working) void this.#work();
  }

  /** The still, which is the caller's from here on. */
  take(ordinal: number): ImageBitmap | undefined {
    const made = this.#made.get(ordinal);
    if (!made || !('bitmap' in made)) return undefined;
    this.#made.delete(ordinal);
    // It is not read again until it is asked for.
    this.#made.set(ordinal, { none: true });
    return made.bitmap;
  }

  text(ordinal: number): string | undefined {
    const made = this.#made.get(ordinal);
    return made && 'text' in made ? made.text : undefined;
  }

  /** Whether it was read, for whoever waits for it. */
  has(ordinal: number): boolean {
    const made = this.#made.get(ordinal);
    return made !== undefined && !('none' in made);
  }

  drop(ordinal: number): void {
    const made = this.#made.get(ordinal);
    if (made && 'bitmap' in made) made.bitmap.close();
    this.#made.delete(ordinal);
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (;;) {
      const ordinal = this.#wanted.find((one) => !this.#made.has(one));
      if (ordinal === undefined) break;
      const made = await this.#make(ordinal).catch((): Made => ({ none: true }));
      this.#made.set(ordinal, made);
      // Something else is wanted by now.
      if (!this.#wanted.includes(ordinal)) this.drop(ordinal);
      else if ('text' in made) this.options.changed();
    }
    this.#working = false;
  }

  async #make(ordinal: number): Promise<Made> {
    return this.options.kind(ordinal) === 'text'
      ? { text: await this.options.text(ordinal) }
      : { bitmap: await this.options.still(ordinal) };
  }
}
