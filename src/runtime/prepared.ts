/** A model that a site hosts prepared: downloaded files → the store, where it is checked and promoted like any other. */
import type { ModelFile } from '../catalog/card';
import type { PreparedModel } from '../catalog/prepared';
import { FailedError, InvalidError, throwIfAborted } from '../core/errors';
import type { InstallRequest, OnProgress, PreparedSource } from '../rpc/contract';
import { storedSource } from './downloads/source';
import { type Checking, handOn, type InstalledModel } from './install/finish';
import { Draft } from './store/draft';

/**
 * Puts downloaded files into the store as they are, one at a time, and promotes the model once it reads back and answers
 * as it should, or leaves that to another worker. Nothing of what was kept before changes until then. Rejects with
 * FailedError 'asset-missing' or 'asset-corrupt' (`data.key` names the download), and as `promoteChecked`.
 */
export async function installPrepared(
  { card, runtime }: InstallRequest,
  { model, keys }: PreparedSource,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<InstalledModel | Checking> {
  const draft = await Draft.begin(card.id, signal);
  try {
    await copy(draft, model, keys, onProgress, signal);
    const { precision, files, layouts } = model;
    const written = { card, precision, files, origin: { kind: 'bundle' }, layouts } as const;
    return await handOn(draft, written, { runtime, onProgress, signal });
  } finally {
    await draft.discard().catch(() => {});
  }
}

async function copy(
  draft: Draft,
  model: PreparedModel,
  keys: PreparedSource['keys'],
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  let done = 0;
  const tell = () => onProgress?.({ phase: 'prepare', done, total: model.bytes });
  tell();
  for (const [piece, files] of Object.entries(model.pieces)) {
    const sink = draft.sink(piece, model.bytes);
    for (const file of files) {
      throwIfAborted(signal);
      await sink.write(await bytesOf(file.path, file.bytes, keys, signal));
      done += file.bytes;
      tell();
    }
    await sink.close();
    compare(draft, piece, files, keys);
  }
  if (draft.bytes !== model.bytes)
    throw new InvalidError('invalid-model', 'The prepared files are not what their list says.');
}

async function bytesOf(
  path: string,
  bytes: number,
  keys: PreparedSource['keys'],
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = await storedSource(keyOf(path, keys));
  if (source.size !== bytes) throw changed(path, keys);
  return (await source.read(0, bytes, signal)) as Uint8Array<ArrayBuffer>;
}

/** What the store hashed on its way in is what the manifest promised: a download that was altered here shows. */
function compare(
  draft: Draft,
  piece: string,
  files: readonly ModelFile[],
  keys: PreparedSource['keys'],
): void {
  for (const [at, { path, sha256 }] of files.entries())
    if (draft.pieces[piece]?.[at]?.sha256 !== sha256) throw changed(path, keys);
}

function keyOf(path: string, keys: PreparedSource['keys']): string {
  const key = Object.hasOwn(keys, path) ? keys[path] : undefined;
  if (key === undefined)
    throw new FailedError('asset-missing', `${path} was not downloaded. Install it again.`);
  return key;
}

function changed(path: string, keys: PreparedSource['keys']): FailedError {
  return new FailedError(
    'asset-corrupt',
    `${path} has changed in this browser. Install it again; only what is damaged is fetched.`,
    { key: keyOf(path, keys), chunk: 0 },
  );
}
