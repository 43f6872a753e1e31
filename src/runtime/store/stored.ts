/** A kept model opened for reading: every chunk is there and has its size before anything runs. */
import { promisifyRequest } from 'idb-keyval';
import { FailedError, throwIfAborted } from '../../core/errors';
import { discard } from '../discard';
import { blobRead } from '../source';
import { transact } from './database';
import { sha256 } from './hash';
import { within } from './keys';
import { type ChunkRef, type Manifest, MOST_READS, parseManifest, type Role } from './manifest';

export interface StoredModel {
  readonly manifest: Manifest;
  /** A piece as one Blob: handles put together, no bytes are copied. */
  piece(name: string): Blob;
  /** The bytes of a small piece, read once for whoever compares and whoever uses them. Rejects as `readStored`. */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Lets go of bytes that were read. */
  release(): void;
}

/** A piece up to this many bytes may be read whole: each read goes through another process, and a small model has many tensors. */
const SMALL = 32 * 2 ** 20;

export const isReadWhole = (piece: Blob): boolean => piece.size <= SMALL;

/**
 * The installed model of that id. Sizes are checked at once; hashes beside what the caller does, except of weights that are
 * compared when they are read: nothing may be offered before `verified` resolves. Rejects, as `verified` does, with
 * FailedError('asset-corrupt') when a chunk is gone or differs, and with 'asset-missing' when the model is not installed.
 */
export async function openStored(id: string): Promise<StoredModel & { readonly verified: Promise<void> }> {
  const record = await transact('readonly', (store) => promisifyRequest<unknown>(store.get(['model', id])));
  if (record === undefined)
    throw new FailedError('asset-missing', `${id} is not installed in this browser. Install it first.`);
  const manifest = parseManifest(record, id);
  const stored = await readStored(manifest);
  const later = new Set(Object.keys(manifest.reads ?? {}).map((role) => `${role}.weights`));
  const verified = verifyStored(stored, undefined, undefined, later);
  // Whoever opened it waits for it, later.
  verified.catch(() => {});
  return { ...stored, verified };
}

/** The last time that a model answered as it should, and where. */
interface Checked {
  readonly generation: string;
  /** What its answers could depend on beside its bytes: browser, runtime, threads. */
  readonly device: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Largest difference to the reference. */
  readonly distance: number;
  /** Of one run. */
  readonly milliseconds?: number;
}

const CHECKED_FOR = 24 * 3_600_000;

/**
 * What this very model's last check on WASM on this device found, where that was within a day: its bytes are compared at
 * every opening, so that its first answer is early enough for the next. Undefined otherwise.
 */
export async function lastCheck(
  { card, generation }: Manifest,
  device: string,
): Promise<Pick<Checked, 'distance' | 'milliseconds'> | undefined> {
  const found = await transact('readonly', (store) =>
    promisifyRequest<unknown>(store.get(['checked', card.id])),
  );
  const last = (found ?? {}) as Partial<Checked>;
  const age = Date.now() - (typeof last.at === 'number' ? last.at : 0);
  const same = last.generation === generation && last.device === device;
  const { distance, milliseconds } = last;
  if (!same || !(age >= 0 && age < CHECKED_FOR) || typeof distance !== 'number') return undefined;
  return { distance, ...(typeof milliseconds === 'number' && { milliseconds }) };
}

/** Notes a check that passed. Not stored means checked again next time. */
export async function noteCheck(
  { card, generation }: Manifest,
  device: string,
  found: Pick<Checked, 'distance' | 'milliseconds'>,
): Promise<void> {
  const checked: Checked = { generation, device, at: Date.now(), ...found };
  await transact('readwrite', (store) => void store.put(checked, ['checked', card.id]), {
    create: false,
  }).catch(() => {});
}

/**
 * Notes in which order weights were asked for at this opening, where that is not what is written down: the runtime's hash
 * tables are in the order of its memory, which is another when a model has just been installed. Not noted means read one
 * by one again.
 */
