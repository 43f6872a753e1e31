import { describe, expect, it } from 'vitest';
import type { Broken } from '../../../../scripts/soak/attempt';
import { refuses } from '../../../../scripts/soak/refuses';
import type { ByteSource } from '../source';
import { joined, source, utf8 } from '../testing';
import { readSavedModel } from './read';
import { unsnappy } from './snappy';
import { bundleEntry, bundleHeader, tableFile } from './testing';

const SHARD = 'variables.data-00000-of-00001';
const entry = bundleEntry({ name: 'a', shape: [1], offset: 0, size: 4 });
const indexed = (...entries: Parameters<typeof tableFile>[0]) => tableFile([bundleHeader(), ...entries]);
const withValue = (value: Uint8Array) => indexed([utf8('a'), value]);

function bundle(title: string, index: Uint8Array, message: RegExp, code = 'invalid-model', data = 4): Broken {
  const files = [source('variables.index', index), source(SHARD, new Uint8Array(data))];
  const run = () => readSavedModel(new Map(files.map((file): [string, ByteSource] => [file.name, file])));
  return { title, files, run, message, code, header: Math.max(index.length, 48) };
}

/** The index of a model of one tensor with some bytes changed. */
function patched(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = indexed(entry);
  change(bytes);
  return bytes;
}

const SAVED_MODEL: readonly Broken[] = [
  bundle('an empty index', new Uint8Array(), /no variables.index/),
  bundle('an index that is not one', new Uint8Array(100), /no variables.index/),
  bundle('an index cut at its beginning', indexed(entry).subarray(1), /beyond its end|checksum|ends before/),
  bundle(
    'an index of the magic alone',
    joined(new Uint8Array(40), indexed(entry).subarray(-8)),
    /beyond its end/,
  ),
  bundle(
    'a flipped bit in a block',
    patched((bytes) => (bytes[3]! ^= 1)),
    /checksum/,
  ),
  bundle(
    'a flipped bit in the kind of compression',
    patched((bytes) => (bytes[bytes.length - 48 - 5]! ^= 1)),
    /checksum/,
  ),
  bundle(
    'a footer with a block past the end',
    patched((bytes) => bytes.set([0xff, 0x7f], bytes.length - 46)),
    /beyond its end/,
  ),
  bundle(
    'a footer with an endless number',
    patched((bytes) => bytes.fill(0xff, bytes.length - 48, bytes.length - 8)),
    /beyond 2\^53/,
  ),
  bundle(
    'an index of over 10 MiB',
    joined(new Uint8Array(10 * 2 ** 20), indexed(entry)),
    /limit is 10485760/,
  ),
  bundle(
    'packed with something else',
    tableFile([bundleHeader(), entry], { compression: 4 }),
    /packed in a way/,
    'unsupported-model',
  ),
  bundle(
    'Snappy that is none',
    tableFile([bundleHeader(), entry], { compression: 1, compress: () => Uint8Array.of(0xff) }),
    /ends before/,
  ),
  bundle(
    'a Snappy bomb',
    tableFile([bundleHeader(), entry], {
      compression: 1,
      compress: () => Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 0),
    }),
    /too many bytes/,
  ),
  bundle('no header', tableFile([entry]), /has no header/),
  bundle('no shards', tableFile([bundleHeader(0), entry]), /0 shards/),
  bundle('a million shards', tableFile([bundleHeader(1e6), entry]), /1000000 shards/),
  bundle('a shard that is missing', tableFile([bundleHeader(2), entry]), /00000-of-00002 is missing/),
  bundle('big-endian numbers', tableFile([bundleHeader(1, 1), entry]), /big-endian/, 'unsupported-model'),
  bundle(
    'names out of order',
    indexed(bundleEntry({ name: 'b', shape: [], offset: 0, size: 4 }), entry),
    /not in order/,
  ),
  bundle('a name twice', indexed(entry, entry), /not in order/),
  bundle('a name that is not UTF-8', indexed([Uint8Array.of(0xff), entry[1]]), /not UTF-8/),
  bundle(
    'a shard that does not exist',
    indexed(bundleEntry({ name: 'a', shape: [1], shard: 1, offset: 0, size: 4 })),
    /shard 1/,
  ),
  bundle(
    'a tensor past its shard’s end',
    indexed(bundleEntry({ name: 'a', shape: [1], offset: 1, size: 4 })),
    /ends before “a”/,
  ),
  bundle(
    'tensors that overlap',
    indexed(
      bundleEntry({ name: 'a', shape: [2], offset: 0, size: 8 }),
      bundleEntry({ name: 'b', shape: [2], offset: 4, size: 8 }),
    ),
    /where another tensor lies/,
    'invalid-model',
    12,
  ),
  bundle(
    'a size other than the shape’s',
    indexed(bundleEntry({ name: 'a', shape: [2], offset: 0, size: 4 })),
    /has 4 bytes/,
  ),
  bundle(
    'M05 a shape beyond 2^53',
    indexed(bundleEntry({ name: 'a', shape: [2 ** 40, 2 ** 40], offset: 0, size: 4 })),
    /too large/,
  ),
  bundle(
    'a negative dimension',
    indexed(bundleEntry({ name: 'a', shape: [-1], offset: 0, size: 4 })),
    /2\^53/,
  ),
  bundle('a negative offset', indexed(bundleEntry({ name: 'a', shape: [1], offset: -4, size: 4 })), /2\^53/),
  bundle(
    'nine dimensions',
    indexed(bundleEntry({ name: 'a', shape: Array(9).fill(1), offset: 0, size: 4 })),
    /8 dimensions/,
  ),
  bundle(
    'complex numbers',
    indexed(bundleEntry({ name: 'a', type: 8, shape: [1], offset: 0, size: 8 })),
    /type 8/,
    'unsupported-model',
  ),
  bundle(
    'a tensor in slices',
    indexed(bundleEntry({ name: 'a', shape: [1], offset: 0, size: 4, slices: true })),
    /slices/,
    'unsupported-model',
  ),
  bundle('an entry cut short', withValue(Uint8Array.of(0x12, 0x05, 0x01)), /ends before/),
  bundle('an entry with an unknown kind of field', withValue(Uint8Array.of(0x0b)), /unknown kind 3/),
  bundle('an entry with field 0', withValue(Uint8Array.of(0x00, 0x00)), /without a number/),
];

describe('malformed SavedModels', () => refuses(SAVED_MODEL));

describe('malformed Snappy', () => {
  it.each([
    ['nothing', [], /ends before/],
    ['a length beyond the limit', [0xe8, 0x07, 0x00], /too many/],
    ['fewer bytes than said', [0x03, 0x00, 0x61], /fewer/],
    ['more bytes than said', [0x01, 0x04, 0x61, 0x62], /more/],
    ['a copy of what is not there yet', [0x04, 0x01, 0x01], /before its beginning/],
    ['a copy from offset 0', [0x05, 0x00, 0x61, 0x01, 0x00], /before its beginning/],
    ['a copy that runs over', [0x03, 0x00, 0x61, 0x01, 0x01], /more/],
    ['a literal cut short', [0x08, 0x1c, 0x61], /ends before/],
    ['a literal whose length is cut short', [0x08, 0xf4, 0x01], /ends before/],
  ] as const)('%s', (_, bytes, message) => {
    expect(() => unsnappy(Uint8Array.from(bytes), 512, 'A block')).toThrow(message);
  });
});
