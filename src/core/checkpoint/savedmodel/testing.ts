/** Tables and bundles of variables made in code, as TensorFlow writes them, or broken on purpose. */
import { ProtoWriter } from '../../onnx/proto';
import { joined, little, utf8 } from '../testing';
import { maskedCrc32c } from './crc32c';
import { TABLE_MAGIC } from './table';

export interface TableOptions {
  /** Bytes of a block after which another begins. */
  readonly blockBytes?: number;
  /** Entries between restart points, which share nothing with the one before. */
  readonly interval?: number;
  /** Kind of compression, as the block's trailer says it, and what does it. */
  readonly compression?: number;
  readonly compress?: (block: Uint8Array) => Uint8Array;
}

export type TableEntry = readonly [key: Uint8Array, value: Uint8Array];

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.of(...bytes, rest);
}

/** A table of the entries in their order. */
export function tableFile(entries: readonly TableEntry[], options: TableOptions = {}): Uint8Array {
  const { blockBytes = 256 * 1024 } = options;
  let file: Uint8Array = new Uint8Array();
  const add = (block: Uint8Array, own: TableOptions): Uint8Array => {
    const place = file.length;
    const packed = (own.compress ?? ((same) => same))(block);
    const sealed = joined(packed, [own.compression ?? 0]);
    file = joined(file, sealed, little(maskedCrc32c(sealed), 4));
    return joined(varint(place), varint(packed.length));
  };
  const index: TableEntry[] = [];
  for (let from = 0; from < entries.length; ) {
    let to = from;
    for (let bytes = 0; to < entries.length && bytes < blockBytes; to++)
      bytes += entries[to]![0].length + entries[to]![1].length;
    index.push([entries[to - 1]![0], add(blockOf(entries.slice(from, to), options.interval), options)]);
    from = to;
  }
  const meta = add(blockOf([]), {});
  const footer = joined(meta, add(blockOf(index, 1), {}));
  return joined(file, footer, new Uint8Array(40 - footer.length), TABLE_MAGIC);
}

export function blockOf(entries: readonly TableEntry[], interval = 16): Uint8Array {
  let block: Uint8Array = new Uint8Array();
  const restarts: number[] = entries.length === 0 ? [0] : [];
  let before: Uint8Array = new Uint8Array();
  entries.forEach(([key, value], i) => {
    let shared = 0;
    if (i % interval === 0) restarts.push(block.length);
    else while (shared < key.length && key[shared] === before[shared]) shared++;
    const head = joined(varint(shared), varint(key.length - shared), varint(value.length));
    block = joined(block, head, key.subarray(shared), value);
    before = key;
  });
  return joined(block, ...restarts.map((at) => little(at, 4)), little(restarts.length, 4));
}

/** What the index says of a tensor; every part can be another than it should. */
export interface BundleEntry {
  readonly name: string;
  /** TensorFlow's number of the type; 1 is float32. */
  readonly type?: number;
  readonly shape: readonly number[];
  readonly shard?: number;
  readonly offset: number;
  readonly size: number;
  readonly checksum?: number;
  readonly slices?: boolean;
}

/** The header's entry of an index. */
export function bundleHeader(shards = 1, endianness = 0): TableEntry {
  const version = new ProtoWriter().integer(1, 1);
  const header = new ProtoWriter().integer(1, shards).integer(2, endianness).message(3, version);
  return [new Uint8Array(), header.finish()];
}

export function bundleEntry(entry: BundleEntry): TableEntry {
  const shape = new ProtoWriter();
  for (const size of entry.shape) shape.message(2, new ProtoWriter().integer(1, size));
  const proto = new ProtoWriter()
    .integer(1, entry.type ?? 1)
    .message(2, shape)
    .integer(3, entry.shard ?? 0)
    .integer(4, entry.offset)
    .integer(5, entry.size);
  if (entry.slices) proto.message(7, new ProtoWriter());
  // A field of four bytes, number 6.
  const sum = joined([6 * 8 + 5], little(entry.checksum ?? 0, 4));
  return [utf8(entry.name), joined(proto.finish(), sum)];
}

/** The two files of a model of float32 tensors in one shard, with their checksums. */
export function plainBundle(
  tensors: Readonly<Record<string, readonly number[]>>,
  options?: TableOptions,
): { index: Uint8Array; data: Uint8Array } {
  let data: Uint8Array = new Uint8Array();
  const entries = Object.entries(tensors)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => {
      const bytes = new Uint8Array(Float32Array.from(values).buffer);
      const offset = data.length;
      data = joined(data, bytes);
      const checksum = maskedCrc32c(bytes);
      return bundleEntry({ name, shape: [values.length], offset, size: bytes.length, checksum });
    });
  return { index: tableFile([bundleHeader(), ...entries], options), data };
}
