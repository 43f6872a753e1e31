/** ONNX files that are soaked: a plain one, one of everything a file may hold, and the guard as it is published in 8 bits. */
import { readFileSync } from 'node:fs';
import type { Random } from '../../e2e/hostile/random';
import { guard as family } from '../../src/core/architectures/guard';
import { adoptOnnx } from '../../src/core/architectures/onnx';
import { varint } from '../../src/core/checkpoint/savedmodel/testing';
import { joined } from '../../src/core/checkpoint/testing';
import { GraphBuilder } from '../../src/core/onnx/graph';
import type { ProtoWriter } from '../../src/core/onnx/proto';
import { readOnnx } from '../../src/core/onnx/read';
import { file, floats, message, node, opset, tensor } from '../../src/core/onnx/testing';
import { writeModel } from '../../src/core/onnx/write';
import { bytesOf, float32Tensor } from '../../src/core/tensor';
import { anyOf, type Files, type Format, readAll } from './format';
import { mutate } from './mutations';

const MODEL = 'model.onnx';

export const onnx: Format = {
  whole: () => {
    const builder = new GraphBuilder('soak');
    const x = builder.input('x', 'F32', ['batch', 4]);
    const weight = builder.initializer(
      'weight',
      float32Tensor(Float32Array.from({ length: 600 }, Math.sqrt), [4, 150]),
    );
    const bias = builder.initializer('bias', float32Tensor(new Float32Array(150), [150]));
    const product = builder.add('Gemm', [x, weight, bias]);
    builder.output(builder.add('Relu', [product]), 'y', 'F32', ['batch', 150]);
    return { [MODEL]: writeModel(builder.build()) };
  },
  damaged: (random) => damaged(onnx.whole(), random),
  read: async ([source]) => readAll((await readOnnx(source!)).weights),
};

/** Named attributes by kind, with the number that onnx.proto gives the kind. */
const attribute = (name: string, kind: number, write: (a: ProtoWriter) => ProtoWriter) =>
  write(message().string(1, name)).integer(20, kind);
const constant = (output: string, value: ProtoWriter) => node('Constant', [], [output]).message(5, value);
const entry = (key: string, text: string) => message().string(1, key).string(2, text);
const external = (name: string, dims: readonly number[], offset: number, length: number) =>
  tensor(name, dims)
    .message(13, entry('location', 'weights.data'))
    .message(13, entry('offset', String(offset)))
    .message(13, entry('length', String(length)))
    .integer(14, 1);

/** External data, attributes of every kind, constants in their spellings, and operators of quantised networks. */
export const onnxParts: Format = {
  whole: () => {
    const nodes = [
      constant(
        'axes',
        attribute('value_ints', 7, (a) => a.integer(8, 0).integer(8, 1)),
      ),
      constant(
        'slope',
        attribute('value_float', 1, (a) => a.float(2, 0.5)),
      ),
      constant(
        'codes',
        attribute('value', 4, (a) =>
          a.message(5, tensor('', [2, 2], 3).bytes(9, bytesOf(Int8Array.of(1, -2, 3, 4)))),
        ),
      ),
      node('LeakyRelu', ['x'], ['a']).message(
        5,
        attribute('alpha', 1, (a) => a.float(2, 0.1)),
      ),
      node('MatMul', ['a', 'far'], ['b']),
      node('Add', ['b', 'farther'], ['c']),
      node('Transpose', ['c'], ['d']).message(
        5,
        attribute('perm', 7, (a) => a.integer(8, 1).integer(8, 0)),
      ),
      node('Transpose', ['d'], ['e']).message(
        5,
        attribute('perm', 7, (a) => a.integer(8, 1).integer(8, 0)),
      ),
      node('DynamicQuantizeLinear', ['e'], ['q', 'scale', 'zero']),
      node('MatMulInteger', ['q', 'codes', 'zero'], ['whole']),
      node('Cast', ['whole'], ['f']).message(
        5,
        attribute('to', 2, (a) => a.integer(3, 1)),
      ),
      node('Mul', ['f', 'scale'], ['g']),
      node('QuantizeLinear', ['g', 'slope', 'none'], ['h']),
      node('DequantizeLinear', ['h', 'slope', 'none'], ['i']),
      node('Gelu', ['i'], ['j'], 'com.microsoft'),
      node('ReduceSum', ['j', 'axes'], ['k']).message(
        5,
        attribute('keepdims', 2, (a) => a.integer(3, 1)),
      ),
      node('Add', ['j', 'k'], ['l']),
      node('Softmax', ['l'], ['logits']).message(
        5,
        attribute('axis', 2, (a) => a.integer(3, -1)),
      ),
    ];
    const tensors = [
      external('far', [2, 2], 8, 16),
      external('farther', [2], 24, 8),
      tensor('none', [], 3).integer(5, 0),
    ];
    const output = message()
      .string(1, 'logits')
      .message(2, message().message(1, message().integer(1, 1)));
    return {
      [MODEL]: file({ nodes, tensors, outputs: [output], opsets: [opset(17), opset(1, 'com.microsoft')] }),
      'weights.data': floats(0, 0, 1, 2, 3, 4, 5, 6),
    };
  },
  damaged: (random) => damaged(onnxParts.whole(), random),
  read: async (sources) => {
    const files = new Map(sources.map((source) => [source.name, source]));
    const model = await readOnnx(files.get(MODEL)!, undefined, files);
    await readAll(model.weights);
    // What is read must also be taken over and written, or refused.
    writeModel(adoptOnnx(model, 'text').graph);
  },
};

