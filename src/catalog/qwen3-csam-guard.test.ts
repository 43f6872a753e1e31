import { describe, expect, it } from 'vitest';
import { guard } from '../core/architectures/guard';
import { cardProblem } from './check';
import { qwen3CsamGuard as card } from './qwen3-csam-guard';

describe('the card of the text guard', () => {
  it('is a card, for the family that reads its files', () => {
    expect(cardProblem(card)).toBeUndefined();
    expect(card.install?.family).toBe(guard.id);
  });

  it('says what its authors say: sixteen languages, 384 tokens, one line at 0.50, files behind an agreement', () => {
    expect(new Set(card.languages).size).toBe(16);
    expect(card.input).toMatchObject({ kind: 'tokens', maxTokens: 384 });
    expect(card.scores.find(({ risk }) => risk)).toMatchObject({ labels: ['csam'], block: 0.5 });
    // The second column is the positive class.
    expect(card.labels.map(({ name }) => name)).toEqual(['benign', 'csam']);
    expect(card.install?.gated).toBe(true);
  });
});
