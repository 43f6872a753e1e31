import { describe, it } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { isRefused } from '../../../scripts/soak/refuses';
import { source } from '../checkpoint/testing';
import { bytesOf } from '../tensor';
import { readOnnx } from './read';
import { file, floats, message, NODES, node, opset, tensor, value, W } from './testing';

/** A file that must be refused; everything of it but weights counts as its header. */
function broken(
  bytes: Uint8Array,
  message: RegExp,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
  code: Broken['code'] = 'invalid-model',
): Broken {
  const file = source('model.onnx', bytes);
  const beside = new Map([...files].map(([name, data]) => [name, source(name, data)]));
  return {
    title: '',
    files: [file, ...beside.values()],
    run: () => readOnnx(file, undefined, beside),
    message,
    code,
    header: bytes.length,
  };
}

const refused = (...given: Parameters<typeof broken>) => isRefused(broken(...given));
/** Sound, and not for Winnow. */
const unsupported = (bytes: Uint8Array, message: RegExp) =>
  isRefused(broken(bytes, message, undefined, 'unsupported-model'));

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
  const files = new Map([['w.data', new Uint8Array(12)]]);

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
      // A cut between the model's own fields leaves a smaller file, which lacks its operator set.
      await refused(whole.slice(0, end), /./, undefined, /^(invalid|unsupported)-model$/);
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
    await unsupported(file({ outputs: [output] }), /not a tensor/);
  });
  it('M08 two graphs', () => refused(file({ model: (m) => m.message(7, message()) }), /two graphs/));
  it('M08 no graph', () => refused(message().integer(1, 8).message(8, opset()).finish(), /no graph/));
  it('an empty file', () => refused(new Uint8Array(0), /no graph/));
  it('a version of the format that is not one', () => refused(file({ version: 99 }), /version 99/));
  it('an operator set that is too new', () => unsupported(file({ opsets: [opset(99)] }), /operator set 99/));
  it('the same operator set twice', () => refused(file({ opsets: [opset(), opset()] }), /operator set/));
  it('functions', () => unsupported(file({ model: (m) => m.message(25, message()) }), /functions/));
  it('sparse tensors', () => unsupported(file({ graph: (g) => g.message(15, message()) }), /sparse/));

  it('M11 an operator of an unknown domain', () =>
    unsupported(
      file({ nodes: [node('Add', ['x', 'w'], ['y'], 'evil.ops')], opsets: [opset(), opset(1, 'evil.ops')] }),
      /evil\.ops\.Add/,
    ));
  it('M11 an operator that is not in the list', () =>
    unsupported(file({ nodes: [node('RandomNormalLike', ['x'], ['y'])] }), /RandomNormalLike/));
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
    return unsupported(
      file({ nodes: [node(op, ['x'], ['y']).message(5, body)] }),
      new RegExp(`${op} has a graph inside`),
    );
  });
  it('M12 Loop without its body', () => unsupported(file({ nodes: [node('Loop', ['x'], ['y'])] }), /Loop/));

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
    unsupported(file({ tensors: [tensor('w', [2], 8)] }), /element type 8/));
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
    await refused(file({ nodes: many }), /over 100000 nodes/);
  });
  it('more than 64 MiB beside its weights, without keeping them', async () => {
    const filler = new Uint8Array(200_000);
    const bytes = file({
      graph: (g) => {
        for (let i = 0; i < 340; i++) g.bytes(10, filler);
      },
    });
    await refused(bytes, /more than 67108864 bytes/);
  });
});
