/** Cards of models that are installed: complete, in agreement with themselves, and honest about what they are not for. */
import { describe, expect, it } from 'vitest';
import { familyById } from '../core/architectures';
import { adamcoddNsfw } from './adamcodd-nsfw';
import { cardProblem } from './check';
import { falconsaiNsfw } from './falconsai-nsfw';
import { freepikNsfw } from './freepik-nsfw';
import { laionClipNsfw } from './laion-clip-nsfw';
import { marqoNsfw384 } from './marqo-nsfw-384';

const cards = [marqoNsfw384, freepikNsfw, laionClipNsfw, falconsaiNsfw, adamcoddNsfw];

describe.each(cards.map((card) => [card.id, card] as const))('%s', (_, card) => {
  it('is a card, of a family there is, with files by their paths', () => {
    expect(cardProblem(card)).toBeUndefined();
    expect(familyById(card.install!.family)?.id).toBe(card.install!.family);
    for (const { path } of card.install!.files) expect(path).toMatch(/^[\w./-]+$/);
    expect(card.install!.kept).toHaveProperty(card.install!.precision.wasm);
    expect(card.install!.kept).toHaveProperty(card.install!.precision.webgpu);
    // The screen says what is fetched and what is kept; the facts would say one of them twice.
    expect(card.install!.fetched).toBeGreaterThan(20e6);
    expect(card.facts).not.toMatch(/\d [kMG]B/);
  });

  it('says that it does not detect child sexual abuse material', () => {
    expect(card.notFor.join(' ')).toContain('does not detect child sexual abuse material');
    expect(card.thresholdNote).toContain('not calibrated on your data');
  });

  it('shows every label in some score', () => {
    const shown = new Set(card.scores.flatMap(({ labels }) => labels));
    expect([...shown].sort()).toEqual(card.labels.map(({ name }) => name).sort());
  });
});

describe('what the product promises of them', () => {
  it('Marqo: index 0 is NSFW, blocked at 0.52, an embedding of 192 numbers', () => {
    expect(marqoNsfw384.labels[0]!.name).toBe('NSFW');
    expect(marqoNsfw384.scores[0]).toMatchObject({ labels: ['NSFW'], block: 0.52 });
    expect(marqoNsfw384.embedding?.width).toBe(192);
  });

  it('Freepik: sliders act on cumulative levels, the four probabilities are shown', () => {
    const risks = freepikNsfw.scores.filter(({ risk }) => risk);
    expect(risks.map(({ labels, block }) => [labels.join('+'), block])).toEqual([
      ['low+medium+high', 0.5],
      ['medium+high', 0.5],
      ['high', 0.5],
    ]);
    const plain = freepikNsfw.scores.filter(({ risk }) => !risk);
    expect(plain.map(({ labels }) => labels)).toEqual([['neutral'], ['low'], ['medium'], ['high']]);
  });

  it('LAION: one score of a sigmoid, on embeddings of length 1; the head alone is enough', () => {
    expect(laionClipNsfw).toMatchObject({
      activation: 'sigmoid',
      embedding: { width: 768, normalised: true },
    });
    const needed = laionClipNsfw.install!.files.filter(({ optional }) => !optional);
    expect(needed.map(({ role }) => role)).toEqual(['head']);
  });
});
