/** Each policy against a thread that really tries. Needs the rules and a browser, not the app. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startServer } from '../../scripts/serve.mjs';
import { type Outcome, tryPageExits, tryWorkerExits } from '../support/probes';
import { type Recorder, startRecorder } from '../support/recorder';

/** Starts the worker at `?` with the settings in the fragment; the page's one policy lets same-origin through. */
const STARTER = `const { url, settings } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const policy = globalThis.trustedTypes.createPolicy('winnow#scripturl', { createScriptURL: (value) => value });
const worker = new Worker(policy.createScriptURL(url), { type: 'module' });
worker.addEventListener('message', ({ data }) => { globalThis.outcome = data; });
worker.addEventListener('error', () => { globalThis.outcome = { failed: 'the worker did not start' }; });
worker.postMessage(settings);`;
const WORKER = `const tryExits = ${tryWorkerExits.toString()};
addEventListener('message', ({ data }) => { void tryExits(data).then((outcome) => postMessage(outcome)); });`;

const WORKERS = {
  inference: 'assets/inference-probe.js',
  glue: 'assets/ort-wasm-simd-threaded-probe.mjs',
  download: 'assets/download-probe.js',
  other: 'assets/index-probe.js',
  sdk: 'sdk/winnow.js',
};

let dir: string;
let recorder: Recorder;

test.beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-policies-'));
  for (const folder of ['assets', 'sdk']) mkdirSync(join(dir, folder));
  writeFileSync(
    join(dir, 'index.html'),
    '<!doctype html><title>Probe</title><script type="module" src="starter.js"></script>',
  );
  writeFileSync(join(dir, 'bare.html'), '<!doctype html><title>Probe</title><p>Nothing here');
  writeFileSync(join(dir, 'starter.js'), STARTER);
  for (const file of Object.values(WORKERS)) writeFileSync(join(dir, file), WORKER);
  recorder = await startRecorder('<!doctype html><title>Other</title>');
});
test.afterAll(async () => {
  await recorder.close();
  rmSync(dir, { recursive: true });
});

async function outcomeOf(
  page: Page,
  worker: string,
  headers = true,
): Promise<{ outcome: Outcome; hits: string[] }> {
  const server = await startServer({ dir, headers });
  recorder.hits.length = 0;
  const settings = { other: recorder.origin, own: `${server.url}starter.js` };
  await page.goto(`${server.url}#${encodeURIComponent(JSON.stringify({ url: worker, settings }))}`);
  const outcome = await page.waitForFunction(() => (globalThis as { outcome?: Outcome }).outcome, null, {
    timeout: 50_000,
  });
  const value = (await outcome.jsonValue()) as Outcome;
  await server.close();
  return { outcome: value, hits: [...recorder.hits] };
}

const through = (outcome: Outcome) =>
  Object.keys(outcome)
    .filter((name) => outcome[name] === 'got through')
    .sort();

test('the probes get out where no policy stops them', async ({ page }) => {
  const { outcome, hits } = await outcomeOf(page, WORKERS.inference, false);
  expect(through(outcome)).toEqual(
    [
      'eval',
      'fetchKeepalive',
      'fetchOther',
      'fetchOwn',
      'importOther',
      'nestedBlob',
      'wasm',
      'xhrOther',
      'xhrOwn',
    ].sort(),
  );
  for (const path of ['/fetch', '/keepalive', '/xhr', '/socket', '/events', '/module.js'])
    expect(hits).toContain(path);
});

for (const thread of ['inference', 'glue'] as const)
  test(`X04 the ${thread} thread compiles WASM and reaches nothing`, async ({ page }) => {
    const { outcome, hits } = await outcomeOf(page, WORKERS[thread]);
    expect(through(outcome)).toEqual(['wasm']);
    expect(hits).toEqual([]);
  });

test('X04 the download thread reaches its own origin only, and runs no code from text', async ({ page }) => {
  const { outcome, hits } = await outcomeOf(page, WORKERS.download);
  expect(through(outcome)).toEqual(['fetchOwn', 'wasm', 'xhrOwn']);
  expect(hits).toEqual([]);
});

