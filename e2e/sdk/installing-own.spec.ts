/** Somebody's own models from the Hub, by their names: looked into, installed, and refused where they must be. */
import { rmSync } from 'node:fs';
import type { ModelCard } from '../../src/catalog/card';
import { type Hub, startHub } from '../support/hub/hub';
import { expect, install, startWinnow, test, writeRepo } from '../support/hub-models';
import { cardOf, fixture, json, modelFiles, type Picked, PREPROCESSOR } from '../support/installing';

const pickle: Picked = { name: 'pytorch_model.bin', bytes: Uint8Array.of(0x80, 2, 0x7d, 0x2e) };
const config = JSON.parse(new TextDecoder().decode(fixture('hf-vit', 'config.json').bytes));
const coded = json('config.json', { ...config, auto_map: { AutoModel: 'modeling.py--Custom' } });

const REPOS: Readonly<Record<string, readonly Picked[]>> = {
  'somebody/vit': [...modelFiles('hf-vit'), json('preprocessor_config.json', PREPROCESSOR), pickle],
  'somebody/pickle': [fixture('hf-vit', 'config.json'), pickle],
  'somebody/code': [coded, fixture('hf-vit', 'model.safetensors')],
  'somebody/empty': [json('config.json', config)],
};

const ownCard = (repo: string, more: Partial<ModelCard> = {}): ModelCard => ({
  ...cardOf('own-vit', { family: 'hf-vit', labels: [] }),
  ...{
    name: 'Own',
    scores: [],
    source: { name: repo, url: `https://huggingface.co/${repo}`, revision: 'main' },
  },
  input: {
    ...(cardOf('x', { family: 'hf-vit', labels: [] }).input as object),
    width: 0,
    height: 0,
  } as ModelCard['input'],
  install: {
    family: 'hf-vit',
    precision: { wasm: 'exact', webgpu: 'exact' },
    files: [
      { role: 'weights', path: 'model.safetensors' },
      { role: 'config', path: 'config.json' },
      { role: 'preprocessor', path: 'preprocessor_config.json', optional: true },
    ],
  },
  ...more,
});

const own = test.extend<{ others: Hub; from: { kind: 'hub'; endpoint: string; hosts: string[] } }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter.
  others: async ({}, use) => {
    const folders = Object.entries(REPOS).map(([name, files]) => [name, writeRepo(files)] as const);
    const hub = await startHub({
      repos: Object.fromEntries(folders.map(([name, folder]) => [name, { folder }])),
    });
    await use(hub);
    await hub.close();
    for (const [, folder] of folders) rmSync(folder, { recursive: true });
  },
  from: async ({ others }, use) => use({ kind: 'hub', endpoint: others.endpoint, hosts: [others.store] }),
  app: async ({ others, serve }, use) => use(await serve({ modelHosts: [others.endpoint, others.store] })),
});

own(
  'a repository says what there is; a card that names it is installed, its labels taken from its files',
  async ({ page1: page, from, others }) => {
    const found = await page.evaluate(async (source) => {
      const { small, ...rest } = await winnow.repository({ repo: 'somebody/vit' }, { source });
      return {
        ...rest,
        small: await Promise.all(small.map(async (file) => [file.name, (await file.text()).length])),
      };
    }, from);
    expect(found).toMatchObject({ repo: 'somebody/vit', revision: others.commit('somebody/vit') });
    expect(found.networks).toEqual([
      { path: 'model.safetensors', bytes: 385_384, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(found.small.map(([name]) => name)).toEqual(['config.json', 'preprocessor_config.json']);
    const card = ownCard('somebody/vit');
    const done = await install(
      page,
      { ...card, source: { ...card.source, revision: found.revision } },
      { source: from },
    );
    expect(done.error).toBeUndefined();
    expect(done.state!.card.labels.map(({ name }) => name)).toEqual(['normal', 'nsfw']);
    expect(done.state!.installed!.files).toHaveLength(3);
    // Found again, with its origin, after a reload.
    await page.reload();
    await page.waitForFunction(() => document.title === 'SDK ready');
    await startWinnow(page, []);
    const repaired = await page.evaluate(() => winnow.repair('own-vit'));
    expect(repaired.installed).toMatchObject({ origin: { kind: 'hub', url: others.endpoint } });
  },
);

for (const [repo, words] of [
  ['somebody/pickle', 'This format can run code'],
  ['somebody/code', 'auto_map'],
] as const)
  own(
    `TM: ${repo} is refused with the reason, when it is looked into and when it is installed`,
    async ({ page1: page, from, others }) => {
      const refused = await page.evaluate(
        ([name, source]) => winnow.repository({ repo: name }, { source }).catch((error) => error.serialize()),
        [repo, from] as const,
      );
      expect(refused).toMatchObject({
        kind: 'unsupported',
        code: 'unsupported-model',
        message: expect.stringContaining(words),
      });
      const card = ownCard(repo);
      const files = card.install!.files.map((file) =>
        repo === 'somebody/pickle' && file.role === 'weights' ? { ...file, path: pickle.name } : file,
      );
      const done = await install(page, { ...card, install: { ...card.install!, files } }, { source: from });
      expect(done.error).toMatchObject({
        code: 'unsupported-model',
        message: expect.stringContaining(words),
      });
      expect(others.log.filter(({ host }) => host === 'store')).toEqual([]);
    },
  );

own('repositories that are not there, hold nothing, or are no names', async ({ page1: page, from }) => {
  const code = (repo: string, revision?: string) =>
    page.evaluate(
      ([name, version, source]) =>
        winnow.repository({ repo: name, ...(version && { revision: version }) }, { source }).then(
          () => 'found',
          (error) => error.code,
        ),
      [repo, revision, from] as const,
    );
  expect(await code('somebody/nothing')).toBe('not-found');
  expect(await code('somebody/empty')).toBe('not-found');
  expect(await code('somebody/vit', 'v7')).toBe('not-found');
  for (const name of ['../etc', 'a/b/c', 'somebody/vit?x=1', ''])
    expect(await code(name)).toBe('invalid-input');
});
