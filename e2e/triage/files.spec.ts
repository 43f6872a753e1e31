/** Run files and tables that somebody made, and a clock that jumps: in a real browser, through the worker that keeps runs. */
import type { Page } from '@playwright/test';
import { expect, test } from '../support/sdk-page';
import { beginRun, exported } from './stage';

declare global {
  interface Object {
    /** What a forged file would leave on everything. */
    polluted?: unknown;
  }
}

/** What becomes of an import: the runs that are there after, and how it was refused. */
const imported = (page: Page, text: string) =>
  page.evaluate(async (file) => {
    const refused = await winnow.runs.import(new Blob([file])).then(
      () => undefined,
      ({ kind, code, message }: { kind: string; code: string; message: string }) => ({ kind, code, message }),
    );
    return { refused, runs: (await winnow.runs.list()).length, polluted: {}.polluted };
  }, text);

test('A08 to A12, S18: forged files are refused as a whole, tables hold no formula, and order is not by the clock', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  const id = await beginRun(page, 6);

  await test.step('S18: a clock that is set back a day changes no order', async () => {
    await page.evaluate(() => run.decide([{ item: 'i1', decision: 'clear' }]));
    await page.clock.setSystemTime(Date.now() - 86_400_000);
    await page.evaluate(() => run.decide([{ item: 'i1', decision: 'block' }]));
    const { records } = await exported(page);
    expect(records.map(({ seq, decision }) => [seq, decision])).toEqual([
      [1, 'clear'],
      [2, 'block'],
    ]);
    expect(records[1]!.at < records[0]!.at).toBe(true);
    expect(await page.evaluate(() => run.journal.of('i1').decision)).toBe('block');
  });

  await test.step('A12, A11: a note that is a formula or markup is text in the table and comes back as it was', async () => {
    const notes = ['=cmd|"/c calc"!A1', '+1', '@sum', '<img src=x onerror=alert(1)>'];
    await page.evaluate(
      (all) => run.decide(all.map((note, at) => ({ item: `i${at + 2}`, decision: 'note', note }))),
      notes,
    );
    const csv = await page.evaluate(async () => (await run.export('csv')).text());
    expect(csv).toContain(`"'=cmd|""/c calc""!A1"`);
    for (const note of ['+1', '@sum']) expect(csv).toContain(`"'${note}"`);
    expect(csv).not.toMatch(/(^|,)"?[=+@]/m);
    expect(await page.evaluate(() => run.journal.of('i5').note)).toBe(notes[3]);
  });

  const { text } = await exported(page);
  const lines = text.split('\n');
  const item = lines.findIndex((line) => line.includes('"kind":"item"'));
  await page.evaluate((name) => winnow.runs.remove(name), id);

  const forged: Readonly<Record<string, string>> = {
    'A08: a prototype': lines.with(item, '{"__proto__":{"polluted":1},"kind":"item"}').join('\n'),
    'A08: a constructor, deeper': lines
      .with(item, '{"kind":"item","item":{"id":"i1","constructor":{"prototype":{"polluted":1}}}}')
      .join('\n'),
    'A09: depth': lines.with(item, `{"kind":"item","item":${'['.repeat(100_000)}`).join('\n'),
    'A09: a field twice': lines.with(item, '{"kind":"item","kind":"item"}').join('\n'),
    'A09: a huge number': lines
      .with(item, lines[item]!.replace(/"ordinal":\d+/, '"ordinal":99999999999999999999'))
      .join('\n'),
    'A10: a newer version': lines.with(0, lines[0]!.replace('"v":1', '"v":2')).join('\n'),
  };
  for (const [name, file] of Object.entries(forged))
    await test.step(name, async () => {
      expect(file).not.toBe(text);
      const { refused, runs, polluted } = await imported(page, file);
      expect(refused).toMatchObject({ kind: name.startsWith('A10') ? 'unsupported' : 'invalid' });
      expect([runs, polluted]).toEqual([0, undefined]);
    });

  await test.step('A11: a field that was put in is seen by the hash of the file; as it was written it is taken in', async () => {
    const more = lines.with(item, lines[item]!.replace('"bytes"', '"extra":"<b>","bytes"')).join('\n');
    expect(more).not.toBe(text);
    expect(await imported(page, more)).toMatchObject({ refused: { code: 'damaged-file' }, runs: 0 });
    expect(await imported(page, text)).toEqual({ refused: undefined, runs: 1, polluted: undefined });
    await page.evaluate(async (name) => {
      globalThis.run = await winnow.runs.open(name);
    }, id);
    expect((await exported(page)).text).toBe(text);
  });
});
