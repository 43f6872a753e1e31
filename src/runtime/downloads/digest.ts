/** The SHA-256 of a whole file as it comes: WebCrypto hashes only what lies in memory altogether. */
import { createSHA256, type IHasher } from 'hash-wasm';
import { throwIfAborted } from '../../core/errors';
import { chunkCount } from '../../core/hub/chunks';
import type { FileRecord } from './chunks';
import { verifiedChunk } from './source';

/** Hashed at once; what else this thread has to do waits a millisecond or two. */
const STEP_BYTES = 2 ** 19;

/** Follows a file's chunks in order; what comes out of order is left for the end, when it is read back. */
export class Digest {
  private caughtUp: Promise<void> = Promise.resolve();

  private constructor(
    private readonly hasher: IHasher,
    /** Chunks hashed so far, from the first. */
    private next: number,
  ) {}

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

  /** What to keep in the record, to go on from here later. */
  state(): FileRecord['digest'] {
    return this.next > 0 ? { chunks: this.next, state: this.hasher.save() } : undefined;
  }

  async restart(): Promise<void> {
    await this.caughtUp;
    this.hasher.init();
    this.next = 0;
  }

  /**
   * Reads back, beside what follows, a chunk that was stored before it was hashed: what is written down lags by one.
   * More than one would hold up the download, and is left for the end, as is one that cannot be read.
   */
  catchUp(record: FileRecord): void {
    const { next } = this;
    if (record.chunks[next] !== undefined && record.chunks[next + 1] === undefined)
      this.caughtUp = this.readBack(record).catch(() => {});
  }

  /**
   * Takes chunk `index` if it is the next, step by step so that storing it goes on beside; its bytes must stay as they
   * are until this resolves. It counts when `accepted` says so.
   */
  async follow(index: number, bytes: Uint8Array, accepted: Promise<boolean>): Promise<void> {
    await this.caughtUp;
    if (index !== this.next) return;
    const before = this.hasher.save();
    for (let at = 0; at < bytes.byteLength; at += STEP_BYTES) {
      this.hasher.update(bytes.subarray(at, at + STEP_BYTES));
      await breath();
    }
    if (await accepted.catch(() => false)) this.next++;
    else this.hasher.load(before);
  }

  /** Hex, lower case; reads back what was not taken as it came. Rejects as `verifiedChunk` does. */
  async finish(record: FileRecord, signal: AbortSignal): Promise<string> {
    await this.caughtUp;
    while (this.next < chunkCount(record.bytes)) {
      throwIfAborted(signal);
      await this.readBack(record);
    }
    return this.hasher.digest('hex');
  }

  private async readBack(record: FileRecord): Promise<void> {
    this.hasher.update(await verifiedChunk(record, this.next));
    this.next++;
  }
}

/** Lets answers of the database and of the network come in. A timer would wait four milliseconds. */
function breath(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
