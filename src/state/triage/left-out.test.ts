import { describe, expect, it } from 'vitest';
import type { SkippedCount } from '../../sdk/input-types';
import { Drops } from './drops';
import { leftOutReasons, leftOutWords } from './left-out';

const one = (why: SkippedCount['why'], extension: string, count: number): SkippedCount => ({
  ...{ why, extension, count },
});

describe('what was left out', () => {
  it('is counted by reason, in one sentence, with the endings on demand', () => {
    const skipped = [one('hidden', 'ds_store', 1), one('other', 'exe', 4), one('other', 'json', 1_500)];
    expect(leftOutWords(skipped)).toBe(
      '1,505 files were left out: 1,504 are neither pictures nor texts, 1 was hidden or left there by the system.',
    );
    expect(leftOutReasons(skipped)[0]?.extensions).toEqual([
      { name: 'json', files: 1_500 },
      { name: 'exe', files: 4 },
    ]);
    expect(leftOutWords([one('other', '', 1)])).toBe(
      '1 file was left out: 1 is neither a picture nor a text.',
    );
    expect(leftOutWords([])).toBe('');
  });

  it('adds up over drops, and is counted anew when everything is listed again', () => {
    const drops = new Drops();
    const told: (readonly SkippedCount[])[] = [];
    const more = { found: 0, refused: 0, done: false };
    const [first, second] = [
      drops.listener((all) => told.push(all)),
      drops.listener((all) => told.push(all)),
    ];
    first({ ...more, skipped: [one('other', 'exe', 2)] });
    second({ ...more, skipped: [one('other', 'exe', 3), one('hidden', 'db', 1)] });
    expect(told.at(-1)).toEqual([one('other', 'exe', 5), one('hidden', 'db', 1)]);
    drops.all();
    first({ ...more, skipped: [one('other', 'exe', 9)] });
    drops.listener((all) => told.push(all))({ ...more, skipped: [one('other', 'exe', 1)] });
    expect(told.at(-1)).toEqual([one('other', 'exe', 1)]);
    expect(told).toHaveLength(3);
  });
});
