/** The inference worker's service: at most one open model, pictures to look at, and signs of life. */
import { FailedError } from '../core/errors';
import type { FreshModel, InferenceContract, InstallRequest, OnProgress } from '../rpc/contract';
import { checkCanvas, previewImage } from './decode';
import { startRuntime } from './engine';
import type { Checking, InstalledModel } from './install/finish';
import { type Model, openModel, readAhead } from './model';
import { claim } from './store/draft';

export function createInference(): InferenceContract {
  let model: Model | undefined;
  const opened = (): Model => {
    if (!model) throw new FailedError('internal', 'No model is open in this worker.');
    return model;
  };
  const close = async () => {
    await model?.dispose();
    model = undefined;
  };
  const fresh = ({ kept, checked, open }: InstalledModel): FreshModel => {
    model = open;
    const { distance: selfTestDistance, milliseconds: runMilliseconds } = checked;
    const found = { backend: 'wasm', selfTestDistance, runMilliseconds } as const;
    return { ...kept, checked: found, opened: open.opened };
  };
  return {
    startRuntime,
    readAhead: async (id) => readAhead(id),
    async open(request, onProgress) {
      await close();
      model = await openModel(request, onProgress);
      return model.opened;
    },
    async classifyText(job, text, signal) {
      return { job, scores: await opened().classify(text, signal) };
    },
    async classifyImage(job, image, signal) {
      return { job, scores: await opened().classify(image, signal) };
    },
    async classifyPixels(job, picture, signal) {
      return { job, scores: await opened().classify(picture, signal) };
    },
    async embedImage(job, image, signal) {
      return { job, embedding: await opened().embed(image, signal) };
    },
    async embedText(job, text, signal) {
      return { job, embedding: await opened().embed(text, signal) };
    },
    scoreEmbeddings: async (rows, signal) => opened().scoreEmbeddings(rows, signal),
    async install(request, onProgress, signal) {
      await close();
      // Beside the work on its files, which waits for storage most of the time.
      startRuntime(request.runtime).catch(() => {});
      const installed = await installFrom(request, onProgress, signal);
      return 'checking' in installed ? installed.checking : fresh(installed);
    },
    claim,
    async finishInstall(written, runtime, onProgress, signal) {
      await close();
      const { finishInstall } = await import('./install/finish');
      return fresh(await finishInstall(written, runtime, onProgress, signal));
    },
    async plan(request, signal) {
      const { planInstall } = await import('./install/plan');
      return planInstall(request, signal);
    },
    canary: async () => opened().canary(),
    async measure(runtime, milliseconds) {
      const { measureRuntime } = await import('./measure');
      return measureRuntime(runtime, milliseconds);
    },
    preview: previewImage,
    checkCanvas,
    ping: async () => 'pong',
  };
}

/** Readers and families are loaded by whoever installs, not by whoever classifies. */
async function installFrom(
  request: InstallRequest,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<InstalledModel | Checking> {
  if (request.prepared) {
    const { installPrepared } = await import('./prepared');
    return installPrepared(request, request.prepared, onProgress, signal);
  }
  const { installModel } = await import('./install');
  return installModel(request, onProgress, signal);
}
