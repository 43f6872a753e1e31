import { describe, expect, it } from 'vitest';
import { encodeThresholds } from './share';
import { Keeper, type KeyValue, STORAGE_KEY } from './storage';
import { cardOf, policyOf, rule } from './testing';
import { Thresholds } from './thresholds';

function memory(initial?: string): KeyValue & { value: string | null } {
  return {
    value: initial ?? null,
    getItem: () => null,
    setItem: () => {},
    removeItem: () => {},
  };
}

function kept(initial?: string) {
  const disk = memory(initial);
  disk.getItem = (key) => (key === STORAGE_KEY ? disk.value : null);
  disk.setItem = (_, value) => {
    disk.value = value;
  };
  return { disk, keeper: new Keeper(() => disk) };
}

const cards = [cardOf('a'), cardOf('b')];

describe('thresholds', () => {
  it('start from the cards and survive a reload', () => {
    const { disk, keeper } = kept();
    const thresholds = new Thresholds(keeper);
    thresholds.load(cards);
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.45, block: 0.7 });
    thresholds.move('a', 'pineapple', { review: 0.3, block: 0.7 }, 'review');
    const again = new Thresholds(new Keeper(() => disk));
    again.load(cards);
    expect(again.rule('a', 'pineapple')).toMatchObject({ review: 0.3, block: 0.7 });
    expect(again.rule('b', 'pineapple')).toMatchObject({ review: 0.45, block: 0.7 });
  });

  it('stop at the other line', () => {
    const thresholds = new Thresholds(kept().keeper);
    thresholds.load(cards);
    thresholds.move('a', 'pineapple', { review: 0.9, block: 0.7 }, 'review');
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.7, block: 0.7 });
  });

  it('S11: work in memory when storage is denied, and know it', () => {
    const keeper = new Keeper(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const thresholds = new Thresholds(keeper);
    thresholds.load(cards);
    thresholds.move('a', 'pineapple', { review: 0.1, block: 0.2 }, 'block');
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.1, block: 0.2 });
    expect(keeper.denied).toBe(true);
  });

  it('S11: a full disk keeps the value in memory', () => {
    const keeper = new Keeper(() => ({
      getItem: () => null,
      removeItem: () => {},
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    }));
    keeper.keep({ theme: 'dark' });
    expect(keeper.kept.theme).toBe('dark');
    expect(keeper.denied).toBe(true);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":2}',
    '{"version":1,"policy":{"version":1,"models":{"a":{"rules":[{}]}}}}',
  ])('start from the cards when what is kept is %j', (text) => {
    const thresholds = new Thresholds(kept(text).keeper);
    thresholds.load(cards);
    expect(thresholds.store.get().source).toBe('cards');
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.45 });
  });

  it('drop a kept rule whose labels the card has changed', () => {
    const policy = policyOf({ a: [{ ...rule(0.1, 0.2), labels: ['banana'] }], b: [rule(0.3, 0.4)] });
    const thresholds = new Thresholds(kept(JSON.stringify({ version: 1, policy })).keeper);
    thresholds.load(cards);
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.45 });
    expect(thresholds.rule('b', 'pineapple')).toMatchObject({ review: 0.3 });
  });

  it('of a link are used but not kept until something is moved', () => {
    const { disk, keeper } = kept();
    const thresholds = new Thresholds(keeper);
    thresholds.load(cards, encodeThresholds(policyOf({ a: [rule(0.2, 0.25)] })));
    expect(thresholds.store.get().source).toBe('link');
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.2, block: 0.25 });
    expect(disk.value).toBeNull();
    thresholds.unfollow();
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.45, block: 0.7 });
  });

  it('of a bad link change nothing and say why', () => {
    const thresholds = new Thresholds(kept().keeper);
    thresholds.load(cards, '1;a:pineapple,0.9,0.1');
    expect(thresholds.store.get()).toMatchObject({ source: 'cards' });
    expect(thresholds.store.get().linkProblem).toMatch(/review line above/);
  });

  it('go back to the card, which can be taken back', () => {
    const thresholds = new Thresholds(kept().keeper);
    thresholds.load(cards);
    expect(thresholds.reset('a')).toBeUndefined();
    expect(thresholds.shared()).toBeUndefined();
    thresholds.move('a', 'pineapple', { review: 0.1, block: 0.2 }, 'block');
    expect(thresholds.shared()).toBe('1;a:pineapple,0.1,0.2;b:pineapple,0.45,0.7');
    const undo = thresholds.reset('a');
    expect(thresholds.isDefault('a')).toBe(true);
    undo!();
    expect(thresholds.rule('a', 'pineapple')).toMatchObject({ review: 0.1, block: 0.2 });
  });
});
