/** What can be told of a node's outputs from its inputs: element types, shapes, and the values of small whole-number tensors. */
import type { DType } from '../tensor';
import type { Node } from './graph';
import { all, axesOf, DTYPE_OF, intAttribute, type Known, MOST, type Rule } from './known';
import { concat, gather, reduce, reshape, slice } from './moving';
import {
  add,
  broadcast,
  compare,
  divide,
  fixed,
  isFixed,
  multiply,
  product,
  type Size,
  same,
  subtract,
} from './sizes';

/** Of each output. Nothing known for operators without a rule. */
export function infer(node: Node, inputs: readonly Known[]): Known[] {
  if (node.op === 'DynamicQuantizeLinear')
    return [
      { dtype: 'U8', shape: inputs[0]?.shape },
      { dtype: 'F32', shape: [] },
      { dtype: 'U8', shape: [] },
    ];
  if (node.op === 'MatMulIntegerToFloat') return [matMul('F32')(node, inputs)];
  if (node.op === 'FusedMatMul') return [fusedMatMul(node, inputs)];
  if (node.op === 'Split' && node.domain === '') return split(node, inputs);
  const rule = node.domain === '' || SAME_SHAPE.includes(node.op) ? RULES[node.op] : undefined;
  return [rule ? completed(rule(node, inputs)) : {}];
}

/** Few elements that are all alike are also values. */
function completed(known: Known): Known {
  const count = known.shape && product(known.shape);
  if (!known.fill || known.values || !count || !isFixed(count) || count.plus > MOST) return known;
  return { ...known, values: Array.from({ length: count.plus }, () => known.fill!) };
}

const sameShape: Rule = (_, [x]) => ({ dtype: x?.dtype, shape: x?.shape });

const elementwise =
  (combine: (a: Size, b: Size) => Size | undefined, dtype?: DType): Rule =>
  (_, [a, b]) => {
    const shape = a?.shape && b?.shape && broadcast(a.shape, b.shape);
    const known: Known = { dtype: dtype ?? a?.dtype ?? b?.dtype, shape };
    if (a?.fill && b?.fill) return { ...known, fill: combine(a.fill, b.fill) };
    if (!shape || !a?.values || !b?.values) return known;
    const [left, right] = [a.values, b.values];
    const count = Math.max(left.length, right.length);
    // Only what needs no broadcasting beyond one element against all.
    const whole = product(shape);
    if (!whole || !same(whole, fixed(count))) return known;
    if ((left.length !== count && left.length !== 1) || (right.length !== count && right.length !== 1))
      return known;
    return {
      ...known,
      values: all(
        Array.from({ length: count }, (_, i) => combine(left[i % left.length]!, right[i % right.length]!)),
      ),
    };
  };

const truth = (value: boolean | undefined): Size | undefined =>
  value === undefined ? undefined : fixed(value ? 1 : 0);
const compared = (test: (sign: number) => boolean) =>
  elementwise((a, b) => {
    const sign = compare(a, b);
    return sign === undefined ? undefined : truth(test(sign));
  }, 'BOOL');
/** Of two truth values, each 0 or 1. */
const logical = (test: (a: number, b: number) => boolean) =>
  elementwise((a, b) => (isFixed(a) && isFixed(b) ? truth(test(a.plus, b.plus)) : undefined), 'BOOL');

const matMul =
  (dtype?: DType): Rule =>
  (_, [a, b]) => {
    const known = { dtype: dtype ?? a?.dtype };
    if (!a?.shape || !b?.shape || a.shape.length < 2 || b.shape.length < 2) return known;
    const outer = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return { ...known, shape: outer && [...outer, a.shape.at(-2)!, b.shape.at(-1)!] };
  };

const fusedMatMul: Rule = (node, [a, b]) => {
  const turned = (known: Known | undefined, name: string): Known => {
    const { shape } = known ?? {};
    if (!shape || shape.length < 2 || intAttribute(node, name, 0) === 0) return known ?? {};
    return { ...known, shape: [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] };
  };
  return matMul()(node, [turned(a, 'transA'), turned(b, 'transB')]);
};

