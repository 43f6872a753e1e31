/** Downloads that work, and connections that break, against the build's own worker. */
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { expectWhole, startsOf, states } from './expect';
import { download, expect, FILE, REPO, stored, test } from './stage';

test('a file comes in one request, is hashed and kept, and is not fetched again', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  const page = await open();
  const first = await download(page, ask());
  expectWhole(first, standIn.sha256);
  expect(stored(hub)).toHaveLength(1);
  expect(first.downloaded?.fetched).toBe(standIn.bytes);
  const key = first.downloaded!.key;
  expect((await page.evaluate((name) => downloads.read(name), key)).sha256).toBe(standIn.sha256);
  const requests = hub.log.length;
  expect((await download(page, ask())).downloaded).toMatchObject({ verification: 'verified', fetched: 0 });
  expect(hub.log).toHaveLength(requests);
  // No cookie, no referrer, no preflight: the Range header needs none.
  expect(hub.log.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
});

test('commit, size and SHA-256 are learned from the Hub; a small file by its contents', async ({
  open,
  hub,
  standIn,
}) => {
  const page = await open();
  const source = { repo: REPO, endpoint: hub.endpoint, hosts: [hub.store] };
  const learned = await page.evaluate((what) => downloads.learn(what), { ...source, path: FILE });
  const { bytes, sha256 } = standIn;
  expect(learned).toMatchObject({ revision: hub.commit(REPO), bytes, sha256 });
  const path = 'onnx/a b#c.json';
  const small = await page.evaluate((what) => downloads.learn(what), { ...source, path });
  expect(small).toMatchObject({ path, files: ['config.json', FILE, path].sort() });
  const ended = await download(page, {
    ...source,
    ...(small as { revision: string; bytes: number; path: string; sha256: string }),
  });
  expect(ended.downloaded).toMatchObject({ verification: 'verified', bytes: 25 });
});

test('without a SHA-256 it is complete, not verified', async ({ open, hub, standIn }) => {
  const page = await open();
  const { bytes } = standIn;
  const request = {
    repo: REPO,
    revision: hub.commit(REPO),
    path: FILE,
    bytes,
    endpoint: hub.endpoint,
    hosts: [hub.store],
  };
  const ended = await download(page, request);
  expect(ended.downloaded).toEqual({
    ...{ key: expect.any(String), bytes, fetched: bytes },
    verification: 'complete, not verified',
  });
  // Asked again by somebody who knows the hash, it is compared, not fetched.
  const again = await download(page, { ...request, sha256: standIn.sha256 }, 'again');
  expect(again.downloaded).toMatchObject({ verification: 'verified', fetched: 0 });
  const wrong = await download(page, { ...request, sha256: '0'.repeat(64) }, 'wrong');
  expect(wrong.error?.code).toBe('source-changed');
});

test('only the chunks that ranges touch are fetched', async ({ open, ask, hub, standIn }) => {
  const page = await open();
  const parts = ask({
    ranges: [
      { start: 0, end: 8 },
      { start: 2 * CHUNK_BYTES + 5, end: 2 * CHUNK_BYTES + 6 },
    ],
  });
  const ended = await download(page, parts);
  expect(ended.downloaded).toMatchObject({
    verification: 'complete, not verified',
    fetched: 2 * CHUNK_BYTES,
  });
  expect(stored(hub).map(({ range }) => range)).toEqual([
    `bytes=0-${CHUNK_BYTES - 1}`,
    `bytes=${2 * CHUNK_BYTES}-${3 * CHUNK_BYTES - 1}`,
  ]);
  const vouched = await download(page, { ...parts, chunkSha256: standIn.chunkSha256 }, 'vouched');
  expect(vouched.downloaded).toMatchObject({ verification: 'verified', fetched: 0 });
  const rest = await download(page, ask(), 'rest');
  expect(rest.downloaded).toMatchObject({
    verification: 'verified',
    fetched: standIn.bytes - 2 * CHUNK_BYTES,
  });
});

for (const [id, fault] of [
  ['N01', 'drop@0.6'],
  ['N02', 'close@0.5'],
  ['N03', 'chunkabort@0.3'],
] as const)
  test(`${id} ${fault}: goes on from the byte it broke off at`, async ({ open, ask, hub, standIn }) => {
    hub.fault(fault, { times: 2 });
    const ended = await download(await open(), ask());
    expectWhole(ended, standIn.sha256);
    expect(states(ended)).toContain('resuming');
    // Nothing that had arrived was asked for again.
    expect(ended.downloaded?.fetched).toBe(standIn.bytes);
    const starts = startsOf(stored(hub));
    expect(starts).toHaveLength(3);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(new Set(starts).size).toBe(3);
  });

test('N01 five tries that bring nothing are enough', async ({ open, ask, hub }) => {
  test.setTimeout(120_000);
  hub.fault('drop@0', { times: 100 });
  const page = await open();
  hub.fault('drop@1', { times: 100 });
  const ended = await download(page, ask());
  expect(ended.error).toMatchObject({ kind: 'failed', code: 'offline' });
  const shown = ended.progress.flatMap(({ state }) => (state?.kind === 'resuming' ? [state.attempt] : []));
  expect(Math.max(...shown)).toBe(5);
});
