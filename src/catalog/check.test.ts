import { describe, expect, it } from 'vitest';
import { cardProblem } from './check';
import { starterImage } from './starter-image';

const labelled = (name: string) => ({
  ...starterImage,
  labels: [{ name }],
  scores: [{ name, labels: [name], risk: true, review: 0.5, block: 0.8 }],
});

describe('M18 names of labels and scores', () => {
  it('may look like markup: they are shown as they are written', () => {
    expect(cardProblem(labelled('<img src=x onerror=alert(1)>'))).toBeUndefined();
    expect(cardProblem(labelled('a'.repeat(200)))).toBeUndefined();
  });

  it('of over 200 characters are refused, by their beginning', () => {
    for (const length of [201, 10_240]) {
      const problem = cardProblem(labelled('long '.repeat(length).slice(0, length)));
      expect(problem).toMatch(new RegExp(`^has a label whose name has ${length} characters.*“long long`));
      expect(problem!.length).toBeLessThan(120);
    }
    const card = { ...labelled('a'), scores: [{ ...labelled('a').scores[0], name: 's'.repeat(10_240) }] };
    expect(cardProblem(card)).toMatch(/^has a score whose name has 10240 characters/);
  });
});
