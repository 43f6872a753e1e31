import { describe, expect, it } from 'vitest';
import { FailedError, InvalidError } from '../../src/core/errors';
import { processorTime, slowness } from './attempt';
import { campaign } from './campaign';
import type { Format } from './format';
import { FORMATS } from './formats';

/** Of each format; `npm run soak -- checkpoints` runs 100,000. */
const COUNT = 800;
/** Of formats whose files take long, one in so many. */
const FEWER = new Map([
  [FORMATS.zip, 4],
  [FORMATS.pile, 8],
  [FORMATS['onnx-parts'], 4],
  [FORMATS.guard, 80],
]);

describe('damaged checkpoints', () => {
  it.each(Object.entries(FORMATS))('%s: each is read within its bounds or refused', async (_, format) => {
    const count = COUNT / (FEWER.get(format) ?? 1);
    const { problems, endings } = await campaign(format, { count, seed: 1 });
    expect(problems).toEqual([]);
    // Chance does both: damage that shows, and damage that does not.
    const read = endings.get('read') ?? 0;
    expect(read).toBeGreaterThan(0);
    expect(count - read).toBeGreaterThan(count / 10);
  });
});

describe('a campaign', () => {
  const reading = (read: Format['read']): Format => ({
    whole: () => ({ a: new Uint8Array(10) }),
    damaged: () => ({ files: { a: new Uint8Array(5) }, what: 'cut' }),
    read,
  });
  const problemsOf = async (read: Format['read']) =>
    (await campaign(reading(read), { count: 3, seed: 7 })).problems.join('\n');

  it('lets typed errors pass, and no others', async () => {
    const refuse = async (error: Error, size: number) => {
      if (size < 10) throw error;
    };
    const typed = new InvalidError('invalid-model', 'Broken.');
    expect(await problemsOf(([file]) => refuse(typed, file!.size))).toBe('');
    expect(await problemsOf(([file]) => refuse(new RangeError('x'), file!.size))).toMatch(
      /seed 8 \(cut\): RangeError/,
    );
    expect(await problemsOf(([file]) => refuse(new FailedError('internal', 'x'), file!.size))).toMatch(
      /seed 9/,
    );
  });

  it('notices a reader that refuses a whole file, reads too much or takes too long', async () => {
    expect(await problemsOf(async () => Promise.reject(new InvalidError('invalid-model', 'x')))).toMatch(
      /whole file/,
    );
    const greedy = async ([file]: Parameters<Format['read']>[0]) => {
      for (let i = 0; i < 20_000; i++) await file!.read(0, file!.size);
    };
    expect(await problemsOf(greedy)).toMatch(/100000 bytes were read of a, which has 5/);
    const busy = async ([file]: Parameters<Format['read']>[0]) => {
      const long = 200 * slowness();
      const [start, startBusy] = [performance.now(), processorTime()];
      const spent = () => Math.min(performance.now() - start, processorTime() - startBusy);
      while (file!.size < 10 && spent() < long);
    };
    expect((await campaign(reading(busy), { count: 1, seed: 1 })).problems.join()).toMatch(/took \d+ ms/);
  });
});
