import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { judge, worst } from '../policy';
import type { Verdict } from '../policy/types';
import { combined, scoresOf } from './evidence';
import { differs, filtered, formatView, parseView } from './filters';
import { Journal } from './journal';
import { disagreement, disagrees, ORDERS, sorted, uncertainty } from './orders';
import { Sieve } from './sieve';
import { rule, testFailure, testItem, testModel, testScores } from './testing';
import type { KeptScores, Thresholds } from './types';

const LABELS = ['neutral', 'low', 'medium', 'high'];
const models = [testModel('a', 'image', LABELS), testModel('b'), testModel('t', 'text')];
const line = fc.double({ min: 0, max: 1, noNaN: true });
const lines = fc.tuple(line, line).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const thresholds = fc.tuple(lines, lines, lines, lines).map(
  ([one, two, three, four]): Thresholds => ({
    a: {
      rules: [
        rule('at least low', ['low', 'medium', 'high'], ...one),
        rule('at least medium', ['medium', 'high'], ...two),
        rule('high', ['high'], ...three),
      ],
    },
    b: { rules: [rule('pineapple', ['pineapple'], ...four)] },
    t: { rules: [rule('pineapple', ['pineapple'], ...four)] },
  }),
);
const distribution = fc
  .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .map((weights) => weights.map((weight) => weight / weights.reduce((sum, value) => sum + value, 0)));
const broken = fc.constantFrom(
  [],
  [1, 0, 0],
  [Number.NaN, 0, 0, 1],
  [0, 1, 1, 0],
  [2, 0, 0, 0],
  [-0.1, 0, 0, 1],
);
const answer = fc
  .tuple(
    fc.constantFrom('a', 'b', 't'),
    fc.oneof({ weight: 5, arbitrary: distribution }, { weight: 1, arbitrary: broken }),
    fc.array(distribution, { maxLength: 3 }),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([model, probabilities, parts, luck]): KeptScores => {
    if (luck === 0) return testFailure(model);
    if (model !== 'a') return testScores(probabilities[3] ?? Number.NaN, model);
    const named = parts.map((one, at) => ({ name: `frame ${at + 1}`, probabilities: one }));
    const coverage = {
      unit: 'frames' as const,
      checked: 1,
      total: 1,
      ...(parts.length > 0 && { parts: named }),
    };
    return testScores(0, 'a', { probabilities, coverage });
  });

