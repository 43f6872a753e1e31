/** Servers and networks that do not hand it out: waits, refusals, web pages, other hosts, silence. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HASTY } from './build';
import { expectWhole } from './expect';
import { download, expect, GATED, stored, TOKEN, test } from './stage';

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
  let hits = 0;
  const unknown = createServer((_, response) => {
    hits++;
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
  });
  unknown.on('connection', () => hits++);
  await new Promise<void>((on) => unknown.listen(0, '127.0.0.1', on));
  const { port } = unknown.address() as AddressInfo;
  hub.fault(`redirect:http://127.0.0.1:${port}`, { times: 9 });
  const ended = await download(await open(), ask());
  // A browser does not tell a page where it was sent on to: the host that did is named.
  const { host } = new URL(hub.endpoint);
  expect(ended.error).toMatchObject({ kind: 'invalid', code: 'host-blocked', data: { host } });
  expect(ended.error?.message).toContain(host);
  expect(hub.log).toHaveLength(1);
  expect(hits).toBe(0);
  // The target is there, and would have answered.
  await fetch(`http://127.0.0.1:${port}/model`);
  expect(hits).toBeGreaterThan(0);
  unknown.closeAllConnections();
  unknown.close();
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
  const ended = await download(await open({ worker: HASTY.script }), ask());
  expect(ended.downloaded).toMatchObject({ verification: 'verified', sha256: standIn.sha256 });
  expect(ended.milliseconds).toBeGreaterThan(19_000 / HASTY.times);
  expect(ended.milliseconds).toBeLessThan(30_000);
  expect(ended.downloaded?.fetched).toBe(standIn.bytes);
});

test('N18 slow but moving is left alone', async ({ open, ask, hub }) => {
  hub.fault('slow:10000');
  const page = await open({ worker: HASTY.script });
  const began = Date.now();
  await page.evaluate((what) => downloads.start('one', what), ask());
  await expect
    .poll(() => page.evaluate(() => downloads.progress('one')?.done), { timeout: 30_000 })
    .toBeGreaterThan(25_000);
  expect(Date.now() - began).toBeGreaterThan(20_000 / HASTY.times);
  expect((await page.evaluate(() => downloads.progress('one')))?.state).toBeUndefined();
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
  hub.fault('nocors', { times: 99 });
  const ended = await download(await open({ worker: HASTY.script }), ask());
  expect(ended.error?.message).toContain('does not let this page read its files');
});

test('a server that exposes none of its headers still works', async ({ open, ask, hub, standIn }) => {
  hub.fault('hideheaders', { times: 9 });
  expectWhole(await download(await open(), ask()), standIn.sha256);
});
