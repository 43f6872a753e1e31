/**
 * Stand-in models for tests, written by the product's own graph writer: they fire on a colour or on the word
 * "pineapple", or misbehave on purpose. They run through every real layer; only their weights are made up.
 */
import type { ModelCard, TextInput } from '../../src/catalog/card';
import { type Graph, GraphBuilder, int } from '../../src/core/onnx/graph';
import { float32Tensor, type Tensor } from '../../src/core/tensor';
import { ngramFeatures } from '../../src/core/text/ngrams';

export interface FixtureModel {
  readonly card: ModelCard;
  readonly graph: Graph;
}

const shape = (...sizes: number[]): Tensor => ({
  dtype: 'I64',
  shape: [sizes.length],
  bytes: new Uint8Array(BigInt64Array.from(sizes, BigInt).buffer),
});

const common = {
  summary: 'A stand-in for tests.',
  source: { name: 'Winnow tests', url: 'about:blank', revision: '1' },
  licence: 'MIT',
  languages: [],
  intendedUse: 'Tests.',
  notFor: [],
  limits: [],
  activation: 'softmax',
  thresholdNote: 'Starting point, not calibrated on your data.',
} as const;

const risk = (name: string) => ({ name, labels: [name], risk: true, review: 0.45, block: 0.7 });
const plain = (name: string) => ({ name, labels: [name], risk: false });

const PICTURE = {
  kind: 'image',
  width: 32,
  height: 32,
  resample: 'bilinear-corners',
  fit: 'stretch',
  cropFraction: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: 'NCHW',
} as const;

function pictureCard(id: string, name: string): ModelCard {
  return {
    ...common,
    id,
    name,
    task: 'image',
    facts: 'Image · 32 px',
    labels: [{ name: 'red' }, { name: 'other' }],
    scores: [risk('red'), plain('other')],
    input: PICTURE,
  };
}

/** P(red) rises with how much redder than green the average pixel is; `scale` may be NaN to break it. */
function redGraph(scale: number): Graph {
  const graph = new GraphBuilder('red');
  const pixels = graph.input('pixels', 'F32', [1, 3, 32, 32]);
  const pooled = graph.add('GlobalAveragePool', [pixels]);
  const flat = graph.add('Reshape', [pooled, graph.initializer('flat', shape(1, 3))]);
  const weights = graph.initializer(
    'weights',
    float32Tensor(Float32Array.of(scale, 0, -scale, 0, 0, 0), [3, 2]),
  );
  const bias = graph.initializer('bias', float32Tensor(Float32Array.of(-2, 0), [1, 2]));
  const logits = graph.add('Add', [graph.add('MatMul', [flat, weights]), bias]);
  graph.output(logits, 'logits', 'F32', [1, 2]);
  return graph.build();
}

/** Words only, so that one bucket belongs to one word. */
const WORDS: TextInput = {
  kind: 'ngrams',
  characterBuckets: 0,
  wordBuckets: 4096,
  characterSizes: [],
  wordSizes: [1],
  windowCharacters: 2_000,
};

function textCard(id: string, name: string): ModelCard {
  return {
    ...common,
    id,
    name,
    task: 'text',
    facts: 'Text · words',
    labels: [{ name: 'pineapple' }, { name: 'other' }],
    scores: [risk('pineapple'), plain('other')],
    input: WORDS,
  };
}

/** Additive over words: `word` adds `weight` to the first label's logit. Rows past the table fail at run time. */
function wordGraph(words: readonly string[], weight: number, rows = WORDS.wordBuckets): Graph {
  const table = new Float32Array(rows * 2);
  for (const word of words)
    for (const bucket of ngramFeatures(word, WORDS).indices) if (bucket < rows) table[bucket * 2] = weight;
  const graph = new GraphBuilder('words');
  const indices = graph.input('indices', 'I32', ['n']);
  graph.input('values', 'F32', ['n']);
  const picked = graph.add('Gather', [graph.initializer('table', float32Tensor(table, [rows, 2])), indices]);
  const axes = graph.initializer('axes', shape(0));
  const sum = graph.add('ReduceSum', [picked, axes], { keepdims: int(1) });
  const bias = graph.initializer('bias', float32Tensor(Float32Array.of(-3, 0), [1, 2]));
  graph.output(graph.add('Add', [sum, bias]), 'logits', 'F32', [1, 2]);
  graph.output(picked, 'contributions', 'F32', ['n', 2]);
  return graph.build();
}

/** Every fixture, by what it is for. Ids are shown in the tests that use them. */
export function fixtureModels(): FixtureModel[] {
  return [
    { card: pictureCard('stand-in-red', 'Red stand-in'), graph: redGraph(12) },
    { card: pictureCard('nan-image', 'Broken picture stand-in'), graph: redGraph(Number.NaN) },
    { card: textCard('stand-in-pineapple', 'Pineapple stand-in'), graph: wordGraph(['pineapple'], 6) },
    { card: textCard('nan-text', 'Broken text stand-in'), graph: wordGraph(['pineapple'], Number.NaN) },
    // Only words that hash into the first rows can be looked up: most texts make ONNX Runtime throw.
    { card: textCard('throwing-text', 'Throwing stand-in'), graph: wordGraph([], 0, 1) },
  ];
}

/** The red stand-in with a golden answer it does not give: what swapped labels look like (M16). */
export function wrongGolden(): FixtureModel {
  const card: ModelCard = {
    ...pictureCard('swapped-labels', 'Swapped stand-in'),
    selfTest: { tolerance: 0.02, cases: [{ pattern: 'gradient', probabilities: [0.999, 0.001] }] },
  };
  return { card, graph: redGraph(12) };
}
