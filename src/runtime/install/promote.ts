/** The end of every installation: what was written is read back, opened as it will be opened, asked, and promoted. */
import { throwIfAborted } from '../../core/errors';
import type { Layout } from '../../core/prepare/layout';
import { rearranged } from '../../core/prepare/rearranged';
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
import {
  forgetCheck,
  isReadWhole,
  noteCheck,
  readStored,
  type StoredModel,
  verifyStored,
} from '../store/stored';
import { takeDown } from '../verified';
import { makeBeginning } from './beginning';
import { confirm, rewrite } from './rearrange';

/** What the record says beside what the draft knows itself. */
export type Written = Pick<Manifest, 'card' | 'precision' | 'files' | 'origin' | 'layouts'>;

export interface PromoteOptions {
  readonly runtime: RuntimeAssets;
  /** What the network answers in full precision, where less is kept. */
  readonly exact?: ExactAnswers | undefined;
  /** Nothing was run in this worker before, so that it asks for weights in the order in which every later one does. */
  readonly fresh?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface InstalledModel {
  readonly kept: KeptModel;
  readonly checked: CheckResult;
  /** The model as it was checked: opening it again takes half as long as checking it. */
  readonly open: Model;
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
  { runtime, exact, fresh, onProgress, signal }: PromoteOptions,
): Promise<InstalledModel> {
  const record: Manifest = {
    ...{ version: 1, generation: draft.generation, at: new Date().toISOString() },
    ...{ bytes: draft.bytes, pieces: { ...draft.pieces }, reference: NONE },
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
  const { model, beginning: begun, reread } = loaded;
  stored.release();
  step('networks open');
  try {
    const { reference: made, ...found } = await asked(model, record, { exact, signal });
    step('probes asked');
    const reference = { ...made, ...(begun && { beginning: begun }) };
    throwIfAborted(signal);
    const kept: Manifest = {
      ...record,
      ...begins,
      reference,
      ...(await settled(draft, stored, { orders, fresh, signal })),
    };
    if (kept.layouts !== record.layouts) reread(await readStored(kept));
    step('weights in order');
    await draft.promote(kept);
    step('promoted');
    await noteCheck(kept, deviceOf(runtime), found);
    const opening = performance.now() - started;
    return {
      kept: keptModel(kept),
      checked: found,
      // What was noted just now is not for the next worker to go by, should this one turn out wrong.
      open: openedModel(model, { ...found, reference, opening, forget: () => forgetCheck(kept) }),
    };
  } catch (thrown) {
    await model.engine.dispose();
    throw thrown;
  }
}

/**
 * How each role whose weights are read one by one is read, and lies: in the order of `orders` where that is to last. What a site
 * hosts stays as it is there, so that a damaged piece can be had from it again.
 */
async function settled(
  draft: Draft,
  stored: StoredModel,
  {
    orders,
    fresh = false,
    signal,
  }: Pick<PromoteOptions, 'fresh' | 'signal'> & {
    readonly orders: Readonly<Partial<Record<Role, readonly number[]>>>;
  },
): Promise<Pick<Manifest, 'bytes' | 'pieces' | 'layouts' | 'reads'>> {
  const { manifest } = stored;
  const { layouts, origin } = manifest;
  const reads: Partial<Record<Role, Reads>> = {};
  const moved: Partial<Record<Role, Layout>> = {};
  for (const role of ['network', 'head'] as const) {
    const [layout, order, piece] = [layouts[role], orders[role], `${role}.weights`];
    const blob = layout && stored.piece(piece);
    if (!blob || !order || isReadWhole(blob)) continue;
    const wanted = fresh && origin?.kind !== 'bundle' ? rearranged(layout, order) : undefined;
    if (!wanted) {
      reads[role] = await takeDown(blob, layout, order, signal);
      continue;
    }
    const rewritten = await rewrite(blob, wanted, { draft, piece, layout, signal });
    moved[role] = wanted.layout;
    const now = await readStored({ ...manifest, pieces: { ...draft.pieces } });
    reads[role] = await confirm(now.piece(piece), wanted, rewritten, order, signal);
  }
  const { bytes, pieces } = draft;
  const isMoved = Object.keys(moved).length > 0;
  return { bytes, pieces, layouts: isMoved ? { ...layouts, ...moved } : layouts, reads };
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
