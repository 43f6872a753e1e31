import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv';
import { type Example, splitExamples } from './data';
import { sparseRows } from './features';
import { fitLinear } from './fit';
import { auc, classFigures } from './metrics';
import { quantise } from './model';
import { priorScale } from './prior';

const CONFIG = {
  characterBuckets: 4096,
  wordBuckets: 1024,
  characterSizes: [2, 3],
  wordSizes: [1],
  windowCharacters: 100,
};
const BUCKETS = CONFIG.characterBuckets + CONFIG.wordBuckets;

/** Stand-ins: a row is hateful when it names a pineapple, offensive when it names a lemon. */
function examples(): Example[] {
  const fruit = ['apple', 'lemon', 'pineapple'];
  return Array.from({ length: 300 }, (_, i) => ({
    text: `row ${i % 7} holds one ${fruit[i % 3]} today`,
    label: i % 3,
    source: i % 2 === 0 ? ('davidson' as const) : ('hatecheck' as const),
    language: i % 4 < 2 ? 'english' : 'german',
    functionality: i % 2 === 0 ? '' : `kind_${i % 3}`,
    group: `template ${Math.floor(i / 6)} ${i % 2}`,
    family: `family ${Math.floor(i / 12)} ${i % 2}`,
  }));
}

it('CSV: quotes, commas, line breaks and doubled quotes inside fields', () => {
  expect(parseCsv('a,b\r\n"x, ""y""\nz",2\n3,\n')).toEqual([
    { a: 'x, "y"\nz', b: '2' },
    { a: '3', b: '' },
  ]);
  expect(() => parseCsv('a\n"never closed')).toThrow('never ends');
});

describe.each(['group', 'family'] as const)('a split by %s', (by) => {
  const options = { seed: 3, by, test: { davidson: 0.2, hatecheck: 0.25 }, validation: 0.2 };
  const split = splitExamples(examples(), options);

  it('divides no unit, loses no row, and is the same for the same seed', () => {
    const parts = [split.train, split.validation, split.test];
    expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(300);
    const units = parts.map((part) => new Set(part.map((example) => example[by])));
    for (const [i, one] of units.entries())
      for (const other of units.slice(i + 1)) expect([...one].filter((unit) => other.has(unit))).toEqual([]);
    expect(splitExamples(examples(), options)).toEqual(split);
  });

  it('holds out about the share that was asked for', () => {
    expect(split.test.length / 300).toBeGreaterThan(0.15);
    expect(split.test.length / 300).toBeLessThan(0.3);
  });
});

it('fits, and int8 keeps the answers', () => {
  const rows = examples();
  const sparse = sparseRows(rows, CONFIG);
  const scale = priorScale(rows, sparse, BUCKETS, { smoothing: 1, least: 0.1, postExponent: 1 });
  const model = fitLinear(
    sparse,
    rows.map(({ label }) => ({ allowed: 1 << label, weight: 1, domain: 0 })),
    scale,
    { epochs: 4, rate: 0.1, decay: 0, seed: 1, dropout: 0, bias: [0, 0, 0], learnsBias: [true] },
  );
  const { codes, scale: step, bias } = quantise(model, CONFIG);
  const predict = (weight: (index: number) => number) =>
    rows.map((_, row) => {
      const logits = Array.from(bias);
      for (let entry = sparse.starts[row]!; entry < sparse.starts[row + 1]!; entry++)
        for (let label = 0; label < 3; label++)
          logits[label]! += weight(sparse.columns[entry]! * 3 + label) * sparse.values[entry]!;
      return logits.indexOf(Math.max(...logits));
    });
  const labels = rows.map(({ label }) => label);
  expect(predict((index) => model.weights[index]!)).toEqual(labels);
  expect(predict((index) => codes[index]! * step[index % 3]!)).toEqual(labels);
});

describe('figures', () => {
  it('AUC: by hand, with ties, and reversed', () => {
    expect(auc([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBe(0.75);
    expect(auc([1, 1, 1, 1], [false, true, false, true])).toBe(0.5);
    expect(auc([3, 2, 1], [false, false, true])).toBe(0);
  });

  it('accuracy and F1 by hand', () => {
    const { accuracy, f1, macroF1 } = classFigures([0, 0, 1, 2, 2], [0, 1, 1, 2, 0], 3);
    expect(accuracy).toBeCloseTo(0.6, 10);
    expect(f1[0]).toBeCloseTo(0.5, 10);
    expect(f1[1]).toBeCloseTo(2 / 3, 10);
    expect(f1[2]).toBeCloseTo(2 / 3, 10);
    expect(macroF1).toBeCloseTo((0.5 + 4 / 3) / 3, 10);
  });
});
