/** The text classifier that is part of the build, trained by scripts/starter-text. */
import type { ModelCard } from './card';
import golden from './weights/starter-text.golden.json';
import lines from './weights/starter-text.lines.json';

export const starterText: ModelCard = {
  id: 'starter-text',
  name: 'Starter text classifier',
  task: 'text',
  summary: 'Says how far a text looks neutral, offensive or hateful, and which words made it so.',
  facts: 'Text · 11 languages · 3 labels · 1 MB',
  source: {
    name: 'Winnow, trained on Davidson et al. 2017, HateCheck and Multilingual HateCheck',
    url: 'https://github.com/t-davidson/hate-speech-and-offensive-language',
    revision: 'trained for Winnow 0.1',
  },
  licence: 'MIT; data MIT (Davidson) and CC BY 4.0 (HateCheck, Multilingual HateCheck)',
  languages: ['en', 'ar', 'nl', 'fr', 'de', 'hi', 'it', 'zh', 'pl', 'pt', 'es'],
  intendedUse:
    'A starter, for trying things out, not for enforcement: seeing how scores, thresholds and verdicts work on text.',
  notFor: [
    'Enforcement: deciding about people, their posts or their accounts',
    'Dialects and reclaimed words: it over-flags African-American English',
    'Languages outside its list',
    'Sexual content, self-harm, threats to a person, spam: it knows nothing of them',
  ],
  limits: [
    'Counts words and letters; it does not understand denial, quotation, irony or who is spoken about.',
    'Learnt offensive from English posts alone; in the other languages it knows hateful and neutral.',
    'Scores are not calibrated: 0.7 does not mean seven in ten.',
    'Figures by language and the bias that was measured are on the model card in the source.',
  ],
  labels: [{ name: 'neutral' }, { name: 'offensive' }, { name: 'hateful' }],
  scores: [
    { name: 'hateful', labels: ['hateful'], risk: true, ...lines.hateful },
    { name: 'offensive', labels: ['offensive'], risk: true, ...lines.offensive },
    { name: 'neutral', labels: ['neutral'], risk: false },
  ],
  input: {
    kind: 'ngrams',
    characterBuckets: 196_608,
    wordBuckets: 131_072,
    characterSizes: [1, 2, 3, 4, 5],
    wordSizes: [1, 2],
    windowCharacters: 2_000,
    nameWeight: 0.3,
  },
  activation: 'softmax',
  thresholdNote:
    'Starting point, not calibrated on your data. Review catches 80 % of the validation texts with the label; past block, 90 % carry it.',
  selfTest: {
    tolerance: 0.002,
    cases: golden.slice(0, 6).map(({ text, probabilities }) => ({ text, probabilities })),
  },
};
