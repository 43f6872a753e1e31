/** Prepared models as files: what is written, that it is written whole, and what is refused. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hfVitCard, LAION_HEAD, laionCard, vitCard } from '../e2e/support/installing';
import type { ModelCard, ModelManifest } from '../src/catalog/card';
import { MOST_FILE_BYTES, parseOffers, parsePrepared, preparedFiles } from '../src/catalog/prepared';
import { familyById } from '../src/core/architectures';
import { readSafetensors } from '../src/core/checkpoint/safetensors';
import { memorySource } from '../src/core/checkpoint/source';
import { CHUNK_BYTES, prepare } from '../src/core/prepare/prepare';
import { type BundleOptions, bundleModel } from './bundle-models/bundle';
import { nameInBuild, offersIn } from './bundle-models/offers';
import { FilePieces } from './bundle-models/pieces';

const FIXTURES = 'src/core/architectures/fixtures';
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'winnow-bundle-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const out = () => join(root, 'prepared');
const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The published files of a golden model, in a folder of its own. */
function published(folder: string, names = ['config.json', 'model.safetensors']): string {
  const to = join(root, 'files', folder);
  mkdirSync(to, { recursive: true });
  for (const name of names) copyFileSync(join(FIXTURES, folder, name), join(to, name));
  return to;
}

const bundled = (card: ModelCard, files: string, more: Partial<BundleOptions> = {}) =>
  bundleModel({ card, own: false, files, out: out(), ...more });

const written = (id: string) =>
  Object.fromEntries(
    readdirSync(join(out(), id)).map((name) => [name, hex(readFileSync(join(out(), id, name)))]),
  );

const message = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error as Error).message,
  );

