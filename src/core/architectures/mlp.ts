/**
 * Heads on embeddings: linear layers with an activation between them. Two spellings:
 * - LAION's SavedModel (AutoKeras): `layer_with_weights-1/mean`, `/variance`, then `kernel` [in, out] and `bias` of
 *   2 to 5. As NVIDIA NeMo Curator reads it: the categories that AutoKeras made of five columns are left out.
 * - Our own, of heads trained later, as safetensors: `mean`, `variance` [in] (both or neither), `layers.N.weight`
 *   [out, in], `layers.N.bias` [out]; config: `activation` (`relu` when absent) and `labels`.
 *
 * In:  `embedding` F32 [batch, in]. Out: `logits` F32 [batch, out]; one logit is for a sigmoid. float32 in every
 * precision: a head has a megabyte at most.
 */
import type { Checkpoint, StoredTensor } from '../checkpoint/stored';
import { InvalidError } from '../errors';
import * as ops from '../onnx/ops';
import { type Activation, activate, activationOf } from './activation';
import type { Family } from './family';
import { Layers } from './layers';
import { Names, type NameTable } from './names';
import { computed } from './planned';
import { Settings } from './settings';
import { bothOf } from './timm';

const OURS: NameTable = {
  prefixes: [''],
  rows: [['mean', 'mean'], ['variance', 'variance'], ...bothOf('layers.*', 'layers.*')],
  ignored: [],
};

const AUTOKERAS = 'layer_with_weights-';
/** Its first linear layer; 0 is the categories' look-up, 1 the normalisation. */
const FIRST = 2;
/** The tail that TensorFlow puts behind the name of a variable. */
const VARIABLE = '/.ATTRIBUTES/VARIABLE_VALUE';
/** Of training, or of the look-ups; never read. */
const UNUSED = /^(?:save_counter|_CHECKPOINTABLE_OBJECT_GRAPH|(?:.*\/)?(?:optimizer|keras_api)\/.*)$/;

export const mlpHead: Family = {
  id: 'mlp-head',
  matches: (_, checkpoint) => checkpoint.has('layers.0.weight') || isAutoKeras(checkpoint),
  build(json, checkpoint) {
    const config = new Settings(json, 'The head’s metadata');
    const transposed = isAutoKeras(checkpoint);
    const names = new Names(OURS, transposed ? renamed(checkpoint) : checkpoint);
    const activation = activationOf(config.raw('activation') ?? 'relu');
    const layers = new Layers('mlp_head', 'exact');
    const { g } = layers;
    const axis = transposed ? 0 : 1;
    const width = names.shape('layers.0.weight', 2)[axis]!;
    let x = g.input('embedding', 'F32', [layers.batch, width]);
    if (names.has('mean') || names.has('variance')) x = normalise(layers, names, x, width);
    const classes = stack(layers, names, x, width, { axis, activation });
    names.finish();
    const labels = config.labels('labels');
    if (labels && labels.length !== classes)
      throw new InvalidError('invalid-model', `The head names ${labels.length} labels and has ${classes}.`);
    return { graph: g.build(), weights: layers.plan, says: { ...(labels && { labels }), embedding: width } };
  },
};

function isAutoKeras(checkpoint: Checkpoint): boolean {
  return [...checkpoint.keys()].some((name) => name.startsWith(`${AUTOKERAS}${FIRST}/kernel`));
}

/** AutoKeras' names as ours; the order of its layers is in them. */
function renamed(checkpoint: Checkpoint): Checkpoint {
  const out = new Map<string, StoredTensor>();
  for (const [name, tensor] of checkpoint) {
    const bare = name.endsWith(VARIABLE) ? name.slice(0, -VARIABLE.length) : name;
    const [, layer = '', part = ''] = /^layer_with_weights-(\d)\/(.+)$/.exec(bare) ?? [];
    const statistics = layer === '1' && ['mean', 'variance', 'count'].includes(part);
    if (statistics && part !== 'count') out.set(part, tensor);
    else if (Number(layer) >= FIRST && part === 'kernel')
      out.set(`layers.${Number(layer) - FIRST}.weight`, tensor);
    else if (Number(layer) >= FIRST && part === 'bias')
      out.set(`layers.${Number(layer) - FIRST}.bias`, tensor);
    else if (!statistics && !(layer === '0' || UNUSED.test(bare))) out.set(name, tensor);
  }
  return out;
}

/** (x − mean) / √variance, as two steps: a mean far from zero would cost a folded weight its digits. */
function normalise(layers: Layers, names: Names, x: string, width: number): string {
  const { g } = layers;
  const mean = layers.floats('mean', [width], [names.take('mean', [width])]);
  const variance = names.take('variance', [width]);
  const making = computed('deviation', [width], [variance], ([values]) =>
    Float32Array.from(values!, deviation),
  );
  return ops.div(g, ops.sub(g, x, mean), layers.add(making));
}

function deviation(variance: number): number {
  if (variance > 0 && variance < Number.POSITIVE_INFINITY) return Math.sqrt(variance);
  throw new InvalidError(
    'invalid-model',
    `The head’s variance has the value ${variance}. Get the file again.`,
  );
}

/** Every linear layer and the output; returns the number of logits. */
function stack(
  layers: Layers,
  names: Names,
  from: string,
  width: number,
  { axis, activation }: { readonly axis: 0 | 1; readonly activation: Activation },
): number {
  const { g } = layers;
  let x = from;
  let inputs = width;
  for (let index = 0; index < names.layers; index++) {
    const name = `layers.${index}`;
    const outputs = names.shape(`${name}.weight`, 2)[1 - axis]!;
    const shape = axis === 0 ? [inputs, outputs] : [outputs, inputs];
    const weight = layers.floats(`${name}.weight`, shape, [names.take(`${name}.weight`, shape)]);
    const bias = layers.floats(`${name}.bias`, [outputs], [names.take(`${name}.bias`, [outputs])]);
    x = ops.gemm(g, x, weight, bias, { name, transB: axis === 1 });
    if (index < names.layers - 1) x = activate(g, x, activation);
    inputs = outputs;
  }
  g.output(x, 'logits', 'F32', [layers.batch, inputs]);
  return inputs;
}
