import { describe, expect, it } from 'vitest';
import { FailedError } from '../sdk/errors';
import { disagree, failedScores, judged, laneVerdict } from './judging';
import { policyOf, rule, scoresOf } from './testing';

const policy = policyOf({ a: [rule(0.4, 0.7)], b: [rule(0.4, 0.7)] });

describe('judging', () => {
  it('is remembered while scores and rules are the same, and done anew when the rules move', () => {
    const scores = scoresOf('a', 0.5);
    const first = judged(scores, policy);
    expect(judged(scores, policy)).toBe(first);
    expect(judged(scores, { ...policy, models: { ...policy.models, b: { rules: [rule(0, 0)] } } })).toBe(
      first,
    );
    const moved = { ...policy, models: { ...policy.models, a: { rules: [rule(0.1, 0.2)] } } };
    expect(judged(scores, moved).verdict).toBe('block');
  });

  it('takes at most 16 ms for 500 items after a slider moved', () => {
    const all = Array.from({ length: 500 }, (_, at) => scoresOf('a', at / 500));
    const times = Array.from({ length: 20 }, (_, at) => {
      const moved = policyOf({ a: [rule(at / 40, 0.6)] });
      const started = performance.now();
      for (const scores of all) judged(scores, moved);
      return performance.now() - started;
    });
    // The best: a busy machine takes a slice out of most of them.
    expect(Math.min(...times)).toBeLessThan(16);
  });

  it('does not know a lane before every model has answered, unless one blocks', () => {
    expect(laneVerdict([], policy)).toBeUndefined();
    expect(laneVerdict([{ model: 'a', scores: scoresOf('a', 0.1) }, { model: 'b' }], policy)).toBeUndefined();
    expect(laneVerdict([{ model: 'a', scores: scoresOf('a', 0.9) }, { model: 'b' }], policy)?.verdict).toBe(
      'block',
    );
  });

  it('R1: a failure outranks every clear', () => {
    const failed = failedScores('b', new FailedError('timeout', 'Timed out. Try again.'));
    const found = laneVerdict(
      [
        { model: 'a', scores: scoresOf('a', 0.1) },
        { model: 'b', scores: failed },
      ],
      policy,
    );
    expect(found).toMatchObject({ verdict: 'needs-review', reason: 'Timed out. Try again.' });
  });

  it('tells when models differ', () => {
    const verdict = (value: number) => judged(scoresOf('a', value), policy);
    expect(disagree([verdict(0.1), verdict(0.9)])).toBe(true);
    expect(disagree([verdict(0.1), verdict(0.2)])).toBe(false);
  });
});
