/** From examples to quantised weights. */
import type { NgramWeights } from '../../src/core/architectures/ngram-weights';
import type { NgramConfig } from '../../src/core/text/ngrams';
import { type Example, HATEFUL, LABELS } from './data';
import { sparseRows } from './features';
import { type FitOptions, fitLinear, type Linear, type Target } from './fit';
import { ownExamples } from './own';
import { priorScale } from './prior';
import {
  DAVIDSON_WEIGHT,
  ENGLISH,
  HATECHECK_WEIGHT,
  OWN_WEIGHTS,
  PRIOR,
  RUDE_FUNCTIONALITIES,
  VOTE_SHARE,
} from './settings';

export function targetOf(example: Example): Target {
  if (example.source === 'davidson') return postTarget(example);
  if (example.source === 'own') return ownTarget(example);
  const rude = example.label !== HATEFUL && RUDE_FUNCTIONALITIES.has(example.functionality);
  return {
    allowed: rude ? 0b011 : 1 << example.label,
    weight: HATECHECK_WEIGHT * languageWeight(example.language),
    domain: 1,
  };
}

function languageWeight(language: string): number {
  return language === 'english' ? ENGLISH : 1;
}

function postTarget({ label, votes }: Example): Target {
  const shares = [0, 1, 2].map(
    (l) => (1 - VOTE_SHARE) * (l === label ? 1 : 0) + VOTE_SHARE * (votes?.[l] ?? 0),
  );
  return { allowed: 1 << label, shares, weight: DAVIDSON_WEIGHT, domain: 0 };
}

/** A harsh word by itself is offensive or hateful, whichever the corpora make of it. */
function ownTarget({ label, functionality, language }: Example): Target {
  const weight = OWN_WEIGHTS[functionality]! * languageWeight(language);
  return { allowed: label === HATEFUL ? 0b110 : 0b001, weight, domain: 1 };
}

/** Float weights; the intercepts are those of the options, of domain 0. Our own rows are added here. */
export function trainLinear(examples: readonly Example[], config: NgramConfig, options: FitOptions): Linear {
  const all = [...examples, ...ownExamples()];
  const rows = sparseRows(all, config);
  const scale = priorScale(all, rows, config.characterBuckets + config.wordBuckets, PRIOR);
  return fitLinear(rows, all.map(targetOf), scale, options);
}

/** Share of weights that may lie beyond the int8 range and are clipped to it. */
const CLIPPED = 2e-5;

/** int8 codes with one scale per label; each bucket's weights are first centred, which no probability notices. */
export function quantise({ weights, bias }: Linear, config: NgramConfig): NgramWeights {
  const buckets = config.characterBuckets + config.wordBuckets;
  const labels = LABELS.length;
  const centred = weights.map((weight, index) => {
    const row = index - (index % labels);
    return weight - (weights[row]! + weights[row + 1]! + weights[row + 2]!) / labels;
  });
  const scale = Float32Array.from({ length: labels }, (_, label) => {
    const sizes = centred
      .filter((_, index) => index % labels === label)
      .map(Math.abs)
      .sort();
    return sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * (1 - CLIPPED)))]! / 127;
  });
  const codes = Int8Array.from(centred, (weight, index) =>
    Math.max(-127, Math.min(127, Math.round(weight / scale[index % labels]!))),
  );
  return { buckets, labels, scale, bias: bias.slice(0, labels), codes };
}
