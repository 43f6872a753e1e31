import { describe, expect, it } from 'vitest';
import { joined, utf8 } from '../../core/checkpoint/testing';
import { choiceOf } from '../../core/tables/choice';
import type { TableRow } from '../../core/tables/types';
import { lookAtTable, readTable, readText } from './tables';

async function rowsOf(file: Blob, name = 'a.csv', limit?: number) {
  const { look } = await lookAtTable(file, name);
  const rows: TableRow[] = [];
  let largest = 0;
  const { more } = await readTable(
    file,
    choiceOf(look!)!,
    (batch) => {
      largest = Math.max(largest, batch.length);
      rows.push(...batch);
    },
    limit === undefined ? {} : { limit },
  );
  return { rows, more, largest };
}
const blobOf = (...parts: readonly (string | Uint8Array)[]) => new Blob(parts as string[]);

describe('A15 tables of any size', () => {
  it.each([false, true])('are read as UTF-16 where their mark says so, big end first: %s', async (big) => {
    const text = '\ufeffid\tprompt\n1\tA qüay 🍍\n';
    const bytes = new Uint8Array(2 * text.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !big);
    const { rows } = await rowsOf(blobOf(bytes), 'a.tsv');
    expect(rows).toEqual([{ row: 1, line: 2, id: '1', text: 'A qüay 🍍' }]);
  });

  it('are read past a line of 50 MB, which is a row of its own', async () => {
    const long = 'x'.repeat(2 ** 20);
    const before = process.memoryUsage().heapUsed;
    const { rows } = await rowsOf(blobOf('id,prompt\n1,one\n2,', ...Array(50).fill(long), '\n3,three\n'));
    expect(rows.map(({ row, text, refused }) => [row, text ?? refused?.code])).toEqual([
      [1, 'one'],
      [2, 'too-large'],
      [3, 'three'],
    ]);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * 2 ** 20);
  });

  it('are handed on a few hundred rows at a time, however long the pieces', async () => {
    const { rows, largest, more } = await rowsOf(blobOf('id,prompt\n', '1,A quay.\n'.repeat(60_000)));
    expect([rows.length, more]).toEqual([60_000, false]);
    expect(largest).toBeLessThanOrEqual(500);
    expect(rows.every(({ row }, at) => row === at + 1)).toBe(true);
  });

  it('end at the limit, and say so', async () => {
    const file = blobOf('id,prompt\n', '1,A quay.\n'.repeat(1200));
    expect(await rowsOf(file, 'a.csv', 700).then(({ rows, more }) => [rows.length, more])).toEqual([
      700,
      true,
    ]);
    expect(await rowsOf(file, 'a.csv', 1000).then(({ rows, more }) => [rows.length, more])).toEqual([
      1000,
      true,
    ]);
    expect(await rowsOf(file, 'a.csv', 1200).then(({ rows, more }) => [rows.length, more])).toEqual([
      1200,
      false,
    ]);
  });

  it('with bytes that are no text in one line lose that line', async () => {
    const file = blobOf('id,prompt\n1,a\n2,', Uint8Array.of(0xe9), '\n3,c\n');
    const { rows } = await rowsOf(file);
    expect(rows.map(({ text, refused }) => text ?? refused?.code)).toEqual(['a', 'damaged-file', 'c']);
  });

  it('I14 that changed since they were chosen say so', async () => {
    const gone = {
      size: 10,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('x', 'NotReadableError')) }),
    };
    const file = gone as unknown as Blob;
    await expect(lookAtTable(file, 'a.csv')).rejects.toMatchObject({ code: 'unreadable-file' });
    await expect(readText(file)).rejects.toMatchObject({ code: 'unreadable-file' });
  });
});

describe('a text of its own', () => {
  it.each<[string, Uint8Array, object]>([
    ['UTF-8', utf8('A quay, é'), { text: 'A quay, é' }],
    ['a mark', joined([0xef, 0xbb, 0xbf], utf8('A quay')), { text: 'A quay' }],
    ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), { picture: true }],
  ])('is read: %s', async (_, bytes, expected) => {
    expect(await readText(blobOf(bytes))).toEqual(expected);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'empty-file'],
    ['blanks', utf8(' \n'), 'empty-file'],
    ['no text', Uint8Array.of(0x61, 0xff), 'damaged-file'],
    ['zeros', Uint8Array.of(0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0), 'damaged-file'],
    ['too much', new Uint8Array(4 * 2 ** 20 + 1).fill(0x61), 'too-large'],
  ])('is refused: %s', async (_, bytes, code) => {
    await expect(readText(blobOf(bytes))).rejects.toMatchObject({ code });
  });
});