describe('bundleModel', () => {
  it('writes what preparing gives, each file as its manifest says', async () => {
    const seen: number[] = [];
    const card = vitCard();
    const prepared = await bundled(card, published('timm-vit'), {
      onProgress: (done, total) => seen.push(done / total),
    });
    expect(parsePrepared(readFileSync(join(out(), card.id, 'manifest.json')))).toEqual(prepared);
    for (const { path, bytes, sha256 } of preparedFiles(prepared)) {
      const found = readFileSync(join(out(), card.id, path));
      expect([found.length, hex(found)]).toEqual([bytes, sha256]);
      expect(path).toContain(sha256.slice(0, 12));
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);

    const read = (name: string) => readFileSync(join(FIXTURES, 'timm-vit', name));
    const { tensors } = await readSafetensors(memorySource('w', read('model.safetensors')));
    const config = JSON.parse(read('config.json').toString());
    const network = familyById('timm-vit')!.build(config, tensors, { precision: 'exact' });
    const expected: Uint8Array[] = [];
    await prepare(network.weights, { write: async (bytes) => void expected.push(bytes.slice()) });
    const weights = prepared.pieces['network.weights']!.map(({ path }) =>
      readFileSync(join(out(), card.id, path)),
    );
    expect(Buffer.concat(weights).equals(Buffer.concat(expected))).toBe(true);
    expect(prepared.files.map(({ name, sha256 }) => [name, sha256])).toEqual([
      ['test-vit/config.json', hex(read('config.json'))],
      ['test-vit/model.safetensors', hex(read('model.safetensors'))],
    ]);
  });

  it('writes the same bytes again, and nothing of an earlier precision stays', async () => {
    const files = published('timm-vit');
    await bundled(vitCard(), files);
    const first = written('test-vit');
    await bundled(vitCard(), files, { precision: 'int8' });
    expect(written('test-vit')).not.toEqual(first);
    writeFileSync(join(out(), 'test-vit', 'network.weights.000.0.part.unfinished'), 'cut off');
    writeFileSync(join(out(), 'test-vit', 'notes.txt'), 'not ours');
    await bundled(vitCard(), files);
    expect(written('test-vit')).toEqual({ ...first, 'notes.txt': hex(Buffer.from('not ours')) });
  });

  it('takes the files that the card names out of a whole repository, and everything with `all`', async () => {
    const files = published('timm-vit');
    copyFileSync(join(files, 'model.safetensors'), join(files, 'other.safetensors'));
    mkdirSync(join(files, '.cache'));
    writeFileSync(join(files, '.cache', 'config.json'), 'not looked at');
    const named = vitCard({
      install: {
        ...vitCard().install!,
        files: [
          { role: 'weights', path: 'model.safetensors' },
          { role: 'config', path: 'config.json' },
        ],
      },
    });
    expect((await bundled(named, files)).files).toHaveLength(2);
    expect(await message(bundled(named, files, { all: true }))).toMatch(/both hold weights/);
  });

  it('unpacks LAION’s zip, and keeps a head alone', async () => {
    const files = join(root, 'laion');
    mkdirSync(files);
    copyFileSync(LAION_HEAD, join(files, 'clip_autokeras_binary_nsfw.zip'));
    const prepared = await bundled(laionCard, files);
    expect(Object.keys(prepared.pieces)).toEqual(['head.graph', 'head.weights']);
    expect(Object.keys(prepared.layouts)).toEqual(['head']);
  });

  it('completes a card of somebody’s own, which travels with the list', async () => {
    const draft = vitCard({ id: 'own', labels: [], scores: [] });
    const prepared = await bundled(draft, published('timm-vit'), { own: true });
    expect(prepared.card.labels).toEqual([{ name: 'NSFW' }, { name: 'SFW' }]);
    const [offer] = await offersIn(out(), []);
    expect(offer).toMatchObject({ id: 'own', bytes: prepared.bytes, card: prepared.card });
  });

  it.each([
    ['no folder', () => bundled(vitCard(), join(root, 'nowhere')), /There is no folder/],
    ['an empty folder', () => bundled(vitCard(), published('timm-vit', [])), /is empty/],
    [
      'weights without their config',
      () => bundled(vitCard(), published('timm-vit', ['model.safetensors'])),
      /config\.json/,
    ],
    ['another family', () => bundled(vitCard(), published('hf-vit')), /hf-vit.*timm-vit/],
    [
      'M16: swapped labels',
      () => bundled(vitCard({ labels: [{ name: 'SFW' }, { name: 'NSFW' }] }), published('timm-vit')),
      /“NSFW”, “SFW”/,
    ],
    [
      'M19: another file than the card pins',
      () =>
        bundled(
          vitCard({
            install: {
              ...vitCard().install!,
              files: [
                { role: 'weights', path: 'model.safetensors', sha256: '0'.repeat(64) },
                { role: 'config', path: 'config.json' },
              ],
            },
          }),
          published('timm-vit'),
        ),
      /another model\.safetensors than its card pins/,
    ],
  ])('refuses %s, and writes no manifest', async (_, work, says) => {
    expect(await message(work())).toMatch(says);
    expect(await offersIn(out(), [])).toEqual([]);
  });

  it('leaves what was there usable when it fails half-way', async () => {
    const files = published('timm-vit');
    await bundled(vitCard(), files);
    const before = await offersIn(out(), [vitCard()]);
    const weights = readFileSync(join(files, 'model.safetensors'));
    writeFileSync(join(files, 'model.safetensors'), weights.subarray(0, weights.length - 1000));
    expect(await message(bundled(vitCard(), files, { precision: 'int8' }))).not.toBe('nothing was thrown');
    expect(await offersIn(out(), [vitCard()])).toEqual(before);
  });
});

