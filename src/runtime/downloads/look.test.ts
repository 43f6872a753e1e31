// @vitest-environment node
import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FoundFile, LookRequest, WantedFile } from '../../rpc/downloads';
import { transactions } from '../database';
import { transact as models } from '../store/database';
import { removeSources } from './chunks';
import { downloadFile } from './download';
import { keptDownloads, removeDownloads } from './kept';
import { lookFor } from './look';
import type { Means } from './means';
import { keepPins } from './pins';
import { type Asked, contents, digestOf, part, testMeans } from './testing';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const NEWER = 'f'.repeat(40);
const HUB = 'https://hub.example';
const MIRROR = 'https://mirror.example/folder';
const WEIGHTS = contents(40_000);
const CONFIG = new TextEncoder().encode('{"model_type":"stand-in"}');

interface HubState {
  commit: string;
  /** By path. */
  files: Record<string, Uint8Array<ArrayBuffer>>;
}

/** A Hub that knows one commit of one repository; weights are behind pointers. */
function hubOf(state: HubState) {
  return (asked: Asked): Response => {
    const { pathname } = new URL(asked.address);
    const [, version = ''] = /^\/api\/models\/owner\/name\/revision\/(.+)$/.exec(pathname) ?? [];
    const gone = () => new Response('', { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } });
    if (version)
      return version === 'main' || version === state.commit
        ? Response.json({
            sha: state.commit,
            siblings: Object.keys(state.files).map((rfilename) => ({ rfilename })),
          })
        : gone();
    const [, kind, commit, path = ''] =
      /^\/owner\/name\/(raw|resolve)\/([0-9a-f]{40})\/(.+)$/.exec(pathname) ?? [];
    if (commit !== state.commit) return gone();
    const bytes = state.files[path];
    if (!bytes) return new Response('', { status: 404, headers: { 'x-error-code': 'EntryNotFound' } });
    if (kind === 'raw' && path.endsWith('.safetensors'))
      return new Response(
        `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(bytes)}\nsize ${bytes.length}\n`,
      );
    return part(bytes, asked);
  };
}

const wanted = (path: string, more: Partial<WantedFile> = {}): WantedFile => ({
  ...{ repo: 'owner/name', revision: 'main', path },
  ...more,
});
const BOTH = [wanted('model.safetensors'), wanted('config.json')];

const look = (means: Means, more: Partial<LookRequest> = {}): Promise<FoundFile[]> =>
  lookFor({ model: 'm', files: BOTH, own: false, endpoint: HUB, ...more }, means);

let hub: HubState;
let means: ReturnType<typeof testMeans>;

beforeEach(async () => {
  await removeSources();
  await keepPins('m', []);
  hub = { commit: COMMIT, files: { 'model.safetensors': WEIGHTS, 'config.json': CONFIG } };
  means = testMeans(hubOf(hub));
});

const download = (file: FoundFile) => {
  const { repo, revision, path, bytes, sha256 } = file;
  return downloadFile({ repo, revision, path, bytes, endpoint: HUB, ...(sha256 && { sha256 }) }, { means });
};

