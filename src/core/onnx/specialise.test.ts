/** Graphs made smaller must answer as before, in ONNX Runtime itself. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { bytesOf, float32Tensor } from '../tensor';
import { withDivisions } from './float32';
import { type Graph, GraphBuilder, int, ints } from './graph';
import { add, broadcast, compare, divide, fixed, LENGTH, multiply, type Size, subtract } from './sizes';
import { type Given, needed, specialise } from './specialise';
import { withWholeProducts } from './whole-products';
import { writeModel } from './write';

const numbers = (g: GraphBuilder, values: readonly number[], shape?: readonly number[]) =>
  g.initializer('c', {
    dtype: 'I64',
    shape: shape ?? [values.length],
    bytes: bytesOf(BigInt64Array.from(values, BigInt)),
  });
const GIVEN: Given = new Map([['x', { dtype: 'F32', shape: [fixed(1), LENGTH, fixed(4)] }]]);
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op);

async function same(graph: Graph, smaller: Graph): Promise<void> {
  for (const length of [1, 2, 7]) {
    const x = new OrtTensor(
      'float32',
      Float32Array.from({ length: length * 4 }, (_, i) => Math.sin(i + 1)),
      [1, length, 4],
    );
    const answers = await Promise.all(
      [graph, smaller].map(async (one) => {
        const session = await InferenceSession.create(writeModel(one), { logSeverityLevel: 3 });
        const { y } = await session.run({ x });
        return { dims: y!.dims, values: [...(y!.data as Float32Array)] };
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
  }
}

/** x [1, length, 4] → y, with `make` in between. */
function graphOf(make: (g: GraphBuilder, x: string) => string): Graph {
  const g = new GraphBuilder('g', new Map([['', 17]]));
  const x = g.input('x', 'F32', [1, 'sequence', 4]);
  g.output(make(g, x), 'y', 'F32');
  return g.build();
}

describe('specialise', () => {
  it('folds how a shape is computed into the shape', async () => {
    const graph = graphOf((g, x) => {
      const shape = g.add('Shape', [x]);
      const at = (index: number) => g.add('Gather', [shape, numbers(g, [index], [])], { axis: int(0) });
      const batch = g.add('Unsqueeze', [at(0), numbers(g, [0])]);
      const length = g.add('Unsqueeze', [at(1), numbers(g, [0])]);
      const target = g.add('Concat', [batch, length, numbers(g, [-1]), numbers(g, [2])], { axis: int(0) });
      return g.add('Transpose', [g.add('Reshape', [x, target])], { perm: ints([0, 2, 1, 3]) });
    });
    const smaller = specialise(graph, GIVEN, 'x');
    expect(ops(smaller)).toEqual(['Reshape', 'Transpose', 'Identity']);
    await same(graph, smaller);
  });

  it('counts the last token from the end', async () => {
    const graph = graphOf((g, x) => {
      const length = g.add('Gather', [g.add('Shape', [x]), numbers(g, [1])], { axis: int(0) });
      const last = g.add('Sub', [length, numbers(g, [1])]);
      return g.add('Gather', [x, last], { axis: int(1) });
    });
    const smaller = specialise(graph, GIVEN, 'x');
    expect(ops(smaller)).toEqual(['Gather', 'Identity']);
    await same(graph, smaller);
  });

  it('leaves out expansions to what is there, casts to what it is, and twins', async () => {
    const graph = graphOf((g, x) => {
      const wide = g.add('Expand', [x, g.add('Shape', [x])]);
      const cast = g.add('Cast', [wide], { to: int(1) });
      return g.add('Add', [g.add('Sqrt', [g.add('Abs', [cast])]), g.add('Sqrt', [g.add('Abs', [x])])]);
    });
    const smaller = specialise(graph, GIVEN, 'x');
    expect(ops(smaller)).toEqual(['Abs', 'Sqrt', 'Add', 'Identity']);
    await same(graph, smaller);
  });

  it('keeps what depends on the length', async () => {
    const graph = graphOf((g, x) => {
      const length = g.add('Gather', [g.add('Shape', [x]), numbers(g, [1], [])], { axis: int(0) });
      const range = g.add('Range', [numbers(g, [0], []), length, numbers(g, [1], [])]);
      const column = g.add('Unsqueeze', [g.add('Cast', [range], { to: int(1) }), numbers(g, [1])]);
      return g.add('Mul', [x, column]);
    });
    const smaller = specialise(graph, GIVEN, 'x');
    expect(ops(smaller)).toContain('Range');
    await same(graph, smaller);
  });

  it('works out a mask without padding', async () => {
    const graph = graphOf((g, x) => {
      const mask = g.input('mask', 'BOOL', [1, 'sequence']);
      const flags = g.add('And', [
        mask,
        g.add('Equal', [g.add('Cast', [mask], { to: int(7) }), numbers(g, [1])]),
      ]);
      return g.add('Mul', [x, g.add('Unsqueeze', [g.add('Cast', [flags], { to: int(1) }), numbers(g, [2])])]);
    });
    const given = new Map([
      ...GIVEN,
      ['mask', { dtype: 'BOOL' as const, shape: [fixed(1), LENGTH], fill: fixed(1) }],
    ]);
    // Whether the mask is read is up to what is left of it; nothing of how it is combined is.
    expect(ops(specialise(graph, given, 'x'))).not.toContain('And');
  });

  it('does not fold what it has no rule for', async () => {
    const graph = graphOf((g, x) => g.add('Reshape', [x, g.add('NonZero', [g.add('Shape', [x])])]));
    expect(ops(specialise(graph, GIVEN, 'x'))).toEqual(['Shape', 'NonZero', 'Reshape', 'Identity']);
  });
});