describe('FilePieces', () => {
  it('cuts what is larger than a chunk into files of at most 20 MiB', async () => {
    const pieces = new FilePieces(join(root, 'large'));
    const bytes = new Uint8Array(CHUNK_BYTES + 5).map((_, at) => at);
    await pieces.put('tokenizer', bytes);
    const files = pieces.pieces.tokenizer!;
    expect(files.map((file) => file.bytes)).toEqual([CHUNK_BYTES, 5]);
    expect(CHUNK_BYTES).toBeLessThanOrEqual(MOST_FILE_BYTES);
    const found = Buffer.concat(files.map(({ path }) => readFileSync(join(root, 'large', path))));
    expect(found.equals(bytes)).toBe(true);
  });
});

describe('offersIn', () => {
  it('has none without a folder', async () => expect(await offersIn(join(root, 'nowhere'), [])).toEqual([]));

  it('N20: refuses a folder of another name, a missing file, and what was made for an older card', async () => {
    await bundled(hfVitCard, published('hf-vit'));
    expect(parseOffers(await offersIn(out(), [hfVitCard]))).toHaveLength(1);
    const newer = { ...hfVitCard, source: { ...hfVitCard.source, revision: '2' } };
    expect(await message(offersIn(out(), [newer]))).toMatch(/was made from .* at 1, not from .* at 2.*again/);
    const part = readdirSync(join(out(), hfVitCard.id)).find((name) => name.startsWith('network.weights'))!;
    rmSync(join(out(), hfVitCard.id, part));
    expect(await message(offersIn(out(), [hfVitCard]))).toMatch(/missing or incomplete/);
  });

  it('is named in a finished build, in place of what was named before', async () => {
    const models = join(root, 'models');
    await bundled(vitCard({ id: 'own-vit' }), published('timm-vit'), {
      own: true,
      out: join(models, 'prepared'),
    });
    const list: ModelManifest = { version: 1, models: [], prepared: [{ id: 'gone' }] };
    writeFileSync(join(models, 'manifest.json'), JSON.stringify(list));
    expect(await nameInBuild(root, [])).toBe(1);
    const now: ModelManifest = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8'));
    expect(parseOffers(now.prepared).map(({ id }) => id)).toEqual(['own-vit']);
    rmSync(join(models, 'prepared'), { recursive: true });
    expect(await nameInBuild(root, [])).toBe(0);
    expect(JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8'))).toEqual({
      version: 1,
      models: [],
    });
  });
});

describe('npm run bundle-models', () => {
  const run = (...args: string[]) =>
    new Promise<{ status: number; text: string }>((done) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', 'scripts/bundle-models.ts', ...args],
        (error, stdout, stderr) => done({ status: error ? 1 : 0, text: stdout + stderr }),
      );
    });

  it('prepares a card of one’s own into a build, and says what is wrong in one line', async () => {
    const files = join(root, 'files');
    published('timm-vit');
    const card = join(root, 'card.json');
    writeFileSync(card, JSON.stringify(vitCard({ id: 'timm-vit' })));
    mkdirSync(join(root, 'build', 'models'), { recursive: true });
    writeFileSync(join(root, 'build', 'models', 'manifest.json'), '{"version":1,"models":[]}');
    const done = await run('--card', card, '--files', files, '--out', join(root, 'build'));
    expect(done.text).toMatch(/timm-vit: 0\.\d MB \(\d+ bytes\) in 2 files, exact/);
    expect(done.status).toBe(0);
    expect(await offersIn(join(root, 'build', 'models', 'prepared'), [])).toHaveLength(1);
    const wrong: [string[], RegExp][] = [
      [[], /^Which models\?/],
      [['no-such-model'], /^There is no model no-such-model\. There are marqo/],
      [['starter-image'], /^There is no model starter-image/],
      [['marqo-nsfw-384', '--precision', 'int4'], /^int4 is no precision/],
      [['marqo-nsfw-384', '--files', files], /^There is no folder .*marqo-nsfw-384/],
    ];
    for (const [args, says] of wrong) {
      const { status, text } = await run(...args, '--out', join(root, 'elsewhere'));
      expect([status, text]).toEqual([1, expect.stringMatching(says)]);
      expect(text.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});
