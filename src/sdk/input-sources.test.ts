import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SkippedCount } from '../rpc/reading';
import { handlesOf, seize, walkEntry } from './input-sources';

type Tree = { readonly [name: string]: Tree | string | Error };

/** As `webkitGetAsEntry` gives them: a hundred children at a time. */
function entry(name: string, content: Tree | string | Error, path = `/${name}`): FileSystemEntry {
  const isFile = typeof content === 'string' || content instanceof Error;
  const file = (found: (file: File) => void, failed: (error: Error) => void) =>
    content instanceof Error ? failed(content) : found(new File([content as string], name));
  const createReader = () => {
    const left = Object.entries(content as Tree);
    return {
      readEntries(found: (entries: FileSystemEntry[]) => void, failed: (error: Error) => void) {
        if (left.some(([child]) => child === '!')) return failed(new Error('Not allowed.'));
        found(left.splice(0, 100).map(([child, of]) => entry(child, of, `${path}/${child}`)));
      },
    };
  };
  return {
    name,
    fullPath: path,
    isFile,
    isDirectory: !isFile,
    file,
    createReader,
  } as unknown as FileSystemEntry;
}

async function walked(root: FileSystemEntry) {
  const found: string[] = [];
  const skipped: SkippedCount[] = [];
  const sizes: number[] = [];
  for await (const batch of walkEntry(root, (one) => skipped.push(one))) {
    sizes.push(batch.length);
    found.push(...batch.map(({ path, file }) => `${path}${file ? '' : ' !'}`));
  }
  return { found: found.toSorted(), skipped, sizes };
}

describe('I14 a dropped folder without handles', () => {
  it('is walked, and what cannot be had is an item without a file', async () => {
    const tree = {
      'a.png': 'x',
      'gone.png': new Error('x'),
      '.hidden': 'x',
      'b.js': 'x',
      deep: { 'c.png': 'x' },
      closed: { '!': 'x' },
    };
    const { found, skipped } = await walked(entry('boats', tree));
    expect(found).toEqual(['boats/a.png', 'boats/closed !', 'boats/deep/c.png', 'boats/gone.png !']);
    expect(skipped.map(({ why, extension }) => `${why} ${extension}`)).toEqual(['hidden ', 'other js']);
  });

  it('of thousands comes a few hundred at a time', async () => {
    const many = Object.fromEntries(Array.from({ length: 2_345 }, (_, at) => [`${at}.png`, 'x']));
    const { found, sizes } = await walked(entry('many', many));
    expect(found).toHaveLength(2_345);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  });

  it('that leads in circles ends', async () => {
    const circle: Record<string, Tree | string> = { 'a.png': 'x' };
    circle.self = circle as Tree;
    const { found } = await walked(entry('f', circle));
    expect(found.filter((path) => path.endsWith(' !'))).toHaveLength(1);
    expect(found.length).toBe(66);
  });
});

describe('what is dropped', () => {
  afterEach(() => vi.unstubAllGlobals());

  class Transfer {
    items: object[] = [];
  }
  const item = (change: object) => ({ kind: 'file', getAsFile: () => new File(['x'], 'a.png'), ...change });

  it('is asked for while its event lasts: files, folders with and without handles, and no texts', async () => {
    vi.stubGlobal('DataTransfer', Transfer);
    const drop = new Transfer();
    const asked: string[] = [];
    const folder = { kind: 'directory', name: 'f' };
    drop.items = [
      { kind: 'string' },
      item({
        getAsFileSystemHandle: () => {
          asked.push('handle');
          return Promise.resolve(folder);
        },
      }),
      item({ webkitGetAsEntry: () => entry('g', {}) }),
      item({ webkitGetAsEntry: () => entry('a.png', 'x') }),
      item({ getAsFileSystemHandle: () => Promise.reject(new Error('Not here.')) }),
      item({ getAsFile: () => null }),
      item({ getAsFileSystemHandle: () => Promise.resolve({ kind: 'file', name: 'a.png' }) }),
    ];
    const { sources } = seize(drop as unknown as DataTransfer);
    // The browser empties it when the event is over.
    drop.items = [];
    expect(asked).toEqual(['handle']);
    const found = await Promise.all(sources);
    expect(found.map((source) => source?.kind)).toEqual([
      'handle',
      'entry',
      'file',
      'file',
      undefined,
      'file',
    ]);
    expect((await handlesOf({ sources })).map(({ name }) => name)).toEqual(['f', 'a.png']);
    expect(seize({ sources }).sources).toBe(sources);
  });

  it('or chosen carries the path in its folder, or a name of ours', async () => {
    const inFolder = new File(['x'], 'a.png');
    Object.defineProperty(inFolder, 'webkitRelativePath', { value: 'boats/a.png' });
    const { sources } = seize([inFolder, new File(['x'], 'b.png'), new Blob(['x'])]);
    const found = await Promise.all(sources);
    expect(found.map((source) => source?.kind === 'file' && source.path)).toEqual([
      'boats/a.png',
      'b.png',
      'file 3',
    ]);
  });
});
