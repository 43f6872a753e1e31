import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageInput } from '../../src/catalog/card';
import { starterImage } from '../../src/catalog/starter-image';
import { pattern } from '../../src/core/image/patterns';
import { resizeCorners } from '../../src/core/image/resize-corners';
import { buildStarterImage } from './build';
import { openReference, referenceProbabilities } from './reference';

const input = starterImage.input as ImageInput;
const cases = starterImage.selfTest!.cases.flatMap((one) => ('pattern' in one ? [one] : []));
let model: Uint8Array;
let session: InferenceSession;

beforeAll(async () => {
  model = buildStarterImage().files.get('starter-image.onnx')!;
  session = await InferenceSession.create(model, { logSeverityLevel: 3 });
});

const pixelsOf = (name: string) => resizeCorners(pattern(name), input.width, input.height, input);

async function logitsOf(...names: string[]): Promise<number[][]> {
  const size = 3 * input.width * input.height;
  const data = new Float32Array(names.length * size);
  for (const [i, name] of names.entries()) data.set(pixelsOf(name), i * size);
  const pixels = new Tensor('float32', data, [names.length, 3, input.height, input.width]);
  const { logits, embedding } = await session.run({ pixels });
  expect(embedding!.dims).toEqual([names.length, 1280]);
  const values = [...(logits!.data as Float32Array)];
  return names.map((_, i) => values.slice(5 * i, 5 * i + 5));
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((value) => Math.exp(value - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
}

function largest(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

/** How many nodes of an .onnx file have the operator: NodeProto's field 4, a string. */
function nodes(file: Buffer, op: string): number {
  return file.toString('latin1').split(`\x22${String.fromCharCode(op.length)}${op}`).length - 1;
}

describe('starter-image', () => {
  it('answers as nsfwjs does on every picture of its self-test', async () => {
    expect(cases.length).toBeGreaterThanOrEqual(2);
    for (const one of cases) {
      const [logits] = await logitsOf(one.pattern);
      expect(largest(softmax(logits!), one.probabilities)).toBeLessThan(1e-5);
    }
  });

  it('has a self-test that nsfwjs itself passes', async () => {
    const reference = await openReference();
    for (const one of cases)
      expect(
        largest(await referenceProbabilities(reference, pattern(one.pattern)), one.probabilities),
      ).toBeLessThan(1e-6);
    reference.dispose();
  }, 120_000);

  it('gives a picture the same logits alone and in a batch', async () => {
    const [alone] = await logitsOf('hills');
    const batch = await logitsOf('noise', 'hills');
    expect(largest(alone!, batch[1]!)).toBeLessThan(1e-4);
  });

  it('M16: its self-test fails whichever two labels change places', async () => {
    const found = await Promise.all(cases.map(async (one) => softmax((await logitsOf(one.pattern))[0]!)));
    const { tolerance } = starterImage.selfTest!;
    for (let a = 0; a < 5; a++)
      for (let b = a + 1; b < 5; b++) {
        const distances = found.map((values, at) => {
          const swapped = values.slice();
          [swapped[a], swapped[b]] = [values[b]!, values[a]!];
          return largest(swapped, cases[at]!.probabilities);
        });
        expect(Math.max(...distances), `labels ${a} and ${b}`).toBeGreaterThan(tolerance);
      }
  });

  it('leaves nothing to dequantise at run time: ONNX Runtime folds it and fuses the activations', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'winnow-folded-'));
    try {
      const path = join(folder, 'optimised.onnx');
      const options = {
        graphOptimizationLevel: 'extended',
        optimizedModelFilePath: path,
        logSeverityLevel: 3,
      };
      await InferenceSession.create(model, options as InferenceSession.SessionOptions);
      const optimised = await readFile(path);
      expect(nodes(Buffer.from(model), 'Cast')).toBe(55);
      for (const op of ['Cast', 'Sub', 'Mul']) expect(nodes(optimised, op)).toBe(0);
      expect([
        nodes(Buffer.from(model), 'Conv'),
        nodes(optimised, 'Conv'),
        nodes(optimised, 'FusedConv'),
      ]).toEqual([44, 13, 31]);
      // Channels last between the products of the last blocks: half of the turns cancel out.
      expect([nodes(Buffer.from(model), 'Transpose'), nodes(optimised, 'Transpose')]).toEqual([16, 8]);
      expect(nodes(optimised, 'MatMul')).toBe(8);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is the same file every time', () => {
    const again = buildStarterImage().files.get('starter-image.onnx')!;
    expect(Buffer.from(again).equals(Buffer.from(model))).toBe(true);
  });
});
