/** What leaves the browser while models are installed, fail to be, and are used. */
import { crash } from '../downloads/stage';
import {
  begin,
  CARDS,
  ended,
  expect,
  hubGated,
  hubLarge,
  hubVit,
  install,
  scores,
  startWinnow,
  TOKEN,
  test,
} from '../support/hub-models';
import { pick, png } from '../support/installing';
import { launchThrough, startProxy } from '../support/proxy';
import { openSdk } from '../support/sdk-page';

const NAME = 'marzipan-lighthouse-7f3a91c2.png';

test('X01 X09 installing asks the source for files of models, the build for its own, and nobody else for anything', async ({
  app,
  hub,
  source,
}) => {
  test.setTimeout(120_000);
  const proxy = await startProxy([hub.store]);
  const browser = await launchThrough(proxy);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('about:blank');
  await page.waitForTimeout(2000);
  const errands = new Set(proxy.seen.map(({ url }) => hostOf(url)));
  proxy.seen.length = 0;

  await openSdk(page, app);
  await startWinnow(page, CARDS);
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  expect((await install(page, hubGated.id, { source: { ...source, token: TOKEN } })).error).toBeUndefined();
  await pick(page, [{ ...png(64, 64, 3), name: NAME }]);
  await page.evaluate((model) => winnow.classifyImage(files[0]!, { model }), hubVit.id);
  // Ways that fail: a page that is none, a refusal, a cancellation in the middle. So slow that what is cut
  // off below has not arrived on a busy machine either: a file that is here would need no room.
  hub.fault('html200', { match: /large/ });
  expect((await install(page, hubLarge.id, { source })).error).toMatchObject({ code: 'web-page' });
  hub.fault('slow:4000000', { match: /large/, times: 9 });
  await begin(page, hubLarge.id, { source });
  await expect.poll(() => page.evaluate((id) => installs[id]!.seen.length, hubLarge.id)).toBeGreaterThan(3);
  await page.evaluate((id) => installs[id]!.controller.abort(), hubLarge.id);
  expect((await ended(page, hubLarge.id)).error).toMatchObject({ kind: 'cancelled' });
  hub.heal();
  expect(await scores(page, hubVit.id)).toHaveLength(2);
  // N14: no token, and one that may not read it.
  expect((await install(page, hubGated.id, { source })).error).toMatchObject({ code: 'gated' });
  expect(
    (await install(page, hubGated.id, { source: { ...source, token: 'hf_other' } })).error,
  ).toMatchObject({
    code: 'gated',
  });
  // N06: damaged at the source.
  hub.fault('flip@0.5', { match: /vit\/model/, times: 9 });
  await page.evaluate((id) => winnow.remove(id), hubVit.id);
  expect((await install(page, hubVit.id, { source })).error).toMatchObject({ code: 'source-damaged' });
  hub.heal();
  // S04: the page crashes in the middle of an installation.
  hub.fault('slow:4000000', { match: /large/, times: 9 });
  await begin(page, hubLarge.id, { source });
  await expect.poll(() => page.evaluate((id) => installs[id]!.seen.length, hubLarge.id)).toBeGreaterThan(3);
  await crash(page);
  hub.heal();
  // S01: there is no room for a chunk, as the database would say it.
  const next = await context.newPage();
  await next.route(/\/assets\/download-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const script = `{
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, ...rest) {
        if (value instanceof Blob) throw new DOMException('full', 'QuotaExceededError');
        return put.call(this, value, ...rest);
      };
    }\n`;
    await route.fulfill({ response, body: script + (await response.text()) });
  });
  await openSdk(next, app);
  await startWinnow(next, CARDS);
  expect((await install(next, hubLarge.id, { source })).error).toMatchObject({ code: 'storage-full' });
  await next.evaluate(() => winnow.clear());

  const ours = proxy.seen.filter(({ url }) => !errands.has(hostOf(url)));
  const places = [app, `${hub.endpoint}/`, `${hub.store}/`];
  expect(ours.filter(({ url }) => !places.some((place) => url.startsWith(place)))).toEqual([]);
  for (const { method, body, url, headers } of ours) {
    expect(['GET', 'OPTIONS'], url).toContain(method);
    expect(body, url).toBe('');
    expect(`${url} ${headers}`).not.toContain(NAME.slice(0, 10));
    // The token is for the Hub, and only where it was given; no request names the page or carries a cookie.
    if (headers.includes(TOKEN)) expect(url).toMatch(new RegExp(`^${hub.endpoint}/.*agreement`));
    if (!url.startsWith(app)) expect(headers.toLowerCase()).not.toMatch(/"(cookie|referer)"/);
  }
  expect(ours.some(({ headers }) => headers.includes(TOKEN))).toBe(true);
  expect(ours.filter(({ url }) => url.startsWith(hub.store)).length).toBeGreaterThan(2);
  await browser.close();
  await proxy.close();
});

const hostOf = (url: string): string => (url.includes('://') ? new URL(url).host : url);
