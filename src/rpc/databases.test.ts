import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { databasesThere } from './databases';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const answering = (...answers: (readonly string[] | 'never' | 'fails')[]) => {
  const databases = vi.fn(() => {
    const next = answers.shift() ?? 'never';
    if (next === 'never') return new Promise(() => {});
    return next === 'fails'
      ? Promise.reject(new Error('no'))
      : Promise.resolve(next.map((name) => ({ name })));
  });
  vi.stubGlobal('indexedDB', { databases });
  return databases;
};

async function asked() {
  const there = databasesThere();
  await vi.advanceTimersByTimeAsync(5_000);
  return there;
}

it('S09 asks again where a question that fell into a deletion is never answered', async () => {
  const databases = answering('never', ['winnow-models']);
  expect(await asked()).toEqual(['winnow-models']);
  expect(databases).toHaveBeenCalledTimes(2);
});

it('gives up where the browser does not say', async () => {
  const databases = answering();
  expect(await asked()).toBeUndefined();
  expect(databases).toHaveBeenCalledTimes(4);
  answering('fails');
  expect(await asked()).toBeUndefined();
  vi.stubGlobal('indexedDB', {});
  expect(await asked()).toBeUndefined();
});