describe('the sieve', () => {
  it('says of every item what judge and worst say, before and after lines move', () => {
    const answers = fc.array(fc.tuple(fc.nat(7), answer), { maxLength: 30 });
    fc.assert(
      fc.property(thresholds, thresholds, answers, (first, then, all) => {
        const sieve = new Sieve(models, first, 2);
        for (let item = 0; item < 8; item++) sieve.add(item < 6 ? 'image' : 'text');
        const newest = new Map<string, KeptScores>();
        for (const [item, scores] of all) {
          sieve.put(item, scores);
          newest.set(`${item} ${scores.model}`, scores);
        }
        for (const policy of [first, then]) {
          for (const model of models) sieve.setRules(model.id, policy[model.id]!.rules);
          for (let item = 0; item < 8; item++) compare(sieve, item, policy, newest);
        }
      }),
      { numRuns: 300 },
    );
  });

  function compare(sieve: Sieve, item: number, policy: Thresholds, newest: Map<string, KeptScores>) {
    const wanted = models.filter(({ task }) => task === (item < 6 ? 'image' : 'text'));
    const verdicts = wanted.flatMap((model): Verdict[] => {
      const scores = newest.get(`${item} ${model.id}`);
      const whole = { $schema: '', version: 1 as const, models: policy };
      return scores ? [judge(scoresOf(scores, model.labels), whole)] : [];
    });
    const found = worst(verdicts);
    const all = verdicts.length === wanted.length;
    expect(sieve.word(item)).toBe(!found || (found.verdict === 'clear' && !all) ? 'waiting' : found.verdict);
    const kind = item < 6 ? 'image' : 'text';
    expect(combined({ kind }, models, verdicts)?.verdict ?? 'waiting').toBe(sieve.word(item));
    if (sieve.word(item) === 'waiting' || !found?.fired) return;
    const column = sieve.columns[sieve.by[item]!]!;
    expect(column.id).toBe(found.model);
    expect(column.rules[column.fired[item]!]!.score).toBe(found.fired.score);
    expect(column.values[column.fired[item]!]![item]).toBe(found.fired.value);
  }

  it('W09: rules that are missing, out of order or of no such label make Needs review, and mend when they do', () => {
    const good = [rule('pineapple', ['pineapple'], 0.4, 0.7)];
    const sieve = new Sieve([testModel('b')], { b: { rules: good } });
    sieve.add('image');
    sieve.put(0, testScores(0.9, 'b'));
    for (const rules of [[], [rule('x', ['pineapple'], 0.7, 0.4)], [rule('x', ['apple'], 0.1, 0.2)]]) {
      sieve.setRules('b', rules);
      expect(sieve.word(0)).toBe('needs-review');
    }
    sieve.setRules('b', [rule('plain', ['plain'], 0.05, 0.5)]);
    expect(sieve.word(0)).toBe('review');
    sieve.setRules('b', good);
    expect(sieve.word(0)).toBe('block');
  });

  it('is Needs review for what cannot be read or that no model is for; Clear only once every model has said so', () => {
    const sieve = new Sieve([testModel('a'), testModel('b')], {
      a: { rules: [rule('pineapple', ['pineapple'], 0.4, 0.7)] },
      b: { rules: [rule('pineapple', ['pineapple'], 0.4, 0.7)] },
    });
    for (const item of [sieve.add('image', true), sieve.add('text')])
      expect(sieve.word(item)).toBe('needs-review');
    const item = sieve.add('image');
    sieve.put(item, testScores(0.1, 'a'));
    expect(sieve.word(item)).toBe('waiting');
    sieve.put(item, testScores(0.1, 'b'));
    expect(sieve.word(item)).toBe('clear');
    sieve.put(item, testScores(0.5, 'a'));
    expect(sieve.word(item)).toBe('review');
  });

  it('knows what some model has still to answer, also where another has said Block', () => {
    const thresholds = { a: { rules: [rule('p', ['pineapple'], 0.4, 0.7)] } };
    const sieve = new Sieve([testModel('a'), testModel('b')], { ...thresholds, b: thresholds.a }, 1);
    for (const failed of [false, false, true]) sieve.add('image', failed);
    sieve.add('text');
    expect(sieve.unanswered).toBe(2);
    sieve.put(0, testScores(0.9, 'a'));
    sieve.put(1, testScores(0.1, 'a'));
    expect([sieve.word(0), sieve.word(1), sieve.unanswered]).toEqual(['block', 'waiting', 2]);
    sieve.put(0, testFailure('b'));
    expect(sieve.unanswered).toBe(1);
    sieve.setRules('a', [rule('p', ['pineapple'], 0.05, 0.7)]);
    expect([sieve.word(1), sieve.unanswered]).toEqual(['review', 1]);
    sieve.put(1, testScores(0.2, 'b'));
    sieve.put(1, testScores(0.3, 'b'));
    expect(sieve.unanswered).toBe(0);
    sieve.turn(3, 'image');
    expect(sieve.unanswered).toBe(1);
    sieve.fail(3);
    expect(sieve.unanswered).toBe(0);
  });

  it('counts verdicts, and what of them is open; bins values, 1 in the last', () => {
    const sieve = new Sieve([testModel('b')], { b: { rules: [rule('p', ['pineapple'], 0.4, 0.7)] } });
    [0, 0.39, 0.4, 0.7, 1].forEach((value) => {
      sieve.put(sieve.add('image'), testScores(value, 'b'));
    });
    sieve.put(sieve.add('image'), testFailure('b'));
    sieve.decide(4, 'block');
    sieve.decide(3, 'skip');
    expect(sieve.counts()).toEqual({
      waiting: { all: 0, open: 0 },
      clear: { all: 2, open: 2 },
      review: { all: 1, open: 1 },
      'needs-review': { all: 1, open: 1 },
      block: { all: 2, open: 1 },
    });
    expect([...sieve.histogram('b', 'p', 4)]).toEqual([1, 2, 1, 1]);
    expect([...sieve.histogram('b', 'nothing', 2)]).toEqual([0, 0]);
  });

  it('judges 50,000 items by six rules again', () => {
    const sieve = large(50_000);
    const took = [0.2, 0.4, 0.6, 0.8].map((at) => {
      const begin = performance.now();
      sieve.setRules(
        'a',
        sieve.columns[0]!.rules.with(0, rule('at least low', ['low', 'medium', 'high'], at, at)),
      );
      sieve.counts();
      sieve.histogram('a', 'high', 100);
      return performance.now() - begin;
    });
    process.stdout.write(`judging 50,000 again: ${took.map((ms) => ms.toFixed(1)).join(', ')} ms\n`);
    for (const order of ORDERS) {
      const items = Array.from({ length: 50_000 }, (_, at) => ({
        name: `f-${at % 7919}.png`,
        bytes: (at * 31) % 9973,
      }));
      const begin = performance.now();
      const found = sorted(
        order,
        Uint32Array.from(items, (_, at) => at),
        sieve,
        items,
      );
      process.stdout.write(`order ${order}: ${(performance.now() - begin).toFixed(0)} ms\n`);
      expect(new Set(found).size).toBe(50_000);
    }
  });
});

function large(count: number): Sieve {
  const two = [testModel('a', 'image', LABELS), testModel('b')];
  const sieve = new Sieve(two, {
    a: {
      rules: [
        ...[rule('at least low', ['low', 'medium', 'high'], 0.5, 0.8), rule('high', ['high'], 0.2, 0.5)],
        ...[rule('at least medium', ['medium', 'high'], 0.3, 0.6), rule('low', ['low'], 0.8, 0.9)],
      ],
    },
    b: { rules: [rule('pineapple', ['pineapple'], 0.4, 0.7)] },
  });
  for (let item = 0; item < count; item++) {
    const value = ((item * 7919) % 10_007) / 10_007;
    sieve.add('image');
    sieve.put(item, testScores(0, 'a', { probabilities: [1 - value, value / 2, value / 4, value / 4] }));
    sieve.put(item, testScores(1 - value, 'b'));
  }
  return sieve;
}

