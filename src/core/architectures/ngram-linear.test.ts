import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../errors';
import { writeModel } from '../onnx/write';
import { ngramFeatures } from '../text/ngrams';
import { ngramLinear } from './ngram-linear';
import { loadNgramWeights, type NgramWeights, saveNgramWeights, scoreNgrams } from './ngram-weights';

const CONFIG = {
  characterBuckets: 61,
  wordBuckets: 31,
  characterSizes: [1, 2, 3],
  wordSizes: [1, 2],
  windowCharacters: 100,
};

/** Codes that use the whole int8 range. */
function weights(): NgramWeights {
  const buckets = CONFIG.characterBuckets + CONFIG.wordBuckets;
  return {
    buckets,
    labels: 3,
    scale: Float32Array.of(0.01, 0.02, 0.03),
    bias: Float32Array.of(0.5, -0.25, 0.125),
    codes: Int8Array.from({ length: buckets * 3 }, (_, i) => ((i * 97) % 255) - 127),
  };
}

async function run(text: string) {
  const features = ngramFeatures(text, CONFIG);
  const n = features.indices.length;
  const session = await InferenceSession.create(writeModel(ngramLinear(weights())));
  const outputs = await session.run({
    indices: new Tensor('int32', features.indices, [n]),
    values: new Tensor('float32', features.values, [n]),
  });
  return { features, logits: outputs.logits!, contributions: outputs.contributions! };
}

describe('ngramLinear', () => {
  it('gives in ONNX Runtime what scoreNgrams gives', async () => {
    const { features, logits, contributions } = await run('A ripe pineapple, a ripe 菠萝.');
    const expected = scoreNgrams(weights(), features);
    expect(logits.dims).toEqual([1, 3]);
    expect(contributions.dims).toEqual([features.indices.length, 3]);
    for (const [i, value] of expected.logits.entries()) expect(logits.data[i]).toBeCloseTo(value, 5);
    for (const [i, value] of expected.contributions.entries())
      expect(contributions.data[i]).toBeCloseTo(value, 6);
  });

  it('adds up: logits are the contributions and the bias', async () => {
    const { features, logits, contributions } = await run('pineapple and more pineapple');
    for (let label = 0; label < 3; label++) {
      let sum = weights().bias[label]!;
      for (let row = 0; row < features.indices.length; row++)
        sum += Number(contributions.data[row * 3 + label]);
      expect(logits.data[label]).toBeCloseTo(sum, 5);
    }
  });

  it('answers a text without features with the bias', async () => {
    const { logits } = await run('   ');
    expect(Array.from(logits.data as Float32Array)).toEqual([0.5, -0.25, 0.125]);
  });
});

describe('loadNgramWeights', () => {
  const bytes = saveNgramWeights(weights());

  it('reads what saveNgramWeights writes, also out of a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(loadNgramWeights(larger.subarray(3))).toEqual(weights());
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['another format', new TextEncoder().encode('PK and then some more bytes')],
    ['a file cut short', bytes.slice(0, -1)],
    ['a file with more behind', Uint8Array.of(...bytes, 0)],
    ['a header alone', bytes.slice(0, 20)],
    ['another version', patched(8, 2)],
    ['four thousand million buckets', patched(12, 0xffffffff)],
    ['no labels', patched(16, 0)],
    ['a scale that is not a number', patched(20, 0x7fc00000)],
  ])('refuses %s', (_, file) => {
    expect(() => loadNgramWeights(file)).toThrow(InvalidError);
  });

  function patched(offset: number, value: number): Uint8Array {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(offset, value, true);
    return copy;
  }
});
