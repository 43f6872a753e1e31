/** What is measured, behind one interface: encoded picture in, probabilities out. */
import type { createWinnow as CreateWinnow } from '../../../src/sdk';
import { openOurs, toPixels } from '../../golden-nsfwjs/ours';
import { openPeer } from '../../golden-nsfwjs/peer';

export type ContenderName = 'winnow' | 'winnow-direct' | 'nsfwjs-wasm' | 'nsfwjs-default';

/** Milliseconds of each step, where the contender knows them. */
export type Steps = Readonly<Record<'decode' | 'preprocess' | 'run', number>>;

export interface Contender {
  /** What it runs on. */
  readonly backend: string;
  classify(picture: Blob): Promise<Steps | undefined>;
}

export function openContender(name: ContenderName, threads: number): Promise<Contender> {
  switch (name) {
    case 'winnow':
      return product(threads);
    case 'winnow-direct':
      return direct(threads);
    case 'nsfwjs-wasm':
      return peer('wasm', threads);
    case 'nsfwjs-default':
      return peer('default', threads);
  }
}

/** The SDK of the production build, as any page would use it. */
async function product(threads: number): Promise<Contender> {
  const address = '/dist/sdk/winnow.js';
  const { createWinnow }: { createWinnow: typeof CreateWinnow } = await import(/* @vite-ignore */ address);
  const winnow = await createWinnow({ threads });
  const { backend } = await winnow.open('starter-image');
  return {
    backend,
    async classify(picture) {
      const scores = await winnow.classifyImage(picture, { model: 'starter-image' });
      if (scores.status !== 'scored') throw new Error(scores.reason);
      return scores.timings;
    },
  };
}

/** The same steps without workers: what the product path costs shows in the difference. */
async function direct(threads: number): Promise<Contender> {
  const ours = await openOurs(threads);
  return {
    backend: 'wasm',
    async classify(picture) {
      const started = performance.now();
      const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none' });
      const decoded = performance.now();
      const pixels = await toPixels(bitmap);
      bitmap.close();
      const prepared = performance.now();
      await ours.run(pixels);
      return { decode: decoded - started, preprocess: prepared - decoded, run: performance.now() - prepared };
    },
  };
}

async function peer(backend: 'wasm' | 'default', threads: number): Promise<Contender> {
  const nsfwjs = await openPeer(backend, threads);
  return {
    backend: nsfwjs.backend,
    async classify(picture) {
      const bitmap = await createImageBitmap(picture);
      await nsfwjs.classify(bitmap);
      bitmap.close();
      return undefined;
    },
  };
}
