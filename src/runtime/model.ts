/** An opened model: its card, its engine, and the check that both belong together. */
import type { ModelCard } from '../catalog/card';
import { InvalidError } from '../core/errors';
import type { OnProgress, OpenedModel, OpenRequest, RuntimeAssets } from '../rpc/contract';
import { openEngine } from './engine';
import { loadStored } from './load';
import { checkGoldens, checkReference } from './probes';
import { type Runnable, runnable } from './runnable';
import { lastCheck, noteCheck, openStored, verifyStored } from './store/stored';

export interface Model extends Pick<Runnable, 'classify' | 'embed' | 'scoreEmbeddings'> {
  readonly card: ModelCard;
  readonly opened: OpenedModel;
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
  const { model, check } = request.stored
    ? await openInstalled(request.stored.id, request)
    : await openBundled(request);
  const distance = await check(checking).catch(async (error: unknown) => {
    await model.engine.dispose();
    throw error;
  });
  return openedModel(model, distance, performance.now() - started);
}

/** A model that passed its check, after so many milliseconds, with this largest difference where it has a reference. */
export function openedModel(model: Runnable, distance: number | undefined, milliseconds: number): Model {
  const { engine } = model;
  return {
    card: model.card,
    opened: {
      backend: engine.backend,
      precision: engine.precision,
      threads: engine.threads,
      ...(distance !== undefined && { selfTestDistance: distance }),
      milliseconds,
    },
    classify: model.classify,
    embed: model.embed,
    scoreEmbeddings: model.scoreEmbeddings,
    dispose: () => engine.dispose(),
  };
}

interface Opened {
  readonly model: Runnable;
  check(onProgress: (done: number, total: number) => void): Promise<number | undefined>;
}

async function openBundled({ card, files, runtime }: OpenRequest): Promise<Opened> {
  const network = files.find((file) => file.path.endsWith('.onnx'));
  if (!network) throw new InvalidError('invalid-model', `${card.name} has no network among its files.`);
  const engine = await openEngine({ graph: new Uint8Array(network.bytes) }, runtime);
  const model = runnable(card, { network: engine });
  return { model, check: (onProgress) => checkGoldens(model, onProgress) };
}

/** What the answers of the same bytes could depend on: the browser, the runtime (its address has a hash), the threads. */
export function deviceOf({ glue, threads }: RuntimeAssets): string {
  return [navigator.userAgent, glue, threads].join(' ');
}

/**
 * The card that was kept counts, because that is the one it was checked against. What fails of a model that is damaged
 * says that it is, whatever it was that failed first.
 */
async function openInstalled(id: string, { runtime }: OpenRequest): Promise<Opened> {
  const stored = await openStored(id);
  const whole = async (thrown: unknown): Promise<never> => {
    await stored.verified;
    // A large model's weights are compared one by one as they are read: not all of them may have been.
    await verifyStored(stored);
    throw thrown;
  };
  const model = await loadStored(stored, runtime).catch(whole);
  const { manifest } = stored;
  const device = deviceOf(runtime);
  const check: Opened['check'] = async (onProgress) => {
    await stored.verified;
    const last = await lastCheck(manifest, device);
    if (last !== undefined) return last;
    const distance = await checkReference(model, manifest.reference, onProgress).catch(whole);
    await noteCheck(manifest, device, distance);
    return distance;
  };
  return { model, check };
}
