import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sha256Of } from '../e2e/support/hub/files';
import { type Hub, startHub } from '../e2e/support/hub/hub';
import { CHUNK_BYTES } from '../src/core/hub/chunks';
import { pin } from './pin';

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

it('N14 says what is wrong', async () => {
  await expect(pin(['owner/none', '--endpoint', hub.endpoint])).rejects.toMatchObject({ code: 'not-found' });
  await expect(pin(['owner/name', 'none.onnx', '--endpoint', hub.endpoint])).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(pin(['not a repository', '--endpoint', hub.endpoint])).rejects.toMatchObject({
    code: 'invalid-input',
  });
});
