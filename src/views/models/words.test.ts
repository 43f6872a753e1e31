import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../sdk/types';
import type { InstallJob } from '../../state/installs';
import { cardOf, installableCard, installedState } from '../../state/testing';
import { rowFacts } from './facts';
import { knownAll, knownOne, partWords, tightWords, verifiedWords } from './sourceWords';
import { installSteps } from './steps';
import { availableState, progressWords, readyState, small, timeLeft } from './words';

const card = installableCard('big', [{ role: 'weights', path: 'model.safetensors', bytes: 173_200_000 }]);
const job = (change: Partial<InstallJob>): InstallJob => ({
  ...{ card, doing: 'install', state: 'running', files: [] },
  ...change,
});

const here = (one: typeof card) => ({ card: one, state: 'available' as const, bytes: 0 });
const around = { job: undefined, picked: 0, online: true };

describe('a row', () => {
  it('says what the model is, its licence and its size', () => {
    expect(rowFacts({ card, state: 'available', bytes: 0 })).toBe('Text · stand-in · MIT · 173\u00a0MB');
    expect(rowFacts({ ...installedState(card, { bytes: 22_400_000 }) })).toBe(
      'Text · stand-in · MIT · 22\u00a0MB',
    );
    const smaller = { ...card, install: { ...card.install!, fetched: 1.33e9, kept: { exact: 598e6 } } };
    expect(rowFacts({ card: smaller, state: 'available', bytes: 0 })).toContain(
      '· 1.33\u00a0GB to fetch, 598\u00a0MB\u00a0kept',
    );
    const prepared = { bytes: 598e6, precision: 'int8' } as const;
    expect(rowFacts({ card: smaller, state: 'available', bytes: 0, prepared })).toMatch(/MIT · 598\sMB$/);
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

describe('what is known of a file', () => {
  const file = { repo: 'a/b', revision: 'c', path: 'model.safetensors', bytes: 9, here: 0 } as const;
  const info = (...files: readonly Partial<SourceFile>[]) => ({
    files: files.map((one) => ({ ...file, known: 'card' as const, ...one })),
    ...{ bytes: 9, here: 0, elsewhere: [] },
  });

  it('N06: nothing is promised of a part by the hash of the whole', () => {
    expect(knownAll(info({}, {}))).toContain('Anything else is refused');
    const part = info({}, { partial: true, sha256: 'a'.repeat(64) });
    expect(knownAll(part)).toBeUndefined();
    expect(partWords(part)).toMatch(/^Of model.safetensors only the part .* cannot be called verified\.$/);
    expect(part.files.map(knownOne)).toEqual([
      'SHA-256 pinned by the card',
      'comes in part, contents not verified',
    ]);
    // With the hashes of its pieces a part is compared like a whole.
    const pieces = info({ partial: true, chunked: true });
    expect([partWords(pieces), knownAll(pieces)]).toEqual([undefined, undefined]);
    expect(knownOne(pieces.files[0]!)).toContain('each piece pinned');
  });

  it('N06: nor after it is installed', () => {
    const kept = { name: 'model.safetensors', bytes: 9 };
    const words = (more: object) => verifiedWords({ ...kept, ...more });
    expect(words({})).toBe('');
    expect(words({ verification: 'verified' })).toBe('verified');
    expect(words({ verification: 'complete, not verified' })).toContain('only its size was known');
    expect(words({ verification: 'verified', partial: true })).toBe('the part that was fetched verified');
    expect(words({ verification: 'complete, not verified', partial: true })).toMatch(
      /^not verified, a part .* of the whole/,
    );
  });
});

describe('room', () => {
  const info = { files: [], elsewhere: [], bytes: 1.33e9, here: 0.33e9 };

  it('S03: a need above what the browser reports is said as an estimate, with both at once', () => {
    const words = tightWords(info, 598e6, { quota: 2e9, usage: 0.5e9 });
    expect(words).toMatch(/about 1.50 GB of room. This takes about 1.60 GB .* at once. Both are estimates/);
    expect(tightWords(info, 598e6, { quota: 2e9, usage: 3e9 })).toContain('about 0 bytes of room');
    expect(tightWords(info, 498e6, { quota: 2e9, usage: 0.5e9 })).toBeUndefined();
  });

  it('S03: nothing is said where the browser says nothing', () => {
    expect(tightWords(info, 598e6, undefined)).toBeUndefined();
    expect(tightWords(info, 598e6, { quota: 0, usage: 0 })).toBeUndefined();
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
