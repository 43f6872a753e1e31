/** A file whose tensors are read once though two want them: what the first reads is held until it is let go. */
import { type ByteSource, readRange } from './source';

/** Ranges that a second reader will want, by their start. */
interface Held {
  readonly end: number;
  bytes?: Promise<Uint8Array>;
}

/** Bytes held in all files of one `Holder`, and the most there may be. */
export class Holder {
  held = 0;
  readonly #files = new Map<ByteSource, HeldFile>();

  constructor(readonly most: number) {}

  /** `source`, holding what `want` names. */
  file(source: ByteSource): ByteSource {
    const file = new HeldFile(source, this);
    const wrapped: ByteSource = { ...source, read: (start, end, signal) => file.read(start, end, signal) };
    this.#files.set(wrapped, file);
    return wrapped;
  }

  /** From now on, the range is held once any of it is read, as long as there is room. */
  want({ source, start, end }: HeldRange): void {
    this.#files.get(source)?.want(start, end);
  }

  /** Whether the range is held, or was never going to be: reading it is as cheap as it will be. */
  has({ source, start }: HeldRange): boolean {
    return this.#files.get(source)?.has(start) ?? true;
  }

  letGo({ source, start }: HeldRange): void {
    this.#files.get(source)?.letGo(start);
  }
}

export interface HeldRange {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

class HeldFile {
  readonly #ranges = new Map<number, Held>();

  constructor(
    private readonly source: ByteSource,
    private readonly holder: Holder,
  ) {}

  want(start: number, end: number): void {
    if (!this.#ranges.has(start)) this.#ranges.set(start, { end });
  }

  has(start: number): boolean {
    return this.#ranges.get(start)?.bytes !== undefined;
  }

  letGo(start: number): void {
    const range = this.#ranges.get(start);
    this.#ranges.delete(start);
    if (range?.bytes) this.holder.held -= range.end - start;
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const found = this.#around(start, end);
    if (!found) return this.source.read(start, end, signal);
    const [from, range] = found;
    const bytes = await (range.bytes ?? this.#hold(from, range, signal));
    // A copy the caller may keep, and free.
    return bytes.slice(start - from, end - from);
  }

  /** The wanted range that a read lies in, if it is held or there is room to. */
  #around(start: number, end: number): [number, Held] | undefined {
    for (const [from, range] of this.#ranges) {
      if (from > start || range.end < end) continue;
      const fits = this.holder.held + range.end - from <= this.holder.most;
      return range.bytes || fits ? [from, range] : undefined;
    }
    return undefined;
  }

  #hold(from: number, range: Held, signal?: AbortSignal): Promise<Uint8Array> {
    this.holder.held += range.end - from;
    const bytes = readRange(this.source, from, range.end, signal);
    range.bytes = bytes;
    bytes.catch(() => {
      if (range.bytes !== bytes) return;
      delete range.bytes;
      this.holder.held -= range.end - from;
    });
    return bytes;
  }
}
