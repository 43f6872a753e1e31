/**
 * The two passes of resampling on four channels at once. A 22-bit weight does not fit the 16-bit multiply-add
 * that processors are fast at, so it is split into w = high × 2^11 + low, and both halves are summed apart;
 * 32-bit sums wrap, and the total that is put together from them is exact all the same.
 */
import {
  advance,
  assemble,
  type Code,
  type FunctionBody,
  get,
  i8x16,
  i16x8,
  i32,
  i32x4,
  loop,
  set,
  v128,
} from './assemble';

/** Bits of the lower half of a weight. */
export const LOW_BITS = 11;
const PRECISION_BITS = 22;
/** Output pixels and bytes that one step covers: 16 bytes. */
export const VECTOR_BYTES = 16;

const add = (sum: number, product: Code): Code => [...get(sum), ...product, ...i32x4.add, ...set(sum)];
/** The dot product of pairs in `local` with a pair of weights at `table` + offset. */
const dot = (local: number, table: number, offset: number): Code => [
  ...get(local),
  ...get(table),
  ...v128.loadSplat32(offset),
  ...i32x4.dot,
];
const clear = (...locals: number[]): Code => locals.flatMap((local) => [...v128.zero, ...set(local)]);
/** (high << 11) + low + one half, without the fraction: four channels as 32-bit numbers. */
const total = (high: number, low: number): Code => [
  ...get(high),
  ...i32.const(LOW_BITS),
  ...i32x4.shl,
  ...get(low),
  ...i32x4.add,
  ...i32.const(1 << (PRECISION_BITS - 1)),
  ...i32x4.splat,
  ...i32x4.add,
  ...i32.const(PRECISION_BITS),
  ...i32x4.shr,
];
const countDown = (local: number): Code => [
  ...get(local),
  ...i32.const(1),
  ...i32.sub,
  ...set(local),
  ...get(local),
];

/**
 * horizontal(source, target, table, width, quads): one row. The table holds for each output pixel the byte offset
 * of its first source pixel, then for every 4 taps high 01, low 01, high 23, low 23: pairs of 16-bit numbers.
 */
const horizontal: FunctionBody = (() => {
  const [source, target, table, width, quads, at, left] = [0, 1, 2, 3, 4, 5, 6];
  const [pixels, pair, high, low] = [7, 8, 9, 10];
  const zero = v128.zero;
  // Each channel of two pixels side by side, as 16-bit numbers.
  const first = i8x16.shuffle(0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16);
  const second = i8x16.shuffle(8, 16, 12, 16, 9, 16, 13, 16, 10, 16, 14, 16, 11, 16, 15, 16);
  const body = loop(
    [...get(source), ...get(table), ...i32.load, ...i32.add, ...set(at)],
    advance(table, i32.const(4)),
    clear(high, low),
    [...get(quads), ...set(left)],
    loop(
      [...get(at), ...v128.load, ...set(pixels)],
      [...get(pixels), ...zero, ...first, ...set(pair)],
      add(high, dot(pair, table, 0)),
      add(low, dot(pair, table, 4)),
      [...get(pixels), ...zero, ...second, ...set(pair)],
      add(high, dot(pair, table, 8)),
      add(low, dot(pair, table, 12)),
      advance(at, i32.const(16)),
      advance(table, i32.const(16)),
      countDown(left),
    ),
    [...get(target), ...total(high, low), ...zero, ...i16x8.narrow, ...zero, ...i8x16.narrowUnsigned],
    v128.storeLane32,
    advance(target, i32.const(4)),
    countDown(width),
  );
  return { name: 'horizontal', parameters: 5, integers: 2, vectors: 4, body };
})();

/**
 * vertical(source, stride, target, table, blocks, pairs): one row of `blocks` × 16 bytes from `pairs` × 2 rows. The table
 * holds for every two rows high, low: pairs of 16-bit numbers.
 */
const vertical: FunctionBody = (() => {
  const [source, stride, target, table, blocks, pairs, at, weights, left] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [upper, lower, mixed, pair] = [9, 10, 11, 12];
  const highs = [13, 14, 15, 16];
  const lows = [17, 18, 19, 20];
  const mixLow = i8x16.shuffle(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const mixHigh = i8x16.shuffle(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const four = (mix: Code, extend: Code, i: number): Code => [
    ...[...get(upper), ...get(lower), ...mix, ...set(mixed)],
    ...[...get(mixed), ...extend, ...set(pair)],
    ...add(highs[i]!, dot(pair, weights, 0)),
    ...add(lows[i]!, dot(pair, weights, 4)),
  ];
  const narrowed = (i: number): Code => [
    ...total(highs[i]!, lows[i]!),
    ...total(highs[i + 1]!, lows[i + 1]!),
    ...i16x8.narrow,
  ];
  const body = loop(
    [...get(source), ...set(at), ...get(table), ...set(weights), ...get(pairs), ...set(left)],
    clear(...highs, ...lows),
    loop(
      [...get(at), ...v128.load, ...set(upper)],
      [...get(at), ...get(stride), ...i32.add, ...v128.load, ...set(lower)],
      four(mixLow, i16x8.extendLow, 0),
      four(mixLow, i16x8.extendHigh, 1),
      four(mixHigh, i16x8.extendLow, 2),
      four(mixHigh, i16x8.extendHigh, 3),
      [...get(at), ...get(stride), ...i32.add, ...get(stride), ...i32.add, ...set(at)],
      advance(weights, i32.const(8)),
      countDown(left),
    ),
    [...get(target), ...narrowed(0), ...narrowed(2), ...i8x16.narrowUnsigned, ...v128.store],
    advance(source, i32.const(VECTOR_BYTES)),
    advance(target, i32.const(VECTOR_BYTES)),
    countDown(blocks),
  );
  return { name: 'vertical', parameters: 6, integers: 3, vectors: 12, body };
})();

export interface Kernels {
  horizontal(source: number, target: number, table: number, width: number, quads: number): void;
  vertical(
    source: number,
    stride: number,
    target: number,
    table: number,
    blocks: number,
    pairs: number,
  ): void;
}

export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return assemble([horizontal, vertical]);
}