const PUBLISHED = new URL(
  '../../src/core/architectures/fixtures/qwen3-guard/model_quantized.onnx',
  import.meta.url,
);
let published: Uint8Array | undefined;

export const guard: Format = {
  // Most files are read to their end and written anew, which is no refusal.
  milliseconds: 500,
  whole: () => {
    published ??= new Uint8Array(readFileSync(PUBLISHED));
    return { [MODEL]: published };
  },
  // Its weights are nearly all of it: damage there would be read a hundred thousand times and mean nothing.
  damaged: (random) => inside(guard.whole(), random),
  read: async ([source]) => {
    const model = await readOnnx(source!);
    if (family.matches(model)) writeModel(family.fromOnnx(model, { precision: 'int8' }).graph);
    else adoptOnnx(model, 'text');
  },
};

const damaged = (files: Files, random: Random) =>
  random.below(2) === 0 ? anyOf(files, random) : inside(files, random);

/** Fields up to this long are damaged, in bytes; longer ones are weights. */
const SHORT = 4096;

/** One field of the graph, with the lengths around it put right: otherwise most damage ends at a length. */
function inside(files: Files, random: Random): { files: Files; what: string } {
  const bytes = files[MODEL]!;
  const graph = fieldsOf(bytes, 0, bytes.length).find(({ number }) => number === 7)!;
  const fields = fieldsOf(bytes, graph.start, graph.end).filter(({ start, end }) => end - start <= SHORT);
  const field = fields[random.below(fields.length)]!;
  const { bytes: broken, what } = mutate(bytes.subarray(field.start, field.end), random);
  const within = replaced(bytes.subarray(graph.start, graph.end), field, graph.start, broken);
  return {
    files: { ...files, [MODEL]: replaced(bytes, graph, 0, within) },
    what: `field ${field.number} at ${field.start}: ${what}`,
  };
}

interface Lengthy {
  readonly number: number;
  /** Where its tag begins. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** `bytes` begin at `base`, as the field's places are counted. */
function replaced(bytes: Uint8Array, field: Lengthy, base: number, contents: Uint8Array): Uint8Array {
  const head = joined(varint(8 * field.number + 2), varint(contents.length));
  return joined(bytes.subarray(0, field.at - base), head, contents, bytes.subarray(field.end - base));
}

/** Fields with a length, of a message that is whole. */
function fieldsOf(bytes: Uint8Array, from: number, to: number): Lengthy[] {
  const found: Lengthy[] = [];
  const number = (at: number): [value: number, next: number] => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return [value, at];
    }
  };
  for (let at = from; at < to; ) {
    const [tag, next] = number(at);
    const [value, start] = number(next);
    const wire = tag & 7;
    const end = wire === 2 ? start + value : wire === 0 ? start : next + (wire === 1 ? 8 : 4);
    if (wire === 2) found.push({ number: tag >> 3, at, start, end });
    at = end;
  }
  return found;
}
