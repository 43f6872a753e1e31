import { describe, expect, it } from 'vitest';
import type { Scores } from '../../core/policy/types';
import { keyOf, ScoreCache } from './cache';

const scores = (more: Partial<Scores> = {}): Scores => ({
  ...{ status: 'scored', model: 'm', labels: ['a'], probabilities: [1], backend: 'wasm', precision: 'exact' },
  ...{ coverage: { unit: 'whole', checked: 1, total: 1 }, milliseconds: 1 },
  ...more,
});
const kept = (id: string, more: Partial<Scores> = {}) => ({ scores: scores(more), id, batch: Symbol() });

describe('ScoreCache', () => {
  it('keys say the bytes, the backend, the precision and the version of preprocessing', () => {
    expect(keyOf('ab', { backend: 'wasm', precision: 'int8' })).toMatch(/^ab wasm int8 \d+$/);
    expect(keyOf('ab', { backend: 'webgpu', precision: 'int8' })).not.toBe(
      keyOf('ab', { backend: 'wasm', precision: 'int8' }),
    );
    expect(keyOf('', { backend: 'wasm', precision: 'int8' })).toBeUndefined();
    expect(keyOf('ab', undefined)).toBeUndefined();
  });

  it('lets go of what was used longest ago', () => {
    const cache = new ScoreCache(2);
    cache.set('a', kept('1'));
    cache.set('b', kept('2'));
    expect(cache.get('a')?.id).toBe('1');
    cache.set('c', kept('3'));
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')?.id).toBe('1');
    expect(cache.get('c')?.id).toBe('3');
  });

  it('holds fewer of those that are large, and never more than fit', () => {
    const cache = new ScoreCache(10);
    const contributions = Array.from({ length: 36 }, () => ({ start: 0, end: 1, logits: [0] }));
    for (let at = 0; at < 9; at++) cache.set(`${at}`, kept(`${at}`));
    cache.set('large', kept('large', { contributions }));
    expect(cache.get('large')?.id).toBe('large');
    for (let at = 0; at < 9; at++) expect(cache.get(`${at}`)).toBeUndefined();
    cache.set('larger', kept('larger', { contributions: [...contributions, ...contributions] }));
    expect(cache.get('larger')).toBeUndefined();
  });

  it('forgets scores that were withdrawn, by identity', () => {
    const cache = new ScoreCache();
    const [one, two] = [kept('1'), kept('2')];
    cache.set('a', one);
    cache.set('b', two);
    cache.forget(new Set([one.scores]));
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('b')).toBe(two);
  });
});
