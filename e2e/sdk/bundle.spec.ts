import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makePagesBuild } from '../../scripts/headers.mjs';
import { startServer } from '../../scripts/serve.mjs';
import type { ModelCard } from '../../src/catalog/card';
import { DIST } from '../support/build';
import { FIXTURES, hfVitCard, modelFiles, pick, vitCard } from '../support/installing';
import { keptRecord, preparedSite } from '../support/prepared';
import {
  type Asked,
  downloadedKeys,
  expect,
  install,
  isRefused,
  scores,
  start,
  stateOf,
  test,
  watched,
} from '../support/prepared-stage';
import type { Intercept } from '../support/sdk-page';

for (const { card, folder } of [
  { card: vitCard(), folder: 'timm-vit' },
  { card: hfVitCard, folder: 'hf-vit' },
])
  test(`${card.id} is fetched from the site, and is byte for byte what its files would have become`, async ({
    serve,
    open,
    site,
  }) => {
    const asked: Asked[] = [];
    const url = await serve({ overlay: site.folder, modelHosts: [], intercept: watched(asked) });
    const page = await open(url);
    const elsewhere: string[] = [];
    page.context().on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url()))
        elsewhere.push(request.url());
    });
    await start(page);
    const made = site.models.find((model) => model.card.id === card.id)!;
    expect(await stateOf(page, card.id)).toMatchObject({
      state: 'available',
      prepared: { bytes: made.bytes, precision: made.precision },
    });
    const looked = await page.evaluate((id) => winnow.look(id), card.id);
    expect(looked).toMatchObject({ bytes: made.bytes, here: 0 });

    expect(await install(page, card.id)).toBe('installed');
    const seen = await page.evaluate(() => globalThis.seen);
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['download', 'prepare', 'check']);
    for (const phase of ['download', 'prepare', 'check']) {
      const steps = seen.filter((each) => each.phase === phase);
      expect(steps.map(({ done }) => done)).toEqual(steps.map(({ done }) => done).sort((a, b) => a - b));
      expect(steps.at(-1)).toMatchObject({ done: made.bytes, total: made.bytes });
    }
    expect(await stateOf(page, card.id)).toMatchObject({
      state: 'installed',
      bytes: made.bytes,
      installed: { precision: made.precision, origin: { kind: 'bundle' }, files: made.files },
    });
    expect(await downloadedKeys(page)).toEqual([]);
    const fromSite = { record: (await keptRecord(page, card.id))!, scores: await scores(page, card.id) };

    await page.evaluate((id) => winnow.remove(id), card.id);
    await pick(page, modelFiles(folder));
    await page.evaluate(
      ([id, precision]) => winnow.install(id, { source: { kind: 'files', files }, precision }).then(() => {}),
      [card.id, made.precision] as const,
    );
    const { pieces, layouts, bytes } = (await keptRecord(page, card.id))!;
    const hashes = (from: typeof pieces) =>
      Object.entries(from).map(([name, refs]) => [name, refs.map((ref) => [ref.bytes, ref.sha256])]);
    expect(hashes(pieces)).toEqual(hashes(fromSite.record.pieces));
    expect(hashes(pieces).flat(9)).toEqual(
      Object.entries(made.pieces).flatMap(([name, files]) => [
        name,
        ...files.flatMap((file) => [file.bytes, file.sha256]),
      ]),
    );
    expect(layouts).toEqual(fromSite.record.layouts);
    expect(bytes).toBe(fromSite.record.bytes);
    expect(await scores(page, card.id)).toEqual(fromSite.scores);
    expect(elsewhere).toEqual([]);
    expect(asked.filter(isRefused)).toEqual([]);
  });

