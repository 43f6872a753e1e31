import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../core/errors';
import type { FolderFound, KeptHandle } from '../../rpc/reading';
import { listFolder } from './folder';
import { forgetHandles, keepHandles, keptHandles } from './kept';

type Tree = { readonly [name: string]: Tree | string | Error };

/** A folder as the browser gives one. An Error: a file that cannot be had; under `!`: the listing itself fails there. */
function folder(name: string, tree: Tree): FileSystemDirectoryHandle {
  async function* values() {
    for (const [child, content] of Object.entries(tree)) {
      if (child === '!') throw content;
      if (typeof content === 'string' || content instanceof Error)
        yield { kind: 'file', name: child, getFile: async () => fileOf(child, content) };
      else yield folder(child, content);
    }
  }
  return { kind: 'directory', name, values } as unknown as FileSystemDirectoryHandle;
}

function fileOf(name: string, content: string | Error): File {
  if (content instanceof Error) throw content;
  return new File([content], name);
}

async function listed(root: FileSystemDirectoryHandle, signal?: AbortSignal) {
  const found: FolderFound[] = [];
  const sizes: number[] = [];
  const skipped = await listFolder(
    root,
    (batch) => {
      sizes.push(batch.length);
      found.push(...batch);
    },
    signal,
  );
  return {
    found,
    skipped,
    sizes,
    brief: found.map(({ path, file, refused }) => [path, file ? 'file' : refused?.code]),
  };
}

describe('a folder', () => {
  it('I14 is listed with what is in its folders, and what cannot be read is an item', async () => {
    const gone = new DOMException('x', 'NotFoundError');
    const { brief, skipped } = await listed(
      folder('boats', {
        ...{ 'a.png': 'x', 'gone.png': gone, '.DS_Store': 'x', 'Thumbs.db': 'x', 'page.html': 'x' },
        deep: { er: { 'b.png': 'x', '.hidden': 'x' }, '!': gone },
        '.git': { 'objects.png': 'x' },
      }),
    );
    expect(brief.toSorted()).toEqual([
      ['boats/a.png', 'file'],
      ['boats/deep', 'unreadable-file'],
      ['boats/deep/er/b.png', 'file'],
      ['boats/gone.png', 'unreadable-file'],
    ]);
    expect(skipped).toEqual([
      { why: 'hidden', extension: '', count: 3 },
      { why: 'hidden', extension: 'db', count: 1 },
      { why: 'other', extension: 'html', count: 1 },
    ]);
  });

  it('of ten thousand files comes a few hundred at a time', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`${at}.png`, 'x']));
    const { found, sizes } = await listed(folder('many', many));
    expect(found).toHaveLength(10_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  });

  it('that leads in circles ends, and says where', async () => {
    const circle: Record<string, Tree | string> = { 'a.png': 'x' };
    circle.self = circle as Tree;
    const { brief } = await listed(folder('f', circle));
    expect(brief.filter(([, what]) => what === 'file')).toHaveLength(65);
    expect(brief.filter(([, what]) => what !== 'file')).toHaveLength(1);
  });

  it('W17 is not listed on when nobody waits for it', async () => {
    await expect(listed(folder('f', { a: 'x' }), AbortSignal.abort())).rejects.toThrow(CancelledError);
  });
});

describe('handles', () => {
  it('are kept under their run, those of a second folder beside the first, each once, and forgotten', async () => {
    class Handle {
      readonly kind = 'file';
      constructor(readonly name: string) {}
      async isSameEntry({ name }: KeptHandle): Promise<boolean> {
        return name === this.name;
      }
    }
    const handle = (name: string) => new Handle(name) as unknown as KeptHandle;
    await forgetHandles('r1');
    expect(await keptHandles('r1')).toEqual([]);
    await keepHandles('r1', [handle('a')]);
    await keepHandles('r2', [handle('b')]);
    await keepHandles('r1', [handle('c'), handle('a'), handle('d'), handle('d')]);
    expect((await keptHandles('r1')).map(({ name }) => name)).toEqual(['a', 'c', 'd']);
    await forgetHandles('r1');
    expect(await keptHandles('r1')).toEqual([]);
    expect(await keptHandles('r2')).toHaveLength(1);
  });
});
