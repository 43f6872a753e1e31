import { preparedFiles } from '../../src/catalog/prepared';
import { storedKeys } from '../support/installing';
import { damageChunk, keptRecord } from '../support/prepared';
import {
  type Asked,
  begin,
  downloadedKeys,
  expect,
  install,
  isPart,
  openSdk,
  scores,
  start,
  stateOf,
  test,
  watched,
} from '../support/prepared-stage';
import type { Intercept } from '../support/sdk-page';

test('two tabs fetch every part once between them', async ({ serve, context, site }) => {
  test.setTimeout(120_000);
  const asked: Asked[] = [];
  const url = await serve({ overlay: site.folder, intercept: watched(asked) });
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) await openSdk(page, url);
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
  await openSdk(page, url);
  await begin(page, 'test-large');
  await reached;
  const client = await context.newCDPSession(page);
  client.send('Page.crash').catch(() => {});
  await page.waitForEvent('crash');

  const again = await context.newPage();
  hold = false;
  await openSdk(again, url);
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
  await openSdk(page, url);
  await begin(page, 'test-large');
  await page.waitForFunction(() => globalThis.seen.some(({ phase }) => phase !== 'download'), null, {
    polling: 5,
  });
  const client = await context.newCDPSession(page);
  client.send('Page.crash').catch(() => {});
  await page.waitForEvent('crash');
  const again = await context.newPage();
  const from = asked.length;
  await openSdk(again, url);
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

test('S10 a model that was damaged here is repaired from the site, which is asked for the damaged part only', async ({
  serve,
  open,
  site,
}) => {
  const asked: Asked[] = [];
  const page = await open(await serve({ overlay: site.folder, intercept: watched(asked) }));
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
  const made = site.models.find(({ card }) => card.id === 'test-vit')!;
  expect((await stateOf(page, 'test-vit'))?.repairBytes).toBe(made.bytes);
  expect(await codeOf()).toBe('asset-corrupt');
  // Counted once it could not be opened: what is said is what comes.
  const told = async () => (await stateOf(page, 'test-vit'))?.repairBytes;
  await expect.poll(told).toBeLessThan(made.bytes);
  const cost = await told();
  const earlier = asked.filter(isPart).length;
  await page.evaluate(() => winnow.repair('test-vit').then(() => {}));
  expect(await codeOf()).toBe('open');
  const [again, ...more] = asked.filter(isPart).slice(earlier);
  expect(more).toEqual([]);
  expect(preparedFiles(made).find(({ path }) => again!.path.endsWith(path))?.bytes).toBe(cost);
  expect(earlier).toBeGreaterThan(1);
  expect(await scores(page, 'test-vit')).toEqual(before);
  expect(await stateOf(page, 'test-vit')).toMatchObject({ installed: { origin: { kind: 'bundle' } } });
});
