/** The SHA-256 that each chunk of a file must have, and what arrives compared with it in another thread. */
import { sha256 } from '../store/hash';
import { type ArrivedChunk, type Fence, type FileRecord, putChunk, putUnnamed } from './chunks';
import type { Hasher } from './hasher';
import type { Arrived } from './transfer';

export interface Compared {
  readonly fits: boolean;
  /** That of the chunk, or as much. */
  readonly memory: ArrayBuffer;
}

export class ChunkPins {
  /** The hasher may be a while coming. */
  constructor(
    private readonly pins: readonly string[],
    private readonly starting: Promise<Hasher>,
  ) {}

  /** The chunk's bytes are given away. Rejects as `sha256` does. */
  async compare({ index, bytes, blob }: Arrived): Promise<Compared> {
    const size = bytes.buffer.byteLength;
    const hasher = await this.starting;
    const hashed = await hasher.only(bytes).catch(() => undefined);
    if (hashed) return { fits: hashed.hex === this.pins[index], memory: hashed.memory };
    // A thread that has died took the bytes with it; the browser has a copy.
    const hex = await sha256(await blob.arrayBuffer());
    return { fits: hex === this.pins[index], memory: new ArrayBuffer(size) };
  }

  /** Stores a chunk beside its being compared; one that does not fit is not named, and gives way to the next. */
  async keep(
    record: FileRecord,
    fence: Fence,
    { blob, ...arrived }: ArrivedChunk,
    compared: Promise<Compared>,
  ): Promise<{ record: FileRecord; fits: boolean }> {
    const { index } = arrived;
    const [{ fits }, unnamed] = await Promise.all([compared, putUnnamed(record, fence, { index, blob })]);
    if (!fits) return { record: unnamed, fits };
    return { record: await putChunk(unnamed, fence, { ...arrived, pin: this.pins[index] }), fits };
  }

  /** What is under way is not waited for. */
  end(): void {
    void this.starting.then((hasher) => hasher.end());
  }
}
