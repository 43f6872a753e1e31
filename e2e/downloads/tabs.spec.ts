/** Several tabs that want the same file: one fetches, all have it. */
import { NO_LOCKS, workerScript } from './build';
import { crash, download, expect, progressProblems, stored, test } from './stage';

for (const [id, script] of [
  ['T01', undefined],
  ['T04', NO_LOCKS],
] as const) {
  const worker = () => script ?? workerScript();

  test(`${id} two tabs${script ? ' without Web Locks' : ''}: every chunk is fetched once, both show how far it is`, async ({
    open,
    ask,
    hub,
    context,
    standIn,
  }) => {
    const first = await open({ worker: worker() });
    const second = await open({ page: await context.newPage(), worker: worker() });
    hub.fault('slow:12000000');
    await first.evaluate((what) => downloads.start('one', what), ask());
    await expect.poll(() => stored(hub).length).toBe(1);
    const theirs = await download(second, ask());
    const ours = await first.evaluate(() => downloads.ended('one'));
    expect(ours.downloaded).toMatchObject({ verification: 'verified', fetched: standIn.bytes });
    expect(theirs.downloaded).toMatchObject({ verification: 'verified', fetched: 0 });
    expect(stored(hub)).toHaveLength(1);
    const shared = theirs.progress.filter(({ state }) => state?.kind === 'shared');
    expect(new Set(shared.map(({ done }) => done)).size).toBeGreaterThan(3);
    expect([...progressProblems(ours), ...progressProblems(theirs)]).toEqual([]);
  });

  test(`${id === 'T01' ? 'T02' : id} the tab that fetches crashes${script ? ' (no Web Locks)' : ''}: another goes on within 2 s, losing a chunk at most`, async ({
    open,
    ask,
    hub,
    context,
    standIn,
  }) => {
    const first = await open({ worker: worker() });
    const second = await open({ page: await context.newPage(), worker: worker() });
    hub.fault('stall@0.6:60');
    await first.evaluate((what) => downloads.start('one', what), ask());
    await expect
      .poll(() => first.evaluate(async () => (await downloads.sources())[0]?.kept ?? 0))
      .toBeGreaterThan(0);
    await second.evaluate((what) => downloads.start('two', what), ask());
    await expect.poll(() => second.evaluate(() => downloads.progress('two')?.state?.kind)).toBe('shared');
    const at = Date.now();
    await crash(first);
    await expect.poll(() => stored(hub).length, { intervals: [20] }).toBe(2);
    expect(Date.now() - at).toBeLessThan(2_000);
    const ended = await second.evaluate(() => downloads.ended('two'));
    const kept = standIn.bytes - (ended.downloaded?.fetched ?? 0);
    expect(ended.downloaded?.verification).toBe('verified');
    expect(kept).toBe(8 * 2 ** 20);
  });
}

test('T01 a tab that cancels leaves the others to it', async ({ open, ask, hub, context }) => {
  const first = await open();
  const second = await open({ page: await context.newPage() });
  hub.fault('slow:12000000');
  await first.evaluate((what) => downloads.start('one', what), ask());
  await expect.poll(() => stored(hub).length).toBe(1);
  await second.evaluate((what) => downloads.start('two', what), ask());
  await expect.poll(() => second.evaluate(() => downloads.progress('two')?.state?.kind)).toBe('shared');
  await first.evaluate(() => downloads.cancel('one'));
  const ended = await second.evaluate(() => downloads.ended('two'));
  expect(ended.downloaded?.verification).toBe('verified');
});

test('T01 a worker that waits can be told to stop', async ({ open, ask, hub, context }) => {
  const first = await open();
  const second = await open({ page: await context.newPage() });
  hub.fault('stall@0.6:60');
  await first.evaluate((what) => downloads.start('one', what), ask());
  await expect.poll(() => stored(hub).length).toBe(1);
  await second.evaluate((what) => downloads.start('two', what), ask());
  await expect.poll(() => second.evaluate(() => downloads.progress('two')?.state?.kind)).toBe('shared');
  expect(await second.evaluate(() => downloads.cancel('two'))).toBeLessThan(300);
});
