/** What comes into triage, in a browser: a chosen folder, an archive and a table, by way of the SDK. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { utf8 } from '../../src/core/checkpoint/testing';
import { zipFile } from '../../src/core/checkpoint/testing-zip';
import { hashDistance, NEAR } from '../../src/core/image/phash';
import type { GatheredItem, GatherInput, GatherOptions } from '../../src/sdk';
import { expect, test } from '../support/sdk-page';

declare global {
  var gathered: GatheredItem[];
  var gatherAll: (
    input: GatherInput,
    options?: GatherOptions,
  ) => Promise<{ brief: unknown[]; skipped: string[] }>;
}

const PICTURE = readFileSync(join(import.meta.dirname, '../fixtures/images/sources/palette-300x200.png'));

test('A01–A07, A15, I14, I17: a folder, a zip and a table become items, and open when it is their turn', async ({
  serve,
  open,
}, info) => {
  const page = await open(await serve());
  await page.evaluate(defineGather);

  await test.step('a folder that is chosen', async () => {
    const folder = info.outputPath('boats');
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    const files: Record<string, string | Uint8Array> = {
      'a.png': PICTURE,
      'deep/er/<b onclick=x>.png': PICTURE,
      'empty.jpg': '',
      'note.txt': 'Two boats.',
      'page.html': '<p>',
      '.hidden': 'x',
      'deep/Thumbs.db': 'x',
      'rows.csv': 'id,prompt\n1,A quay.\n',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    await page.setInputFiles('#folder', folder);
    const found = await page.evaluate(() =>
      gatherAll(document.querySelector<HTMLInputElement>('#folder')!.files!),
    );
    expect(found.brief.toSorted()).toEqual(
      [
        'boats/a.png: Blob of 1,331 bytes',
        'boats/deep/er/<b onclick=x>.png: Blob of 1,331 bytes',
        'boats/empty.jpg: empty-file',
        'boats/note.txt: Two boats.',
        'boats/rows.csv: A quay.',
      ].map((line) => line.replace('1,331', PICTURE.length.toLocaleString('en'))),
    );
    expect(found.skipped).toEqual(['hidden 1', 'hidden db 1', 'other html 1']);
  });

  await test.step('an archive, and a table with a bad line, that are dropped', async () => {
    const zip = zipFile([
      { name: '../a.png', data: PICTURE, packed: deflateRawSync(PICTURE) },
      { name: 'stored.txt', data: utf8('A crate.') },
      { name: 'lies.png', data: PICTURE, packed: deflateRawSync(PICTURE), declared: 100 },
      { name: 'inner.zip', data: zipFile([]) },
      { name: '__MACOSX/._a.png', data: utf8('x') },
    ]);
    const table = 'number;comment\n1;"Two\nlines"\n2;one;too many\n3;The end.\n';
    const found = await page.evaluate(
      ([archive, text]) => {
        const drop = new DataTransfer();
        drop.items.add(new File([Uint8Array.from(archive)], 'a.zip'));
        drop.items.add(new File([text], 'b.csv'));
        return gatherAll(drop);
      },
      [[...zip], table] as const,
    );
    expect(found.brief).toEqual([
      `a.zip/../a.png: Blob of ${PICTURE.length.toLocaleString('en')} bytes`,
      'a.zip/stored.txt: A crate.',
      'a.zip/lies.png: damaged-file',
      'a.zip/inner.zip: unsupported-format',
      'b.csv: Two\nlines',
      'b.csv: invalid-input',
      'b.csv: The end.',
    ]);
    expect(found.skipped).toEqual(['hidden png 1']);
  });

  await test.step('copies of a picture are near each other, and others are not', async () => {
    const hashes = await page.evaluate(async () => {
      const draw = async (seed: number, size: number, type: string) => {
        const canvas = new OffscreenCanvas(size, size);
        const context = canvas.getContext('2d')!;
        for (let at = 0; at < 40; at++) {
          const chance = (salt: number) =>
            Math.abs(Math.sin(seed * 91.7 + at * 13.1 + salt * 7.3) * 9301) % 1;
          context.fillStyle = `rgb(${255 * chance(1)} ${255 * chance(2)} ${255 * chance(3)})`;
          context.fillRect(size * (chance(4) - 0.2), size * (chance(5) - 0.2), size * 0.4, size * 0.4);
        }
        return canvas.convertToBlob({ type, quality: 0.6 });
      };
      const found: Record<string, string | undefined> = {};
      const batch = winnow.batch({
        models: ['starter-image'],
        onResult: ({ id, scores }) => {
          found[id] = scores.phash;
        },
      });
      batch.add([
        { id: 'one', content: await draw(1, 512, 'image/png') },
        { id: 'smaller', content: await draw(1, 300, 'image/jpeg') },
        { id: 'other', content: await draw(2, 512, 'image/png') },
        { id: 'plain', content: await picture(90) },
      ]);
      batch.end();
      await batch.done;
      return found;
    });
    expect(hashDistance(hashes.one!, hashes.smaller!)).toBeLessThanOrEqual(NEAR);
    expect(hashDistance(hashes.one!, hashes.other!)).toBeGreaterThan(2 * NEAR);
    expect(hashes.plain).toBeUndefined();
  });

  await test.step('a folder’s handle is kept, and gives the same items', async () => {
    const found = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('harbour', { create: true });
      for (let at = 0; at < 3; at++) {
        const file = await folder.getFileHandle(`${at}.png`, { create: true });
        const writable = await file.createWritable();
        await writable.write(new Uint8Array(8));
        await writable.close();
      }
      const first = await gatherAll([folder]);
      await winnow.keepInputs('run 1', [folder]);
      const [kept] = await winnow.keptInputs('run 1');
      const again = await gatherAll([kept!.handle]);
      const allowed = kept!.permission === 'granted' && (await kept!.ask());
      await winnow.forgetInputs('run 1');
      const left = await winnow.keptInputs('run 1');
      await root.removeEntry('harbour', { recursive: true });
      return { first: first.brief, again: again.brief, name: kept!.name, allowed, left: left.length };
    });
    expect(found.first).toHaveLength(3);
    expect(found.again.toSorted()).toEqual(found.first.toSorted());
    expect(found).toMatchObject({ name: 'harbour', allowed: true, left: 0 });
  });

  await test.step('ten thousand files are listed without one being opened, and stopping stops', async () => {
    const found = await page.evaluate(async () => {
      const files = Array.from({ length: 10_000 }, (_, at) => new File(['x'], `${at}.png`));
      const start = performance.now();
      let count = 0;
      for await (const items of winnow.gather(files)) count += items.length;
      const milliseconds = performance.now() - start;
      const stop = new AbortController();
      const rows = new File([`prompt,n\n${'A quay.,1\n'.repeat(50_000)}`], 'rows.csv');
      let [seen, kind] = [0, ''];
      try {
        for await (const items of winnow.gather([rows], { signal: stop.signal })) {
          seen += items.length;
          stop.abort();
        }
      } catch (error) {
        kind = (error as { kind: string }).kind;
      }
      await winnow.close();
      return { count, milliseconds, seen, kind };
    });
    expect(found.count).toBe(10_000);
    expect(found.milliseconds).toBeLessThan(2_000);
    expect(found.seen).toBeLessThan(5_000);
    expect(found.kind).toBe('cancelled');
  });
});

/** In the page: an input for folders, a Winnow, and everything of an input in a line each. */
async function defineGather(): Promise<void> {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', id: 'folder', webkitdirectory: true });
  document.body.append(input);
  globalThis.winnow = await sdk.createWinnow();
  globalThis.gatherAll = async (from, options) => {
    const brief: string[] = [];
    let skipped: string[] = [];
    const onProgress: GatherOptions['onProgress'] = (progress) => {
      if (progress.done)
        skipped = progress.skipped.map(({ why, extension, count }) =>
          [why, extension, count].filter((part) => part !== '').join(' '),
        );
    };
    for await (const items of winnow.gather(from, { ...options, onProgress }))
      for (const item of items) {
        const opened = await item.open().then(
          (content) =>
            typeof content === 'string' ? content : `Blob of ${content.size.toLocaleString('en')} bytes`,
          (error) => error.code,
        );
        if (item.refused && item.refused.code !== opened)
          throw new Error('Opening says something else than the list.');
        brief.push(`${item.path}: ${opened}`);
      }
    return { brief, skipped: skipped.toSorted() };
  };
}
