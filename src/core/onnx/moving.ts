/** Rules for operators that move elements about: https://onnx.ai/onnx/operators. */
import { all, axesOf, intAttribute, MOST, type Rule } from './known';
import {
  add,
  compare,
  divide,
  fixed,
  isFixed,
  multiply,
  product,
  type Size,
  sameAll,
  subtract,
} from './sizes';

export const reduce: Rule = (node, inputs) => {
  const [x] = inputs;
  if (!x?.shape) return { dtype: x?.dtype };
  const rank = x.shape.length;
  const given = node.attributes.axes || (node.inputs[1] ?? '') !== '';
  const axes = given ? axesOf(node, inputs, rank) : x.shape.map((_, i) => i);
  if (!axes) return { dtype: x.dtype };
  const keep = intAttribute(node, 'keepdims', 1) === 1;
  const shape = x.shape.flatMap((size, i) => (axes.includes(i) ? (keep ? [fixed(1)] : []) : [size]));
  const count = product(x.shape.filter((_, i) => axes.includes(i)));
  const sum = node.op === 'ReduceSum' && count && x.fill && multiply(count, x.fill);
  return { dtype: x.dtype, shape, fill: sum || undefined };
};

export const reshape: Rule = (node, [x, to]) => {
  const known = { dtype: x?.dtype, values: x?.values, fill: x?.fill };
  if (!x?.shape || !to?.values) return known;
  const copies = intAttribute(node, 'allowzero', 0) === 0;
  const wanted = to.values.map((size, i) =>
    copies && isFixed(size) && size.plus === 0 ? x.shape![i] : size,
  );
  const rest = wanted.findIndex((size) => size && isFixed(size) && size.plus === -1);
  if (rest >= 0) {
    const [whole, others] = [product(x.shape), product(wanted.filter((_, i) => i !== rest) as Size[])];
    wanted[rest] = whole && others && (sameAll([whole], [others]) ? fixed(1) : divide(whole, others));
  }
  return { ...known, shape: all(wanted) };
};

export const gather: Rule = (node, [data, indices]) => {
  const known = { dtype: data?.dtype, fill: data?.fill };
  if (!data?.shape || !indices?.shape) return known;
  const axis = intAttribute(node, 'axis', 0);
  const at = axis < 0 ? axis + data.shape.length : axis;
  const shape = [...data.shape.slice(0, at), ...indices.shape, ...data.shape.slice(at + 1)];
  const { values } = data;
  if (!values || data.shape.length !== 1 || !indices.values?.every(isFixed)) return { ...known, shape };
  const picked = indices.values.map(({ plus }) => values[plus < 0 ? plus + values.length : plus]);
  return { ...known, shape, values: all(picked) };
};

export const slice: Rule = (node, inputs) => {
  const [x, starts, ends] = inputs;
  if (!x?.shape || !starts?.values || !ends?.values) return { dtype: x?.dtype };
  const rank = x.shape.length;
  const axes =
    inputs[3]?.values?.map(({ plus }) => (plus < 0 ? plus + rank : plus)) ?? starts.values.map((_, i) => i);
  const steps = node.inputs[4] ? inputs[4]?.values : starts.values.map(() => fixed(1));
  if (!steps?.every((step) => isFixed(step) && step.plus === 1)) return { dtype: x.dtype };
  const shape: (Size | undefined)[] = [...x.shape];
  const from: number[] = shape.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    const size = x.shape[axis]!;
    const [start, end] = [within(starts.values[i]!, size), within(ends.values[i]!, size)];
    shape[axis] =
      start && end && compare(end, start) !== undefined
        ? compare(end, start)! > 0
          ? subtract(end, start)
          : fixed(0)
        : undefined;
    if (start && isFixed(start)) from[axis] = start.plus;
  }
  const known = { dtype: x.dtype, shape: all(shape), fill: x.fill };
  const [length] = shape;
  if (rank !== 1 || !x.values || !length || !isFixed(length)) return known;
  return { ...known, values: x.values.slice(from[0], from[0]! + length.plus) };
};

/** An end of a slice, from the front and not past the size; undefined where that depends on the length. */
function within(at: Size, size: Size): Size | undefined {
  const negative = compare(at, fixed(0));
  const front = negative === -1 ? add(at, size) : at;
  const over = compare(front, size);
  if (negative === undefined || over === undefined) return undefined;
  return over > 0 ? size : front;
}

export const concat: Rule = (node, inputs) => {
  const dtype = inputs[0]?.dtype;
  if (!inputs.every(({ shape }) => shape)) return { dtype };
  const rank = inputs[0]!.shape!.length;
  const axis = intAttribute(node, 'axis', 0);
  const at = axis < 0 ? axis + rank : axis;
  const shape = inputs[0]!.shape!.map((size, i) =>
    i === at ? inputs.reduce((sum, one) => add(sum, one.shape![i]!), fixed(0)) : size,
  );
  const values = rank === 1 && all(inputs.map((one) => one.values))?.flat();
  return { dtype, shape, values: values && values.length <= MOST ? values : undefined };
};
