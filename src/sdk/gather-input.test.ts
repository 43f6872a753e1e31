import { describe, expect, it } from 'vitest';
import { utf8 } from '../core/checkpoint/testing';
import { zipFile } from '../core/checkpoint/testing-zip';
import { CancelledError, FailedError } from '../core/errors';
import type { Each, FolderFound, ReadingContract } from '../rpc/reading';
import { createReading } from '../runtime/inputs/reading';
import { inputsOf } from './gather-input';
import type { GatheredItem, GatherOptions, GatherProgress } from './input-types';
import type { Reader } from './kept-inputs';

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);

/** The worker's service in this thread. */
const here = (service: Partial<ReadingContract> = {}): Reader =>
  ({
    run: async (job: (remote: ReadingContract, signal?: AbortSignal) => unknown, signal?: AbortSignal) =>
      job({ ...createReading(), ...service }, signal),
  }) as unknown as Reader;

const file = (name: string, content: string | Uint8Array, folder = ''): File => {
  const made = new File([content as string], name, { lastModified: 7 });
  if (folder) Object.defineProperty(made, 'webkitRelativePath', { value: `${folder}/${name}` });
  return made;
};

async function gathered(
  files: readonly File[],
  options: GatherOptions = {},
  reader = here(),
): Promise<{ items: GatheredItem[]; last: GatherProgress }> {
  const items: GatheredItem[] = [];
  let last: GatherProgress | undefined;
  const onProgress = (progress: GatherProgress) => {
    last = progress;
  };
  const found = inputsOf(reader).gather(files, { onProgress, ...options });
  for await (const batch of found) items.push(...batch);
  return { items, last: last! };
}

const opened = async (item: GatheredItem): Promise<unknown> => {
  const content = await item.open().catch((error: { code: string }) => `! ${error.code}`);
  return typeof content === 'string' ? content : `${content.size} bytes`;
};

