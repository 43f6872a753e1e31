import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256Of } from '../e2e/support/hub/files';
import { type Hub, startHub } from '../e2e/support/hub/hub';
import type { ModelCard } from '../src/catalog/card';
import { CHUNK_BYTES } from '../src/core/hub/chunks';
import { pin } from './pin';
import { withPins } from './pin-card';

const folder = mkdtempSync(join(tmpdir(), 'winnow-pin-'));
let hub: Hub;

beforeAll(async () => {
  writeFileSync(join(folder, '.gitattributes'), '*.onnx filter=lfs\n');
  writeFileSync(join(folder, 'config.json'), '{}');
  mkdirSync(join(folder, 'onnx'));
  writeFileSync(join(folder, 'onnx/model.onnx'), Buffer.alloc(CHUNK_BYTES + 5, 7));
  hub = await startHub({ repos: { 'owner/name': { folder } } });
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

it('B06 pins commit, size and SHA-256 of every file, without fetching large ones', async () => {
  const pins = await pin(['owner/name', '--endpoint', hub.endpoint]);
  expect(pins).toMatchObject({ repo: 'owner/name', revision: hub.commit('owner/name') });
  expect(pins.files.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['.gitattributes', 18],
    ['config.json', 2],
    ['onnx/model.onnx', CHUNK_BYTES + 5],
  ]);
  for (const { path, sha256 } of pins.files) expect(sha256).toBe(await sha256Of(join(folder, path)));
  expect(hub.log.filter(({ host }) => host === 'store')).toEqual([]);
});

it('B06 pins chunks of what it downloads', async () => {
  const pins = await pin(['owner/name', 'onnx/model.onnx', '--chunks', '--endpoint', hub.endpoint]);
  expect(pins.files[0]?.chunkSha256).toHaveLength(2);
});

it('B06 needs no file that is not there', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'winnow-pin-'));
  writeFileSync(join(bare, 'config.json'), '{}');
  const other = await startHub({ repos: { 'owner/bare': { folder: bare } } });
  const pins = await pin(['owner/bare', '--endpoint', other.endpoint]);
  expect(pins.files.map(({ path }) => path)).toEqual(['config.json']);
  await other.close();
  rmSync(bare, { recursive: true });
});

it('B06 writes a card’s pins into its source, once and again', async () => {
  const name = 'Marqo/nsfw-image-detection-384';
  const cards = mkdtempSync(join(tmpdir(), 'winnow-cards-'));
  copyFileSync('src/catalog/marqo-nsfw-384.ts', join(cards, 'marqo-nsfw-384.ts'));
  const published = mkdtempSync(join(tmpdir(), 'winnow-pin-'));
  writeFileSync(join(published, 'config.json'), '{"a":1}');
  writeFileSync(join(published, 'README.md'), 'Not of the card.');
  let copies = 0;
  const card = async () => {
    const copy = join(published, `card-${copies++}.ts`);
    copyFileSync(join(cards, 'marqo-nsfw-384.ts'), copy);
    return (await import(copy)).marqoNsfw384 as ModelCard;
  };
  const before = await card();
  for (const size of [1_234_567, 2_345]) {
    writeFileSync(join(published, 'model.safetensors'), Buffer.alloc(size, 3));
    const other = await startHub({ repos: { [name]: { folder: published } } });
    const pins = await pin(['--card', before.id, '--catalog', cards, '--endpoint', other.endpoint]);
    expect(pins.files.map(({ path }) => path)).toEqual(['model.safetensors', 'config.json']);
    const after = await card();
    expect(after).toEqual({
      ...before,
      source: { ...before.source, revision: other.commit(name) },
      install: {
        ...before.install,
        files: before.install!.files.map((file) => ({
          ...file,
          ...pins.files.find(({ path }) => path === file.path),
        })),
      },
    });
    await other.close();
  }
  await expect(pin(['--card', 'nothing'])).rejects.toThrow('no card of nothing');
  for (const folder of [cards, published]) rmSync(folder, { recursive: true });
});

it('B06 leaves what is of another repository, and says where the card lists no such file', () => {
  const entry = "      { role: 'head', path: 'a.zip', from: { name: 'b' } },\n";
  const text = `  id: 'x',\n  source: { name: 'o/n', revision: 'main' },\n${entry}`;
  const pins = (path: string) => ({
    repo: 'o/n',
    revision: 'f'.repeat(40),
    files: [{ path, bytes: 1, sha256: 'a'.repeat(64) }],
  });
  expect(() => withPins(text, pins('a.zip'))).toThrow('another repository');
  expect(() => withPins(text, pins('b.zip'))).toThrow('does not list');
});

it('N14 says what is wrong', async () => {
  await expect(pin(['owner/none', '--endpoint', hub.endpoint])).rejects.toMatchObject({ code: 'not-found' });
  await expect(pin(['owner/name', 'none.onnx', '--endpoint', hub.endpoint])).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(pin(['not a repository', '--endpoint', hub.endpoint])).rejects.toMatchObject({
    code: 'invalid-input',
  });
});
