/** Archives larger than memory, of which only the list is there: the rest is zeros that nobody asks for. */
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../core/checkpoint/source';
import { joined, little, utf8 } from '../../core/checkpoint/testing';
import { listZip } from './zip';

const GIB = 2 ** 30;

/** Sizes and offsets in 64 bits (APPNOTE 4.5.3), where `zip64` says so. */
function line(name: string, offset: number, size: number, zip64: boolean): Uint8Array {
  const raw = utf8(name);
  const extra = zip64
    ? joined(little(1, 2), little(24, 2), little(size, 8), little(size, 8), little(offset, 8))
    : [];
  const field = (value: number) => little(zip64 ? 0xffffffff : value, 4);
  return joined(
    ...[
      utf8('PK\x01\x02'),
      little(45, 2),
      little(45, 2),
      little(0x800, 2),
      little(0, 2),
      little(0x21, 4),
      little(0, 4),
    ],
    ...[field(size), field(size), little(raw.length, 2), little(extra.length, 2), little(0, 10)],
    ...[field(offset), raw, extra],
  );
}

interface End {
  readonly count?: number;
  readonly listSize?: number;
  readonly listStart?: number;
  readonly recordAt?: number;
}

/** As many bytes of data as said, then the list and both kinds of end record; counts what is read. */
function archive(data: number, list: Uint8Array, lies: End = {}, count = 1) {
  const {
    count: said = count,
    listSize = list.length,
    listStart = data,
    recordAt = data + list.length,
  } = lies;
  const record = joined(
    ...[
      utf8('PK\x06\x06'),
      little(44, 8),
      little(45, 2),
      little(45, 2),
      little(0, 8),
      little(said, 8),
      little(said, 8),
    ],
    ...[little(listSize, 8), little(listStart, 8)],
  );
  const locator = joined(utf8('PK\x06\x07'), little(0, 4), little(recordAt, 8), little(1, 4));
  const end = joined(
    utf8('PK\x05\x06'),
    little(0, 4),
    little(0xffff, 2),
    little(0xffff, 2),
    little(-1, 4),
    little(-1, 4),
    [0, 0],
  );
  const tail = joined(list, record, locator, end);
  let read = 0;
  const source: ByteSource = {
    name: 'large.zip',
    size: data + tail.length,
    async read(from, to) {
      read += to - from;
      const out = new Uint8Array(to - from);
      const start = Math.max(0, from - data);
      if (to > data) out.set(tail.subarray(start, to - data), Math.max(0, data - from));
      return out;
    },
  };
  return { source, bytesRead: () => read };
}

describe('large archives', () => {
  it('of six gigabytes are listed from their list alone', async () => {
    const names = Array.from({ length: 150 }, (_, at) => `${at}.png`);
    const each = 40 * 2 ** 20;
    const list = joined(...names.map((name, at) => line(name, at * each, each - 100, true)));
    const { source, bytesRead } = archive(150 * each, list, {}, 150);
    expect(source.size).toBeGreaterThan(5 * GIB);
    const { entries } = await listZip(source);
    expect(entries.map(({ ref, refused }) => [ref.path, ref.offset, refused?.code])).toEqual(
      names.map((name, at) => [name, at * each, undefined]),
    );
    expect(bytesRead()).toBeLessThan(1_000_000);
  });

  it.each<[string, End]>([
    ['a list of gigabytes', { listSize: 4 * GIB }],
    ['a list that begins behind the end', { listStart: 9 * GIB }],
    ['more files than there are numbers', { count: 2 ** 52 }],
    ['more files than the list has', { count: 7 }],
    ['a record elsewhere', { recordAt: 3 }],
    ['a record behind the end', { recordAt: 2 ** 50 }],
  ])('A07 with %s end in an error that says so, at once', async (_, lies) => {
    const list = joined(line('a.png', 0, 100, true), line('b.png', 200, 100, true));
    const { source, bytesRead } = archive(5 * GIB, list, lies, 2);
    const busy = process.cpuUsage();
    const ending = await listZip(source).then(
      ({ entries }) => entries.length,
      (error: { code: string }) => error.code,
    );
    // A record or list elsewhere can be found where it is: then what the list says is what there is.
    expect([2, 'damaged-file', 'too-large']).toContain(ending);
    if (lies.count || lies.listSize) expect(ending).not.toBe(2);
    expect(process.cpuUsage(busy).user / 1000).toBeLessThan(100);
    expect(bytesRead()).toBeLessThan(70 * 2 ** 20);
  });

  it('A04 of more than 100,000 files list the first 100,000, and say that there are more', async () => {
    const lines = Array.from({ length: 100_100 }, (_, at) => line(`${at}.png`, at * 200, 100, false));
    const { source } = archive(100_100 * 200, joined(...lines), {}, 100_100);
    const { entries, more } = await listZip(source);
    expect([entries.length, more]).toEqual([100_000, true]);
    expect(entries.every(({ refused }) => !refused)).toBe(true);
  });

  it('whose entries point beyond them, or at each other, are refused entry by entry', async () => {
    const list = joined(
      ...[
        line('a', 0, 100, true),
        line('b', 50, 100, true),
        line('c', 4 * GIB, 100, true),
        line('d', 300, 8 * GIB, true),
        line('e', 2000, 100, true),
      ],
    );
    const { source } = archive(GIB, list, {}, 5);
    const { entries } = await listZip(source);
    expect(entries.map(({ refused }) => refused?.code)).toEqual([
      ...['damaged-file', 'damaged-file', 'damaged-file', 'damaged-file', undefined],
    ]);
  });
});