describe('orders', () => {
  const sieve = new Sieve([testModel('a'), testModel('b')], {
    a: { rules: [rule('p', ['pineapple'], 0.4, 0.7)] },
    b: { rules: [rule('p', ['pineapple'], 0.4, 0.7)] },
  });
  const values = [0.1, 0.95, 0.41, 0.69, 0.1, undefined, 0.72, 0.3];
  values.forEach((value, item) => {
    sieve.add('image');
    for (const model of ['a', 'b'])
      sieve.put(
        item,
        value === undefined
          ? testFailure(model)
          : testScores(item === 4 && model === 'b' ? 0.9 : value, model),
      );
  });
  const items = values.map((_, at) =>
    testItem(at, { name: `f${[10, 2, 1, 3, 5, 4, 7, 6][at]}`, bytes: at % 3 }),
  );
  const all = Uint32Array.from(values, (_, at) => at);
  const by = (order: (typeof ORDERS)[number]) => [...sorted(order, all, sieve, items)];

  it('put first what the order is about, and keep equals as they came', () => {
    expect(by('risk')).toEqual([1, 4, 6, 5, 3, 2, 7, 0]);
    expect(by('uncertainty').slice(0, 2)).toEqual([5, 2]);
    expect(by('disagreement')[0]).toBe(4);
    expect(by('name')).toEqual([2, 1, 3, 5, 4, 7, 6, 0]);
    // Names are looked at once; a list that grows, or a name that is another now, is looked at anew.
    const normalized = vi.spyOn(String.prototype, 'normalize');
    expect(by('name')).toEqual([2, 1, 3, 5, 4, 7, 6, 0]);
    expect(normalized).not.toHaveBeenCalled();
    const first = items[2]!;
    items[2] = { ...first, name: 'z' };
    expect(by('name')).toEqual([1, 3, 5, 4, 7, 6, 0, 2]);
    expect(normalized).toHaveBeenCalledTimes(1);
    items[2] = first;
    normalized.mockRestore();
    expect(by('size')).toEqual([2, 5, 1, 4, 7, 0, 3, 6]);
    expect(by('added')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(disagrees(sieve, 4)).toBe(true);
    expect(disagrees(sieve, 1)).toBe(false);
    expect(disagreement(sieve, 4)).toBeGreaterThan(0.6);
    expect(uncertainty(sieve, 5)).toBe(-1);
  });

  it('mixed spreads what is hard over the whole', () => {
    const many = large(3_000);
    const order = sorted(
      'mixed',
      Uint32Array.from({ length: 3_000 }, (_, at) => at),
      many,
      [],
    );
    const blocked = [...order].map((item) => many.word(item) === 'block');
    const share = blocked.filter(Boolean).length / 3_000;
    for (let from = 0; from < 3_000; from += 500)
      expect(blocked.slice(from, from + 500).filter(Boolean).length / 500).toBeCloseTo(share, 1);
  });

  it('filters by what is asked for, and together', () => {
    const journal = new Journal();
    const shown = (filters: Parameters<typeof filtered>[0]) => [...filtered(filters, items, sieve, journal)];
    sieve.decide(1, 'clear');
    sieve.decide(6, 'block');
    expect(shown({})).toHaveLength(8);
    expect(shown({ verdict: ['block'] })).toEqual([1, 4, 6]);
    expect(shown({ verdict: ['block'], decision: ['open'] })).toEqual([4]);
    expect(shown({ mark: ['differs'] })).toEqual([1]);
    expect(shown({ mark: ['disagree'] })).toEqual([4]);
    expect(shown({ error: ['timeout'] })).toEqual([5]);
    expect(shown({ model: ['b'] })).toEqual([4]);
    expect(shown({ text: ' F10 ' })).toEqual([0]);
    expect(shown({ text: items[3]!.sha256.slice(0, 9).toUpperCase() })).toEqual([3]);
    expect(differs('clear', 'escalate')).toBe(true);
    expect(differs('clear', 'skip')).toBe(false);
  });

  it('C05: views survive the address, text never gets there, and strange addresses give a view', () => {
    const view = {
      filters: {
        verdict: ['block', 'needs-review'] as const,
        label: ['ripe & green'],
        mark: ['differs'] as const,
      },
      order: 'mixed' as const,
    };
    expect(parseView(formatView(view))).toEqual(view);
    expect(formatView({ filters: { text: 'secret' }, order: 'risk' })).toBe('');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webQueryParameters()), (query) => {
        const parsed = parseView(query);
        expect(parseView(formatView(parsed))).toEqual(parsed);
      }),
    );
    expect(parseView('verdict=wicked&sort=name&__proto__=1&decision=open')).toEqual({
      filters: { decision: ['open'] },
      order: 'name',
    });
  });
});