test('a text model with its tokenizer is the same as from its files', async ({ serve, open, overlay }) => {
  const card: ModelCard = {
    ...vitCard({ id: 'test-guard', labels: [{ name: 'marker' }, { name: 'other' }] }),
    task: 'text',
    scores: [{ name: 'marker', labels: ['marker'], risk: true, review: 0.5, block: 0.8 }],
    input: { kind: 'tokens', maxTokens: 64, overlap: 8 },
    install: { family: 'qwen3-guard', files: [], precision: { wasm: 'int8', webgpu: 'int8' } },
  };
  const folder = mkdtempSync(join(tmpdir(), 'winnow-guard-'));
  const paths = [
    `${FIXTURES}/qwen3-guard/model_quantized.onnx`,
    'src/runtime/fixtures/tokenizer/tokenizer.json',
    'src/runtime/fixtures/tokenizer/tokenizer_config.json',
  ];
  for (const path of paths) copyFileSync(path, join(folder, basename(path)));
  const site = await preparedSite(overlay, [{ card, files: folder }]);
  try {
    const page = await open(await serve({ overlay: site.folder }));
    await start(page, [card]);
    const answers = async () => {
      const record = (await keptRecord(page, card.id))!;
      const pieces = Object.entries(record.pieces).map(([name, refs]) => [
        name,
        refs.map(({ sha256 }) => sha256),
      ]);
      const scored = await page.evaluate(async (id) => {
        const text = 'The boats leave the harbour at six. '.repeat(12);
        const { status, probabilities, logits, coverage } = await winnow.classifyText(text, { model: id });
        const { values } = await winnow.embedText(text, { model: id });
        return { status, probabilities, logits, coverage, embedding: [...values] };
      }, card.id);
      return { pieces, layouts: record.layouts, scored };
    };
    expect(await install(page, card.id)).toBe('installed');
    const fromSite = await answers();
    expect(fromSite.scored.status).toBe('scored');
    expect(fromSite.pieces.map(([name]) => name)).toContain('tokenizer-config');
    await page.evaluate((id) => winnow.remove(id), card.id);
    await pick(page, paths);
    await page.evaluate((id) => winnow.install(id, { files }).then(() => {}), card.id);
    expect(await answers()).toEqual(fromSite);
  } finally {
    site.remove();
    rmSync(folder, { recursive: true });
  }
});

test.describe(() => {
  test.use({ serviceWorkers: 'allow' });

  test('comes through the service worker of a host that sends no headers', async ({ page, site }) => {
    const dir = mkdtempSync(join(tmpdir(), 'winnow-pages-'));
    cpSync(DIST, dir, { recursive: true });
    makePagesBuild(dir);
    const server = await startServer({ dir, overlay: site.folder, headers: false });
    try {
      await page.goto(server.url);
      await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
      await page.goto(`${server.url}sdk.html`);
      await page.waitForFunction(() => document.title === 'SDK ready');
      expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
      await start(page);
      expect(await install(page, 'test-large')).toBe('installed');
      expect(await stateOf(page, 'test-large')).toMatchObject({ installed: { origin: { kind: 'bundle' } } });
    } finally {
      await server.close();
      rmSync(dir, { recursive: true });
    }
  });
});

test('works below a path, and again without the network', async ({ serve, open, site, context }) => {
  const mounted: Intercept = (request, response) => {
    if (!request.url?.startsWith('/tools/winnow/')) {
      response.writeHead(404).end();
      return true;
    }
    request.url = request.url.slice('/tools/winnow'.length);
    return false;
  };
  const url = `${await serve({ overlay: site.folder, intercept: mounted })}tools/winnow/`;
  const page = await open(url);
  await start(page);
  expect(await install(page, 'test-vit')).toBe('installed');
  const before = await scores(page, 'test-vit');
  await page.evaluate(() => winnow.release('test-vit'));
  await context.setOffline(true);
  expect(await scores(page, 'test-vit')).toEqual(before);
});

test('a site behind a login of its own gives its parts to the page that is logged in', async ({
  serve,
  open,
  site,
  context,
}) => {
  const login: Intercept = (request, response) => {
    if (!request.url?.startsWith('/models/') || /member=yes/.test(request.headers.cookie ?? '')) return false;
    response.writeHead(401).end();
    return true;
  };
  const url = await serve({ overlay: site.folder, intercept: login });
  await context.addCookies([{ name: 'member', value: 'yes', url, sameSite: 'Strict' }]);
  const page = await open(url);
  await start(page);
  expect(await install(page, 'test-vit')).toBe('installed');
});

test('a site without prepared models is asked for nothing that is not there', async ({ serve, open }) => {
  const asked: Asked[] = [];
  const page = await open(await serve({ intercept: watched(asked) }));
  await start(page);
  expect((await stateOf(page, 'test-vit'))!.prepared).toBeUndefined();
  expect(await install(page, 'test-vit', 'bundle')).toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('does not have'),
  });
  expect(asked.filter((one) => one.path.includes('prepared') || isRefused(one))).toEqual([]);
});

test('a model of somebody’s own is listed by its card, and installed', async ({
  serve,
  open,
  overlay,
  published,
}) => {
  const card = vitCard({ id: 'own-vit', labels: [], scores: [] });
  const site = await preparedSite(overlay, [{ card, files: published.vit, own: true }]);
  try {
    const page = await open(await serve({ overlay: site.folder }));
    await start(page, []);
    expect(await stateOf(page, 'own-vit')).toMatchObject({
      state: 'available',
      card: { labels: [{ name: 'NSFW' }, { name: 'SFW' }] },
      prepared: { precision: 'exact' },
    });
    expect(await install(page, 'own-vit')).toBe('installed');
    expect(await scores(page, 'own-vit')).toHaveLength(2);
  } finally {
    site.remove();
  }
});
