/** Every way a download can go wrong on the network, against the build's own worker. */
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import type { Ended } from './page';
import { download, expect, FILE, GATED, progressProblems, REPO, stored, TOKEN, test } from './stage';

/** It came, is right, and its progress only ever went forward. */
function expectWhole(ended: Ended, sha256: string): void {
  expect(ended.error).toBeUndefined();
  expect(ended.downloaded).toMatchObject({ verification: 'verified', sha256 });
  expect(progressProblems(ended)).toEqual([]);
  expect(ended.progress.at(-1)?.done).toBe(ended.downloaded?.bytes);
}
const states = ({ progress }: Ended) => new Set(progress.map(({ state }) => state?.kind));
const startsOf = (ranges: readonly { range?: string }[]) =>
  ranges.map(({ range }) => Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1]));

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

for (const fault of ['wronglen:1', 'wronglen:-1', 'wronglen:1000000000'])
  test(`N04 ${fault}: the wrong size is refused at once`, async ({ open, ask, hub, standIn }) => {
    hub.fault(fault, { times: 9 });
    const ended = await download(await open(), ask());
    expect(ended.error).toMatchObject({ code: 'wrong-size' });
    expect(ended.error?.message).toContain('The server sent the wrong size');
    expect(stored(hub)).toHaveLength(1);
    expect(ended.progress.every(({ done }) => done <= standIn.bytes)).toBe(true);
  });

test('N04 a server that hides its headers and sends more is cut off', async ({ open, ask, hub, standIn }) => {
  hub.fault('ignorerange', { times: 9 });
  const ended = await download(await open(), ask({ bytes: standIn.bytes - 1 }));
  expect(ended.error).toMatchObject({ code: 'wrong-size' });
});

test('N05 gzip: per cent of the file’s own size, and the right bytes', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  hub.fault('gzip');
  expectWhole(await download(await open(), ask()), standIn.sha256);
});

test('N06 a flipped byte: the chunk is fetched again, once', async ({ open, ask, hub, standIn }) => {
  hub.fault('flip@0.4');
  const ended = await download(await open(), ask({ chunkSha256: standIn.chunkSha256 }));
  expectWhole(ended, standIn.sha256);
  expect(states(ended)).toContain('repairing');
  expect(ended.downloaded?.fetched).toBe(standIn.bytes + CHUNK_BYTES);
});

test('N06 a flipped byte without hashes of chunks is found by the whole, and repaired', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  hub.fault('flip@0.4');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  // The first chunk came the same twice; the second was the bad one.
  expect(ended.downloaded?.fetched).toBe(standIn.bytes + 2 * CHUNK_BYTES);
});

for (const pinned of [true, false])
  test(`N06 damaged twice is damaged at the source (${pinned ? 'chunks' : 'whole'} known)`, async ({
    open,
    ask,
    hub,
    standIn,
  }) => {
    hub.fault('flip@0.4', { times: 99 });
    const page = await open();
    const { chunkSha256 } = standIn;
    const ended = await download(page, ask(pinned ? { chunkSha256 } : {}));
    expect(ended.error).toMatchObject({ kind: 'invalid', code: 'source-damaged' });
    expect(ended.error?.message).toContain('damaged at the source');
    expect(
      (await page.evaluate(() => downloads.sources())).filter(({ state }) => state !== 'partial'),
    ).toEqual([]);
  });

test('N07 a tail of zeros is not taken for the file', async ({ open, ask, hub, standIn }) => {
  hub.fault('zerotail@0.7');
  expectWhole(await download(await open(), ask()), standIn.sha256);
});

test('N08 200 and the whole file, where a part was asked for', async ({ open, ask, hub, standIn }) => {
  hub.fault('drop@0.6');
  hub.fault('ignorerange');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(stored(hub)).toHaveLength(2);
});

test('N09 another part than was asked for is not used', async ({ open, ask, hub, standIn }) => {
  hub.fault('badrange', { times: 2 });
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(ended.downloaded?.fetched).toBe(standIn.bytes);
});

test('N10 416 on resuming: that file begins again, once', async ({ open, ask, hub, standIn }) => {
  hub.fault('drop@0.6');
  hub.fault('416');
  expectWhole(await download(await open(), ask()), standIn.sha256);
  hub.heal();
  hub.fault('416', { times: 9 });
  const page = await open();
  await page.evaluate(() => downloads.remove());
  expect((await download(page, ask(), 'again')).error?.code).toBe('wrong-size');
});

