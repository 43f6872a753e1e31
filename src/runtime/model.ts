/** An opened model: its card, its engine, and the check that both belong together. */
import type { ModelCard } from '../catalog/card';
import { InvalidError, toWinnowError } from '../core/errors';
import type { OnProgress, OpenedModel, OpenRequest, RuntimeAssets } from '../rpc/contract';
import { step } from '../rpc/step';
import { beginsAlike } from './beginning';
import { openEngine } from './engine';
import { loadStored } from './load';
import { type CheckResult, checkAgain, checkGoldens, checkReference } from './probes';
import { type Runnable, runnable } from './runnable';
import type { Reference } from './store/manifest';
import { forgetCheck, lastCheck, noteCheck, openStored, verifyStored } from './store/stored';

export interface Model extends Pick<Runnable, 'classify' | 'embed' | 'scoreEmbeddings'> {
  readonly card: ModelCard;
  readonly opened: OpenedModel;
  /** As `InferenceContract.canary` says. */
  canary(): Promise<number | undefined>;
  dispose(): Promise<void>;
}

/**
 * Opens a model and checks it. Rejects with InvalidError('invalid-model'), FailedError ('worker-failed',
 * 'self-test-failed', 'out-of-memory', 'asset-corrupt', 'asset-missing'): a model that does not reproduce its own
 * golden answers (swapped labels, wrong preprocessing, a wrong backend) is never offered.
 */
export async function openModel(request: OpenRequest, onProgress?: OnProgress): Promise<Model> {
  const started = performance.now();
  const checking = (done: number, total: number) => onProgress?.({ phase: 'check', done, total });
  const { model, check, reference, forget } = request.stored
    ? await openInstalled(request.stored.id, request)
    : await openBundled(request);
  const found = await check(checking).catch(async (error: unknown) => {
    await model.engine.dispose();
    throw error;
  });
  return openedModel(model, { ...found, reference, forget, opening: performance.now() - started });
}

export interface Checked extends Partial<CheckResult> {
  readonly reference: Reference | undefined;
  /** What stands in for the check: an earlier one, or that and the first layers, asked now. */
  readonly instead?: OpenedModel['unchecked'] | undefined;
  /** Has what is noted of earlier checks forgotten. */
  readonly forget?: (() => Promise<void>) | undefined;
  /** Milliseconds that opening and checking took. */
  readonly opening: number;
}

/** A model that passed its check, with what that found where it has a reference. */
export function openedModel(model: Runnable, checked: Checked): Model {
  const { engine } = model;
  const { distance, milliseconds, reference, instead, forget, opening } = checked;
  return {
    card: model.card,
    opened: {
      backend: engine.backend,
      precision: engine.precision,
      threads: engine.threads,
      ...(distance !== undefined && { selfTestDistance: distance }),
      ...(milliseconds !== undefined && { runMilliseconds: milliseconds }),
      ...(instead && { unchecked: instead }),
      milliseconds: opening,
    },
    classify: model.classify,
    embed: model.embed,
    scoreEmbeddings: model.scoreEmbeddings,
    canary: () =>
      checkAgain(model, reference).catch(async (thrown: unknown) => {
        // The next worker does not open it on the strength of an answer that this one gave.
        if (toWinnowError(thrown).kind !== 'cancelled') await forget?.();
        throw thrown;
      }),
    dispose: () => engine.dispose(),
  };
}

type Found = Partial<CheckResult> & Pick<Checked, 'instead'>;

interface Opened {
  readonly model: Runnable;
  readonly reference?: Reference;
  readonly forget?: () => Promise<void>;
  check(onProgress: (done: number, total: number) => void): Promise<Found | undefined>;
}

async function openBundled({ card, files, runtime, backend }: OpenRequest): Promise<Opened> {
  const network = files.find((file) => file.path.endsWith('.onnx'));
  if (!network) throw new InvalidError('invalid-model', `${card.name} has no network among its files.`);
  const engine = await openEngine({ graph: new Uint8Array(network.bytes) }, runtime, backend);
  const model = runnable(card, { network: engine });
  const check: Opened['check'] = async (onProgress) => {
    const began = performance.now();
    const distance = await checkGoldens(model, onProgress);
    const cases = card.selfTest?.cases.length;
    return distance === undefined || !cases
      ? undefined
      : { distance, milliseconds: (performance.now() - began) / cases };
  };
  return { model, check };
}

/** What the answers of the same bytes on WASM could depend on: the browser, the runtime (its address has a hash), the threads. */
export function deviceOf({ glue, threads }: RuntimeAssets): string {
  return [navigator.userAgent, glue, threads].join(' ');
}

/** A model that is read before it is opened. */
let ahead: { readonly id: string; readonly stored: ReturnType<typeof openStored> } | undefined;

/** Begins to read and compare an installed model; `openModel` takes it from there. */
export function readAhead(id: string): void {
  const stored = openStored(id);
  // What is wrong with it is said when it is opened.
  stored.catch(() => {});
  ahead = { id, stored };
}

function takeStored(id: string): ReturnType<typeof openStored> {
  const taken = ahead?.id === id ? ahead.stored : openStored(id);
  ahead = undefined;
  return taken;
}

/**
 * The card that was kept counts, because that is the one it was checked against. What fails of a model that is damaged
 * says that it is, whatever it was that failed first.
 */
async function openInstalled(id: string, { runtime, backend, thorough }: OpenRequest): Promise<Opened> {
  const stored = await takeStored(id);
  step('record read');
  const whole = async (thrown: unknown): Promise<never> => {
    await stored.verified;
    // A large model's weights are compared one by one as they are read: not all of them may have been.
    await verifyStored(stored);
    throw thrown;
  };
  const { model, beginning } = await loadStored(stored, runtime, backend).catch(whole);
  const { manifest } = stored;
  const device = deviceOf(runtime);
  // A graphics driver may answer otherwise from one device to the next: nothing that was noted stands in for asking it.
  const noting = backend === 'wasm';
  const check: Opened['check'] = async (onProgress) => {
    step('networks open');
    await stored.verified;
    stored.release();
    step('bytes verified');
    const last = noting && !thorough ? await lastCheck(manifest, device) : undefined;
    const vouched = beginsAlike(beginning, manifest.reference.beginning);
    if (last !== undefined) return { ...last, instead: vouched ? 'beyond the beginning' : 'at all' };
    const found = await checkReference(model, manifest.reference, onProgress).catch(
      async (thrown: unknown) => {
        if (noting) await forgetCheck(manifest);
        return whole(thrown);
      },
    );
    if (noting) await noteCheck(manifest, device, found);
    return found;
  };
  return { model, check, reference: manifest.reference, forget: () => forgetCheck(manifest) };
}
