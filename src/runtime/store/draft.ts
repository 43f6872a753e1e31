/** A model on its way into the store: chunks first, the record last. */
import { promisifyRequest } from 'idb-keyval';
import { isNewer, keptByNewer } from '../database';
import { blobIsGarbage } from '../garbage';
import { type PieceSink, type PieceStore, putThrough } from '../install/write';
import { transact } from './database';
import { sha256 } from './hash';
import { installLock, within } from './keys';
import { lock, locksManager, type Unlock } from './locks';
import type { ChunkRef, Manifest } from './manifest';

/** A draft that one worker wrote and another goes on with. */
export interface WrittenDraft {
  readonly id: string;
  readonly generation: string;
  readonly pieces: Readonly<Record<string, readonly ChunkRef[]>>;
}

const claims = new Map<string, Promise<Unlock>>();

/** Queues for a model's lock; resolves when it stands in line, so that nobody comes before it once whoever has it is gone. */
export async function claim(id: string): Promise<void> {
  const claiming = lock(installLock(id));
  claiming.catch(() => {});
  claims.set(id, claiming);
  // Asked behind it, and answered after it was heard.
  await locksManager()
    ?.query()
    .catch(() => {});
}

function claimed(id: string): Promise<Unlock> {
  const claiming = claims.get(id) ?? lock(installLock(id));
  claims.delete(id);
  return claiming;
}

/**
 * One installation's chunks. Holds the model's lock until it is promoted or discarded; should this thread die
 * before, the lock goes with it and the next start deletes the chunks.
 */
export class Draft implements PieceStore {
  readonly pieces: Record<string, ChunkRef[]> = {};
  bytes = 0;
  #next = 0;
  /** Numbers of chunks that were written over; they go when it is promoted. */
  readonly #replaced: number[] = [];
  #over = false;

  private constructor(
    readonly id: string,
    readonly generation: string,
    private readonly unlock: () => void,
  ) {}

  /**
   * Waits until no other tab installs this model. Rejects with CancelledError when the signal fires, and with
   * FailedError('storage-unavailable') where a newer version has installed it: that is not written over.
   */
  static async begin(id: string, signal?: AbortSignal): Promise<Draft> {
    const unlock = await lock(installLock(id), signal);
    const before = await transact('readonly', (store) =>
      promisifyRequest<unknown>(store.get(['model', id])),
    ).catch((thrown: unknown) => {
      unlock();
      throw thrown;
    });
    if (isNewer(before)) {
      unlock();
      throw keptByNewer();
    }
    const random = crypto.getRandomValues(new Uint32Array(4));
    return new Draft(id, Array.from(random, (part) => part.toString(36)).join('-'), unlock);
  }

  /**
   * Goes on with what another worker wrote, once its lock is free. It must have been claimed before that worker ends, or
   * another tab may have deleted it.
   */
  static async resume({ id, generation, pieces }: WrittenDraft): Promise<Draft> {
    const draft = new Draft(id, generation, await claimed(id));
    Object.assign(draft.pieces, pieces);
    const refs = Object.values(pieces).flat();
    draft.bytes = refs.reduce((sum, { bytes }) => sum + bytes, 0);
    draft.#next = 1 + Math.max(-1, ...refs.map(({ i }) => i));
    return draft;
  }

  /** Leaves it to a worker that claims it. The lock stays until this thread ends. */
  leave(): WrittenDraft {
    this.#over = true;
    const { id, generation, pieces } = this;
    return { id, generation, pieces };
  }

  /** Writes over the chunks of a piece that hold its first `bytes`: those that follow stay, from `end` on. */
  over(piece: string, bytes: number): { readonly sink: PieceSink; readonly end: number } {
    const old = this.pieces[piece]!;
    let [count, end] = [0, 0];
    for (; count < old.length && end < bytes; count++) end += old[count]!.bytes;
    const { write, close } = this.sink(piece, this.bytes);
    return {
      end,
      sink: {
        write,
        close: async () => {
          await close();
          for (const { i, bytes } of old.slice(0, count)) {
            this.#replaced.push(i);
            this.bytes -= bytes;
          }
          this.pieces[piece]!.push(...old.slice(count));
        },
      },
    };
  }

  /** Where a piece's chunks go. `needed` is what the whole installation keeps, for the message when it does not fit. */
  sink(piece: string, needed: number): PieceSink {
    const refs: ChunkRef[] = [];
    this.pieces[piece] = refs;
    // One chunk is hashed and stored while the next is made.
    let storing: Promise<void> = Promise.resolve();
    return {
      write: async (bytes) => {
        const i = this.#next++;
        // Both take their copy at once, so the caller may reuse the buffer.
        const blob = new Blob([bytes]);
        const hash = sha256(bytes);
        hash.catch(() => {});
        const before = storing;
        storing = before.then(async () => {
          await this.#put(i, blob, needed);
          refs.push({ i, bytes: blob.size, sha256: await hash });
          this.bytes += blob.size;
          blobIsGarbage(blob.size);
        });
        storing.catch(() => {});
        await before;
      },
      close: () => storing,
    };
  }

  /** A small piece in one go, such as a graph or a tokenizer. */
  put(piece: string, bytes: Uint8Array, needed: number): Promise<void> {
    return putThrough(this.sink(piece, needed), bytes);
  }

  #put(i: number, blob: Blob, needed: number): Promise<void> {
    const key = ['chunk', this.id, this.generation, i];
    return transact('readwrite', (store) => void store.put(blob, key), { needed });
  }

  /** Makes it the installed model, and deletes what was there before, in one transaction that is on disk after. */
  async promote(manifest: Manifest): Promise<void> {
    await transact(
      'readwrite',
      async (store) => {
        const before: unknown = await promisifyRequest(store.get(['model', this.id]));
        if (isNewer(before)) throw keptByNewer();
        const old = (before as Partial<Manifest> | undefined)?.generation;
        store.put(manifest, ['model', this.id]);
        for (const i of this.#replaced) store.delete(['chunk', this.id, this.generation, i]);
        if (typeof old === 'string' && old !== this.generation) store.delete(within('chunk', this.id, old));
      },
      { durability: 'strict', needed: this.bytes },
    );
    this.#end();
  }

  /** Deletes what was written. Does nothing once it was promoted. */
  async discard(): Promise<void> {
    if (this.#over) return;
    try {
      await transact('readwrite', (store) => void store.delete(within('chunk', this.id, this.generation)), {
        create: false,
      });
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#over = true;
    this.unlock();
  }
}
