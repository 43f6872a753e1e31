/** The SHA-256 of a whole file as it comes: WebCrypto hashes only what lies in memory altogether. */
import { createSHA256, type IHasher } from 'hash-wasm';
import { throwIfAborted } from '../../core/errors';
import { chunkCount } from '../../core/hub/chunks';
import type { FileRecord } from './chunks';
import { verifiedChunk } from './source';

/** Follows a file's chunks in order; what comes out of order is left for the end, when it is read back. */
export class Digest {
  /** The hasher's state after chunk `next − 1`, and after the one before. */
  private boundary: Uint8Array;
  private before: Uint8Array;
  /** Bytes of chunk `next` that the hasher has. */
  private fed = 0;

  private constructor(
    private readonly hasher: IHasher,
    /** Chunks hashed so far, from the first. */
    private next: number,
  ) {
    this.boundary = hasher.save();
    this.before = this.boundary;
  }

  /** Goes on where the record stopped. */
  static async of(record: FileRecord): Promise<Digest> {
    const hasher = (await createSHA256()).init();
    const { digest } = record;
    if (!digest) return new Digest(hasher, 0);
    try {
      return new Digest(hasher.load(digest.state), digest.chunks);
    } catch {
      // Written by another version of the hasher.
      return new Digest(hasher.init(), 0);
    }
  }

  /**
   * Takes bytes of chunk `index` from `offset` on. Piece by piece as they come: hashing a chunk at once would hold up
   * the connection for as long. A chunk that begins anew replaces what came of it before.
   */
  feed(index: number, offset: number, bytes: Uint8Array): void {
    if (index !== this.next) return;
    if (offset === 0) this.drop();
    if (offset !== this.fed) return;
    this.hasher.update(bytes);
    this.fed += bytes.byteLength;
  }

  /** Chunk `index` of `size` bytes is whole: what to keep in the record, if all of it was fed in order. */
  take(index: number, size: number): FileRecord['digest'] {
    if (index !== this.next || this.fed !== size) return undefined;
    this.fed = 0;
    this.next++;
    this.before = this.boundary;
    this.boundary = this.hasher.save();
    return { chunks: this.next, state: this.boundary };
  }

  /** Takes back the last `take`, and what was fed since. */
  undo(): void {
    this.boundary = this.before;
    this.next--;
    this.fed = 1;
    this.drop();
  }

  /** Forgets the bytes of a chunk that is not whole. */
  private drop(): void {
    if (this.fed > 0) this.hasher.load(this.boundary);
    this.fed = 0;
  }

  /** Hex, lower case; reads back what was not taken as it came. Rejects as `verifiedChunk` does. */
  async finish(record: FileRecord, signal: AbortSignal): Promise<string> {
    this.drop();
    for (; this.next < chunkCount(record.bytes); this.next++) {
      throwIfAborted(signal);
      this.hasher.update(await verifiedChunk(record, this.next));
    }
    return this.hasher.digest('hex');
  }
}
