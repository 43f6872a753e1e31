import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRange } from '../core/checkpoint/source';
import { joined, little, source, utf8 } from '../core/checkpoint/testing';
import { type ZipEntry, zipFile } from '../core/checkpoint/testing-zip';
import { CancelledError, WinnowError } from '../core/errors';
import { type UnpackLimits, unpackZip } from './unpack';

const packed = (name: string, data: Uint8Array): ZipEntry => ({ name, data, packed: deflateRawSync(data) });
const archive = (...entries: readonly ZipEntry[]) => source('a.zip', zipFile(entries));
const small = (name: string): ZipEntry => ({ name, data: utf8('x') });
const zeros = packed('zeros', new Uint8Array(2 ** 20));

async function refused(bytes: Uint8Array, limits?: UnpackLimits): Promise<WinnowError> {
  const error = await unpackZip(source('a.zip', bytes), limits && { limits }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WinnowError);
  return error as WinnowError;
}

describe('unpackZip', () => {
  it('gives stored and packed files by their paths, and leaves folders out', async () => {
    const data = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3);
    const files = await unpackZip(
      archive(small('a.txt'), { name: 'v/', data: new Uint8Array() }, packed('v/w/data', data)),
    );
    expect(files.map(({ name, size }) => [name, size])).toEqual([
      ['a.txt', 1],
      ['v/w/data', data.length],
    ]);
    expect(await readRange(files[1]!, 0, data.length)).toEqual(data);
    expect(await readRange(files[1]!, 1000, 1010)).toEqual(data.slice(1000, 1010));
  });

  it('takes an archive with a comment, and one of nothing', async () => {
    expect(await unpackZip(source('a', zipFile([small('a')], 'a comment')))).toHaveLength(1);
    expect(await unpackZip(source('a', zipFile([])))).toEqual([]);
  });

  // Some libraries stop at the size an entry says and call it done.
  it.each<[string, ZipEntry]>([
    ['less than it holds, packed', { ...packed('a', utf8('0123456789')), declared: 4 }],
    ['more than it holds, packed', { ...packed('a', utf8('0123456789')), declared: 20 }],
    ['less than it holds, stored', { name: 'a', data: utf8('0123456789'), declared: 4 }],
    ['more than it holds, stored', { name: 'a', data: utf8('0123456789'), declared: 20 }],
    ['nothing, and holds a MiB', { ...zeros, declared: 0 }],
    ['another checksum', { ...packed('a', utf8('0123456789')), crc: 1 }],
    ['another checksum, stored', { name: 'a', data: utf8('0123456789'), crc: 1 }],
  ])('A01 refuses an entry that says %s', async (_, entry) => {
    expect((await refused(zipFile([entry]))).code).toBe('damaged-file');
  });

  it('A01 counts the bytes it unpacks, not those that are declared', async () => {
    const limits = { entries: 10, bytes: 2 ** 19 };
    expect((await refused(zipFile([zeros]), limits)).code).toBe('too-large');
    expect((await refused(zipFile([{ ...zeros, declared: 10 }]), limits)).code).toBe('damaged-file');
    const three = ['a', 'b', 'c'].map((name) => packed(name, new Uint8Array(2 ** 18)));
    expect((await refused(zipFile(three), limits)).code).toBe('too-large');
    expect(await unpackZip(archive(...three.slice(1)), { limits })).toHaveLength(2);
  });

  it('A01 stops a bomb while it unpacks', async () => {
    const bomb = packed('bomb', new Uint8Array(64 * 2 ** 20));
    const before = process.memoryUsage().arrayBuffers;
    expect((await refused(zipFile([bomb]), { entries: 1, bytes: 2 ** 20 })).code).toBe('too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
  });

  it('A01 refuses an archive that is itself too large, unread', async () => {
    const file = archive(small('a'));
    const limits = { entries: 1, bytes: file.size - 1 };
    await expect(unpackZip(file, { limits })).rejects.toMatchObject({ code: 'too-large' });
    expect(file.bytesRead).toBe(0);
  });

  it('A01 refuses more files than the limit', async () => {
    const many = Array.from({ length: 1001 }, (_, i) => small(`f${i}`));
    expect((await refused(zipFile(many))).code).toBe('too-large');
    expect(await unpackZip(source('a', zipFile(many.slice(1))))).toHaveLength(1000);
  });

  it.each([
    '../a',
    'a/../../b',
    '/etc/a',
    'C:/a',
    'C:\\a',
    '..\\a',
    'a\\b',
    '\\\\server\\a',
    'a//b',
    './a',
    'a\0b',
    '',
    'x'.repeat(600),
  ])('A02 refuses the name %j', async (name) => {
    expect((await refused(zipFile([small(name)]))).code).toBe('damaged-file');
  });

  it('refuses one name for two files', async () => {
    expect((await refused(zipFile([small('a'), small('a')]))).code).toBe('damaged-file');
  });

  it('keeps a file named __proto__ a file', async () => {
    expect((await unpackZip(archive(small('__proto__'))))[0]?.name).toBe('__proto__');
  });

  it('refuses encrypted entries, and other ways of packing, by name', async () => {
    expect(await refused(zipFile([{ ...small('a'), flags: 0x801 }]))).toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('encrypted'),
    });
    for (const method of [1, 9, 12, 14, 93, 95])
      expect((await refused(zipFile([{ ...small('a'), method }]))).code).toBe('unsupported-format');
  });

  it('refuses what is no archive, and one cut anywhere', async () => {
    const whole = zipFile([small('a'), packed('b', utf8('b'.repeat(100)))]);
    await refused(new Uint8Array());
    await refused(utf8('not an archive'));
    for (let end = 0; end < whole.length; end++) await refused(whole.subarray(0, end));
  });

  it('refuses entries that share their bytes', async () => {
    const whole = zipFile([packed('a', new Uint8Array(1000)), packed('b', new Uint8Array(1000))]);
    // The second entry of the list says that it lies where the first does.
    const at = whole.lastIndexOf(0x62) - 4;
    whole.set(little(0, 4), at);
    expect((await refused(whole)).code).toBe('damaged-file');
  });

  it('refuses bytes before or after the archive: another program might see another archive', async () => {
    const whole = zipFile([small('a')]);
    await refused(joined(utf8('GIF89a'), whole));
    await refused(joined(whole, utf8('more')));
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(unpackZip(archive(small('a')), { signal })).rejects.toThrow(CancelledError);
  });
});
