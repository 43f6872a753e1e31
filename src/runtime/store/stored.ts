/** A kept model opened for reading: every chunk is there and has its size before anything runs. */
import { promisifyRequest } from 'idb-keyval';
import { FailedError, throwIfAborted } from '../../core/errors';
import { transact } from './database';
import { sha256 } from './hash';
import { within } from './keys';
import { type ChunkRef, type Manifest, parseManifest } from './manifest';

export interface StoredModel {
  readonly manifest: Manifest;
  /** A piece as one Blob: handles put together, no bytes are copied. */
  piece(name: string): Blob;
}

/** Hashing at every opening costs 1.3 ms a megabyte; beyond this size it is done once in a while. */
const ALWAYS_VERIFIED = 64e6;
const VERIFIED_FOR = 7 * 24 * 3_600_000;

/**
 * The installed model of that id. Sizes are checked at once; hashes always up to 64 MB, beyond that when the last check
 * is a week old. Hashing goes on beside what the caller does: nothing may be offered before `verified` resolves.
 * Rejects, as `verified` does, with FailedError('asset-corrupt') when a chunk is gone or differs, and with
 * 'asset-missing' when the model is not installed.
 */
export async function openStored(id: string): Promise<StoredModel & { readonly verified: Promise<void> }> {
  const [record, verified] = await transact('readonly', (store) =>
    Promise.all([
      promisifyRequest<unknown>(store.get(['model', id])),
      promisifyRequest<unknown>(store.get(['verified', id])),
    ]),
  );
  if (record === undefined)
    throw new FailedError('asset-missing', `${id} is not installed in this browser. Install it first.`);
  const manifest = parseManifest(record, id);
  const stored = await readStored(manifest);
  const age = Date.now() - (typeof verified === 'number' ? verified : 0);
  const due = manifest.bytes <= ALWAYS_VERIFIED || !(age >= 0 && age < VERIFIED_FOR);
  const verifying = due ? verifyAgain(stored) : Promise.resolve();
  // Whoever opened it waits for it, later.
  verifying.catch(() => {});
  return { ...stored, verified: verifying };
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
}

const CHECKED_FOR = 24 * 3_600_000;

/**
 * The distance that this very model had in its last check on this device, where that was within a day and its bytes are
 * hashed at every opening; the same bytes in the same runtime answer the same. Undefined otherwise.
 */
export async function lastCheck(
  { card, generation, bytes }: Manifest,
  device: string,
): Promise<number | undefined> {
  if (bytes > ALWAYS_VERIFIED) return undefined;
  const found = await transact('readonly', (store) =>
    promisifyRequest<unknown>(store.get(['checked', card.id])),
  );
  const last = (found ?? {}) as Partial<Checked>;
  const age = Date.now() - (typeof last.at === 'number' ? last.at : 0);
  const same = last.generation === generation && last.device === device;
  return same && age >= 0 && age < CHECKED_FOR && typeof last.distance === 'number'
    ? last.distance
    : undefined;
}

/** Notes a check that passed. Not stored means checked again next time. */
export async function noteCheck(
  { card, generation }: Manifest,
  device: string,
  distance: number,
): Promise<void> {
  const checked: Checked = { generation, device, at: Date.now(), distance };
  await transact('readwrite', (store) => void store.put(checked, ['checked', card.id])).catch(() => {});
}

async function verifyAgain(stored: StoredModel): Promise<void> {
  const { card, generation } = stored.manifest;
  await verifyStored(stored);
  // Not stored means checked again next time, nothing worse.
  await transact('readwrite', async (store) => {
    const record = await promisifyRequest<unknown>(store.get(['model', card.id]));
    // It may have been removed, or installed anew, meanwhile.
    if ((record as Partial<Manifest> | undefined)?.generation === generation)
      store.put(Date.now(), ['verified', card.id]);
  }).catch(() => {});
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
  return {
    manifest,
    piece(name) {
      const refs = Object.hasOwn(pieces, name) ? pieces[name]! : undefined;
      if (!refs) throw damaged(manifest, `It has no ${name}.`);
      return new Blob(refs.map((ref) => chunks.get(ref.i)!));
    },
  };
}

/** Compares every chunk with the hash of what was written: one is read while the one before it is hashed. */
export async function verifyStored(
  stored: StoredModel,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { manifest } = stored;
  let done = 0;
  let before: Promise<void> = Promise.resolve();
  for (const [name, refs] of Object.entries(manifest.pieces)) {
    const blob = stored.piece(name);
    let start = 0;
    for (const ref of refs) {
      throwIfAborted(signal);
      const verifying = verifyChunk(manifest, blob.slice(start, start + ref.bytes), ref).then(() => {
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

async function verifyChunk(manifest: Manifest, blob: Blob, ref: ChunkRef): Promise<void> {
  const bytes = await blob.arrayBuffer().catch((cause: unknown) => {
    throw damaged(manifest, 'A part of it cannot be read.', cause);
  });
  if ((await sha256(bytes)) !== ref.sha256) throw damaged(manifest, 'A part of it has changed.');
}

function damaged({ card }: Manifest, what: string, cause?: unknown): FailedError {
  return new FailedError(
    'asset-corrupt',
    `What this browser keeps of ${card.name} is damaged. ${what} Remove it and install it again.`,
    {},
    { cause },
  );
}
