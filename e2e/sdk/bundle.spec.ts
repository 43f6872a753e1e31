/** Models that the site hosts prepared: fetched from beside the app, the same as prepared here, or refused. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from '@playwright/test';
import type { ModelCard } from '../../src/catalog/card';
import { preparedFiles } from '../../src/catalog/prepared';
import {
  FIXTURES,
  hfVitCard,
  modelFiles,
  type Picked,
  pick,
  png,
  storedKeys,
  vitCard,
} from '../support/installing';
import { largeCard, writeLargeVit } from '../support/large-vit';
import { damageChunk, keptRecord, type PreparedSite, preparedSite } from '../support/prepared';
import { test as base, expect, type Intercept } from '../support/sdk-page';

interface Files {
  readonly vit: string;
  readonly hfVit: string;
  readonly large: string;
}

const CARDS: readonly ModelCard[] = [vitCard(), hfVitCard, largeCard];

const test = base.extend<{ site: PreparedSite }, { published: Files }>({
  published: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
    async ({}, use) => {
      const root = mkdtempSync(join(tmpdir(), 'winnow-published-'));
      const folder = (name: string, extra: readonly Picked[] = []) => {
        mkdirSync(join(root, name));
        for (const { name: file, bytes } of [...modelFiles(name), ...extra])
          writeFileSync(join(root, name, file), bytes);
        return join(root, name);
      };
      const large = writeLargeVit();
      await use({ vit: folder('timm-vit'), hfVit: folder('hf-vit'), large: large.folder });
      rmSync(root, { recursive: true });
      rmSync(large.folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  site: async ({ overlay, published }, use) => {
    const site = await preparedSite(overlay, [
      { card: vitCard(), files: published.vit },
      { card: hfVitCard, files: published.hfVit, precision: 'int8' },
      { card: largeCard, files: published.large },
    ]);
    await use(site);
    site.remove();
  },
});

declare global {
  var outcome: { code: string; message: string } | 'installed' | undefined;
  var seen: { phase: string; done: number; total: number }[];
}

interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  status: number;
}

/** Notes every request; `fault` may answer in the server's place. */
function watched(asked: Asked[], fault?: Intercept): Intercept {
  return (request, response) => {
    const one: Asked = { path: request.url ?? '', range: request.headers.range, status: 0 };
    asked.push(one);
    response.on('close', () => {
      one.status = response.statusCode;
    });
    return fault?.(request, response) ?? false;
  };
}

const isPart = (request: IncomingMessage | Asked): boolean =>
  ('url' in request ? (request.url ?? '') : (request as Asked).path).endsWith('.part');

/** The browser asks for the icon by itself on a page that names none. */
const isRefused = ({ path, status }: Asked): boolean => status >= 400 && path !== '/favicon.ico';

/** A Winnow whose catalog is these cards, as `globalThis.winnow`. */
async function start(page: Page, cards: readonly ModelCard[] = CARDS): Promise<void> {
  await page.evaluate(async (catalog) => {
    globalThis.winnow = await sdk.createWinnow({ catalog });
  }, cards);
}

/** Starts installing from the default source, or that one; `outcome` and `seen` tell. */
function begin(page: Page, id: string, source?: 'bundle'): Promise<void> {
  return page.evaluate(
    ([model, kind]) => {
      globalThis.outcome = undefined;
      globalThis.seen = [];
      const onProgress = (each: { phase: string; done: number; total: number }) => void seen.push(each);
      winnow.install(model, { onProgress, ...(kind && { source: { kind } }) }).then(
        () => {
          globalThis.outcome = 'installed';
        },
        ({ code, message }) => {
          globalThis.outcome = { code, message };
        },
      );
    },
    [id, source] as const,
  );
}

async function install(page: Page, id: string, source?: 'bundle') {
  await begin(page, id, source);
  await page.waitForFunction(() => globalThis.outcome !== undefined);
  return page.evaluate(() => globalThis.outcome);
}

const stateOf = (page: Page, id: string) =>
  page.evaluate(async (model) => (await winnow.models()).find(({ card }) => card.id === model), id);

