/** Decisions in a real browser: its database, its workers' policy, its tabs. `npm run soak -- decisions` does the rest. */
import { randomBytes } from 'node:crypto';
import { expect, openSdk, test } from '../support/sdk-page';
import { runDecisionKills, runImportKills } from './kills';
import { beginRun, exported, openRun } from './stage';

test('S02, S09, S17, T03, A14: runs are kept by a worker without network, in several tabs, and exported without storage', async ({
  serve,
  open,
  context,
}) => {
  const url = await serve();
  const page = await open(url);
  const client = await context.newCDPSession(page);
  const origin = new URL(url).origin;
  // Before anything is written: Chromium remembers for half a minute how much room there was.
  await client.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 24e6 });
  const id = await beginRun(page, 2_000);

  await test.step('T03: two tabs decide the same item; the second hears of it', async () => {
    const other = await openSdk(await context.newPage(), url);
    await openRun(other, id);
    expect(await other.evaluate(() => run.items.length)).toBe(2_000);
    const race = (one: typeof page, decision: 'clear' | 'block') =>
      one.evaluate(async (word) => {
        const answer = await run.decide([{ item: 'i1', decision: word }]);
        return 'saved' in answer ? 'saved' : answer.conflicts[0]!.current.decision;
      }, decision);
    const answers = await Promise.all([race(page, 'clear'), race(other, 'block')]);
    expect(answers).toContain('saved');
    await other.evaluate(() => run.decide([{ item: 'i2', decision: 'escalate' }]));
    await page.waitForFunction(() => run.journal.of('i2').decision === 'escalate');
    expect(await page.evaluate(() => run.journal.of('i1'))).toEqual(
      await other.evaluate(() => run.journal.of('i1')),
    );
    await other.close();
  });

  await test.step('S17: 2,000 decided items are read back', async () => {
    await page.evaluate(() =>
      run.decide(run.items.slice(2).map(({ id: item }) => ({ item, decision: 'clear' as const }))),
    );
    const { records } = await exported(page);
    expect(records.length).toBeGreaterThanOrEqual(2_000);
    await page.reload();
    await openSdk(page, url);
    const took = await openRun(page, id);
    test.info().annotations.push({ type: 'S17', description: `2,000 items, decided: ${took.toFixed(0)} ms` });
    expect(await page.evaluate(() => [run.items.length, run.scores('i1999').length, run.kept])).toEqual([
      2_000,
      1,
      true,
    ]);
    expect((await exported(page)).records).toEqual(records);
  });

  await test.step('S02: the decision that does not fit is not saved, and is once there is room', async () => {
    // Nothing that the database could make smaller.
    const note = randomBytes(60_000).toString('base64');
    const full = await page.evaluate(async (text) => {
      for (let at = 0; at < 400; at++) {
        const failed = await run.decide([{ item: 'i3', decision: 'note', note: text }]).then(
          () => undefined,
          (error: { code: string; message: string }) => ({
            code: error.code,
            message: error.message,
            seq: run.tail.seq,
          }),
        );
        if (failed) return failed;
      }
      return undefined;
    }, note);
    expect(full).toMatchObject({ code: 'storage-full', message: expect.stringMatching(/^Not saved\./) });
    await client.send('Storage.overrideQuotaForOrigin', { origin });
    const seq = await page.evaluate(async () => {
      const answer = await run.decide([{ item: 'i3', decision: 'block' }]);
      return 'saved' in answer ? answer.saved[0]!.seq : 0;
    });
    expect(seq).toBe(full!.seq + 1);
  });

  await test.step('S09, A14: wiped while it is open, it goes on in memory and can be exported', async () => {
    await page.evaluate(() => winnow.clear());
    await page.evaluate(() => run.decide([{ item: 'i4', decision: 'block' }]));
    expect(await page.evaluate(() => run.kept)).toBe(false);
    const { records, items } = await exported(page);
    expect(items).toBe(2_000);
    expect(records.at(-1)).toMatchObject({ item: 'i4', decision: 'block' });
  });
});

test('S06, S07, A13: the browser dies while somebody decides or imports; nothing saved is lost, nothing half is there', async () => {
  test.setTimeout(120_000);
  const decided = await runDecisionKills(3, 2);
  expect(decided.problems).toEqual([]);
  expect(decided.saved).toBeGreaterThan(0);
  const imported = await runImportKills(5, 1);
  expect(imported.problems).toEqual([]);
});

test('S07: a browser that died in the middle of a write has lost nothing at the start after next', async () => {
  test.setTimeout(60_000);
  const { problems, saved } = await runDecisionKills(1, 2, { how: 'browser in a write' });
  expect(problems).toEqual([]);
  expect(saved).toBeGreaterThan(0);
});
