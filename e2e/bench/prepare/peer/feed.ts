/** Inputs of a plain network, short enough to be sent to a page or a process. */

export interface PlainFeed {
  readonly type: 'int64' | 'float32';
  /** Repeated until `dims` are filled. */
  readonly values: ArrayLike<number>;
  readonly dims: readonly number[];
}

/** All values of a feed, as a tensor of ONNX Runtime takes them. */
export function filled({ type, values, dims }: PlainFeed): Float32Array | BigInt64Array {
  const count = dims.reduce((product, size) => product * size, 1);
  const value = (_: unknown, at: number) => values[at % values.length]!;
  return type === 'float32'
    ? Float32Array.from({ length: count }, value)
    : BigInt64Array.from({ length: count }, (_, at) => BigInt(value(_, at)));
}
