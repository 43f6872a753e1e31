/** The end of every installation: what was written is read back, opened as it will be opened, asked, and promoted. */
import { throwIfAborted } from '../../core/errors';
import type { KeptModel, OnProgress, RuntimeAssets } from '../../rpc/contract';
import { step } from '../../rpc/step';
import { loadStored } from '../load';
import { deviceOf, type Model, openedModel } from '../model';
import {
  type CheckResult,
  checkGoldens,
  type ExactAnswers,
  type MadeReference,
  makeReference,
} from '../probes';
import type { Runnable } from '../runnable';
import type { Draft } from '../store/draft';
import { keptModel, type Manifest, type Reads, type Reference, type Role } from '../store/manifest';
import { isReadWhole, noteCheck, readStored, type StoredModel, verifyStored } from '../store/stored';
import { takeDown } from '../verified';
import { makeBeginning } from './beginning';

/** What the record says beside what the draft knows itself. */
export type Written = Pick<Manifest, 'card' | 'precision' | 'files' | 'origin' | 'layouts'>;

export interface PromoteOptions {
  readonly runtime: RuntimeAssets;
  /** What the network answers in full precision, where less is kept. */
  readonly exact?: ExactAnswers | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface InstalledModel {
  readonly kept: KeptModel;
  readonly checked: CheckResult;
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
  { runtime, exact, onProgress, signal }: PromoteOptions,
): Promise<InstalledModel> {
  const record: Manifest = {
    ...{ version: 1, generation: draft.generation, at: new Date().toISOString() },
    ...{ bytes: draft.bytes, pieces: draft.pieces, reference: NONE },
    ...written,
  };
  const stored = await readStored(record);
  await verifyStored(stored, (done, total) => onProgress?.({ phase: 'check', done, total }), signal);
  step('bytes read back');
  throwIfAborted(signal);
  const started = performance.now();
  const orders: Partial<Record<Role, number[]>> = {};
  // One that cannot be cut is asked whole.
  const beginning = await makeBeginning(stored).catch(() => undefined);
  const begins: Pick<Manifest, 'beginning'> = beginning ? { beginning } : {};
  const loaded = await loadStored({ ...stored, manifest: { ...record, ...begins } }, runtime, 'wasm', orders);
  const { model, beginning: begun } = loaded;
  stored.release();
  step('networks open');
  try {
    const { reference: made, ...found } = await asked(model, record, { exact, signal });
    step('probes asked');
    const reference = { ...made, ...(begun && { beginning: begun }) };
    throwIfAborted(signal);
    await draft.promote({ ...record, ...begins, reference, reads: await readsOf(stored, orders, signal) });
    step('promoted');
    await noteCheck(record, deviceOf(runtime), found);
    const opening = performance.now() - started;
    const open =
      record.bytes <= STAYS_OPEN ? openedModel(model, { ...found, reference, opening }) : undefined;
    if (!open) await model.engine.dispose();
    return { kept: keptModel({ ...record, reference }), checked: found, open };
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
  options: Pick<PromoteOptions, 'exact' | 'signal'>,
): Promise<MadeReference> {
  const golden = (await checkGoldens(model)) ?? 0;
  const towerless = layouts.network === undefined;
  const made = await makeReference(model, { precision, towerless, ...options });
  return { ...made, distance: Math.max(golden, made.distance) };
}