describe('rewriting', () => {
  it('divides instead of multiplying with an inverse', async () => {
    const graph = graphOf((g, x) => {
      const root = g.add('Sqrt', [g.add('ReduceMean', [g.add('Mul', [x, x])], { axes: ints([-1]) })]);
      const one = g.initializer('one', float32Tensor(Float32Array.of(1), []));
      return g.add('Mul', [x, g.add('Div', [one, root])]);
    });
    const smaller = needed(withDivisions(graph));
    expect(ops(smaller)).toEqual(['Mul', 'ReduceMean', 'Sqrt', 'Div', 'Identity']);
    const session = await InferenceSession.create(writeModel(smaller), { logSeverityLevel: 3 });
    const { y } = await session.run({ x: new OrtTensor('float32', Float32Array.of(1, 2, 3, 4), [1, 1, 4]) });
    expect((y!.data as Float32Array)[3]).toBeCloseTo(4 / Math.sqrt(7.5), 5);
  });

  it('makes one node of a product of whole numbers, to the same bits', async () => {
    const graph = graphOf((g, x) => {
      const codes = g.initializer('w', {
        dtype: 'I8',
        shape: [4, 2],
        bytes: Uint8Array.of(1, 255, 7, 100, 3, 200, 9, 127),
      });
      const scales = g.initializer('s', float32Tensor(Float32Array.of(0.01, 0.02), [2]));
      const zeros = g.initializer('z', { dtype: 'I8', shape: [2], bytes: new Uint8Array(2) });
      const [a, scale, zero] = g.addMany('DynamicQuantizeLinear', [x], 3) as [string, string, string];
      const product = g.add('Cast', [g.add('MatMulInteger', [a, codes, zero, zeros])], { to: int(1) });
      return g.add('Mul', [product, g.add('Mul', [scale, scales])]);
    });
    const smaller = withWholeProducts(graph);
    expect(ops(smaller)).toEqual(['DynamicQuantizeLinear', 'MatMulIntegerToFloat', 'Identity']);
    expect(smaller.nodes[1]!.inputs).toHaveLength(5);
    await same(graph, smaller);
  });
});

describe('sizes', () => {
  it('are numbers for every length', () => {
    const at = (size: Size | undefined, length: number) => size && size.times * length + size.plus;
    const [a, b] = [{ times: 3, plus: 6 }, fixed(3)];
    for (const length of [1, 5]) {
      expect(at(add(a, b), length)).toBe(3 * length + 9);
      expect(at(subtract(a, b), length)).toBe(3 * length + 3);
      expect(at(multiply(a, b), length)).toBe(9 * length + 18);
      expect(at(divide(a, b), length)).toBe(length + 2);
    }
    expect(divide(LENGTH, fixed(2))).toBeUndefined();
    expect(divide({ times: 8, plus: 0 }, { times: 2, plus: 0 })).toEqual(fixed(4));
    expect(multiply(LENGTH, LENGTH)).toBeUndefined();
    expect([compare(LENGTH, fixed(0)), compare(LENGTH, fixed(1)), compare(fixed(-1), LENGTH)]).toEqual([
      1,
      undefined,
      -1,
    ]);
    expect(broadcast([fixed(1), LENGTH], [fixed(3), fixed(1)])).toEqual([fixed(3), LENGTH]);
    expect(broadcast([LENGTH], [fixed(3)])).toBeUndefined();
  });
});
