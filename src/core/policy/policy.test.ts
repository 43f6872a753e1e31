import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../errors';
import { clampRule, defaultPolicy, judge, parsePolicy, withRule, worst } from '.';
import type { Part, Policy, Rule, Scores, Verdict } from './types';
import { compareVerdicts } from './worst';

const SEED = 20_261_120;
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const LABELS = ['neutral', 'low', 'medium', 'high'];

/** Four probabilities that sum to 1. */
const distribution = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .map((weights) => weights.map((weight) => weight / weights.reduce((sum, value) => sum + value, 0)));

function scores(probabilities: readonly number[], parts?: readonly Part[], labels = LABELS): Scores {
  return {
    status: 'scored',
    model: 'm',
    labels,
    probabilities,
    coverage: { unit: parts ? 'frames' : 'whole', checked: 1, total: 1, ...(parts && { parts }) },
    backend: 'wasm',
    precision: 'exact',
    milliseconds: 1,
  };
}

function policy(...rules: readonly Rule[]): Policy {
  return { $schema: 'winnow-policy-1', version: 1, models: { m: { rules } } };
}

const rule = (labels: readonly string[], review: number, block: number): Rule => ({
  score: labels.join('+'),
  labels,
  review,
  block,
});

describe('judge', () => {
  it('puts a value into the band its lines say, a value equal to a line being past it', () => {
    fc.assert(
      fc.property(distribution, unit, unit, (values, a, b) => {
        const [review, block] = [Math.min(a, b), Math.max(a, b)];
        const verdict = judge(scores(values), policy(rule(['high'], review, block)));
        const value = values[3]!;
        expect(verdict.verdict).toBe(value >= block ? 'block' : value >= review ? 'review' : 'clear');
        expect(verdict.fired!.value).toBe(value);
      }),
      { seed: SEED },
    );
    expect(judge(scores([0.5, 0, 0, 0.5]), policy(rule(['high'], 0.5, 0.7))).verdict).toBe('review');
    expect(judge(scores([0.5, 0, 0, 0.5]), policy(rule(['high'], 0.5, 0.5))).verdict).toBe('block');
  });

  it('never becomes milder when a line is lowered or the value rises', () => {
    fc.assert(
      fc.property(distribution, unit, unit, unit, (values, a, b, c) => {
        const [low, middle, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        const strict = judge(scores(values), policy(rule(['high'], low, middle)));
        const lenient = judge(scores(values), policy(rule(['high'], middle, high)));
        expect(['clear', 'review', 'block'].indexOf(strict.verdict)).toBeGreaterThanOrEqual(
          ['clear', 'review', 'block'].indexOf(lenient.verdict),
        );
      }),
      { seed: SEED },
    );
  });

  it('adds the probabilities of cumulative levels, which never fall from level to level', () => {
    fc.assert(
      fc.property(distribution, (values) => {
        const levels = [['low', 'medium', 'high'], ['medium', 'high'], ['high']];
        const { rules } = judge(scores(values), policy(...levels.map((labels) => rule(labels, 0.5, 0.5))));
        expect(rules[0]!.value).toBeCloseTo(values[1]! + values[2]! + values[3]!, 12);
        expect(rules[0]!.value).toBeGreaterThanOrEqual(rules[1]!.value);
        expect(rules[1]!.value).toBeGreaterThanOrEqual(rules[2]!.value);
        expect(rules[0]!.value).toBeLessThanOrEqual(1);
      }),
      { seed: SEED },
    );
  });

  it('lets the worst part count, whatever part is shown', () => {
    fc.assert(
      fc.property(fc.array(distribution, { minLength: 1, maxLength: 8 }), fc.nat(7), (all, at) => {
        const parts = all.map((probabilities, index) => ({ name: `frame ${index + 1}`, probabilities }));
        const verdict = judge(scores(all[at % all.length]!, parts), policy(rule(['high'], 0.2, 0.6)));
        const largest = Math.max(...all.map((values) => values[3]!));
        expect(verdict.fired!.value).toBe(largest);
        expect(parts.find((part) => part.name === verdict.fired!.part)!.probabilities[3]).toBe(largest);
      }),
      { seed: SEED },
    );
  });

  it('breaks ties by the order of the policy', () => {
    const tied = policy(rule(['low'], 0.2, 0.8), rule(['medium'], 0.2, 0.8));
    expect(judge(scores([0.4, 0.3, 0.3, 0]), tied).fired!.score).toBe('low');
  });

  it('W09: a NaN, infinity, negative, missing or impossible probability is Needs review', () => {
    const lines = policy(rule(['high'], 0.3, 0.6));
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.1, 1.5];
    for (const value of bad)
      for (let at = 0; at < 4; at += 1) {
        const values = [0.25, 0.25, 0.25, 0.25];
        values[at] = value;
        expect(judge(scores(values), lines).verdict).toBe('needs-review');
        const parts = [
          { name: 'a', probabilities: [1, 0, 0, 0] },
          { name: 'b', probabilities: values },
        ];
        expect(judge(scores([1, 0, 0, 0], parts), lines).verdict).toBe('needs-review');
      }
    expect(judge(scores([1, 0, 0]), lines).verdict).toBe('needs-review');
    expect(judge(scores([]), lines).verdict).toBe('needs-review');
    const twice = policy(rule(['low', 'medium', 'high'], 0.3, 0.6));
    expect(judge(scores([0, 1, 1, 0]), twice).verdict).toBe('needs-review');
  });

  it('is Needs review with a reason for what was not scored, has no rules, or names a label that is not there', () => {
    const lines = policy(rule(['high'], 0.3, 0.6));
    const cases: readonly Verdict[] = [
      judge({ ...scores([]), status: 'error', reason: 'Timed out.' }, lines),
      judge({ ...scores([1, 0, 0, 0]), status: 'unsupported' }, lines),
      judge(scores([1, 0, 0, 0]), policy()),
      judge(scores([1, 0, 0, 0]), { ...lines, models: {} }),
      judge({ ...scores([1, 0, 0, 0]), model: '__proto__' }, lines),
      judge(scores([1, 0, 0, 0]), policy(rule(['extreme'], 0.3, 0.6))),
      judge(scores([1, 0, 0, 0]), policy(rule(['high'], 0.6, 0.3))),
      judge(scores([1, 0, 0, 0]), policy(rule(['high'], Number.NaN, 0.3))),
    ];
    for (const verdict of cases) {
      expect(verdict.verdict).toBe('needs-review');
      expect(verdict.reason).toMatch(/\w/);
      expect(verdict.fired).toBeUndefined();
    }
    expect(cases[0]!.reason).toBe('Timed out.');
  });
});