for (const file of ['other', 'sdk'] as const)
  test(`X04 any other script (${WORKERS[file]}) can do nothing as a worker`, async ({ page }) => {
    const { outcome, hits } = await outcomeOf(page, WORKERS[file]);
    expect(through(outcome)).toEqual([]);
    expect(hits).toEqual([]);
  });

test('X05 nothing on a page reaches another host; without the policy nearly all of it does', async ({
  page,
}) => {
  const hitsOn = async (headers: boolean) => {
    const server = await startServer({ dir, headers });
    recorder.hits.length = 0;
    await page.goto(`${server.url}bare.html`);
    await page.evaluate(tryPageExits, recorder.origin);
    await server.close();
    return [...new Set(recorder.hits)];
  };
  const open = await hitsOn(false);
  for (const path of [
    '/fetch',
    '/beacon',
    '/xhr',
    '/socket',
    '/events',
    '/module.js',
    '/iframe',
    '/script.js',
    '/form',
  ])
    expect(open).toContain(path);
  for (const path of [
    '/srcset',
    '/css-url',
    '/font',
    '/prefetch.js',
    '/stylesheet.js',
    '/style-attribute',
    '/ping',
  ])
    expect(open.join(' ')).toMatch(path === '/srcset' ? /\/(img|srcset)/ : new RegExp(path));
  expect(await hitsOn(true)).toEqual([]);
});

test('X06 a worker made from text does not start', async ({ page }) => {
  const server = await startServer({ dir });
  await page.goto(`${server.url}bare.html`);
  const outcome = await page.evaluate(async () => {
    const url = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
    const policy = (globalThis as unknown as { trustedTypes: TrustedTypes }).trustedTypes.createPolicy(
      'winnow#scripturl',
      {
        createScriptURL: (value: string) => value,
      },
    );
    interface TrustedTypes {
      createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
    }
    try {
      const worker = new Worker(policy.createScriptURL(url));
      return await new Promise<string>((done) => {
        worker.onmessage = () => done('started');
        worker.onerror = () => done('blocked');
      });
    } catch {
      return 'blocked';
    }
  });
  expect(outcome).toBe('blocked');
  await server.close();
});

test('X11 Trusted Types stop text from becoming HTML, script or another policy', async ({ page }) => {
  const server = await startServer({ dir });
  await page.goto(`${server.url}bare.html`);
  const thrown = await page.evaluate(() => {
    const attempt = (work: () => unknown) => {
      try {
        work();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const types = (
      globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
    ).trustedTypes;
    return {
      html: attempt(() => {
        document.body.innerHTML = '<b>x</b>';
      }),
      worker: attempt(() => new Worker('/assets/inference-probe.js')),
      script: attempt(() => {
        document.createElement('script').src = '/starter.js';
      }),
      otherPolicy: attempt(() => types.createPolicy('other', {})),
      policy: attempt(() => types.createPolicy('winnow#scripturl', {})),
      secondTime: attempt(() => types.createPolicy('winnow#scripturl', {})),
    };
  });
  expect(thrown).toEqual({
    ...{ html: 'TypeError', worker: 'TypeError', script: 'TypeError', otherPolicy: 'TypeError' },
    ...{ policy: 'done', secondTime: 'TypeError' },
  });
  await server.close();
});

test('X14 nobody can frame the page', async ({ page }) => {
  const server = await startServer({ dir });
  const framed = async (address: string) => {
    const host = await startRecorder(`<!doctype html><title>Host</title><iframe src="${address}"></iframe>`);
    await page.goto(host.origin);
    await expect.poll(() => page.frames().length).toBe(2);
    await page.waitForTimeout(300);
    const inner = page.frames()[1];
    const shown = { url: inner?.url(), title: await inner?.title() };
    await host.close();
    return shown;
  };
  expect((await framed(`${server.url}bare.html`)).url).toMatch(/^chrome-error:/);
  const open = await startServer({ dir, headers: false });
  expect(await framed(`${open.url}bare.html`)).toEqual({ url: `${open.url}bare.html`, title: 'Probe' });
  await Promise.all([server.close(), open.close()]);
});
