/** The inference worker's service: at most one open model, pictures to look at, and signs of life. */
import { FailedError } from '../core/errors';
import type { InferenceContract } from '../rpc/contract';
import { checkCanvas, previewImage } from './decode';
import { type Model, openModel } from './model';

export function createInference(): InferenceContract {
  let model: Model | undefined;
  const opened = (): Model => {
    if (!model) throw new FailedError('internal', 'No model is open in this worker.');
    return model;
  };
  return {
    async open(request, onProgress) {
      await model?.dispose();
      model = undefined;
      model = await openModel(request, onProgress);
      return model.opened;
    },
    async classifyText(job, text, signal) {
      return { job, scores: await opened().classify(text, signal) };
    },
    async classifyImage(job, image, signal) {
      return { job, scores: await opened().classify(image, signal) };
    },
    async embedImage(job, image, signal) {
      return { job, embedding: await opened().embed(image, signal) };
    },
    async embedText(job, text, signal) {
      return { job, embedding: await opened().embed(text, signal) };
    },
    scoreEmbeddings: async (rows, signal) => opened().scoreEmbeddings(rows, signal),
    async install(request, onProgress, signal) {
      // Its readers and families are loaded by whoever installs, not by whoever classifies.
      const { installModel } = await import('./install');
      await model?.dispose();
      model = undefined;
      const { kept, open } = await installModel(request, onProgress, signal);
      model = open;
      return { ...kept, ...(open && { opened: open.opened }) };
    },
    preview: previewImage,
    checkCanvas,
    ping: async () => 'pong',
  };
}
