import { describe, expect, it } from 'vitest';
import { judgedWords, leftWords, paceWords, type RunProgress } from './progress';

const at = (more: Partial<RunProgress> = {}): RunProgress => ({
  ...{ stage: 'judging', judged: 3106, total: 4812, perSecond: 41.2, secondsLeft: 41.6, listing: false },
  ...more,
});

describe('how far a run is', () => {
  it('says what the design says', () => {
    expect(judgedWords(at())).toBe('3,106 of 4,812 judged');
    expect(paceWords(at())).toBe('41 a second · about 40 s left');
  });

  it('promises no time while files are still being listed, nor before the rate is known', () => {
    expect(judgedWords(at({ listing: true }))).toBe('3,106 of 4,812 so far judged');
    expect(paceWords(at({ listing: true }))).toBe('41 a second');
    const { secondsLeft: _, ...unknown } = at({ perSecond: 0 });
    expect(paceWords(unknown)).toBe('');
  });

  it('steps time by 1 s under 10, by 5 under 60, then by minutes', () => {
    expect([0.2, 7.4, 12.6, 58, 90, 7200].map(leftWords)).toEqual([
      ...['about 1 s left', 'about 7 s left', 'about 15 s left', 'about 1 min left', 'about 2 min left'],
      'about 2.0 h left',
    ]);
    expect(leftWords(Number.NaN)).toBe('');
  });

  it('says when it rests', () => {
    expect(paceWords(at({ stage: 'paused' }))).toBe('paused');
    expect(paceWords(at({ stage: 'waiting' }))).toBe('choose the files again to go on');
    expect(paceWords(at({ stage: 'done' }))).toBe('');
  });
});
