/**
 * Trains the starter text model and writes its weights, measurements and model card:
 *   npm run train:starter-text -- <folder with davidson.csv, hatecheck_en.csv and mhc_<language>.csv>
 * With --validation it stops before the test part is looked at and writes nothing: for making choices.
 * The same data gives the same files again. Prints counts and figures, never a text.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNgramWeights, saveNgramWeights, scoreNgrams } from '../../src/core/architectures/ngram-weights';
import { ngramFeatures } from '../../src/core/text/ngrams';
import { normalise } from '../../src/core/text/normalise';
import { modelCardText } from './card-text';
import { type Example, readExamples, type Split, splitExamples } from './data';
import { type Metrics, measure, scoreAll } from './measure';
import { quantise, trainLinear } from './model';
import { chooseLines, tuneBias } from './operating';
import { ownExamples } from './own';
import { cardWith, type Lines, scoreText } from './product';
import { PLAIN_SENTENCES } from './sentences';
import { FIT, NGRAMS, SPLIT } from './settings';

const OUT = join(import.meta.dirname, '..', '..', 'src', 'catalog', 'weights');
const EVEN: Lines = { offensive: { review: 0.5, block: 0.5 }, hateful: { review: 0.5, block: 0.5 } };

/** Intercepts and thresholds from a model that has not seen the validation part. */
function choose(split: Split): { offsets: readonly number[]; lines: Lines; validation: Metrics } {
  const model = trainLinear(split.train, NGRAMS, FIT);
  const tuned = tuneBias(model, scoreAll(split.validation, quantise(model, NGRAMS), NGRAMS, EVEN));
  const offsets = [0, 1, 2].map((label) => tuned.bias[label]! - model.bias[label]!);
  const scored = scoreAll(split.validation, quantise(tuned, NGRAMS), NGRAMS, EVEN);
  const lines = chooseLines(scored);
  const validation = measure(scored, lines);
  report('validation', validation);
  return { offsets, lines, validation };
}

function trainAndWrite(examples: readonly Example[], onlyValidation: boolean): void {
  const split = splitExamples(examples, SPLIT);
  const counts = {
    own: ownExamples().length,
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
  };
  console.log('examples', counts);
  const { offsets, lines, validation } = choose(split);
  console.log('intercepts moved by', offsets, 'lines', lines);
  if (onlyValidation) return;
  const model = trainLinear([...split.train, ...split.validation], NGRAMS, FIT);
  offsets.forEach((offset, label) => {
    model.bias[label]! += offset;
  });
  const bytes = saveNgramWeights(quantise(model, NGRAMS));
  const weights = loadNgramWeights(bytes);
  const metrics = measure(scoreAll(split.test, weights, NGRAMS, lines), lines);
  report('test', metrics);
  writeFileSync(join(OUT, 'starter-text.bin'), bytes);
  const golden = PLAIN_SENTENCES.map((text) => ({
    text,
    logits: Array.from(scoreNgrams(weights, ngramFeatures(normalise(text).text, NGRAMS)).logits),
    probabilities: scoreText(text, weights, NGRAMS, cardWith(lines)).probabilities,
  }));
  write('starter-text.golden.json', golden);
  write('starter-text.lines.json', lines);
  write('starter-text.metrics.json', { counts, bytes: bytes.byteLength, ...metrics, validation });
  writeFileSync(
    join(OUT, 'starter-text.md'),
    modelCardText({ counts, bytes: bytes.byteLength, lines, metrics, validation }),
  );
}

function write(name: string, value: unknown): void {
  const rounded = JSON.stringify(value, (_, v) => (typeof v === 'number' ? Number(v.toPrecision(9)) : v), 2);
  writeFileSync(join(OUT, name), `${rounded}\n`);
}

function report(part: string, { davidson, hatecheck, dialect }: Metrics): void {
  const short = (value: number) => Number(value.toFixed(4));
  console.log(part, 'davidson', short(davidson.accuracy), short(davidson.macroF1), davidson.f1.map(short));
  console.log(part, 'hatecheck AUC', short(hatecheck.auc));
  console.log(Object.fromEntries(Object.entries(hatecheck.aucByLanguage).map(([k, v]) => [k, short(v)])));
  console.log(part, 'dialect', JSON.stringify(dialect));
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Usage: npm run train:starter-text -- <data folder>');
  process.exitCode = 1;
} else trainAndWrite(readExamples(folder), process.argv.includes('--validation'));
