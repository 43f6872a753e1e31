/** WebAssembly, written by hand: the few instructions two inner loops need (core specification 2.0, chapter 5). */

export type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(last ? byte : byte | 0x80);
    if (last) return bytes;
  }
}

const simd = (opcode: number, ...immediate: number[]): Code => [0xfd, ...unsigned(opcode), ...immediate];
/** No alignment is promised: rows start anywhere. */
const memory = (offset: number): Code => [0, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: [0x28, ...memory(0)] as Code,
  add: [0x6a] as Code,
  sub: [0x6b] as Code,
};
export const v128 = {
  load: simd(0, ...memory(0)),
  loadSplat32: (offset: number): Code => simd(9, ...memory(offset)),
  store: simd(11, ...memory(0)),
  storeLane32: simd(90, ...memory(0), 0),
  zero: simd(12, ...new Array<number>(16).fill(0)),
};
export const i8x16 = {
  /** Bytes 0 to 15 are the first operand's, 16 to 31 the second's. */
  shuffle: (...lanes: number[]): Code => simd(13, ...lanes),
  narrowUnsigned: simd(102),
};
export const i16x8 = { narrow: simd(133), extendLow: simd(137), extendHigh: simd(138) };
export const i32x4 = { splat: simd(17), shl: simd(171), shr: simd(172), add: simd(174), dot: simd(186) };

/** Runs `body` at least once, and again while it leaves a number other than 0. */
export const loop = (...body: readonly Code[]): Code => [0x03, EMPTY, ...body.flat(), 0x0d, 0, 0x0b];

/** local += value */
export const advance = (local: number, value: Code): Code => [
  ...get(local),
  ...value,
  ...i32.add,
  ...set(local),
];

export interface FunctionBody {
  readonly name: string;
  /** Parameters, all i32; then the locals. */
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A module that imports `env.memory` and exports `functions`. */
export function assemble(functions: readonly FunctionBody[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
  const text = (name: string): Code => vector(Array.from(name, (letter) => [letter.charCodeAt(0)]));
  const types = functions.map(({ parameters }) => [0x60, ...vector(Array(parameters).fill([I32])), 0]);
  const bodies = functions.map(({ integers, vectors, body }) => {
    const locals = vector([
      [...unsigned(integers), I32],
      [...unsigned(vectors), V128],
    ]);
    return [...unsigned(locals.length + body.length + 1), ...locals, ...body, 0x0b];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(2, vector([[...text('env'), ...text('memory'), 0x02, 0x00, 1]])),
    ...section(3, vector(functions.map((_, i) => [i]))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, i]))),
    ...section(10, vector(bodies)),
  ]);
}
