import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../core/hub/chunks';
import { learnFile } from './learn';
import { contents, digestOf, part, REQUEST_BASE, testMeans } from './testing';

const FILE = contents(CHUNK_BYTES + 1_000);

describe('learning', () => {
  const commit = REQUEST_BASE.revision;
  const info = { sha: commit, siblings: [{ rfilename: 'model.safetensors' }, { rfilename: 'config.json' }] };
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'b'.repeat(64)}\nsize 123\n`;
  const answers = (asked: { address: string }) =>
    asked.address.includes('/api/')
      ? Response.json(info)
      : new Response(asked.address.endsWith('config.json') ? '{}' : pointer);

  it('asks which commit a branch is, and reads the pointer at that commit', async () => {
    const means = testMeans(answers);
    const learned = await learnFile(
      { repo: 'owner/name', path: 'model.safetensors', endpoint: 'https://hub.example' },
      means,
    );
    expect(learned).toMatchObject({ revision: commit, bytes: 123, sha256: 'b'.repeat(64) });
    expect(means.asked.map(({ address }) => address)).toEqual([
      'https://hub.example/api/models/owner/name/revision/main',
      `https://hub.example/owner/name/raw/${commit}/model.safetensors`,
    ]);
    const small = await learnFile(
      { repo: 'owner/name', path: 'config.json', endpoint: 'https://hub.example' },
      means,
    );
    expect(small).toMatchObject({ bytes: 2, sha256: digestOf(new TextEncoder().encode('{}')) });
  });

  it.each([
    [{ ...info, sha: 'main' }, 'invalid-model'],
    [{ siblings: [] }, 'invalid-model'],
    [{ ...info, siblings: 'x' }, 'invalid-model'],
    [{ ...info, siblings: [] }, 'not-found'],
    [[], 'invalid-model'],
  ])('N20 refuses %j', async (body, code) => {
    const asking = learnFile(
      { repo: 'owner/name', path: 'model.safetensors', endpoint: 'https://hub.example' },
      testMeans(() => Response.json(body)),
    );
    await expect(asking).rejects.toMatchObject({ code });
  });

  it('a mirror tells the size of a large file, and the whole of a small one', async () => {
    const file = { repo: 'owner/name', path: 'model.safetensors', mirror: 'https://mirror.example/m' };
    const large = await learnFile(
      file,
      testMeans((asked) => part(FILE, asked)),
    );
    expect(large).toMatchObject({ bytes: FILE.byteLength });
    expect(large.sha256).toBeUndefined();
    const page = testMeans(
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
    );
    await expect(learnFile(file, page)).rejects.toMatchObject({ code: 'web-page' });
  });
});
