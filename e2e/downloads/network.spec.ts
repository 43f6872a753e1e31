/** Downloads that work, and connections that break, against the build's own worker. */

import { join } from 'node:path';
import { startServer } from '../../scripts/serve.mjs';
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { DIST } from '../support/build';
import { parseFault } from '../support/hub/faults';
import { sendFile } from '../support/hub/send';
import { HASTY } from './build';
import { expectWhole, startsOf, states } from './expect';
import { download, expect, FILE, openPage, REPO, stored, test } from './stage';

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
  hub.fault('drop@0', { times: 100 });
  const page = await open({ worker: HASTY.script });
  hub.fault('drop@1', { times: 100 });
  const ended = await download(page, ask());
  expect(ended.error).toMatchObject({ kind: 'failed', code: 'offline' });
  const shown = ended.progress.flatMap(({ state }) => (state?.kind === 'resuming' ? [state.attempt] : []));
  expect(Math.max(...shown)).toBe(5);
});

for (const then of ['back', 'cancelled'] as const)
  test(`N19 a network that goes away: it waits and asks nobody, until that is ${then}`, async ({
    open,
    ask,
    hub,
    context,
    standIn,
  }) => {
    hub.fault('slow:12000000', { times: 99 });
    const page = await open();
    const asked: string[] = [];
    context.on('request', (request) => asked.push(request.url()));
    await page.evaluate((what) => downloads.start('one', what), ask());
    const progress = () => page.evaluate(() => downloads.progress('one'));
    await expect.poll(async () => (await progress())?.done).toBeGreaterThan(CHUNK_BYTES / 2);
    await context.setOffline(true);
    hub.cut();
    await expect.poll(async () => (await progress())?.state?.kind).toBe('offline');
    // It looks every second whether there is a network, without asking for anything.
    asked.length = 0;
    await page.waitForTimeout(2_500);
    expect(asked).toEqual([]);
    expect((await progress())?.state?.kind).toBe('offline');
    hub.heal();
    if (then === 'cancelled') expect(await page.evaluate(() => downloads.cancel('one'))).toBeLessThan(300);
    await context.setOffline(false);
    const ended = await page.evaluate(() => downloads.ended('one'));
    if (then === 'cancelled') {
      expect(ended.error?.code).toBe('cancelled');
      expect(asked).toEqual([]);
      return;
    }
    expectWhole(ended, standIn.sha256);
    expect(ended.downloaded?.fetched).toBe(standIn.bytes);
    const starts = startsOf(stored(hub));
    expect(starts).toHaveLength(2);
    expect(starts[1]).toBeGreaterThan(CHUNK_BYTES / 2);
  });

test('N01 of another origin what is left is asked for without If-Range, and ETags are compared', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  const page = await open();
  hub.fault('drop@0.6');
  expectWhole(await download(page, ask()), standIn.sha256);
  const [first, rest] = stored(hub);
  expect(first!.range).toBe('bytes=0-');
  expect(startsOf([rest!])[0]).toBeGreaterThan(CHUNK_BYTES);
  // It would have to be allowed by every host on the way, which is asked with a preflight.
  expect(hub.log.filter(({ method, ifRange }) => method === 'OPTIONS' || ifRange !== undefined)).toEqual([]);
  await page.evaluate(() => downloads.remove());
  hub.fault('etagswap@0.6', { times: 9 });
  const other = await download(page, ask(), 'other');
  expect(other.error?.code).toBe('source-changed');
  expect(
    stored(hub)
      .slice(2)
      .map(({ fault }) => fault),
  ).toEqual(['etagswap', 'etagswap']);
  expect(hub.log.filter(({ method, ifRange }) => method === 'OPTIONS' || ifRange !== undefined)).toEqual([]);
});

for (const [then, etags] of [
  ['goes on where it is the same', ['one', 'one']],
  ['is refused where it is another', ['one', 'two']],
] as const)
  test(`N01, N11 on the page’s own origin the rest is asked for with If-Range, and ${then}`, async ({
    page,
    ask,
    pageFolder,
    standIn,
  }) => {
    let answers = 0;
    const intercept: NonNullable<Parameters<typeof startServer>[0]>['intercept'] = (request, response) => {
      if (request.url !== `/here/${FILE}`) return false;
      const fault = answers === 0 ? { fault: parseFault('drop@0.6') } : {};
      const sent = { file: join(standIn.folder, FILE), size: standIn.bytes, etag: etags[answers++] ?? '' };
      void sendFile(request, response, { ...sent, ...fault });
      return true;
    };
    const server = await startServer({ dir: DIST, overlay: pageFolder, intercept });
    const mirror = `${server.url}here`;
    const ended = await download(await openPage(page, server.url), ask({ mirror }));
    if (etags[1] === 'one') expectWhole(ended, standIn.sha256);
    else expect(ended.error?.code).toBe('source-changed');
    const asked = server.requests.filter(({ path }) => path.startsWith('/here/'));
    expect(asked.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"one"']);
    expect(startsOf(asked.map(({ headers }) => ({ range: headers.range ?? '' })))[1]).toBeGreaterThan(
      CHUNK_BYTES,
    );
    expect(asked.map(({ status }) => status)).toEqual([206, etags[1] === 'one' ? 206 : 200]);
    await server.close();
  });