export async function noteOrder(
  { card, generation, reads }: Manifest,
  role: Role,
  order: readonly number[],
): Promise<void> {
  const known = reads?.[role]?.order;
  if (!known || order.length > MOST_READS * reads[role]!.weights.length) return;
  if (known.length === order.length && known.every((place, at) => place === order[at])) return;
  await transact(
    'readwrite',
    async (store) => {
      const now = await promisifyRequest<Manifest | undefined>(store.get(['model', card.id]));
      const stored = now?.reads?.[role];
      if (!now || !stored || now.generation !== generation) return;
      store.put({ ...now, reads: { ...now.reads, [role]: { ...stored, order } } }, ['model', card.id]);
    },
    { create: false },
  ).catch(() => {});
}

/** The next opening checks it. */
export async function forgetCheck({ card }: Manifest): Promise<void> {
  await transact('readwrite', (store) => void store.delete(['checked', card.id]), { create: false }).catch(
    () => {},
  );
}

/** The chunks that a manifest names, promoted or not. Rejects with FailedError('asset-corrupt'). */
export async function readStored(manifest: Manifest): Promise<StoredModel> {
  const { card, generation, pieces } = manifest;
  const [keys, blobs] = await transact('readonly', (store) => {
    const range = within('chunk', card.id, generation);
    return Promise.all([
      promisifyRequest(store.getAllKeys(range)),
      promisifyRequest<unknown[]>(store.getAll(range)),
    ]);
  });
  const chunks = new Map<number, Blob>();
  for (const [at, key] of keys.entries()) {
    const [blob, i] = [blobs[at], (key as IDBValidKey[])[3]];
    if (blob instanceof Blob && typeof i === 'number') chunks.set(i, blob);
  }
  for (const ref of Object.values(pieces).flat())
    if (chunks.get(ref.i)?.size !== ref.bytes) throw damaged(manifest, 'A part of it is missing.');
  const piece = (name: string): Blob => {
    const refs = Object.hasOwn(pieces, name) ? pieces[name]! : undefined;
    if (!refs) throw damaged(manifest, `It has no ${name}.`);
    return new Blob(refs.map((ref) => chunks.get(ref.i)!));
  };
  const held = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  return {
    manifest,
    piece,
    async bytes(name) {
      const found = held.get(name) ?? blobRead(piece(name));
      held.set(name, found);
      return found;
    },
    release: () => held.clear(),
  };
}

/**
 * Compares every chunk, but for those of the pieces in `except`, with the hash of what was written: one is read while the
 * one before it is hashed.
 */
export async function verifyStored(
  stored: StoredModel,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
  except: ReadonlySet<string> = new Set(),
): Promise<void> {
  const { manifest } = stored;
  let done = 0;
  let before: Promise<void> = Promise.resolve();
  for (const [name, refs] of Object.entries(manifest.pieces)) {
    if (except.has(name)) continue;
    const blob = stored.piece(name);
    const whole = isReadWhole(blob) ? stored.bytes(name) : undefined;
    let start = 0;
    for (const ref of refs) {
      throwIfAborted(signal);
      const [from, to] = [start, start + ref.bytes];
      const reading = whole
        ? whole.then((bytes) => bytes.subarray(from, to))
        : blob.slice(from, to).arrayBuffer();
      const verifying = verifyChunk(manifest, reading, ref).then(() => {
        done += ref.bytes;
        onProgress?.(done, manifest.bytes);
      });
      verifying.catch(() => {});
      await before;
      before = verifying;
      start += ref.bytes;
    }
  }
  await before;
}

async function verifyChunk(
  manifest: Manifest,
  reading: Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>,
  ref: ChunkRef,
): Promise<void> {
  const bytes = await reading.catch((cause: unknown) => {
    throw damaged(manifest, 'A part of it cannot be read.', cause);
  });
  const hash = await sha256(bytes);
  // What is a part of something is somebody's; a chunk by itself was read for this alone.
  if (bytes instanceof ArrayBuffer) discard(bytes);
  if (hash !== ref.sha256) throw damaged(manifest, 'A part of it has changed.');
}

function damaged({ card }: Manifest, what: string, cause?: unknown): FailedError {
  return new FailedError(
    'asset-corrupt',
    `What this browser keeps of ${card.name} is damaged. ${what} Remove it and install it again.`,
    {},
    { cause },
  );
}
