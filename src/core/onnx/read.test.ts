import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type ByteSource, memorySource } from '../checkpoint/source';
import { readTensor } from '../checkpoint/stored';
import { WinnowError } from '../errors';
import { bytesOf, float32Tensor } from '../tensor';
import { float, GraphBuilder, int, ints, string } from './graph';
import { ProtoWriter } from './proto';
import { readOnnx } from './read';
import { writeModel } from './write';

const message = () => new ProtoWriter();
const opset = (version = 17, domain = '') => message().string(1, domain).integer(2, version);
const tensor = (name: string, dims: readonly number[], type = 1) => {
  const out = message();
  for (const size of dims) out.integer(1, size);
  return out.integer(2, type).string(8, name);
};
const floats = (...values: number[]) => bytesOf(Float32Array.from(values));
const value = (name: string, type = 1) =>
  message()
    .string(1, name)
    .message(2, message().message(1, message().integer(1, type)));
const node = (op: string, inputs: readonly string[], outputs: readonly string[], domain = '') => {
  const out = message();
  for (const input of inputs) out.string(1, input);
  for (const output of outputs) out.string(2, output);
  return out.string(4, op).string(7, domain);
};

/** A file around a graph: by default y = relu(x + w). */
interface Pieces {
  version?: number;
  nodes?: readonly ProtoWriter[];
  tensors?: readonly ProtoWriter[];
  /** More fields of the graph, and of the model. */
  graph?: (g: ProtoWriter) => void;
  model?: (m: ProtoWriter) => void;
  opsets?: readonly ProtoWriter[];
  outputs?: readonly ProtoWriter[];
}
const W = tensor('w', [2]).bytes(9, floats(1, 2));
const NODES = [node('Add', ['x', 'w'], ['s']), node('Relu', ['s'], ['y'])];

function file(pieces: Pieces = {}): Uint8Array {
  const g = message();
  for (const one of pieces.nodes ?? NODES) g.message(1, one);
  g.string(2, 'g');
  for (const one of pieces.tensors ?? [W]) g.message(5, one);
  g.message(11, value('x'));
  for (const one of pieces.outputs ?? [value('y')]) g.message(12, one);
  pieces.graph?.(g);
  const m = message()
    .integer(1, pieces.version ?? 8)
    .string(2, 'test')
    .message(7, g);
  for (const one of pieces.opsets ?? [opset()]) m.message(8, one);
  pieces.model?.(m);
  return m.finish();
}

const read = (bytes: Uint8Array, files?: ReadonlyMap<string, ByteSource>) =>
  readOnnx(memorySource('model.onnx', bytes), undefined, files);

/** Milliseconds a refusal may take on a busy machine; on an idle one it is a tenth. */
const PATIENCE = 1000;

async function refusal(
  bytes: Uint8Array,
  files?: ReadonlyMap<string, ByteSource>,
  patience = PATIENCE,
): Promise<WinnowError> {
  const started = performance.now();
  const error = await read(bytes, files).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WinnowError);
  expect(performance.now() - started).toBeLessThan(patience);
  return error as WinnowError;
}

const refused = async (bytes: Uint8Array, words: RegExp, files?: ReadonlyMap<string, ByteSource>) =>
  expect((await refusal(bytes, files)).message).toMatch(words);

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
    expect((await readTensor(stored)).bytes).toEqual(large);
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
});

