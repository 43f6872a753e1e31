import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type ByteSource, memorySource } from '../checkpoint/source';
import { readTensor } from '../checkpoint/stored';
import { float32Tensor } from '../tensor';
import { float, GraphBuilder, int, ints, string } from './graph';
import type { ProtoWriter } from './proto';
import { readOnnx } from './read';
import { file, floats, message, NODES, node, tensor } from './testing';
import { writeModel } from './write';

const read = (bytes: Uint8Array, files?: ReadonlyMap<string, ByteSource>) =>
  readOnnx(memorySource('model.onnx', bytes), undefined, files);

describe('readOnnx', () => {
  it('reads nodes, attributes, inputs, outputs and small tensors', async () => {
    const g = new GraphBuilder('round');
    const x = g.input('pixels', 'F32', ['batch', 2]);
    const attributes = { alpha: float(0.5), axis: int(-1), perm: ints([1, -2, 3]), mode: string('linear') };
    const w = g.initializer('w', float32Tensor(Float32Array.of(1, -2), [2]));
    g.output(g.add('Add', [g.add('Softmax', [x], attributes), w]), 'logits', 'F32', ['batch', 2]);
    const bytes = writeModel(g.build());
    const model = await read(bytes);
    expect(model.graph.inputs).toEqual([{ name: 'pixels', dtype: 'F32', shape: ['batch', 2] }]);
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(['Softmax', 'Add', 'Identity']);
    expect({ ...model.graph.nodes[0]!.attributes }).toEqual(attributes);
    expect(model.graph.initializers.get('w')!.shape).toEqual([2]);
    expect(writeModel(model.graph)).toEqual(bytes);
  });

  it('leaves large tensors where they lie and reads none of them', async () => {
    const large = floats(...Array.from({ length: 100_000 }, (_, i) => i));
    const bytes = file({ tensors: [tensor('w', [100_000]).bytes(9, large)] });
    let got = 0;
    const source = memorySource('model.onnx', bytes);
    const counting: ByteSource = {
      ...source,
      read: (start, end) => {
        got += end - start;
        return source.read(start, end);
      },
    };
    const { weights, graph } = await readOnnx(counting);
    expect(graph.initializers.has('w')).toBe(false);
    const stored = weights.get('w')!;
    expect(got).toBeLessThan(150_000);
    // Element by element, 400,000 of them would take their time.
    expect(Buffer.from((await readTensor(stored)).bytes).equals(large)).toBe(true);
  });

  it('reads tensors spelt number by number, packed or not', async () => {
    const packed = (field: number, values: readonly number[]) => {
      const inner = message();
      for (const one of values) inner.integer(1, one);
      // Without the tags that the writer puts before each.
      const plain = inner.finish().filter((_, i) => i % 2 === 1);
      return (t: ProtoWriter) => t.bytes(field, plain);
    };
    const tensors = [
      tensor('w', [2]).float(4, 1).float(4, 2),
      packed(5, [1, 2, 3])(tensor('i8', [3], 3)),
      tensor('minus', [2], 3).integer(5, -1).integer(5, -128),
      tensor('wide', [1], 7).integer(7, -(2 ** 40)),
      tensor('half', [1], 10).integer(5, 0x3c00),
    ];
    const { graph } = await read(file({ tensors }));
    const at = (name: string) => graph.initializers.get(name) as { bytes: Uint8Array };
    expect(at('w').bytes).toEqual(floats(1, 2));
    expect([...new Int8Array(at('i8').bytes)]).toEqual([1, 2, 3]);
    expect([...new Int8Array(at('minus').bytes)]).toEqual([-1, -128]);
    expect(new BigInt64Array(at('wide').bytes.buffer)[0]).toBe(-(2n ** 40n));
    expect([...at('half').bytes]).toEqual([0, 0x3c]);
  });

  it('makes initializers of constants, sorts nodes, and keeps the operator set', async () => {
    const constant = node('Constant', [], ['w']).message(
      5,
      message()
        .string(1, 'value')
        .message(5, tensor('', [2]).bytes(9, floats(1, 2)))
        .integer(20, 4),
    );
    const bytes = file({ nodes: [NODES[1]!, NODES[0]!, constant], tensors: [] });
    const { graph } = await read(bytes);
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Add', 'Relu']);
    expect(graph.opsets!.get('')).toBe(17);
    const session = await InferenceSession.create(writeModel(graph), { logSeverityLevel: 3 });
    const { y } = await session.run({ x: new OrtTensor('float32', Float32Array.of(-5, 3), [2]) });
    expect([...(y!.data as Float32Array)]).toEqual([0, 5]);
  });

  it('M09 finds external data in the files given with it', async () => {
    const data = memorySource('w.data', floats(9, 1, 2));
    const entry = (key: string, text: string) => message().string(1, key).string(2, text);
    const w = tensor('w', [2])
      .message(13, entry('location', 'w.data'))
      .message(13, entry('offset', '4'))
      .message(13, entry('length', '8'))
      .integer(14, 1);
    const { weights } = await read(file({ tensors: [w] }), new Map([['w.data', data]]));
    expect((await readTensor(weights.get('w')!)).bytes).toEqual(floats(1, 2));
  });

  it('M07 tensors named after what objects inherit are names like others', async () => {
    const { graph } = await read(
      file({
        nodes: [node('Add', ['x', '__proto__'], ['y'])],
        tensors: [tensor('__proto__', [2]).bytes(9, floats(1, 2))],
      }),
    );
    expect(graph.initializers.get('__proto__')!.shape).toEqual([2]);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
});
