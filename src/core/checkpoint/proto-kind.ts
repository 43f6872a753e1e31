/**
 * Telling protocol-buffer files apart, which begin with nothing of their own: by the numbers and kinds of the fields
 * of the outermost message, stepping over what is in them.
 */
import type { FileKind } from './kinds';
import { type ByteSource, readRange } from './source';

/** Of ModelProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. True: a length follows; false: a number. */
const ONNX: ReadonlyMap<number, boolean> = new Map([
  ...([
    [1, false],
    [2, true],
    [3, true],
    [4, true],
    [5, false],
    [6, true],
    [7, true],
    [8, true],
  ] as const),
  ...([
    [14, true],
    [20, true],
    [25, true],
    [26, true],
  ] as const),
]);
const GRAPH = 7;
/** Of SavedModel: tensorflow/core/protobuf/saved_model.proto. */
const SAVED_MODEL: ReadonlyMap<number, boolean> = new Map([
  [1, false],
  [2, true],
]);
/** Files with more fields than this have functions or properties at their end, long after what tells. */
const FIELD_LIMIT = 64;

interface Outline {
  readonly fields: ReadonlySet<number>;
  /** The last field reaches past the file's end. */
  readonly cut: boolean;
}

/** `onnx`, `saved-model-graph`, `truncated` where one of them is cut short, or undefined. */
export async function sniffProto(source: ByteSource, signal?: AbortSignal): Promise<FileKind | undefined> {
  const model = await outline(source, ONNX, signal);
  if (model?.fields.has(GRAPH) && model.fields.size >= 2) return model.cut ? 'truncated' : 'onnx';
  const saved = await outline(source, SAVED_MODEL, signal);
  if (saved?.fields.size === 2) return saved.cut ? 'truncated' : 'saved-model-graph';
  return undefined;
}

/** The fields of the message the file is; undefined when it is none, or has a field that is not `known`. */
async function outline(
  source: ByteSource,
  known: ReadonlyMap<number, boolean>,
  signal?: AbortSignal,
): Promise<Outline | undefined> {
  const fields = new Set<number>();
  for (let at = 0, count = 0; at < source.size && count < FIELD_LIMIT; count++) {
    const bytes = await readRange(source, at, Math.min(at + 20, source.size), signal);
    const tag = varint(bytes, 0);
    const value = tag && varint(bytes, tag.next);
    // A number of ten bytes, or a file that ends within one.
    if (!tag || !value) return undefined;
    const long = known.get(Math.floor(tag.value / 8));
    if (long === undefined || tag.value % 8 !== (long ? 2 : 0)) return undefined;
    fields.add(Math.floor(tag.value / 8));
    at += value.next + (long ? value.value : 0);
    if (at > source.size) return { fields, cut: true };
  }
  return { fields, cut: false };
}

function varint(bytes: Uint8Array, start: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, next: start + i + 1 };
  }
  return undefined;
}
