/**
 * Whole numbers that depend on one length that only the input tells: `times · length + plus`. Enough for the shapes of a
 * text network with one sequence, where `length ≥ 1`.
 */
export interface Size {
  readonly times: number;
  readonly plus: number;
}

export const fixed = (plus: number): Size => ({ times: 0, plus });
export const LENGTH: Size = { times: 1, plus: 0 };

export const isFixed = (size: Size): boolean => size.times === 0;
export const same = (a: Size, b: Size): boolean => a.times === b.times && a.plus === b.plus;

export const sameAll = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length && a.every((size, i) => same(size, b[i]!));

export const add = (a: Size, b: Size): Size => ({ times: a.times + b.times, plus: a.plus + b.plus });
export const subtract = (a: Size, b: Size): Size => ({ times: a.times - b.times, plus: a.plus - b.plus });

/** Undefined where the product is not of this form. */
export function multiply(a: Size, b: Size): Size | undefined {
  if (isFixed(a)) return { times: a.plus * b.times, plus: a.plus * b.plus };
  return isFixed(b) ? multiply(b, a) : undefined;
}

/** Whole division, towards zero as ONNX's; undefined where it depends on the length. */
export function divide(a: Size, b: Size): Size | undefined {
  if (!isFixed(b)) {
    const times = a.times / b.times;
    return Number.isInteger(times) && times * b.plus === a.plus ? fixed(times) : undefined;
  }
  if (b.plus === 0) return undefined;
  if (isFixed(a)) return fixed(Math.trunc(a.plus / b.plus));
  const exact = a.times % b.plus === 0 && a.plus % b.plus === 0;
  return exact ? { times: a.times / b.plus, plus: a.plus / b.plus } : undefined;
}

/** The sign of `a − b` for every length from 1, or undefined where it changes. */
export function compare(a: Size, b: Size): -1 | 0 | 1 | undefined {
  const { times, plus } = subtract(a, b);
  if (times === 0) return Math.sign(plus) as -1 | 0 | 1;
  if (times > 0 && times + plus > 0) return 1;
  return times < 0 && times + plus < 0 ? -1 : undefined;
}

/** Product of a shape, or undefined. */
export function product(sizes: readonly Size[]): Size | undefined {
  return sizes.reduce<Size | undefined>((all, size) => all && multiply(all, size), fixed(1));
}

/** The common shape of two that broadcast as NumPy's do; undefined where it cannot be told. */
export function broadcast(a: readonly Size[], b: readonly Size[]): Size[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Size[] = [];
  for (let i = 0; i < rank; i++) {
    const left = a[i - rank + a.length] ?? fixed(1);
    const right = b[i - rank + b.length] ?? fixed(1);
    if (same(left, right) || same(right, fixed(1))) out.push(left);
    else if (same(left, fixed(1))) out.push(right);
    else return undefined;
  }
  return out;
}