test('N11 contents that change on the way are refused, not mixed', async ({ open, ask, hub }) => {
  hub.fault('etagswap@0.5', { times: 9 });
  const ended = await download(await open(), ask());
  expect(ended.error).toMatchObject({ kind: 'invalid', code: 'source-changed' });
  expect(ended.error?.message).toContain('pinned version');
});

for (const value of ['2', 'date:3'])
  test(`N12 429 with Retry-After ${value}: not a moment earlier, with a countdown`, async ({
    open,
    ask,
    hub,
    standIn,
  }) => {
    hub.fault(`429:${value}`);
    const ended = await download(await open(), ask());
    expectWhole(ended, standIn.sha256);
    const asked = hub.log.filter(({ path }) => path.includes('/resolve/'));
    expect(asked.map(({ status }) => status)).toEqual([429, 302]);
    // A date has whole seconds: one made late in its second is up to a second less away.
    expect(asked[1]!.at - asked[0]!.at).toBeGreaterThanOrEqual(2_000);
    expect(ended.progress.some(({ state }) => state?.kind === 'waiting' && state.seconds >= 2)).toBe(true);
  });

test('N12 cancelling works while waiting, and keeps nothing waiting', async ({ open, ask, hub }) => {
  hub.fault('429:30');
  const page = await open();
  await page.evaluate((what) => downloads.start('one', what), ask());
  await expect.poll(() => page.evaluate(() => downloads.progress('one')?.state?.kind)).toBe('waiting');
  expect(await page.evaluate(() => downloads.cancel('one'))).toBeLessThan(300);
  expect((await page.evaluate(() => downloads.ended('one'))).error).toMatchObject({ kind: 'cancelled' });
});

test('N13 500 and 503, then it works', async ({ open, ask, hub, standIn }) => {
  hub.fault('5xx:500', { times: 2 });
  hub.fault('5xx:503');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(hub.log.map(({ status }) => status)).toEqual([500, 500, 503, 302, 206]);
});

for (const [fault, code] of [
  ['401', 'gated'],
  ['403', 'gated'],
  ['404', 'not-found'],
  ['410', 'not-found'],
] as const)
  test(`N14 ${fault}: says which, and asks no second time`, async ({ open, ask, hub }) => {
    hub.fault(fault, { times: 9 });
    const ended = await download(await open(), ask());
    expect(ended.error).toMatchObject({ kind: 'failed', code });
    expect(hub.log).toHaveLength(1);
  });

test('N14 an agreement that is missing is told apart from a token that may not', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  const page = await open();
  const gated = ask({ repo: GATED, revision: hub.commit(GATED) });
  const without = await download(page, gated);
  expect(without.error).toMatchObject({ code: 'gated', data: { status: 401, reason: 'GatedRepo' } });
  const wrong = await download(page, { ...gated, token: 'hf_another' }, 'wrong');
  expect(wrong.error).toMatchObject({ code: 'gated', data: { status: 403 } });
  expect(wrong.error?.message).not.toContain('hf_another');
  const right = await download(page, { ...gated, token: TOKEN }, 'right');
  expectWhole(right, standIn.sha256);
});

test('the token goes to the Hub and nowhere else, and is kept nowhere', async ({ open, ask, hub }) => {
  const page = await open();
  const gated = ask({ repo: GATED, revision: hub.commit(GATED), token: TOKEN });
  hub.fault('drop@0.6');
  await download(page, gated);
  const carried = hub.log.filter(({ authorization }) => authorization !== undefined);
  expect(new Set(carried.map(({ host }) => host))).toEqual(new Set(['hub']));
  expect(stored(hub).length).toBeGreaterThan(1);
  expect(
    hub.log
      .filter(({ host, method }) => host === 'hub' && method === 'GET')
      .every(({ authorization }) => authorization),
  ).toBe(true);
  expect(hub.log.some(({ path }) => path.includes(TOKEN))).toBe(false);
  const kept = await page.evaluate(async () => {
    const texts: string[] = [JSON.stringify({ ...localStorage, ...sessionStorage }), document.cookie];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
      });
      for (const store of database.objectStoreNames) {
        const all = await new Promise((resolve) => {
          const reading = database.transaction(store).objectStore(store).getAll();
          reading.onsuccess = () => resolve(reading.result);
        });
        texts.push(JSON.stringify(all));
      }
      database.close();
    }
    return texts.join('\n');
  });
  expect(kept).toContain('winnow-tests/agreement');
  expect(kept).not.toContain(TOKEN);
});