/** Of every part, where their sizes are said. */
function split(node: Node, [x, sizes]: readonly Known[]): Known[] {
  const given = intAttribute(node, 'axis', 0);
  const rank = x?.shape?.length ?? 0;
  const axis = given < 0 ? given + rank : given;
  return node.outputs.map((_, at) => {
    const size = sizes?.values?.[at];
    return { dtype: x?.dtype, shape: size && x?.shape?.map((whole, i) => (i === axis ? size : whole)) };
  });
}

/** Operators, of either domain, whose first output has the type and shape of their first input. */
const SAME_SHAPE = `
  Abs Acos Asin Atan BiasGelu Ceil Celu Clip Cos Cosh CumSum Dropout Elu Erf Exp FastGelu Floor Gelu HardSigmoid HardSwish
  LayerNormalization LeakyRelu Log LogSoftmax LpNormalization Mish Neg QuickGelu RMSNormalization Reciprocal Relu Round
  Selu Sigmoid Sign SimplifiedLayerNormalization Sin Sinh SkipLayerNormalization SkipSimplifiedLayerNormalization Softmax
  Softplus Softsign Sqrt Swish Tan Tanh Trilu`
  .trim()
  .split(/\s+/);

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(SAME_SHAPE.map((op) => [op, sameShape])),
  ...Object.fromEntries(['Max', 'Min', 'Mod', 'PRelu'].map((op) => [op, elementwise(() => undefined)])),
  ...Object.fromEntries(
    ['IsNaN', 'IsInf'].map((op) => [op, (_, [x]) => ({ dtype: 'BOOL', shape: x?.shape })] as [string, Rule]),
  ),
  Identity: (_, [x]) => x ?? {},
  DequantizeLinear: (_, [x, scale]) => ({ dtype: scale?.dtype, shape: x?.shape }),
  Add: elementwise(add),
  Sub: elementwise(subtract),
  Mul: elementwise(multiply),
  // Whole numbers only: others have no values here.
  Div: elementwise(divide),
  Pow: elementwise(() => undefined),
  Equal: compared((sign) => sign === 0),
  Less: compared((sign) => sign < 0),
  LessOrEqual: compared((sign) => sign <= 0),
  Greater: compared((sign) => sign > 0),
  GreaterOrEqual: compared((sign) => sign >= 0),
  And: logical((a, b) => a === 1 && b === 1),
  Or: logical((a, b) => a === 1 || b === 1),
  Not: (_, [x]) => {
    const flip = (size: Size) => (isFixed(size) ? fixed(1 - size.plus) : undefined);
    return {
      dtype: 'BOOL',
      shape: x?.shape,
      fill: x?.fill && flip(x.fill),
      values: x?.values && all(x.values.map(flip)),
    };
  },
  Where: (_, [test, yes, no]) => {
    const inner = yes?.shape && no?.shape && broadcast(yes.shape, no.shape);
    const shape = inner && test?.shape && broadcast(test.shape, inner);
    const known = { dtype: yes?.dtype, shape };
    if (!test?.values || !yes?.values || !no?.values) return known;
    const count = shape && product(shape);
    const lists = [test.values, yes.values, no.values];
    if (!count || !isFixed(count) || !test.values.every(isFixed)) return known;
    if (lists.some(({ length }) => length !== 1 && length !== count.plus)) return known;
    const pick = (values: readonly Size[], i: number) => values[i % values.length]!;
    return {
      ...known,
      values: Array.from({ length: count.plus }, (_, i) =>
        pick(pick(test.values!, i).plus === 1 ? yes.values! : no.values!, i),
      ),
    };
  },
  Cast: (node, [x]) => {
    const dtype = DTYPE_OF.get(intAttribute(node, 'to', 0));
    const known = { dtype, shape: x?.shape };
    if (!dtype || dtype.startsWith('F') || dtype.startsWith('B')) {
      const set = (size: Size) =>
        dtype === 'BOOL' && isFixed(size) ? fixed(size.plus === 0 ? 0 : 1) : undefined;
      return { ...known, fill: x?.fill && set(x.fill), values: x?.values && all(x.values.map(set)) };
    }
    return { ...known, values: x?.values, fill: x?.fill };
  },
  Shape: (node, [x]) => {
    if (!x?.shape) return { dtype: 'I64' };
    const values = x.shape.slice(intAttribute(node, 'start', 0), intAttribute(node, 'end', x.shape.length));
    return { dtype: 'I64', shape: [fixed(values.length)], values };
  },
  Reshape: reshape,
  Flatten: (node, [x]) => {
    if (!x?.shape) return { dtype: x?.dtype };
    const axis = intAttribute(node, 'axis', 1);
    const at = axis < 0 ? axis + x.shape.length : axis;
    return {
      dtype: x.dtype,
      fill: x.fill,
      values: x.values,
      shape: all([product(x.shape.slice(0, at)), product(x.shape.slice(at))]),
    };
  },
  Unsqueeze: (node, inputs) => {
    const [x] = inputs;
    const known = { dtype: x?.dtype, values: x?.values, fill: x?.fill };
    const count =
      node.attributes.axes?.kind === 'ints' ? node.attributes.axes.value.length : inputs[1]?.values?.length;
    const axes = x?.shape && count && axesOf(node, inputs, x.shape.length + count);
    if (!x?.shape || !axes) return known;
    const shape = [...x.shape];
    for (const axis of axes) shape.splice(axis, 0, fixed(1));
    return { ...known, shape };
  },
  Squeeze: (node, inputs) => {
    const [x] = inputs;
    const axes = x?.shape && axesOf(node, inputs, x.shape.length);
    return {
      dtype: x?.dtype,
      values: x?.values,
      fill: x?.fill,
      shape: axes && x?.shape?.filter((_, i) => !axes.includes(i)),
    };
  },
  Transpose: (node, [x]) => {
    const { perm } = node.attributes;
    const order = perm?.kind === 'ints' ? perm.value : x?.shape?.map((_, i) => x.shape!.length - 1 - i);
    return { dtype: x?.dtype, fill: x?.fill, shape: x?.shape && order?.map((from) => x.shape![from]!) };
  },
  Expand: (_, [x, to]) => ({
    dtype: x?.dtype,
    fill: x?.fill,
    shape: x?.shape && to?.values && broadcast(x.shape, to.values),
  }),
  ConstantOfShape: (node, [to]) => {
    const value = node.attributes.value;
    const tensor = value?.kind === 'tensor' ? value.value : undefined;
    const dtype = tensor?.dtype ?? 'F32';
    const view =
      tensor && new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
    const fill = !view
      ? undefined
      : dtype === 'I64'
        ? Number(view.getBigInt64(0, true))
        : dtype === 'BOOL'
          ? view.getUint8(0)
          : undefined;
    return { dtype, shape: to?.values, fill: fill === undefined ? undefined : fixed(fill) };
  },
  Range: (_, [from, to, step]) => {
    const [start, end, by] = [from?.values?.[0], to?.values?.[0], step?.values?.[0]];
    if (!start || !end || !by || !same(by, fixed(1))) return { dtype: from?.dtype };
    const length = subtract(end, start);
    const listed = isFixed(length) && length.plus >= 0 && length.plus <= MOST;
    const values = listed ? Array.from({ length: length.plus }, (_, i) => add(start, fixed(i))) : undefined;
    return { dtype: from?.dtype, shape: [length], values };
  },
  Gather: gather,
  Slice: slice,
  Concat: concat,
  MatMul: matMul(),
  MatMulInteger: matMul('I32'),
  Gemm: (node, [a, b]) => {
    const [rows, columns] = [
      a?.shape?.[intAttribute(node, 'transA', 0)],
      b?.shape?.[1 - intAttribute(node, 'transB', 0)],
    ];
    return { dtype: a?.dtype, shape: all([rows, columns]) };
  },
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
};