/** Scores of two pictures, every digit. */
async function scores(page: Page, model: string): Promise<unknown> {
  await pick(page, [png(64, 64, 3), png(131, 90, 5)]);
  return page.evaluate(async (id) => {
    const answers = [];
    for (const file of files) {
      const { status, probabilities, logits, precision } = await winnow.classifyImage(file, { model: id });
      const { values } = await winnow.embedImage(file, { model: id });
      answers.push({ status, probabilities, logits, precision, embedding: [...values] });
    }
    return answers;
  }, model);
}

const downloadedKeys = (page: Page) =>
  page.evaluate(async () => (await winnow.downloads()).map(({ path }) => path));

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

test('two tabs fetch every part once between them', async ({ serve, context, site }) => {
  test.setTimeout(120_000);
  const asked: Asked[] = [];
  const url = await serve({ overlay: site.folder, intercept: watched(asked) });
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) {
    await page.goto(`${url}sdk.html`);
    await page.waitForFunction(() => document.title === 'SDK ready');
    await start(page);
  }
  expect(await Promise.all(pages.map((page) => install(page, 'test-large')))).toEqual([
    'installed',
    'installed',
  ]);
  const paths = asked.filter(isPart).map(({ path }) => path);
  expect(paths).toHaveLength(new Set(paths).size);
  const made = site.models.find(({ card }) => card.id === 'test-large')!;
  expect(paths).toHaveLength(preparedFiles(made).length);
  for (const page of pages) expect(await stateOf(page, 'test-large')).toMatchObject({ state: 'installed' });
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

test('N19, S04: a page that is killed while parts come goes on with those that are missing', async ({
  serve,
  context,
  page,
  site,
}) => {
  test.setTimeout(120_000);
  const asked: Asked[] = [];
  let hold = true;
  let held: () => void = () => {};
  const reached = new Promise<void>((resolve) => {
    held = resolve;
  });
  // The graph and the short last part come first, then one whole part; the next never does.
  let parts = 0;
  const stall: Intercept = (request) => {
    if (!isPart(request) || !hold || ++parts <= 3) return false;
    held();
    return true;
  };
  const url = await serve({ overlay: site.folder, intercept: watched(asked, stall) });
  const openSdk = async (on: Page) => {
    await on.goto(`${url}sdk.html`);
    await on.waitForFunction(() => document.title === 'SDK ready');
    await start(on);
  };
  await openSdk(page);
  await begin(page, 'test-large');
  await reached;
  const client = await context.newCDPSession(page);
  client.send('Page.crash').catch(() => {});
  await page.waitForEvent('crash');

  const again = await context.newPage();
  hold = false;
  await openSdk(again);
  const made = site.models.find(({ card }) => card.id === 'test-large')!;
  const state = await stateOf(again, 'test-large');
  expect(state).toMatchObject({ state: 'available', interrupted: { of: made.bytes } });
  expect(state!.interrupted!.bytes).toBeGreaterThan(16e6);
  expect(await storedKeys(again)).toEqual([]);
  const before = new Set(asked.filter(isPart).map(({ path }) => path));
  const from = asked.length;
  expect(await install(again, 'test-large')).toBe('installed');
  const after = asked.slice(from).filter(isPart);
  // Three came before, one was on its way: nothing whole is asked for twice.
  expect(before.size).toBe(4);
  const twice = after.filter(({ path }) => before.has(path));
  expect(twice.length).toBeLessThanOrEqual(1);
  expect(new Set([...before, ...after.map(({ path }) => path)]).size).toBe(preparedFiles(made).length);
  expect((await again.evaluate(() => globalThis.seen))[0]).toMatchObject({
    phase: 'download',
    total: made.bytes,
  });
  expect(await downloadedKeys(again)).toEqual([]);
});

test('S04: killed while it goes into the store, it needs no download again', async ({
  serve,
  context,
  page,
  site,
}) => {
  test.setTimeout(120_000);
  const asked: Asked[] = [];
  const url = await serve({ overlay: site.folder, intercept: watched(asked) });
  const openSdk = async (on: Page) => {
    await on.goto(`${url}sdk.html`);
    await on.waitForFunction(() => document.title === 'SDK ready');
    await start(on);
  };
  await openSdk(page);
  await begin(page, 'test-large');
  await page.waitForFunction(() => globalThis.seen.some(({ phase }) => phase !== 'download'), null, {
    polling: 5,
  });
  const client = await context.newCDPSession(page);
  client.send('Page.crash').catch(() => {});
  await page.waitForEvent('crash');
  const again = await context.newPage();
  const from = asked.length;
  await openSdk(again);
  expect(await install(again, 'test-large')).toBe('installed');
  expect(asked.slice(from).filter(isPart)).toEqual([]);
});

test('a part that is damaged in this browser before it is kept is fetched again, and nothing else', async ({
  serve,
  open,
  site,
}) => {
  test.setTimeout(120_000);
  const asked: Asked[] = [];
  const url = await serve({ overlay: site.folder, intercept: watched(asked) });
  const page = await open(url);
  await start(page);
  // Withdrawn once everything is here: what was downloaded stays.
  const withdrawn = await page.evaluate(() => {
    const controller = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === 'prepare') controller.abort();
    };
    return winnow
      .install('test-large', { onProgress, signal: controller.signal })
      .catch(({ code }: { code: string }) => code);
  });
  expect(withdrawn).toBe('cancelled');
  const made = site.models.find(({ card }) => card.id === 'test-large')!;
  const part = made.pieces['network.weights']![1]!;
  await damageChunk(page, 'winnow-sources', part.path);
  const from = asked.length;
  expect(await install(page, 'test-large')).toBe('installed');
  expect([
    ...new Set(
      asked
        .slice(from)
        .filter(isPart)
        .map(({ path }) => path.split('/').at(-1)),
    ),
  ]).toEqual([part.path]);
  const record = await keptRecord(page, 'test-large');
  expect(record!.pieces['network.weights']!.map(({ sha256 }) => sha256)).toEqual(
    made.pieces['network.weights']!.map(({ sha256 }) => sha256),
  );
});