describe('looking for a model’s files', () => {
  it('asks the Hub: the commit once, then each pointer at it', async () => {
    const found = await look(means);
    expect(found).toEqual([
      {
        ...{ repo: 'owner/name', revision: COMMIT, path: 'model.safetensors', bytes: 40_000, fetch: 40_000 },
        ...{ here: 0, sha256: digestOf(WEIGHTS), known: 'source', partial: false },
      },
      expect.objectContaining({ path: 'config.json', sha256: digestOf(CONFIG), known: 'source' }),
    ]);
    expect(means.asked.filter(({ address }) => address.includes('/api/'))).toHaveLength(1);
    expect(means.asked.some(({ address }) => address.includes('/resolve/'))).toBe(false);
  });

  it('what the card pins altogether is asked of nobody', async () => {
    const pins = {
      revision: COMMIT,
      bytes: 40_000,
      sha256: digestOf(WEIGHTS),
      chunkSha256: [digestOf(WEIGHTS)],
    };
    const [found] = await look(means, { files: [wanted('model.safetensors', pins)] });
    expect(found).toMatchObject({ known: 'card', revision: COMMIT, chunkSha256: pins.chunkSha256 });
    expect(means.asked).toEqual([]);
  });

  it('N20 a card’s pin that the source contradicts is refused, and cannot be accepted away', async () => {
    for (const pin of [
      { sha256: 'a'.repeat(64) },
      { bytes: 39_999 },
      { bytes: 40_000, sha256: 'a'.repeat(64) },
    ])
      await expect(
        look(means, { files: [wanted('model.safetensors', pin)], acceptChanged: true }),
      ).rejects.toMatchObject({ code: 'source-damaged', data: { file: 'model.safetensors' } });
  });

  it('keeps to the commit that was learned, though the branch has gone on', async () => {
    await keepPins('m', await look(means));
    hub.files['config.json'] = CONFIG;
    const old = hubOf({ ...hub });
    const now = testMeans((asked) => {
      if (asked.address.endsWith('/revision/main')) throw new Error('asked what the branch is');
      return old(asked);
    });
    const found = await look(now);
    expect(found.map(({ revision, known }) => [revision, known])).toEqual([
      [COMMIT, 'kept'],
      [COMMIT, 'kept'],
    ]);
  });

  it('N20 a commit that is gone: the same contents are taken, others only when somebody accepts them', async () => {
    await keepPins('m', await look(means));
    hub.commit = NEWER;
    expect((await look(means)).map(({ revision }) => revision)).toEqual([NEWER, NEWER]);
    const changed = contents(40_000, 9);
    hub.files['model.safetensors'] = changed;
    await expect(look(means)).rejects.toMatchObject({
      code: 'source-changed',
      data: { file: 'model.safetensors', was: digestOf(WEIGHTS), is: digestOf(changed) },
    });
    const [taken] = await look(means, { acceptChanged: true });
    expect(taken).toMatchObject({ sha256: digestOf(changed), known: 'source' });
  });

  it('S05, N19 what is all here is asked of nobody; what has begun goes on as it began', async () => {
    const found = await look(means);
    await keepPins('m', found);
    for (const file of found) await download(file);
    const asked = means.asked.length;
    const here = await look(means);
    expect(here.every(({ here: held, fetch: part }) => held === part)).toBe(true);
    expect(means.asked).toHaveLength(asked);
  });

  it('optional files that are not there are left out, needed ones are not', async () => {
    const more = wanted('tokenizer_config.json', { optional: true });
    expect(await look(means, { files: [...BOTH, more] })).toHaveLength(2);
    await expect(look(means, { files: [...BOTH, { ...more, optional: false }] })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(look(means, { files: [more] })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('mirrors go by their addresses, so that what two have in part is never put together', async () => {
    const mirrored = testMeans((asked) => {
      const path = new URL(asked.address).pathname.replace(/^\/[a-z]+\//, '');
      const bytes = hub.files[path];
      if (!bytes) return new Response('', { status: 404 });
      // A short file is shorter than what is asked for.
      return bytes.length < 1024 ? new Response(bytes) : part(bytes, asked);
    });
    const [one] = await look(mirrored, { mirror: MIRROR });
    const [two] = await look(mirrored, { mirror: 'https://other.example/folder' });
    expect(one).toMatchObject({ made: true, known: 'size', bytes: 40_000 });
    expect(one!.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(two!.revision).not.toBe(one!.revision);
    // With what the Hub said of it, the same file is known by content wherever it comes from.
    await keepPins('m', await look(means));
    const [known] = await look(mirrored, { mirror: MIRROR });
    expect(known).toMatchObject({ revision: COMMIT, sha256: digestOf(WEIGHTS), known: 'kept' });
    hub.files['config.json'] = new TextEncoder().encode('{"model_type":"another!"}');
    await expect(look(mirrored, { mirror: MIRROR })).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('of a part, the estimate is the card’s until the header has said it', async () => {
    const files = [wanted('model.safetensors', { part: 1_000 })];
    const [first] = await look(means, { files });
    expect(first).toMatchObject({ partial: true, bytes: 40_000, fetch: 1_000 });
    await keepPins('m', [{ ...first!, fetch: 2_500 }]);
    expect((await look(means, { files }))[0]).toMatchObject({ fetch: 2_500 });
  });

  it('nothing can be told from pins that make no sense', async () => {
    await keepPins('m', [{ path: 'model.safetensors', repo: 'owner/name', revision: 'main' } as FoundFile]);
    expect((await look(means))[0]).toMatchObject({ known: 'source', revision: COMMIT });
  });
});

describe('what is kept of downloads', () => {
  it('says for which model, and how far it is; forgets one model’s alone', async () => {
    const found = await look(means);
    await keepPins('m', found);
    await download(found[1]!);
    await downloadFile(
      {
        ...wanted('config.json'),
        repo: 'owner/name',
        revision: COMMIT,
        path: 'config.json',
        bytes: CONFIG.length,
        endpoint: HUB,
      },
      { means },
    );
    const { sources, interrupted } = await keptDownloads();
    expect(sources).toEqual([
      expect.objectContaining({ model: 'm', path: 'config.json', kept: CONFIG.length }),
    ]);
    expect(interrupted).toEqual([{ model: 'm', bytes: CONFIG.length, of: 40_000 + CONFIG.length }]);
    await removeDownloads('other');
    expect((await keptDownloads()).sources).toHaveLength(1);
    await removeDownloads('m');
    expect(await keptDownloads()).toMatchObject({ sources: [], interrupted: [] });
  });

  it('S05 what a model was made from goes, where its promotion was the last that happened', async () => {
    const found = await look(means);
    await keepPins('m', found);
    for (const file of found) await download(file);
    expect((await keptDownloads()).interrupted).toHaveLength(1);
    const promoted = (at: string) => models('readwrite', (store) => void store.put({ at }, ['model', 'm']));
    await promoted('2026-01-01T00:00:00.000Z');
    expect(await keptDownloads()).toMatchObject({ sources: [], interrupted: [] });
    // Of one that is installed again, what has come stays until that has happened.
    await keepPins('m', found);
    for (const file of found) await download(file);
    expect((await keptDownloads()).sources).toHaveLength(2);
    await promoted('2026-01-02T00:00:00.000Z');
    expect((await keptDownloads()).sources).toEqual([]);
    await models('readwrite', (store) => void store.clear());
  });

  it('an accepted change leaves nothing of what was there before', async () => {
    const found = await look(means);
    await keepPins('m', found);
    for (const file of found) await download(file);
    hub.commit = NEWER;
    hub.files['model.safetensors'] = contents(40_000, 5);
    await keepPins('m', await look(means, { acceptChanged: true }), true);
    expect((await keptDownloads()).sources).toEqual([]);
  });
});

it('S13 what a newer version has learned is left alone', async () => {
  const pins = transactions('winnow-pins', 'pins');
  const newer = { version: 2, model: 'newer', files: 'kept otherwise' };
  await pins('readwrite', (store) => void store.put(newer, 'newer'));
  await expect(keepPins('newer', [])).rejects.toMatchObject({ data: { newer: true } });
  expect((await keptDownloads()).interrupted).toEqual([]);
  expect(await pins('readonly', (store) => promisifyRequest(store.get('newer')))).toEqual(newer);
});
