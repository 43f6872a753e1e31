import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bytesOf, float32Tensor } from '../tensor';
import { float, GraphBuilder, int, string } from './graph';
import { add, relu } from './ops';
import { ProtoWriter } from './proto';
import { writeModel } from './write';

const options = { logSeverityLevel: 3 } as const;
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const floats = (...values: number[]) => float32Tensor(Float32Array.from(values), [values.length]);

describe('ProtoWriter', () => {
  it('encodes as the specification’s examples do', () => {
    expect(hex(new ProtoWriter().integer(1, 150).finish())).toBe('089601');
    expect(hex(new ProtoWriter().string(2, 'testing').finish())).toBe('120774657374696e67');
    expect(hex(new ProtoWriter().message(3, new ProtoWriter().integer(1, 150)).finish())).toBe('1a03089601');
    expect(hex(new ProtoWriter().integer(1, -2).finish())).toBe('08feffffffffffffffff01');
    expect(hex(new ProtoWriter().float(2, 1).finish())).toBe('150000803f');
    expect(hex(new ProtoWriter().integer(20, 2 ** 40).finish())).toBe('a001808080808020');
  });
});

describe('writeModel', () => {
  it('writes named inputs and outputs, with a free dimension', async () => {
    const g = new GraphBuilder('named');
    const x = g.input('pixels', 'F32', ['batch', 2]);
    g.output(add(g, x, g.initializer('w', floats(1, 2))), 'logits', 'F32', ['batch', 2]);
    const session = await InferenceSession.create(writeModel(g.build()), options);
    expect([session.inputNames, session.outputNames]).toEqual([['pixels'], ['logits']]);
    for (const batch of [1, 3]) {
      const pixels = new OrtTensor('float32', new Float32Array(batch * 2).fill(1), [batch, 2]);
      const { logits } = await session.run({ pixels });
      expect(logits!.dims).toEqual([batch, 2]);
      expect((logits!.data as Float32Array)[batch * 2 - 1]).toBe(3);
    }
  });

  it('writes weights that lie in another file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'winnow-onnx-'));
    try {
      const g = new GraphBuilder('external');
      const w = g.initializer('w', {
        dtype: 'F32',
        shape: [2],
        external: { location: 'weights.bin', offset: 4, length: 8 },
      });
      g.output(add(g, g.input('x', 'F32', [2]), w), 'y', 'F32', [2]);
      await writeFile(join(folder, 'weights.bin'), bytesOf(Float32Array.of(7, 10, 20, 7)));
      await writeFile(join(folder, 'model.onnx'), writeModel(g.build()));
      const session = await InferenceSession.create(join(folder, 'model.onnx'), options);
      const { y } = await session.run({ x: new OrtTensor('float32', Float32Array.of(1, 2), [2]) });
      expect([...(y!.data as Float32Array)]).toEqual([11, 22]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('writes com.microsoft operators, float and string attributes', async () => {
    const g = new GraphBuilder('contrib');
    const x = g.input('x', 'F32', [1]);
    const y = g.add('QuickGelu', [x], { alpha: float(1) }, { domain: 'com.microsoft' });
    g.output(y, 'y', 'F32', [1]);
    const cast = g.add('BitShift', [g.input('n', 'U8', [1]), g.initializer('one', u8(1))], {
      direction: string('LEFT'),
    });
    g.output(cast, 'shifted', 'U8', [1]);
    const session = await InferenceSession.create(writeModel(g.build()), options);
    const out = await session.run({
      x: new OrtTensor('float32', Float32Array.of(2), [1]),
      n: new OrtTensor('uint8', Uint8Array.of(3), [1]),
    });
    expect((out.y!.data as Float32Array)[0]).toBeCloseTo(2 / (1 + Math.exp(-2)), 6);
    expect((out.shifted!.data as Uint8Array)[0]).toBe(6);
  });

  it('gives the same bytes for the same graph', () => {
    const build = () => {
      const g = new GraphBuilder('twice');
      const x = relu(g, g.input('x', 'F32', [2]));
      g.output(add(g, x, g.initializer('w', floats(1, 2))), 'y', 'F32', [2]);
      return writeModel(g.build());
    };
    expect(hex(build())).toBe(hex(build()));
  });
});

const u8 = (...values: number[]) =>
  ({ dtype: 'U8', shape: [values.length], bytes: Uint8Array.from(values) }) as const;

describe('GraphBuilder', () => {
  it('makes names unique and keeps public ones', () => {
    const g = new GraphBuilder('names');
    const x = g.input('x', 'F32', [1]);
    expect([relu(g, x), relu(g, x), g.initializer('x', floats(1))]).toEqual(['Relu', 'Relu_2', 'x_2']);
    expect(() => g.input('Relu', 'F32', [1])).toThrow(/twice/);
    expect(() => g.output(x, '', 'F32', [1])).toThrow(/twice/);
  });

  it('refuses values that do not exist, wrong bytes and a graph without an output', () => {
    const g = new GraphBuilder('wrong');
    expect(() => relu(g, 'ghost')).toThrow(/Relu reads ghost/);
    expect(() => g.initializer('w', { dtype: 'F32', shape: [2], bytes: new Uint8Array(4) })).toThrow(/8/);
    expect(() => g.build()).toThrow(/no output/);
  });

  it('M09: refuses external weights outside the model’s folder or with odd ranges', () => {
    const g = new GraphBuilder('hostile');
    const at = (location: string, offset = 0, length = 4) =>
      g.initializer('w', { dtype: 'F32', shape: [1], external: { location, offset, length } });
    for (const location of ['../w', '/w', 'C:\\w', 'a/b', 'http://x/w', '', '..'])
      expect(() => at(location)).toThrow(expect.objectContaining({ code: 'invalid-model' }));
    for (const offset of [-1, 0.5, Number.NaN, 2 ** 60])
      expect(() => at('w', offset)).toThrow(expect.objectContaining({ code: 'invalid-model' }));
    expect(() => at('w', 0, -1)).toThrow(/-1/);
  });

  it('takes an int attribute down to −1', async () => {
    const g = new GraphBuilder('axis');
    const y = g.add('Softmax', [g.input('x', 'F32', [1, 2])], { axis: int(-1) });
    g.output(y, 'y', 'F32', [1, 2]);
    const session = await InferenceSession.create(writeModel(g.build()), options);
    const { y: out } = await session.run({ x: new OrtTensor('float32', Float32Array.of(0, 0), [1, 2]) });
    expect([...(out!.data as Float32Array)]).toEqual([0.5, 0.5]);
  });
});
