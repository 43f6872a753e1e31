/** The end of every installation: what was written is read back, opened as it will be opened, asked, and promoted. */
import { throwIfAborted } from '../../core/errors';
import type { KeptModel, OnProgress, RuntimeAssets } from '../../rpc/contract';
import { isReadWhole, loadStored } from '../load';
import { deviceOf, type Model, openedModel } from '../model';
import { checkGoldens, makeReference } from '../probes';
import type { Runnable } from '../runnable';
import type { Draft } from '../store/draft';
import { keptModel, type Manifest, type Reads, type Reference, type Role } from '../store/manifest';
import { noteCheck, readStored, type StoredModel, verifyStored } from '../store/stored';
import { takeDown } from '../verified';

/** What the record says beside what the draft knows itself. */
export type Written = Pick<Manifest, 'card' | 'precision' | 'files' | 'origin' | 'layouts'>;

export interface PromoteOptions {
  readonly runtime: RuntimeAssets;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface InstalledModel {
  readonly kept: KeptModel;
  /** The model as it was checked, where it is small. */
  readonly open: Model | undefined;
}

/**
 * A model that keeps at most this many bytes stays open where it was checked: opening it again takes half as long as
 * installing it. Beyond, what preparing left in memory would stay with it.
 */
const STAYS_OPEN = 128e6;

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
): Promise<InstalledModel> {
  const record: Manifest = {
    ...{ version: 1, generation: draft.generation, at: new Date().toISOString() },
    ...{ bytes: draft.bytes, pieces: draft.pieces, reference: NONE },
    ...written,
  };
  const stored = await readStored(record);
  await verifyStored(stored, (done, total) => onProgress?.({ phase: 'check', done, total }), signal);
  throwIfAborted(signal);
  const started = performance.now();
  const orders: Partial<Record<Role, number[]>> = {};
  const model = await loadStored(stored, runtime, orders);
  try {
    const { reference, distance } = await asked(model, record, signal);
    throwIfAborted(signal);
    await draft.promote({ ...record, reference, reads: await readsOf(stored, orders, signal) });
    await noteCheck(record, deviceOf(runtime), distance);
    const { bytes } = record;
    const open = bytes <= STAYS_OPEN ? openedModel(model, distance, performance.now() - started) : undefined;
    if (!open) await model.engine.dispose();
    return { kept: keptModel(record), open };
  } catch (thrown) {
    await model.engine.dispose();
    throw thrown;
  }
}

/** How each role whose weights are read one by one is read. */
async function readsOf(
  stored: StoredModel,
  orders: Readonly<Partial<Record<Role, readonly number[]>>>,
  signal?: AbortSignal,
): Promise<NonNullable<Manifest['reads']>> {
  const reads: Partial<Record<Role, Reads>> = {};
  for (const role of ['network', 'head'] as const) {
    const [layout, order] = [stored.manifest.layouts[role], orders[role]];
    const blob = layout && stored.piece(`${role}.weights`);
    if (blob && order && !isReadWhole(blob)) reads[role] = await takeDown(blob, layout, order, signal);
  }
  return reads;
}

async function asked(
  model: Runnable,
  { precision, layouts }: Manifest,
  signal?: AbortSignal,
): Promise<{ reference: Reference; distance: number }> {
  // Compared with nothing, it equals itself.
  const distance = (await checkGoldens(model)) ?? 0;
  const towerless = layouts.network === undefined;
  return { reference: await makeReference(model, precision, towerless, signal), distance };
}
