import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { joined, little, utf8 } from '../../core/checkpoint/testing';
import { type ZipEntry, zipFile } from '../../core/checkpoint/testing-zip';
import { CancelledError, WinnowError } from '../../core/errors';
import { blobSource } from '../source';
import { listZip, ZIP_LIMITS, type ZipLimits, type ZipList } from './zip';
import { openZipEntry } from './zip-entry';

const packed = (name: string, data: Uint8Array): ZipEntry => ({ name, data, packed: deflateRawSync(data) });
const small = (name: string, text = 'a quay'): ZipEntry => ({ name, data: utf8(text) });
const blobOf = (...entries: readonly ZipEntry[]) => new Blob([zipFile(entries) as Uint8Array<ArrayBuffer>]);
const list = (archive: Blob, limits?: ZipLimits): Promise<ZipList> =>
  listZip(blobSource('a.zip', archive), limits && { limits });

const refusals = async (archive: Blob, limits?: ZipLimits) =>
  (await list(archive, limits)).entries.map(({ ref, refused }) => [ref.path, refused?.code]);

async function thrown(work: Promise<unknown>): Promise<WinnowError> {
  const error = await work.then(
    () => undefined,
    (failed: unknown) => failed,
  );
  expect(error).toBeInstanceOf(WinnowError);
  return error as WinnowError;
}

/** Every entry's text, or the code of why not. */
async function contents(archive: Blob): Promise<unknown[]> {
  const { entries } = await list(archive);
  return Promise.all(
    entries.map(async ({ ref, refused }) => {
      if (refused) return refused.code;
      return openZipEntry(archive, ref).then(
        (blob) => blob.text(),
        (error: WinnowError) => error.code,
      );
    }),
  );
}