describe('worst', () => {
  const verdictOf = (values: readonly number[]) => judge(scores(values), policy(rule(['high'], 0.3, 0.6)));
  const unknown = judge({ ...scores([]), status: 'error', reason: 'x' }, policy());

  it('ranks Block over Needs review over Review over Clear', () => {
    const [clear, review, block] = [0.1, 0.4, 0.9].map((value) => verdictOf([1 - value, 0, 0, value]));
    expect(worst([clear!, unknown, review!])).toBe(unknown);
    expect(worst([unknown, block!, review!])).toBe(block);
    expect(worst([clear!, review!])).toBe(review);
    expect(worst([])).toBeUndefined();
  });

  it('is at least as bad as each, does not depend on order, and a lone unjudged never ends as Clear', () => {
    fc.assert(
      fc.property(fc.array(distribution, { minLength: 1, maxLength: 6 }), fc.boolean(), (all, failed) => {
        const verdicts = [...all.map(verdictOf), ...(failed ? [unknown] : [])];
        const found = worst(verdicts)!;
        for (const verdict of verdicts) expect(compareVerdicts(found, verdict)).toBeGreaterThanOrEqual(0);
        expect(worst([...verdicts].reverse())!.verdict).toBe(found.verdict);
        if (failed) expect(['block', 'needs-review']).toContain(found.verdict);
      }),
      { seed: SEED },
    );
  });
});

describe('policies', () => {
  const card = {
    id: 'm',
    scores: [
      { name: 'high', labels: ['high'], risk: true, review: 0.3, block: 0.6 },
      { name: 'neutral', labels: ['neutral'], risk: false },
      { name: 'at least low', labels: ['low', 'medium', 'high'], risk: true },
    ],
  };

  it('come from the cards and survive JSON', () => {
    const made = defaultPolicy([card]);
    expect(made.models.m!.rules.map(({ score }) => score)).toEqual(['high', 'at least low']);
    expect(parsePolicy(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('keep review ≤ block, inside 0 to 1, whatever is asked for', () => {
    const any = fc.oneof(fc.double(), unit);
    fc.assert(
      fc.property(any, any, fc.constantFrom('review' as const, 'block' as const), (review, block, moved) => {
        const found = clampRule(rule(['high'], review, block), moved);
        expect(found.review).toBeGreaterThanOrEqual(0);
        expect(found.block).toBeLessThanOrEqual(1);
        expect(found.review).toBeLessThanOrEqual(found.block);
      }),
      { seed: SEED },
    );
  });

  it('change one rule and share the rest', () => {
    const before = defaultPolicy([card]);
    const after = withRule(before, 'm', { ...before.models.m!.rules[0]!, review: 0.1 });
    expect(after.models.m!.rules[0]!.review).toBe(0.1);
    expect(after.models.m!.rules[1]).toBe(before.models.m!.rules[1]);
    expect(before.models.m!.rules[0]!.review).toBe(0.3);
  });

  it('A08: refuse prototype keys, wrong types, wrong order, other versions', () => {
    const good = () => JSON.parse(JSON.stringify(defaultPolicy([card])));
    const bad: unknown[] = [
      null,
      [],
      'x',
      { ...good(), version: 2 },
      { ...good(), models: [] },
      JSON.parse('{"version":1,"models":{"__proto__":{"rules":[]}}}'),
      JSON.parse('{"version":1,"models":{"constructor":{"rules":[]}}}'),
      JSON.parse(
        '{"version":1,"models":{"m":{"rules":[{"score":"a","labels":["a"],"review":0.9,"block":0.1}]}}}',
      ),
      JSON.parse('{"version":1,"models":{"m":{"rules":[{"score":"a","labels":[],"review":0,"block":0.1}]}}}'),
      JSON.parse(
        '{"version":1,"models":{"m":{"rules":[{"score":"a","labels":["a"],"review":"0","block":1}]}}}',
      ),
      JSON.parse('{"version":1,"models":{"m":{"rules":[{"score":"","labels":["a"],"review":0,"block":1}]}}}'),
    ];
    for (const value of bad) expect(() => parsePolicy(value)).toThrow(InvalidError);
    expect(({} as { rules?: unknown }).rules).toBeUndefined();
  });

  it('end in a policy or a typed error for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parsePolicy(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidError);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