test('a model that was damaged here is repaired from the site', async ({ serve, open, site }) => {
  const page = await open(await serve({ overlay: site.folder }));
  await start(page);
  expect(await install(page, 'test-vit')).toBe('installed');
  const before = await scores(page, 'test-vit');
  await page.evaluate(() => winnow.close());
  await damageChunk(page, 'winnow-models', 'test-vit');
  await start(page);
  const codeOf = () =>
    page.evaluate(() =>
      winnow.open('test-vit').then(
        () => 'open',
        ({ code }) => code as string,
      ),
    );
  expect(await codeOf()).toBe('asset-corrupt');
  await page.evaluate(() => winnow.repair('test-vit').then(() => {}));
  expect(await codeOf()).toBe('open');
  expect(await scores(page, 'test-vit')).toEqual(before);
  expect(await stateOf(page, 'test-vit')).toMatchObject({ installed: { origin: { kind: 'bundle' } } });
});

/** Faults of a site: what is done to it, and what must be said. The model that works stays as it is. */
const FAULTS: [title: string, spoil: (site: PreparedSite) => void, code: string, says: RegExp][] = [
  [
    'a part with another byte in it',
    (site) => alter(site, weightsOf(site), (bytes) => bytes.with(5_000, bytes[5_000]! ^ 1)),
    'source-damaged',
    /damaged at the source/,
  ],
  [
    'a part that is cut short',
    (site) => alter(site, weightsOf(site), (bytes) => bytes.slice(0, -9)),
    'wrong-size',
    /wrong size/,
  ],
  ['a part that is missing', (site) => rmSync(site.file('test-vit', weightsOf(site))), 'not-found', /has no/],
  [
    'N20: a manifest that was edited',
    (site) => edit(site, ({ precision: _, ...rest }) => ({ ...rest, precision: 'int8' })),
    'asset-corrupt',
    /not what its list of models promises/,
  ],
  [
    'N20: a manifest and a list that were edited, with labels the other way round',
    (site) =>
      relist(site, (manifest) => ({
        ...manifest,
        card: { ...manifest.card, labels: [...manifest.card.labels].reverse() },
      })),
    'invalid-model',
    /another labels than its card.*what is installed stays/,
  ],
  [
    'N20: one that was made for an older card',
    (site) =>
      relist(site, (manifest) => ({
        ...manifest,
        card: { ...manifest.card, source: { ...manifest.card.source, revision: '0' } },
      })),
    'invalid-model',
    /at 0, not from .* at 1/,
  ],
  [
    'N20: one that leads elsewhere',
    (site) =>
      relist(site, (manifest) => ({
        ...manifest,
        pieces: {
          ...manifest.pieces,
          'network.graph': [{ ...manifest.pieces['network.graph'][0], path: '../../sdk.html' }],
        },
      })),
    'invalid-model',
    /does not make sense/,
  ],
  [
    'weights of zeros, under hashes that are theirs',
    (site) => {
      const name = weightsOf(site);
      alter(site, name, (bytes) => bytes.fill(0));
      const sha256 = hashOf(readFileSync(site.file('test-vit', name)));
      relist(site, (manifest) => ({
        ...manifest,
        pieces: {
          ...manifest.pieces,
          'network.weights': [{ ...manifest.pieces['network.weights'][0], sha256 }],
        },
      }));
    },
    'invalid-output',
    /same score for every label/,
  ],
];

