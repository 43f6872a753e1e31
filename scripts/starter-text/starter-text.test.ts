import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { starterText } from '../../src/catalog/starter-text';
import golden from '../../src/catalog/weights/starter-text.golden.json';
import metrics from '../../src/catalog/weights/starter-text.metrics.json';
import { loadStarterTextWeights } from '../../src/core/architectures/ngram-linear';
import { scoreNgrams } from '../../src/core/architectures/ngram-weights';
import { ngramFeatures } from '../../src/core/text/ngrams';
import { normalise } from '../../src/core/text/normalise';
import { buildStarterText } from './build';
import { scoreText } from './product';
import { NGRAMS } from './settings';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'catalog', 'weights');
const file = join(FOLDER, 'starter-text.bin');
const weights = loadStarterTextWeights(readFileSync(file));

describe('the committed weights', () => {
  it('have at most 1 MB and the shape the card says', () => {
    expect(statSync(file).size).toBeLessThanOrEqual(1_000_000);
    expect(weights.buckets).toBe(NGRAMS.characterBuckets + NGRAMS.wordBuckets);
    expect(weights.labels).toBe(3);
    expect(starterText.labels.map(({ name }) => name)).toEqual(['neutral', 'offensive', 'hateful']);
  });

  it('were trained with the features the card asks for', () => {
    const { kind, ...input } = starterText.input;
    expect(kind).toBe('ngrams');
    expect(input).toEqual(NGRAMS);
  });

  it.each(golden)('give the stored logits for: $text', ({ text, logits, probabilities }) => {
    const scored = scoreNgrams(weights, ngramFeatures(normalise(text).text, NGRAMS));
    for (const [i, value] of logits.entries()) expect(scored.logits[i]).toBeCloseTo(value, 5);
    const product = scoreText(text, weights, NGRAMS, starterText);
    for (const [i, value] of probabilities.entries()) expect(product.probabilities[i]).toBeCloseTo(value, 6);
  });

  it('find plain sentences neutral, below every review line', () => {
    for (const { probabilities } of golden)
      for (const { labels, review } of starterText.scores.filter(({ risk }) => risk))
        expect(probabilities[starterText.labels.findIndex(({ name }) => name === labels[0])]).toBeLessThan(
          review!,
        );
  });

  it('reached on held-out data what the card promises', () => {
    expect(metrics.davidson.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(metrics.davidson.macroF1).toBeGreaterThanOrEqual(0.7);
    expect(metrics.hatecheck.auc).toBeGreaterThanOrEqual(0.84);
    expect(Math.min(...Object.values(metrics.hatecheck.aucByLanguage))).toBeGreaterThanOrEqual(0.74);
    expect(Object.keys(metrics.hatecheck.aucByLanguage)).toHaveLength(11);
  });

  it('become the ONNX file of the build, always the same', () => {
    const [first, second] = [buildStarterText(), buildStarterText()].map(({ files }) =>
      files.get('starter-text.onnx'),
    );
    expect(first!.byteLength).toBeLessThan(1_000_000);
    expect(Buffer.compare(first!, second!)).toBe(0);
  });
});

it('the card’s lines are in order', () => {
  for (const { risk, review, block } of starterText.scores)
    if (risk) expect(block!).toBeGreaterThanOrEqual(review!);
  expect(starterText.thresholdNote).toMatch(/^Starting point, not calibrated on your data\./);
  expect(starterText.selfTest!.cases.length).toBeGreaterThanOrEqual(4);
});
