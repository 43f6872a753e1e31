/** The SHA-256 of a whole file as it comes: WebCrypto hashes only what lies in memory altogether. */
import { createSHA256, type IHasher } from 'hash-wasm';
import { throwIfAborted } from '../../core/errors';
import { chunkCount } from '../../core/hub/chunks';
import type { FileRecord } from './chunks';
import { verifiedChunk } from './source';

/** Follows a file's chunks in order; one out of order is left for the end, when it is read back. */
export class Digest {
  private constructor(
    private readonly hasher: IHasher,
    /** Chunks hashed so far, from the first. */
    private next: number,
  ) {
    this.before = hasher.save();
  }

  private before: Uint8Array;

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

  /** Takes chunk `index` if it is the next; what to keep in the record then. */
  take(index: number, bytes: Uint8Array): FileRecord['digest'] {
    if (index !== this.next) return undefined;
    this.before = this.hasher.save();
    this.hasher.update(bytes);
    this.next++;
    return { chunks: this.next, state: this.hasher.save() };
  }

  /** Takes back the last `take`. */
  undo(): void {
    this.hasher.load(this.before);
    this.next--;
  }

  /** Hex, lower case; reads back what was not taken as it came. Rejects as `verifiedChunk` does. */
  async finish(record: FileRecord, signal: AbortSignal): Promise<string> {
    for (; this.next < chunkCount(record.bytes); this.next++) {
      throwIfAborted(signal);
      this.hasher.update(await verifiedChunk(record, this.next));
    }
    return this.hasher.digest('hex');
  }
}
