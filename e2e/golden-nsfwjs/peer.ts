/** nsfwjs as its readme uses it, on the TF.js backend asked for. Nothing comes from the network. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { load } from 'nsfwjs/core';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';

export interface Peer {
  /** The backend that TF.js really runs on. */
  readonly backend: string;
  /** Probabilities by class name. */
  classify(bitmap: ImageBitmap): Promise<Readonly<Record<string, number>>>;
  dispose(): void;
}

/** `default` leaves the choice to TF.js: WebGL where there is one. */
export type PeerBackend = 'default' | 'wasm' | 'webgpu';

/** `threads` only counts for `wasm`. Throws where TF.js does not get the backend that was asked for. */
export async function openPeer(backend: PeerBackend, threads = 1): Promise<Peer> {
  if (backend === 'wasm') {
    setWasmPaths('/tfjs/');
    setThreadsCount(threads);
    await tf.setBackend('wasm');
  } else if (backend === 'webgpu') {
    // Imported only here: once registered, TF.js would prefer it to WebGL.
    await import('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) throw new Error('TF.js does not start on WebGPU.');
  } else {
    // Importing the WASM backend registers it; the default is what TF.js picks without it.
    if (tf.findBackendFactory('wasm')) tf.removeBackend('wasm');
  }
  await tf.ready();
  const model = await load('MobileNetV2', { size: 224, modelDefinitions: [MobileNetV2Model] });
  return {
    backend: tf.getBackend(),
    async classify(bitmap) {
      const classes = await model.classify(bitmap as unknown as HTMLImageElement);
      return Object.fromEntries(classes.map(({ className, probability }) => [className, probability]));
    },
    dispose: () => model.dispose(),
  };
}
