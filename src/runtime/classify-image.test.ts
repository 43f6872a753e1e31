import { describe, expect, it } from 'vitest';
import { falconsaiNsfw } from '../catalog/falconsai-nsfw';
import type { PreparedPicture } from '../rpc/contract';
import { classifyPixels } from './classify-image';
import type { Engine } from './engine';

/** Gives each view the embedding that its first number is. */
const engine: Engine = {
  ...{ backend: 'wasm', precision: 'exact', threads: 1 },
  run: async ({ pixels }) => {
    const turn = (pixels!.data as Float32Array)[0]!;
    return {
      logits: { data: Float32Array.of(0, 1), dims: [1, 2] },
      embedding: { data: Float32Array.of(0.6, turn, -0.8), dims: [1, 3] },
    };
  },
  dispose: async () => {},
};
const views = [0, 1].map((turn) => ({ name: `${turn}`, data: Float32Array.of(turn), dims: [1, 1] }));
const picture = {
  ...{ views, coverage: { unit: 'frames', checked: 2, total: 2 }, milliseconds: 1 },
  timings: { decode: 0, preprocess: 0, run: 0 },
} as unknown as PreparedPicture;

describe('scores of a picture of a batch', () => {
  for (const normalised of [true, false])
    it(`${normalised ? 'say' : 'do not say'} where its first reading points, where embeddings are ${normalised ? '' : 'not '}of length 1`, async () => {
      const card = { ...falconsaiNsfw, embedding: { width: 3, normalised } };
      const { status, direction } = await classifyPixels(card, engine, picture);
      expect(status).toBe('scored');
      expect(direction && [...direction]).toEqual(normalised ? [95, 0, -127] : undefined);
    });
});
