import { describe, expect, it } from 'vitest';
import { policyOf, rule, scoresOf } from '../../state/testing';
import { pushingSpans } from './marks';

const policy = policyOf({ a: [rule(0.45, 0.7)] });
const contribution = (start: number, push: number) => ({ start, end: start + 3, logits: [push, 0] });

describe('underlines', () => {
  it('are heavier for words that push more, and absent for words that do not', () => {
    const contributions = [
      contribution(0, 2),
      contribution(10, 1),
      contribution(20, 0.4),
      contribution(30, 0.1),
      contribution(40, -3),
    ];
    expect(pushingSpans({ ...scoresOf('a', 0.9), contributions }, policy)).toMatchObject([
      { start: 0, end: 3, strength: 3 },
      { start: 10, strength: 2 },
      { start: 20, strength: 1 },
    ]);
  });

  it('are the heaviest few hundred of a long text, in order and apart', () => {
    const contributions = Array.from({ length: 50_000 }, (_, at) => contribution(at * 2, 0.5 + (at % 100)));
    const spans = pushingSpans({ ...scoresOf('a', 0.9), contributions }, policy);
    expect(spans.length).toBeLessThanOrEqual(400);
    for (const [at, span] of spans.entries())
      if (at > 0) expect(span.start).toBeGreaterThanOrEqual(spans[at - 1]!.end);
  });

  it('need a rule and contributions', () => {
    expect(pushingSpans(scoresOf('a', 0.9), policy)).toEqual([]);
    expect(
      pushingSpans({ ...scoresOf('__proto__', 0.9), contributions: [contribution(0, 9)] }, policy),
    ).toEqual([]);
  });
});