describe('readOnnx refuses', () => {
  const entry = (key: string, text: string) => message().string(1, key).string(2, text);
  const external = (location: string, offset = '0', length = '8') =>
    file({
      tensors: [
        tensor('w', [2])
          .message(13, entry('location', location))
          .message(13, entry('offset', offset))
          .message(13, entry('length', length))
          .integer(14, 1),
      ],
    });
  const files = new Map([['w.data', memorySource('w.data', new Uint8Array(12))]]);

  it.each(['../w.data', '/etc/w.data', 'C:\\w.data', 'http://a/w.data', 'a/w.data', '.hidden', ''])(
    'M09 external data in “%s”',
    async (location) => refused(external(location), /beside the network/, files),
  );
  it('M09 external data in a file that is not there', () =>
    refused(external('v.data'), /Choose that file/, files));
  it('M09 external data past the end', () => refused(external('w.data', '8'), /ends before/, files));
  it('M09 external data with a negative offset', () =>
    refused(external('w.data', '-1'), /offset or length/, files));
  it('M09 external data with an offset beyond 2^53', () =>
    refused(external('w.data', '9007199254740993'), /offset or length/, files));
  it('M09 external data of another length', () => refused(external('w.data', '0', '4'), /needs 8/, files));
  it('M09 external data with an entry of its own', () => {
    const w = tensor('w', [2])
      .message(13, entry('location', 'w.data'))
      .message(13, entry('__class__', 'x'))
      .integer(14, 1);
    return refused(file({ tensors: [w] }), /__class__/, files);
  });

  it('M08 every truncation of a file', async () => {
    const whole = file();
    for (let end = 0; end < whole.length - 1; end++) {
      const cut = whole.subarray(0, end);
      // A cut between the model's own fields leaves a smaller file, which lacks its operator set.
      expect((await refusal(cut)).code).toMatch(/invalid-model|unsupported-model/);
    }
  });
  it('M08 a group', () => refused(new Uint8Array([...file(), 0x4b, 0x4c]), /wire type 3/));
  it('M08 wire types 6 and 7', async () => {
    await refused(new Uint8Array([...file(), 0x0e]), /wire type 6/);
    await refused(new Uint8Array([...file(), 0x0f]), /wire type 7/);
  });
  it('M08 the field number 0', () => refused(new Uint8Array([0, 0]), /field number 0/));
  it('M08 a number of eleven bytes', () =>
    refused(new Uint8Array([8, ...new Array(10).fill(255), 1]), /ten bytes/));
  it('M08 a length beyond the rest', () => refused(new Uint8Array([0x3a, 100, 1]), /beyond its end/));
  it('M08 a length of 2^63', () =>
    refused(new Uint8Array([0x3a, ...new Array(9).fill(255), 1]), /beyond its end/));
  it('M08 types within types, ten thousand deep', async () => {
    let type = message().integer(1, 1);
    let bytes = type.finish();
    for (let depth = 0; depth < 10_000 && bytes.length < 60_000; depth++) {
      type = message().bytes(4, bytes);
      bytes = type.finish();
    }
    const output = message().string(1, 'y').bytes(2, bytes);
    await refused(file({ outputs: [output] }), /not a tensor/);
  });
  it('M08 two graphs', () => refused(file({ model: (m) => m.message(7, message()) }), /two graphs/));
  it('M08 no graph', () => refused(message().integer(1, 8).message(8, opset()).finish(), /no graph/));
  it('an empty file', () => refused(new Uint8Array(0), /no graph/));
  it('a version of the format that is not one', () => refused(file({ version: 99 }), /version 99/));
  it('an operator set that is too new', () => refused(file({ opsets: [opset(99)] }), /operator set 99/));
  it('the same operator set twice', () => refused(file({ opsets: [opset(), opset()] }), /operator set/));
  it('functions', () => refused(file({ model: (m) => m.message(25, message()) }), /functions/));
  it('sparse tensors', () => refused(file({ graph: (g) => g.message(15, message()) }), /sparse/));

  it('M11 an operator of an unknown domain', () =>
    refused(
      file({ nodes: [node('Add', ['x', 'w'], ['y'], 'evil.ops')], opsets: [opset(), opset(1, 'evil.ops')] }),
      /evil\.ops\.Add/,
    ));
  it('M11 an operator that is not in the list', () =>
    refused(file({ nodes: [node('RandomNormalLike', ['x'], ['y'])] }), /RandomNormalLike/));
  const shaped = (op: string, inputs: readonly string[], shape: readonly number[]) => {
    const t = tensor('shape', [shape.length], 7).bytes(9, bytesOf(BigInt64Array.from(shape, BigInt)));
    return file({ nodes: [node(op, inputs, ['y'])], tensors: [t] });
  };
  it('M11 ConstantOfShape of 10^12', () =>
    refused(shaped('ConstantOfShape', ['shape'], [1e6, 1e6]), /1000000000000 elements/));
  it('M11 Expand to 10^12', () =>
    refused(shaped('Expand', ['x', 'shape'], [1e6, 1e6]), /1000000000000 elements/));
  it('M11 Tile to 2^62', () => refused(shaped('Tile', ['x', 'shape'], [2 ** 31, 2 ** 31]), /elements/));
  it.each(['Loop', 'Scan', 'If'])('M12 %s', (op) => {
    const body = message().string(1, 'body').message(6, message()).integer(20, 5);
    return refused(
      file({ nodes: [node(op, ['x'], ['y']).message(5, body)] }),
      new RegExp(`${op} has a graph inside`),
    );
  });
  it('M12 Loop without its body', () => refused(file({ nodes: [node('Loop', ['x'], ['y'])] }), /Loop/));

  it('a value that nothing makes', () =>
    refused(file({ nodes: [node('Relu', ['v'], ['y'])] }), /nothing makes/));
  it('a value made twice', () => refused(file({ nodes: [...NODES, node('Relu', ['x'], ['y'])] }), /twice/));
  it('a circle', () =>
    refused(
      file({
        nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])],
      }),
      /circle/,
    ));
  it('an output that is never made', () => refused(file({ outputs: [value('z')] }), /never makes/));
  it('no nodes', () => refused(file({ nodes: [], outputs: [value('w')] }), /without nodes/));
  it('the same tensor twice', () => refused(file({ tensors: [W, W] }), /twice/));

  it('M05 a shape whose product wraps', () =>
    refused(
      file({ tensors: [tensor('w', [4194305, 4194305, 211106198978564]).bytes(9, floats(1))] }),
      /too large to address/,
    ));
  it('a negative dimension', () =>
    refused(file({ tensors: [tensor('w', [-2]).bytes(9, floats(1, 2))] }), /dimension of -2/));
  it('M06 data of another size than its shape', () =>
    refused(file({ tensors: [tensor('w', [3]).bytes(9, floats(1, 2))] }), /needs 12/));
  it('M06 an element type that is unknown', () =>
    refused(file({ tensors: [tensor('w', [2], 8)] }), /element type 8/));
  it('numbers of another type than the tensor’s', () =>
    refused(file({ tensors: [tensor('w', [2]).integer(7, 1).integer(7, 2)] }), /another type/));
  it('too few numbers', () => refused(file({ tensors: [tensor('w', [2]).float(4, 1)] }), /1 values/));
  it('data twice over', () =>
    refused(
      file({ tensors: [tensor('w', [2]).bytes(9, floats(1, 2)).bytes(9, floats(1, 2))] }),
      /raw data twice/,
    ));
  it('a name that is not UTF-8', () =>
    refused(file({ nodes: [node('Relu', ['x'], ['y']).bytes(3, new Uint8Array([255, 254]))] }), /UTF-8/));
  it('a name over 1 KB', () =>
    refused(file({ nodes: [node('Relu', ['x'], ['n'.repeat(1025)])] }), /limit is 1024/));
  it('an attribute beyond 2^53', () => {
    const bytes = Uint8Array.from([0x0a, 1, 97, 0x18, ...new Array(8).fill(255), 127, 0xa0, 1, 2]);
    return refused(
      file({ nodes: [node('Relu', ['x'], ['y']).bytes(5, bytes)] }),
      /attribute 9223372036854775807/,
    );
  });

  it('more than 100,000 nodes, in time', async () => {
    const many = Array.from({ length: 100_001 }, () => message().string(4, 'Relu'));
    const error = await refusal(file({ nodes: many }), undefined, 10 * PATIENCE);
    expect(error.message).toMatch(/over 100000 nodes/);
  }, 30_000);
  it('more than 64 MiB beside its weights, without keeping them', async () => {
    const filler = new Uint8Array(200_000);
    const bytes = file({
      graph: (g) => {
        for (let i = 0; i < 340; i++) g.bytes(10, filler);
      },
    });
    await refused(bytes, /more than 67108864 bytes/);
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
