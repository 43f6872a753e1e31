import { expect, it } from 'vitest';
import { InferenceSession, Tensor } from '../prepare/testing';
import { SAMPLE_DIMS, sampleGraph } from './sample';
import { writeModel } from './write';

it('runs, and its 8 bits compute nearly what its floats do', async () => {
  const data = Float32Array.from({ length: 197 * 192 }, (_, i) => Math.sin(i));
  const found: Float32Array[] = [];
  for (const precision of ['float32', 'int8'] as const) {
    const bytes = writeModel(sampleGraph(precision));
    expect(bytes.length).toBeLessThan(precision === 'int8' ? 1.2e6 : 4.2e6);
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
    const { y } = await session.run({ x: new Tensor('float32', data, SAMPLE_DIMS) });
    found.push(y!.data as Float32Array);
    await session.release();
  }
  const [float, int8] = found as [Float32Array, Float32Array];
  expect(Math.max(...float)).toBeGreaterThan(1);
  const errors = float.map((value, i) => Math.abs(value - int8[i]!));
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1);
});
