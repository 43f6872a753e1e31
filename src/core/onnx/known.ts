/** What is known of a value before any input is seen, and what the rules of operators share. */
import type { DType } from '../tensor';
import type { Node } from './graph';
import { fixed, isFixed, type Size } from './sizes';
import { ELEMENT_TYPE } from './write';

/** What is known of a value. Absent: unknown. */
export interface Known {
  readonly dtype?: DType | undefined;
  readonly shape?: readonly Size[] | undefined;
  /** The elements, row-major, of a whole-number or truth tensor. */
  readonly values?: readonly Size[] | undefined;
  /** Every element is this one, however many there are. */
  readonly fill?: Size | undefined;
}

/** Most elements whose values are followed. */
export const MOST = 64;
export const DTYPE_OF = new Map(Object.entries(ELEMENT_TYPE).map(([dtype, code]) => [code, dtype as DType]));

export type Rule = (node: Node, inputs: readonly Known[]) => Known;

export function intAttribute({ attributes }: Node, name: string, otherwise: number): number {
  const found = attributes[name];
  return found?.kind === 'int' ? found.value : otherwise;
}

/** Axes as an input (newer operator sets) or an attribute (older ones), counted from the front. */
export function axesOf(node: Node, inputs: readonly Known[], rank: number): number[] | undefined {
  const said = node.attributes.axes;
  const given = said?.kind === 'ints' ? said.value.map(fixed) : inputs[1]?.values;
  if (!given?.every(isFixed)) return undefined;
  return given.map(({ plus }) => (plus < 0 ? plus + rank : plus)).sort((a, b) => a - b);
}

/** Every value, or undefined where one is missing. */
export function all<T>(values: readonly (T | undefined)[]): T[] | undefined {
  return values.every((value) => value !== undefined) ? (values as T[]) : undefined;
}
