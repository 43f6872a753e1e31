import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { float32Tensor } from '../tensor';
import { withFusedNodes } from './fused';
import { type Graph, GraphBuilder, int, ints } from './graph';
import * as ops from './ops';
import { fixed, LENGTH } from './sizes';
import { writeModel } from './write';

const WIDTH = 8;
const SHAPE = [1, 'sequence', WIDTH] as const;
const given = new Map([['x', { dtype: 'F32' as const, shape: [fixed(1), LENGTH, fixed(WIDTH)] }]]);

type Write = (g: GraphBuilder, x: string) => string;

function graphOf(write: Write, width = WIDTH): Graph {
  const g = new GraphBuilder('runs');
  const x = g.input('x', 'F32', SHAPE);
  g.output(write(g, x), 'y', 'F32', [1, 'sequence', width]);
  return g.build();
}

const kindsOf = ({ nodes }: Graph) => nodes.map(({ op }) => op).filter((op) => op !== 'Identity');
const number = (g: GraphBuilder, value: number) => ops.scalar(g, 'number', value);
const weight = (g: GraphBuilder) =>
  g.initializer(
    'weight',
    float32Tensor(
      Float32Array.from({ length: WIDTH }, (_, i) => 1 + i / 7),
      [WIDTH],
    ),
  );

/** As PyTorch exports a root-mean-square norm, of `axes`, and to the power of `power`. */
const norm = (g: GraphBuilder, x: string, axis = -1, power = 2): string => {
  const squares = g.add('Pow', [x, number(g, power)]);
  const mean = g.add('ReduceMean', [squares, ops.wholes(g, 'axes', [axis])], { keepdims: int(1) });
  const root = g.add('Sqrt', [g.add('Add', [number(g, 1e-6), mean])]);
  return g.add('Mul', [weight(g), g.add('Div', [x, root])]);
};
const slice = (g: GraphBuilder, x: string, start: number, end: number) =>
  g.add('Slice', [x, ...[[start], [end], [2], [1]].map((values) => ops.wholes(g, 'bounds', values))]);
const END = Number.MAX_SAFE_INTEGER;

async function run(graph: Graph): Promise<number[]> {
  // Nothing is fused but what is fused already.
  const session = await InferenceSession.create(writeModel(graph), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const data = Float32Array.from({ length: 3 * WIDTH }, (_, i) => Math.sin(3 * i));
  const { y } = await session.run({ x: new Tensor('float32', data, [1, 3, WIDTH]) });
  await session.release();
  return [...(y!.data as Float32Array)];
}

const runs: readonly [kinds: string, write: Write][] = [
  ['SimplifiedLayerNormalization', (g, x) => norm(g, x)],
  ['QuickGelu', (g, x) => g.add('Mul', [g.add('Sigmoid', [x]), x])],
  ['FusedMatMul', (g, x) => scores(g, x, [0, 2, 1])],
  [
    'Split Concat',
    (g, x) => {
      const [first, second] = [slice(g, x, 0, 3), slice(g, x, 3, END)];
      return ends(g, second, first);
    },
  ],
];

function scores(g: GraphBuilder, x: string, perm: readonly number[]): string {
  const product = g.add('MatMul', [x, g.add('Transpose', [x], { perm: ints(perm) })]);
  return g.add('Mul', [product, number(g, 0.125)]);
}

describe('runs of operators', () => {
  it.each(runs)('become %s, which gives the same numbers', async (kinds, write) => {
    const graph = graphOf(write);
    const fused = withFusedNodes(graph, given);
    expect(kindsOf(fused).join(' ')).toBe(kinds);
    const [found, wanted] = [await run(fused), await run(graph)];
    expect(found).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6);
  });

  it.each<[string, Write]>([
    ['the mean is over another axis', (g, x) => norm(g, x, 1)],
    ['the power is another', (g, x) => norm(g, x, -1, 3)],
    ['the sigmoid is of something else', (g, x) => g.add('Mul', [x, g.add('Sigmoid', [g.add('Neg', [x])])])],
    ['a factor is no number', (g, x) => g.add('Mul', [g.add('MatMul', [x, square(g)]), weight(g)])],
    ['slices overlap', (g, x) => ends(g, slice(g, x, 0, 4), slice(g, x, 3, END))],
    ['slices leave something out', (g, x) => ends(g, slice(g, x, 0, 3), slice(g, x, 4, END))],
    ['slices end before the end', (g, x) => ends(g, slice(g, x, 0, 3), slice(g, x, 3, 7))],
  ])('stay where %s', (_, write) => {
    const graph = graphOf(write);
    expect(kindsOf(withFusedNodes(graph, given))).toEqual(kindsOf(graph));
  });

  it('leave what somebody else reads', () => {
    const graph = graphOf((g, x) => {
      const gate = g.add('Sigmoid', [x]);
      return g.add('Add', [g.add('Mul', [x, gate]), gate]);
    });
    expect(kindsOf(withFusedNodes(graph, given))).toEqual(['Sigmoid', 'QuickGelu', 'Add']);
  });
});

const square = (g: GraphBuilder) =>
  g.initializer('square', float32Tensor(new Float32Array(WIDTH * WIDTH).fill(0.5), [WIDTH, WIDTH]));
const ends = (g: GraphBuilder, a: string, b: string) => g.add('Concat', [a, b], { axis: int(2) });