describe('archives of pictures', () => {
  it('are listed without their folders, and opened entry by entry', async () => {
    const data = Uint8Array.from({ length: 700_000 }, (_, i) => (i * i) >> 3);
    const folder = { name: 'v/', data: new Uint8Array() };
    const archive = blobOf(small('a.txt'), folder, packed('v/b.png', data), {
      ...small('c'),
      packed: utf8('a quay'),
      method: 0,
    });
    const { entries, more } = await list(archive);
    expect(more).toBe(false);
    expect(entries.map(({ ref }) => [ref.path, ref.bytes])).toEqual([
      ['a.txt', 6],
      ['v/b.png', data.length],
      ['c', 6],
    ]);
    const opened = await openZipEntry(archive, entries[1]!.ref);
    expect(Buffer.compare(new Uint8Array(await opened.arrayBuffer()), data)).toBe(0);
    expect(await contents(blobOf(small('a'), packed('b', utf8('bb'))))).toEqual(['a quay', 'bb']);
    expect((await list(blobOf())).entries).toEqual([]);
  });

  it('may have something before or behind them, and a comment', async () => {
    const whole = zipFile([packed('a', utf8('a quay'))], 'comment');
    for (const bytes of [joined(utf8('MZ program'), whole), joined(whole, utf8('\0\0'))])
      expect(await contents(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toEqual(['a quay']);
  });

  it('A01 within archives are listed and not opened, and neither are tables', async () => {
    const bomb = zipFile([packed('zeros', new Uint8Array(2 ** 20))]);
    expect(await refusals(blobOf(packed('inner.zip', bomb), small('b.png'), small('c.csv')))).toEqual([
      ['inner.zip', 'unsupported-format'],
      ['b.png', undefined],
      ['c.csv', 'unsupported-format'],
    ]);
  });

  it('A02 whose entries share their bytes lose those, and no other', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((name) => packed(name, new Uint8Array(1000)));
    const whole = zipFile(entries);
    // The third entry of the list says that it lies where the second does.
    const at = whole.lastIndexOf(0x63) - 4;
    whole.set(whole.slice(whole.lastIndexOf(0x62) - 4, whole.lastIndexOf(0x62)), at);
    const found = await refusals(new Blob([whole as Uint8Array<ArrayBuffer>]));
    expect(found).toEqual([
      ['a', undefined],
      ['b', 'damaged-file'],
      ['c', 'damaged-file'],
      ['d', undefined],
    ]);
  });

  it.each<[string, Partial<ZipEntry>]>([
    ['less than it holds', { declared: 4 }],
    ['more than it holds', { declared: 20 }],
    ['nothing', { declared: 0 }],
    ['another checksum', { crc: 1 }],
    ['more than can come of so little', { declared: 40 * 2 ** 20 }],
  ])('A03 an entry that says %s is refused, and the others are not', async (_, lie) => {
    for (const entry of [small('b', '0123456789'), packed('b', utf8('0123456789'))]) {
      const found = await contents(blobOf(small('a'), { ...entry, ...lie }, small('c')));
      expect(found).toEqual(['a quay', expect.stringMatching(/^(damaged|empty)-file$/), 'a quay']);
    }
  });

  it('A03 is stopped at the byte after those that were said', async () => {
    const bomb = blobOf({ ...packed('bomb', new Uint8Array(64 * 2 ** 20)), declared: 2 ** 20, crc: 1 });
    const { entries } = await list(bomb);
    const before = process.memoryUsage().arrayBuffers;
    expect((await thrown(openZipEntry(bomb, entries[0]!.ref))).code).toBe('damaged-file');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 2 ** 20);
    const large = blobOf({ ...packed('large', new Uint8Array(51 * 2 ** 20)), crc: 1 });
    expect(await refusals(large)).toEqual([['large', 'too-large']]);
    expect((await thrown(openZipEntry(large, (await list(large)).entries[0]!.ref))).code).toBe('too-large');
  });

  it('A04 of more files than the limit say so, and a list that is too long is not read', async () => {
    const many = blobOf(...Array.from({ length: 12 }, (_, i) => small(`f${i}`)));
    const found = await list(many, { ...ZIP_LIMITS, entries: 10 });
    expect([found.entries.length, found.more]).toEqual([10, true]);
    expect((await thrown(list(many, { ...ZIP_LIMITS, listBytes: 100 }))).code).toBe('too-large');
  });

  it.each([
    '../a.png',
    'a/../../b',
    '/etc/a',
    'C:/a',
    'C:\\a',
    '..\\a',
    '\\\\server\\a',
    'a//b',
    './a',
    'a\0b',
    '__proto__',
  ])('A05 the name %j is text and nothing more', async (name) => {
    const archive = blobOf(small(name));
    expect((await list(archive)).entries[0]?.ref.path).toBe(name);
    expect(await contents(archive)).toEqual(['a quay']);
  });

  it('A05 a link is not followed', async () => {
    const bytes = zipFile([small('link', '/etc/passwd')]);
    // The list's line: made by Unix (3), mode 0120777 in the upper half of its attributes.
    const line = findLast(bytes, [0x50, 0x4b, 1, 2]);
    bytes[line + 5] = 3;
    bytes.set(little(0o120777 * 65536, 4), line + 38);
    expect(await refusals(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toEqual([
      ['link', 'unsupported-format'],
    ]);
  });

  it('A06 encrypted entries, and other ways of packing, are refused one by one', async () => {
    const odd = [1, 9, 12, 14, 93, 95].map((method) => ({ ...small(`m${method}`), method }));
    const found = await refusals(blobOf(small('a'), { ...small('b'), flags: 0x801 }, ...odd));
    expect(found.map(([, code]) => code)).toEqual([undefined, ...Array(7).fill('unsupported-format')]);
  });

  it('A07 one name twice is refused twice: who reads it by name sees one of them', async () => {
    expect(await refusals(blobOf(small('a', 'one'), small('b'), small('a', 'two')))).toEqual([
      ['a', 'damaged-file'],
      ['b', undefined],
      ['a', 'damaged-file'],
    ]);
  });

  it('A07 what is no archive, or cut short anywhere, is refused', async () => {
    const whole = zipFile([small('a'), packed('b', utf8('b'.repeat(100)))]);
    await thrown(list(new Blob([])));
    await thrown(list(new Blob(['not an archive'])));
    for (let end = 0; end < whole.length; end++)
      await thrown(list(new Blob([whole.subarray(0, end) as Uint8Array<ArrayBuffer>])));
  });

  it('A07 one list behind another is refused: another program might read the other', async () => {
    const one = zipFile([small('a')]);
    const other = zipFile([small('b')]);
    const ends = joined(one, other);
    const found = await list(new Blob([ends as Uint8Array<ArrayBuffer>])).catch(
      (error: WinnowError) => error.code,
    );
    // Either the last one as it is, with what stands before it unread, or nothing.
    if (typeof found === 'string') expect(found).toBe('damaged-file');
    else expect(found.entries.map(({ ref }) => ref.path)).toEqual(['b']);
  });

  it('whose local header says something else than the list are refused entry by entry', async () => {
    const bytes = zipFile([small('a'), small('b')]);
    // The first local header's name.
    bytes[30] = 0x78;
    expect(await contents(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toEqual(['damaged-file', 'a quay']);
  });

  it('whose sizes stand behind the data, as programs write them that did not know, are read', async () => {
    const bytes = zipFile([packed('a', utf8('a quay')), small('b')]);
    const list = findLast(bytes, [0x50, 0x4b, 1, 2]);
    expect(list).toBeGreaterThan(0);
    // Bit 3 in the first local header and its line, and nothing where checksum and sizes would be.
    const first = bytes.findIndex((_, at) => at > 0 && bytes[at] === 0x50 && bytes[at + 2] === 1);
    for (const flags of [6, first + 8]) bytes[flags]! |= 8;
    bytes.fill(0, 14, 26);
    expect(await contents(new Blob([bytes as Uint8Array<ArrayBuffer>]))).toEqual(['a quay', 'a quay']);
  });

  it('W17 stop when they are told to', async () => {
    const archive = blobOf(small('a'));
    const signal = AbortSignal.abort();
    await expect(listZip(blobSource('a', archive), { signal })).rejects.toThrow(CancelledError);
    const { entries } = await list(archive);
    await expect(openZipEntry(archive, entries[0]!.ref, { signal })).rejects.toThrow(CancelledError);
  });
});

function findLast(bytes: Uint8Array, wanted: readonly number[]): number {
  for (let at = bytes.length - wanted.length; at >= 0; at--)
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}
