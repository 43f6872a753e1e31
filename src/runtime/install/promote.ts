/** The end of every installation: what was written is read back, opened as it will be opened, asked, and promoted. */
import { throwIfAborted } from '../../core/errors';
import type { KeptModel, OnProgress, RuntimeAssets } from '../../rpc/contract';
import { loadStored } from '../load';
import { checkGoldens, makeReference } from '../probes';
import type { Draft } from '../store/draft';
import type { Manifest, Reference } from '../store/manifest';
import { readStored, verifyStored } from '../store/stored';

/** What the record says beside what the draft knows itself. */
export type Written = Pick<Manifest, 'card' | 'precision' | 'files' | 'layouts'>;

export interface PromoteOptions {
  readonly runtime: RuntimeAssets;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing reads the reference of a record that is not promoted. */
const NONE: Reference = { tolerance: 0, cases: [] };

/**
 * Makes a draft the installed model, once it reads back as written and answers as it should. Rejects with FailedError
 * ('asset-corrupt', 'self-test-failed', 'out-of-memory', 'storage-full' …) or CancelledError; then nothing has changed.
 */
export async function promoteChecked(
  draft: Draft,
  written: Written,
  { runtime, onProgress, signal }: PromoteOptions,
): Promise<KeptModel> {
  const record: Manifest = {
    ...{ version: 1, generation: draft.generation, at: new Date().toISOString() },
    ...{ bytes: draft.bytes, pieces: draft.pieces, reference: NONE },
    ...written,
  };
  const stored = await readStored(record);
  await verifyStored(stored, (done, total) => onProgress?.({ phase: 'check', done, total }), signal);
  throwIfAborted(signal);
  const model = await loadStored(stored, runtime);
  let reference: Reference;
  try {
    await checkGoldens(model);
    reference = await makeReference(model, record.precision, record.layouts.network === undefined, signal);
  } finally {
    await model.engine.dispose();
  }
  throwIfAborted(signal);
  await draft.promote({ ...record, reference });
  const { card, precision, bytes, at, files } = record;
  return { card, installed: { precision, bytes, at, files } };
}
