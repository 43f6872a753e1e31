/** Sites whose prepared models are damaged, altered, outdated or not there: refused with the reason, and nothing changes. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storedKeys } from '../support/installing';
import { keptRecord, type PreparedSite } from '../support/prepared';
import { expect, install, isPart, scores, start, stateOf, test } from '../support/prepared-stage';
import type { Intercept } from '../support/sdk-page';

/** Faults of a site: what is done to it, and what must be said. The model that works stays as it is. */
const FAULTS: [title: string, spoil: (site: PreparedSite) => void, code: string, says: RegExp][] = [
  [
    'a part with another byte in it',
    (site) => {
      reweigh(site, another);
      alter(site, weightsOf(site), (bytes) => bytes.with(5_000, bytes[5_000]! ^ 1));
    },
    'source-damaged',
    /damaged at the source/,
  ],
  [
    'a part that is cut short',
    (site) => {
      reweigh(site, another);
      alter(site, weightsOf(site), (bytes) => bytes.slice(0, -9));
    },
    'wrong-size',
    /wrong size/,
  ],
  [
    'a part that is missing',
    (site) => {
      reweigh(site, another);
      rmSync(site.file('test-vit', weightsOf(site)));
    },
    'not-found',
    /has no/,
  ],
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
    (site) => reweigh(site, (bytes) => bytes.fill(0)),
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

const weightsOf = (site: PreparedSite): string =>
  site.models.find(({ card }) => card.id === 'test-vit')!.pieces['network.weights']![0]!.path;

/** Other weights than those that are installed, whose parts would not be asked for again. */
const another = (bytes: Uint8Array) => bytes.with(9_000, bytes[9_000]! ^ 1);

/** Changes the weights, and lists them under the hash that they have then. */
function reweigh(site: PreparedSite, change: (bytes: Uint8Array) => Uint8Array): void {
  const name = weightsOf(site);
  alter(site, name, change);
  const sha256 = hashOf(readFileSync(site.file('test-vit', name)));
  relist(site, (manifest) => ({
    ...manifest,
    pieces: {
      ...manifest.pieces,
      'network.weights': [{ ...manifest.pieces['network.weights'][0], sha256 }],
    },
  }));
}

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

test('N19: without a network the site’s own models say that, and not that they are gone', async ({
  serve,
  open,
  site,
}) => {
  const page = await open(await serve({ overlay: site.folder }));
  await start(page);
  await page.context().setOffline(true);
  expect(await install(page, 'test-vit')).toMatchObject({
    code: 'offline',
    message: expect.stringMatching(/^You are offline/),
  });
  expect(await storedKeys(page)).toEqual([]);
  await page.context().setOffline(false);
  expect(await install(page, 'test-vit')).toBe('installed');
});
