import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from '../../core/policy';
import { policyOf, rule, scoresOf } from '../../state/testing';
import { bytes, coverageSentence, factsLine, laneSentence, ruleSentence } from './words';

const policy = policyOf({ a: [rule(0.45, 0.7)], b: [rule(0.45, 0.7)] });
const verdict = (value: number, model = 'a') => judge(scoresOf(model, value), policy);
const name = (id: string) => ({ a: 'Pineapple stand-in', b: 'Starter text' })[id] ?? id;
const sentence = (found: Verdict, all = [found]) => {
  const { name: who, says, others } = laneSentence(found, all, name);
  return `${who} ${says} ${others}`.trim();
};

describe('the sentence beside the verdict', () => {
  it('names model, score, value and line', () => {
    expect(sentence(verdict(0.91))).toBe(
      'Pineapple stand-in scores pineapple 0.91, at or above your block line of 0.70.',
    );
    expect(sentence(verdict(0.68))).toBe(
      'Pineapple stand-in scores pineapple 0.68, inside your review band of 0.45 to 0.70.',
    );
    expect(sentence(verdict(0.21))).toBe(
      'Pineapple stand-in scores pineapple 0.21, under your review line of 0.45.',
    );
  });

  it('says what models that differ say', () => {
    expect(sentence(verdict(0.91), [verdict(0.91), verdict(0.1, 'b')])).toMatch(
      / Starter text says Clear\.$/,
    );
  });

  it('R1: without scores gives the reason, and never the word Clear', () => {
    const found = judge({ ...scoresOf('a', 0), status: 'error', reason: 'Timed out. Try again.' }, policy);
    expect(sentence(found)).toBe('Pineapple stand-in could not score this. Timed out. Try again.');
    expect(ruleSentence(found)).toBe('Needs review: Timed out. Try again.');
  });

  it('never prints a number that contradicts the band', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        const shown = Number(/pineapple (\d\.\d+)/.exec(sentence(verdict(value)))![1]);
        const band = verdict(value).verdict;
        if (band === 'clear') expect(shown).toBeLessThan(0.45);
        if (band === 'review') expect(shown >= 0.45 && shown < 0.7).toBe(true);
        if (band === 'block') expect(shown).toBeGreaterThanOrEqual(0.7);
      }),
    );
  });
});

describe('the rule under the bars', () => {
  it('is short', () => {
    expect(ruleSentence(verdict(0.91))).toBe('Block: pineapple 0.91 ≥ 0.70.');
    expect(ruleSentence(verdict(0.68))).toBe('Review: pineapple 0.68 is in the band from 0.45 to 0.70.');
    expect(ruleSentence(verdict(0.2))).toBe('Clear: pineapple 0.20 is under the review line of 0.45.');
    const two = policyOf({ a: [rule(0.45, 0.7), { ...rule(0.9, 0.95, 'fruit'), labels: ['other'] }] });
    expect(ruleSentence(judge(scoresOf('a', 0.2), two))).toBe(
      'Clear: pineapple 0.20 and fruit 0.80 are both under review.',
    );
  });

  it('names the part that decided', () => {
    const parts = [
      { name: 'frame 1 of 8', probabilities: [0.1, 0.9] },
      { name: 'frame 3 of 8, on white', probabilities: [0.9, 0.1] },
    ];
    const scores = {
      ...scoresOf('a', 0.1),
      coverage: { unit: 'frames', checked: 8, total: 240, parts },
    } as const;
    expect(ruleSentence(judge(scores, policy))).toBe(
      'Block: pineapple 0.90 ≥ 0.70. Highest in frame 3 of 8, on white.',
    );
    expect(coverageSentence(scores)).toBe('8 of 240 frames were checked.');
  });
});

describe('facts', () => {
  it('say where and how fast it ran', () => {
    expect(factsLine('Text', { backend: 'wasm', precision: 'exact' }, 2.04)).toBe(
      'Text · WASM exact · 2.0 ms',
    );
    expect(factsLine('Text')).toBe('Text');
  });

  it.each([
    [12, '12 bytes'],
    [2_600, '3 kB'],
    [999_999, '1.0 MB'],
    [2_723_547, '2.7 MB'],
    [9_960_000, '10 MB'],
    [173_200_000, '173 MB'],
    [999_600_000, '1.00 GB'],
    [1_330_000_000, '1.33 GB'],
  ])('%d is %s', (value, words) => expect(bytes(value)).toBe(words));
});