describe('gathering', () => {
  it('makes items of files, of archives’ entries and of tables’ rows, in their order', async () => {
    const { items, last } = await gathered([
      file('a.png', PNG, 'boats'),
      file('.DS_Store', 'x', 'boats'),
      file(
        'b.zip',
        zipFile([
          { name: 'x/c.png', data: PNG },
          { name: 'd.txt', data: utf8('A crate.') },
        ]),
      ),
      file('rows.csv', 'id,prompt\nk7,A quay.\n,\n'),
      file('empty.png', ''),
      file('script.js', 'x', 'boats'),
      file('note.txt', 'A boat.'),
    ]);
    expect(items.map(({ ordinal, kind, name, path, bytes }) => [ordinal, kind, name, path, bytes])).toEqual([
      [0, 'image', 'a.png', 'boats/a.png', 11],
      [1, 'image', 'c.png', 'b.zip/x/c.png', 11],
      [2, 'text', 'd.txt', 'b.zip/d.txt', 8],
      [3, 'text', 'k7', 'rows.csv', 7],
      [4, 'text', 'row 2', 'rows.csv', 0],
      [5, 'image', 'empty.png', 'empty.png', 0],
      [6, 'text', 'note.txt', 'note.txt', 7],
    ]);
    expect(await Promise.all(items.map(opened))).toEqual([
      ...['11 bytes', '11 bytes', 'A crate.', 'A quay.', '! empty-file', '! empty-file', 'A boat.'],
    ]);
    expect(items[3]).toMatchObject({ modified: 7, from: { kind: 'table', row: 1, line: 2, id: 'k7' } });
    expect(last).toEqual({
      ...{ found: 7, refused: 2, done: true },
      skipped: [
        { why: 'hidden', extension: '', count: 1 },
        { why: 'other', extension: 'js', count: 1 },
      ],
    });
  });

  it('tells of a file that was chosen by itself what it is, and does not leave it out', async () => {
    const { items, last } = await gathered([
      file('page.html', '<p>'),
      file('list.json', '[{"prompt": "A quay."}]'),
      file('lines.json', '{"prompt": "A quay."}'),
      file('.hidden', 'x'),
    ]);
    expect(items.map(({ kind, name, refused }) => [kind, name, refused?.code])).toEqual([
      ['image', 'page.html', undefined],
      ['image', 'list.json', 'invalid-input'],
      ['text', 'row 1', undefined],
    ]);
    expect(last.skipped).toEqual([{ why: 'hidden', extension: '', count: 1 }]);
  });

  it('goes by what a file holds once it is read', async () => {
    const { items } = await gathered([
      file('table.csv', PNG),
      file('note.txt', PNG),
      file('bad.txt', Uint8Array.of(0xff)),
    ]);
    expect(items.map(({ kind }) => kind)).toEqual(['image', 'text', 'text']);
    expect(await Promise.all(items.map(opened))).toEqual(['11 bytes', '11 bytes', '! damaged-file']);
  });

  it('asks for a table’s columns, and refuses it whole where nobody says', async () => {
    const table = file('t.csv', 'a,b\nx one,y one\nx two,y two\n');
    expect((await gathered([table])).items.map(({ refused }) => refused?.code)).toEqual(['invalid-input']);
    expect((await gathered([table], { columns: () => undefined })).items).toHaveLength(1);
    const asked: string[] = [];
    const { items } = await gathered([table], {
      columns: async ({ columns }, name) => {
        asked.push(name, ...columns.map((column) => column.name));
        return { text: 1, header: true };
      },
    });
    expect(asked).toEqual(['t.csv', 'Column 1', 'Column 2']);
    expect(await Promise.all(items.map(opened))).toEqual(['y one', 'y two']);
  });

  it('lists an archive or a table that is none as one item with its reason', async () => {
    const { items } = await gathered([file('a.zip', 'no'), file('b.jsonl', '[1]'), file('c.csv', ' ')]);
    expect(items.map(({ name, refused }) => [name, refused?.code])).toEqual([
      ['a.zip', 'damaged-file'],
      ['b.jsonl', 'invalid-input'],
      ['c.csv', 'empty-file'],
    ]);
  });

  it('W03 goes on where it was when the worker is lost, with nothing twice and nothing left out', async () => {
    const paths = Array.from({ length: 30 }, (_, at) => `f/${at}.png`);
    let lives = 0;
    const listFolder = async (_: unknown, each: Each<FolderFound>) => {
      const dies = ++lives === 1;
      for (let at = 0; at < 30; at += 10) {
        if (dies && at === 20) throw new FailedError('worker-died', 'Gone.');
        await each(paths.slice(at, at + 10).map((path) => ({ path, file: file(path, 'x') })));
      }
      return [];
    };
    const reader = {
      run: async (job: (remote: unknown, signal?: AbortSignal) => Promise<unknown>, signal?: AbortSignal) =>
        job({ listFolder }, signal).catch(() => job({ listFolder }, signal)),
    } as unknown as Reader;
    const folder = { kind: 'directory', name: 'f' } as FileSystemDirectoryHandle;
    const found: string[] = [];
    for await (const items of inputsOf(reader).gather([folder])) found.push(...items.map(({ path }) => path));
    expect(found).toEqual(paths);
    expect(lives).toBe(2);
  });

  it('W17 stops reading when nobody iterates any more, or somebody says so', async () => {
    const rows = file('rows.csv', `prompt,n\n${'A quay.,1\n'.repeat(60_000)}`);
    let stopped: AbortSignal | undefined;
    const spy = here({
      readTable: (blob, choice, each, signal) => {
        stopped = signal;
        return createReading().readTable(blob, choice, each, signal);
      },
    });
    for await (const _ of inputsOf(spy).gather([rows])) break;
    expect(stopped?.aborted).toBe(true);
    const stop = new AbortController();
    const iterate = async () => {
      for await (const _ of inputsOf(here()).gather([rows], { signal: stop.signal })) stop.abort();
    };
    await expect(iterate()).rejects.toThrow(CancelledError);
  });
});
