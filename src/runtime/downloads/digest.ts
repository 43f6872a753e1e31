/** The SHA-256 of a whole file as it comes. */
import { throwIfAborted } from '../../core/errors';
import { chunkCount } from '../../core/hub/chunks';
import type { FileRecord } from './chunks';
import { type Hasher, ownHasher } from './hasher';
import { verifiedChunk } from './source';

/** Chunks that are hashed, or wait for it, while the next comes in. */
export const HASHED_BESIDE = 2;

/** Follows a file's chunks in order; what comes out of order is left for the end, when it is read back. */
export class Digest {
  /** Settles, never rejects, when what was asked for so far is done. */
  private last: Promise<unknown>;
  private hasher: Hasher | undefined;
  /** Chunks hashed so far, from the first. */
  private next: number;
  /** What goes on after them; nothing at the start. */
  private saved: Uint8Array | undefined;

  /** Goes on where the record stopped; the hasher may be a while coming. */
  constructor(
    { digest }: FileRecord,
    private readonly starting: Promise<Hasher> = ownHasher(),
  ) {
    this.next = digest?.chunks ?? 0;
    this.saved = digest?.state;
    this.last = starting.then(async (hasher) => {
      this.hasher = hasher;
      // Written by another version of the hasher, perhaps.
      await hasher.load(this.saved).catch(() => this.clear());
    });
  }

  /** What to keep in the record, to go on from here later. */
  state(): FileRecord['digest'] {
    return this.saved && { chunks: this.next, state: this.saved };
  }

  restart(): Promise<void> {
    return this.inTurn(() => this.clear());
  }

  /** What is under way is not waited for. */
  end(): void {
    void this.starting.then((hasher) => hasher.end());
  }

  /**
   * Reads back, beside what follows, chunks that were stored before they were hashed: what is written down lags. More
   * than that would hold up the download, and is left for the end, as is one that cannot be read.
   */
  catchUp(record: FileRecord): void {
    let missing = 0;
    while (record.chunks[this.next + missing] !== undefined) missing++;
    if (missing > HASHED_BESIDE + 1) return;
    for (; missing > 0; missing--) void this.inTurn(() => this.readBack(record)).catch(() => {});
  }

  /**
   * Takes chunk `index` if it is the next. The bytes may go to another thread: they must stay as they are until this
   * resolves, with memory of the same size to be used again. Never rejects.
   */
  follow(index: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const memory = bytes.buffer;
    const size = memory.byteLength;
    const hashed = this.inTurn(() => (index === this.next ? this.hash(bytes) : memory));
    return hashed.catch(() => (memory.byteLength === size ? memory : new ArrayBuffer(size)));
  }

  /** Hex, lower case; reads back what was not taken as it came. Rejects as `verifiedChunk` does. */
  async finish(record: FileRecord, signal: AbortSignal): Promise<string> {
    await this.last;
    while (this.next < chunkCount(record.bytes)) {
      throwIfAborted(signal);
      await this.inTurn(() => this.readBack(record));
    }
    return this.inTurn(() => this.hasher!.digest());
  }

  private inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }

  private async clear(): Promise<void> {
    [this.next, this.saved] = [0, undefined];
    await this.hasher!.load();
  }

  private async readBack(record: FileRecord): Promise<void> {
    await this.hash(await verifiedChunk(record, this.next));
  }

  private async hash(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    try {
      const { memory, state } = await this.hasher!.update(bytes);
      this.next++;
      this.saved = state;
      return memory;
    } catch {
      // A thread that has died took the chunk with it, which is read back in the end.
      this.hasher = await ownHasher();
      await this.hasher.load(this.saved);
      throw new Error('The hashing thread has ended.');
    }
  }
}