for (const [title, spoil, code, says] of FAULTS)
  test(`Refused, and the model that works stays: ${title}`, async ({ serve, open, site }) => {
    const url = await serve({ overlay: site.folder });
    const page = await open(url);
    await start(page);
    expect(await install(page, 'test-vit')).toBe('installed');
    const [record, answers] = [await keptRecord(page, 'test-vit'), await scores(page, 'test-vit')];
    spoil(site);
    await page.evaluate(() => winnow.close());
    await start(page);
    expect(await install(page, 'test-vit', 'bundle')).toMatchObject({
      code,
      message: expect.stringMatching(says),
    });
    expect(await keptRecord(page, 'test-vit')).toEqual(record);
    expect(await stateOf(page, 'test-vit')).toMatchObject({ state: 'installed' });
    expect(await scores(page, 'test-vit')).toEqual(answers);
  });

test('N16: a host that answers missing parts with its page is told from one that has them', async ({
  serve,
  open,
  site,
}) => {
  const html: Intercept = (request, response) => {
    if (!isPart(request)) return false;
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>App</title>');
    return true;
  };
  const page = await open(await serve({ overlay: site.folder, intercept: html }));
  await start(page);
  expect(await install(page, 'test-vit')).toMatchObject({ code: 'web-page' });
  expect(await storedKeys(page)).toEqual([]);
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

const weightsOf = (site: PreparedSite): string =>
  site.models.find(({ card }) => card.id === 'test-vit')!.pieces['network.weights']![0]!.path;

function alter(site: PreparedSite, name: string, change: (bytes: Uint8Array) => Uint8Array): void {
  const path = site.file('test-vit', name);
  writeFileSync(path, change(new Uint8Array(readFileSync(path))));
}

// biome-ignore lint/suspicious/noExplicitAny: a manifest to be spoilt.
type Spoil = (manifest: any) => unknown;

/** Changes the manifest only, as somebody who tampers with it. */
function edit(site: PreparedSite, spoil: Spoil): void {
  const path = site.file('test-vit', 'manifest.json');
  writeFileSync(path, JSON.stringify(spoil(JSON.parse(readFileSync(path, 'utf8')))));
}

/** Changes the manifest, and its hash in the list. */
function relist(site: PreparedSite, spoil: Spoil): void {
  edit(site, spoil);
  const text = readFileSync(site.file('test-vit', 'manifest.json'));
  const path = join(site.folder, 'models', 'manifest.json');
  const list = JSON.parse(readFileSync(path, 'utf8'));
  const entry = list.prepared.find(({ id }: { id: string }) => id === 'test-vit');
  entry.manifest = { bytes: text.length, sha256: hashOf(text) };
  writeFileSync(path, JSON.stringify(list));
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