for (const fault of ['html200', 'htmlbytes'])
  test(`N15, N16 ${fault}: a web page is not a model, and nothing of it is kept`, async ({
    open,
    ask,
    hub,
  }) => {
    hub.fault(fault, { times: 9 });
    const page = await open();
    const ended = await download(page, ask());
    expect(ended.error).toMatchObject({ kind: 'invalid', code: 'web-page' });
    expect(ended.error?.message).toContain('Your network returned a web page, not the model.');
    expect(await page.evaluate(() => downloads.sources())).toEqual([]);
  });

test('a pointer in place of the file is named as one', async ({ open, ask, hub }) => {
  hub.fault('pointer', { times: 9 });
  expect((await download(await open(), ask())).error?.message).toContain('sent a pointer');
});

test('N17 sent on to an unknown host: blocked by the policy, and not asked', async ({ open, ask, hub }) => {
  hub.fault('redirect', { times: 9 });
  const ended = await download(await open(), ask());
  expect(ended.error).toMatchObject({ kind: 'invalid', code: 'host-blocked' });
  expect(hub.log).toHaveLength(1);
});

test('N17 a host that the policy allows and the request does not is named', async ({ open, ask, hub }) => {
  const ended = await download(await open(), ask({ hosts: [] }));
  expect(ended.error).toMatchObject({ code: 'host-blocked', data: { host: new URL(hub.store).host } });
  expect(ended.downloaded).toBeUndefined();
});

test('N18 nothing for 20 s: the connection is dropped and the download resumed', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  hub.fault('stall@0.5:60');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(ended.milliseconds).toBeGreaterThan(19_000);
  expect(ended.milliseconds).toBeLessThan(30_000);
  expect(ended.downloaded?.fetched).toBe(standIn.bytes);
});

test('N18 slow but moving is left alone', async ({ open, ask, hub }) => {
  hub.fault('slow:1000');
  const page = await open();
  await page.evaluate((what) => downloads.start('one', what), ask());
  await page.waitForTimeout(25_000);
  const progress = await page.evaluate(() => downloads.progress('one'));
  expect(progress?.state).toBeUndefined();
  expect(progress?.done).toBeGreaterThan(15_000);
  expect(stored(hub)).toHaveLength(1);
  expect(await page.evaluate(() => downloads.cancel('one'))).toBeLessThan(300);
});

test('N19 offline: what is here works, what is not says so', async ({ open, ask, context, standIn }) => {
  const page = await open();
  await context.setOffline(true);
  const missing = await download(page, ask());
  expect(missing.error).toMatchObject({ code: 'offline' });
  expect(missing.error?.message).toContain('The model is not downloaded yet.');
  await context.setOffline(false);
  expectWhole(await download(page, ask(), 'two'), standIn.sha256);
  await context.setOffline(true);
  const here = await download(page, ask(), 'three');
  expect(here.downloaded).toMatchObject({ fetched: 0, verification: 'verified' });
});

test('N20 what the source says now against what was pinned: refused, and the last good one stays', async ({
  open,
  ask,
  standIn,
}) => {
  const page = await open();
  const first = await download(page, ask());
  for (const other of [{ sha256: '0'.repeat(64) }, { bytes: standIn.bytes + 1 }])
    expect((await download(page, ask(other), JSON.stringify(other))).error?.code).toBe('source-changed');
  const { key } = first.downloaded!;
  expect((await page.evaluate((name) => downloads.read(name), key)).sha256).toBe(standIn.sha256);
});

test('a server that lets no other origin read says so after its tries', async ({ open, ask, hub }) => {
  test.setTimeout(120_000);
  hub.fault('nocors', { times: 99 });
  const ended = await download(await open(), ask());
  expect(ended.error?.message).toContain('does not let this page read its files');
});

test('a server that exposes none of its headers still works', async ({ open, ask, hub, standIn }) => {
  hub.fault('hideheaders', { times: 9 });
  expectWhole(await download(await open(), ask()), standIn.sha256);
});
