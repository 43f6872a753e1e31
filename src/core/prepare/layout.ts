/**
 * Where a prepared model's weights lie: in the virtual file that its graph refers to, and in the bytes that are
 * kept. Plain JSON, stored beside the bytes, and read back as data that anybody may have changed.
 */
import { asArray, asObject, asString, asWhole, own } from '../checkpoint/json';
import { InvalidError, UnsupportedError } from '../errors';
import { DTYPE_BYTES, type DType, elements } from '../tensor';
import type { Narrower, Placed, Range, WeightPlan } from './plan';

/** How kept bytes become what the graph sees, where that is not the same. */
export type Widening = Narrower;

/** One weight. `seen` is twice as long as `place` where it is widened, and as long where it is not. */
export interface WeightRange {
  readonly seen: Range;
  readonly place: Range;
  readonly widen?: Widening;
}

/** A tensor that the host reads itself. */
export interface Table {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly place: Range;
  readonly widen?: Widening;
}

export interface Layout {
  readonly version: 1;
  /** Bytes of the virtual file, and of what is kept. */
  readonly seenBytes: number;
  readonly keptBytes: number;
  /** Ascending in `seen`. */
  readonly weights: readonly WeightRange[];
  readonly tables: readonly Table[];
}

/** Where weights end and tables, which are kept behind them, begin. */
export const weightsEnd = ({ tables, keptBytes }: Layout): number =>
  Math.min(keptBytes, ...tables.map(({ place }) => place.offset));

/** ONNX Runtime addresses external data with 32 bits on WASM. */
const MAX_SEEN = 0xffff_ffff;
/** More tensors than any network has; a list from storage is not trusted to be short. */
const MAX_ENTRIES = 100_000;

/** The layout of planned weights. Throws `unsupported-model` when they exceed what WASM can address, 4 GiB. */
export function layoutOf(plan: WeightPlan): Layout {
  if (plan.seenBytes > MAX_SEEN)
    throw new UnsupportedError(
      'unsupported-model',
      'Its weights are larger than 4 GiB, more than a tab can hold. Choose a smaller precision or model.',
    );
  const weights: WeightRange[] = [];
  const tables: Table[] = [];
  for (const placed of plan.placed) {
    const widen = widening(placed);
    const { seen, place, name, dtype, shape } = placed;
    if (seen) weights.push({ seen, place, ...(widen && { widen }) });
    else tables.push({ name, dtype, shape, place, ...(widen && { widen }) });
  }
  return { version: 1, seenBytes: plan.seenBytes, keptBytes: plan.keptBytes, weights, tables };
}

function widening({ dtype, kept, name }: Placed): Widening | undefined {
  if (kept !== undefined && dtype !== 'F32')
    throw new InvalidError('invalid-model', `${name} is ${dtype}, which cannot be kept as ${kept}.`);
  return kept;
}

/** A stored layout, checked so that no read can leave the kept bytes. Throws `invalid-model`. */
export function parseLayout(value: unknown): Layout {
  const object = asObject(value, 'The stored layout');
  if (own(object, 'version') !== 1) throw broken('is of another version');
  const seenBytes = asWhole(own(object, 'seenBytes'), 'The size of the weights', 0);
  const keptBytes = asWhole(own(object, 'keptBytes'), 'The size of what is kept', 0);
  if (seenBytes > MAX_SEEN) throw broken('is larger than 4 GiB');
  let end = 0;
  const weights = asArray(own(object, 'weights'), 'The list of weights', MAX_ENTRIES).map((entry) => {
    const range = weightRange(entry, seenBytes, keptBytes);
    if (range.seen.offset < end) throw broken('has weights that overlap');
    end = range.seen.offset + range.seen.length;
    return range;
  });
  const tables = asArray(own(object, 'tables'), 'The list of tables', MAX_ENTRIES).map((entry) =>
    tableEntry(entry, keptBytes),
  );
  return { version: 1, seenBytes, keptBytes, weights, tables };
}

function weightRange(value: unknown, seenBytes: number, keptBytes: number): WeightRange {
  const object = asObject(value, 'A weight');
  const widen = parseWidening(own(object, 'widen'));
  const seen = parseRange(own(object, 'seen'), seenBytes);
  const place = parseRange(own(object, 'place'), keptBytes);
  if (seen.length !== place.length * (widen ? 2 : 1)) throw broken('has a weight of two sizes');
  return { seen, place, ...(widen && { widen }) };
}

function tableEntry(value: unknown, keptBytes: number): Table {
  const object = asObject(value, 'A table');
  const widen = parseWidening(own(object, 'widen'));
  const dtype = own(object, 'dtype');
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype))
    throw broken('has a table of no known type');
  const shape = asArray(own(object, 'shape'), 'A table’s shape', 8).map((size) => asWhole(size, 'A size', 0));
  const place = parseRange(own(object, 'place'), keptBytes);
  const width = DTYPE_BYTES[widen ?? (dtype as DType)];
  if (elements(shape) * width !== place.length) throw broken('has a table of another size than its shape');
  const name = asString(own(object, 'name'), 'A table’s name');
  return { name, dtype: dtype as DType, shape, place, ...(widen && { widen }) };
}

function parseRange(value: unknown, limit: number): Range {
  const object = asObject(value, 'A range');
  const offset = asWhole(own(object, 'offset'), 'An offset', 0);
  const length = asWhole(own(object, 'length'), 'A length', 0);
  if (offset + length > limit) throw broken('points past its end');
  return { offset, length };
}

function parseWidening(value: unknown): Widening | undefined {
  if (value === undefined || value === 'F16' || value === 'BF16') return value;
  throw broken('has weights of no known type');
}

function broken(what: string): InvalidError {
  return new InvalidError('invalid-model', `The stored model ${what}. Remove it and install it again.`);
}
