import { describe, expect, it } from 'vitest';
import type { InstallJob } from '../../state/installs';
import { cardOf, installableCard, installedState } from '../../state/testing';
import { installSteps } from './steps';
import { availableState, progressWords, readyState, rowFacts, small, timeLeft } from './words';

const card = installableCard('big', [{ role: 'weights', path: 'model.safetensors', bytes: 173_200_000 }]);
const job = (change: Partial<InstallJob>): InstallJob => ({
  ...{ card, doing: 'install', state: 'running', files: [] },
  ...change,
});

const here = (one: typeof card) => ({ card: one, state: 'available' as const, bytes: 0 });
const around = { job: undefined, picked: 0, online: true };

describe('a row', () => {
  it('says what the model is, its licence and its size', () => {
    expect(rowFacts({ card, state: 'available', bytes: 0 })).toBe('Text · stand-in · MIT · 173 MB');
    expect(rowFacts({ ...installedState(card, { bytes: 22_400_000 }) })).toBe(
      'Text · stand-in · MIT · 22 MB',
    );
    const sized = { ...cardOf('a'), facts: 'Text · 1 MB' };
    expect(rowFacts({ card: sized, state: 'bundled', bytes: 9 })).toBe('Text · 1 MB · MIT');
  });

  it('R1: a model that cannot be opened is never called checked', () => {
    const error = { kind: 'failed', code: 'self-test-failed', message: 'Off by 0.2.', data: {} } as const;
    expect(readyState({ ...installedState(card), error })).toMatchObject({
      tone: 'bad',
      code: 'self-test-failed',
    });
  });

  it('M16: without reference answers a model runs unchecked, and says so', () => {
    const opened = { backend: 'wasm', precision: 'exact', threads: 1, milliseconds: 1 } as const;
    const activity = { model: 'big', state: 'ready', restarts: 0, opened } as const;
    expect(readyState({ ...installedState(card), activity })).toMatchObject({
      tone: 'warn',
      fact: 'Runs, unchecked.',
    });
    const checked = { ...activity, opened: { ...opened, selfTestDistance: 0.000412 } };
    expect(readyState({ ...installedState(card), activity: checked })).toMatchObject({
      tone: 'ok',
      rest: 'WASM exact, within 0.0004 of its answers when it was installed',
    });
  });

  it('says what is needed, or what went wrong', () => {
    expect(availableState(here(card), around).rest).toBe('Needs one file from its publisher');
    const clip = installableCard('clip', [
      { role: 'weights', path: 'model.safetensors', optional: true },
      { role: 'head', path: 'head.zip' },
    ]);
    expect(availableState(here(clip), around).rest).toBe('Needs one file for embeddings, 2 for pictures');
    const gated = { ...card, install: { ...card.install!, gated: true } };
    expect(availableState(here(gated), around).icon).toBe('lock');
    const error = { kind: 'unsupported', code: 'unsupported-model', message: 'A pickle.', data: {} } as const;
    expect(availableState(here(card), { ...around, job: job({ state: 'failed', error }) })).toMatchObject({
      tone: 'bad',
      rest: 'A pickle. Nothing was kept.',
    });
  });
});

describe('progress', () => {
  it('is in bytes with rate and time left, or in items', () => {
    const progress = { phase: 'prepare', done: 118_400_000, total: 173_200_000 } as const;
    expect(progressWords(job({ progress, rate: 6_100_000, secondsLeft: 9 }))).toBe(
      '118 MB of 173 MB · 6.1 MB a second · about 9 s left',
    );
    expect(progressWords(job({ progress: { phase: 'check', done: 3, total: 12 } }))).toBe('3 of 12');
    const back = { phase: 'check', done: 50_000_000, total: 100_000_000 } as const;
    expect(progressWords(job({ progress: back }))).toBe('50 MB of 100 MB');
    expect(installSteps(job({ progress: back }))[1]).toMatchObject({ name: 'Check', value: 0.25 });
    expect(progressWords(job({ progress: { ...back, done: 100_000_000 } }))).toMatch(/known inputs\.$/);
    expect(progressWords(job({ from: 'files' }))).toBe('Reading the files.');
    expect(progressWords(job({ from: 'hub' }))).toBe('Asking the source.');
    expect(progressWords(job({ progress, state: 'cancelling' }))).toMatch(/^Cancelling/);
  });

  it('fills one segment after the other', () => {
    const steps = installSteps(job({ progress: { phase: 'check', done: 3, total: 12 } }));
    expect(steps.map(({ name, value, state }) => [name, value, state])).toEqual([
      ['Prepare', 1, 'done'],
      ['Check', 0.25, 'now'],
    ]);
    expect(installSteps(job({ progress: { phase: 'download', done: 1, total: 2 } }))).toHaveLength(3);
  });

  it.each([
    [9, '9 s'],
    [55, '55 s'],
    [60, '1 min'],
    [180, '3 min'],
  ])('%i seconds are %s', (seconds, words) => expect(timeLeft(seconds)).toBe(words));
});

it.each([
  [0.000412, '0.0004'],
  [0.0000025, '0.000003'],
  [0.21, '0.2'],
  [0.02, '0.02'],
  [1e-12, '0.000001'],
  [0, '0'],
])('a distance of %d reads %s', (value, words) => expect(small(value)).toBe(words));
