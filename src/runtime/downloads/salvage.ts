/** What is intact of an installed model need not come again, where its site hosts it in the same pieces. */
import { promisifyRequest } from 'idb-keyval';
import { fileKey } from '../../core/hub/address';
import { chunkCount, chunkRange } from '../../core/hub/chunks';
import type { FoundFile } from '../../rpc/downloads';
import { quickHash } from '../quick-hash';
import { transact as models } from '../store/database';
import { sha256 } from '../store/hash';
import { type ChunkRef, type Manifest, parseManifest } from '../store/manifest';
import { type FileRecord, readRecord, update } from './chunks';

/** As `DownloadsContract.salvage` says. */
export async function salvage(model: string, files: readonly FoundFile[]): Promise<number> {
  const manifest = await manifestOf(model);
  if (!manifest) return 0;
  const refs = new Map(Object.values(manifest.pieces).flatMap((all) => all.map((ref) => [ref.sha256, ref])));
  let salvaged = 0;
  for (const file of files) {
    const ref = file.sha256 === undefined ? undefined : refs.get(file.sha256);
    if (!ref || ref.bytes !== file.bytes || (await readRecord(fileKey(file)))) continue;
    const bytes = await intact(manifest, ref);
    if (!bytes) continue;
    await keep(file, bytes);
    salvaged += file.bytes;
  }
  return salvaged;
}

/** As `DownloadsContract.damaged` says. */
export async function damaged(model: string): Promise<number | undefined> {
  const manifest = await manifestOf(model);
  if (!manifest) return undefined;
  let bytes = 0;
  for (const ref of Object.values(manifest.pieces).flat())
    if (!(await intact(manifest, ref))) bytes += ref.bytes;
  return bytes;
}

/** A record that cannot be used says nothing of what is intact. */
async function manifestOf(model: string): Promise<Manifest | undefined> {
  const record = await models('readonly', (store) => promisifyRequest<unknown>(store.get(['model', model])));
  try {
    return parseManifest(record, model);
  } catch {
    return undefined;
  }
}

async function intact(
  { card, generation }: Manifest,
  { i, bytes: size, sha256: hash }: ChunkRef,
): Promise<ArrayBuffer | undefined> {
  const key = ['chunk', card.id, generation, i];
  const blob = await models('readonly', (store) => promisifyRequest<unknown>(store.get(key)));
  if (!(blob instanceof Blob) || blob.size !== size) return undefined;
  const bytes = await blob.arrayBuffer().catch(() => undefined);
  return bytes && (await sha256(bytes)) === hash ? bytes : undefined;
}

/** As if it had been downloaded; whatever came of it meanwhile in another tab stays. */
async function keep({ repo, revision, path, bytes: size, sha256: whole }: FoundFile, bytes: ArrayBuffer) {
  const chunks: Record<number, string> = {};
  const quick = await quickHash();
  const blobs: Blob[] = [];
  for (let index = 0; index < chunkCount(size); index++) {
    const { start, end } = chunkRange(index, size);
    const part = bytes.slice(start, end);
    chunks[index] = quick(new Uint8Array(part));
    blobs.push(new Blob([part]));
  }
  const record: FileRecord = {
    ...{ version: 1, repo, revision, path, bytes: size, chunks: {}, state: 'partial' },
    ...(whole !== undefined && { sha256: whole }),
  };
  await update(record, {}, (now, store) => {
    if (Object.keys(now.chunks).length > 0) return now;
    for (const [index, blob] of blobs.entries()) store.put(blob, ['chunk', fileKey(record), index]);
    return { ...now, chunks, state: 'verified' };
  });
}
