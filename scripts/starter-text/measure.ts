/** Everything the model card says in numbers, from texts scored as the product scores them. */
import type { NgramWeights } from '../../src/core/architectures/ngram-weights';
import type { NgramConfig } from '../../src/core/text/ngrams';
import { type Example, HATEFUL, LABELS, LANGUAGES } from './data';
import { auc, type ClassFigures, classFigures, share } from './metrics';
import { cardWith, type Lines, scoreText } from './product';
import { DIALECT_MARKERS } from './settings';

export interface Scored {
  readonly example: Example;
  /** In label order. */
  readonly probabilities: readonly number[];
  /** Index of the largest. */
  readonly label: number;
}

export interface Rate {
  readonly count: number;
  readonly rate: number;
}

export interface Metrics {
  readonly davidson: ClassFigures & { readonly count: number };
  readonly hatecheck: {
    readonly count: number;
    readonly auc: number;
    readonly aucByLanguage: Readonly<Record<string, number>>;
    /** Share of not-hateful cases below the hateful review line, by functionality. */
    readonly specificity: Readonly<Record<string, Rate>>;
    /** Share of hateful cases at or above it. */
    readonly sensitivity: Readonly<Record<string, Rate>>;
  };
  /** Hold-out posts labelled neutral that are called offensive or hateful, and those not hateful that are called hateful. */
  readonly dialect: Readonly<Record<'with' | 'without', { readonly flagged: Rate; readonly hateful: Rate }>>;
}

export function scoreAll(
  examples: readonly Example[],
  weights: NgramWeights,
  config: NgramConfig,
  lines: Lines,
): Scored[] {
  const card = cardWith(lines);
  return examples.map((example) => {
    const { probabilities } = scoreText(example.text, weights, config, card);
    return { example, probabilities, label: probabilities.indexOf(Math.max(...probabilities)) };
  });
}

export function measure(scored: readonly Scored[], lines: Lines): Metrics {
  const davidson = scored.filter(({ example }) => example.source === 'davidson');
  const hatecheck = scored.filter(({ example }) => example.source === 'hatecheck');
  const figures = classFigures(
    davidson.map(({ label }) => label),
    davidson.map(({ example }) => example.label),
    LABELS.length,
  );
  return {
    davidson: { count: davidson.length, ...figures },
    hatecheck: {
      count: hatecheck.length,
      auc: hatefulAuc(hatecheck),
      aucByLanguage: Object.fromEntries(
        LANGUAGES.map((language) => [
          language,
          hatefulAuc(hatecheck.filter(({ example }) => example.language === language)),
        ]),
      ),
      ...byFunctionality(hatecheck, lines.hateful.review),
    },
    dialect: { with: dialect(davidson, true), without: dialect(davidson, false) },
  };
}

export function hatefulAuc(scored: readonly Scored[]): number {
  return auc(
    scored.map(({ probabilities }) => probabilities[HATEFUL]!),
    scored.map(({ example }) => example.label === HATEFUL),
  );
}

function byFunctionality(
  scored: readonly Scored[],
  line: number,
): Pick<Metrics['hatecheck'], 'specificity' | 'sensitivity'> {
  const tables = { specificity: {} as Record<string, Rate>, sensitivity: {} as Record<string, Rate> };
  const names = [...new Set(scored.map(({ example }) => example.functionality))].sort();
  for (const name of names) {
    const cases = scored.filter(({ example }) => example.functionality === name);
    const hateful = cases[0]!.example.label === HATEFUL;
    const rate = share(cases, ({ probabilities }) => probabilities[HATEFUL]! >= line === hateful);
    tables[hateful ? 'sensitivity' : 'specificity'][name] = { count: cases.length, rate };
  }
  return tables;
}

function dialect(davidson: readonly Scored[], marked: boolean): { flagged: Rate; hateful: Rate } {
  const group = davidson.filter(({ example }) => hasMarker(example.text) === marked);
  const neutral = group.filter(({ example }) => example.label === 0);
  const notHateful = group.filter(({ example }) => example.label !== HATEFUL);
  return {
    flagged: { count: neutral.length, rate: share(neutral, ({ label }) => label !== 0) },
    hateful: { count: notHateful.length, rate: share(notHateful, ({ label }) => label === HATEFUL) },
  };
}

const MARKERS = new Set(DIALECT_MARKERS);

function hasMarker(text: string): boolean {
  const words =
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[a-z']+/g) ?? [];
  return words.some((word) => MARKERS.has(word));
}
