import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, FailedError } from '../sdk/errors';
import { judged } from './judging';
import { Prompt } from './prompt';
import { type Asked, asking, policyOf, rule, scoresOf, settled } from './testing';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function lane(models = ['a', 'b'], deaf = false) {
  const asked: Asked<string>[] = [];
  return { asked, prompt: new Prompt({ classifyText: asking(asked, deaf) }, () => models) };
}

describe('prompt', () => {
  it('asks once for a burst of keystrokes, every model at once', async () => {
    const { asked, prompt } = lane();
    for (const text of ['p', 'pi', 'pin', 'pine']) prompt.write(text);
    expect(asked).toHaveLength(0);
    expect(prompt.store.get()).toMatchObject({ text: 'pine', pending: ['a', 'b'] });
    await vi.advanceTimersByTimeAsync(150);
    expect(asked.map(({ content, model }) => [content, model])).toEqual([
      ['pine', 'a'],
      ['pine', 'b'],
    ]);
  });

  it('asks a model that is known to be quick while somebody types, and the others when the text has settled', async () => {
    const { asked, prompt } = lane();
    prompt.write('one');
    await vi.advanceTimersByTimeAsync(150);
    asked[0]!.answer({ ...scoresOf('a', 0.4), milliseconds: 3 });
    asked[1]!.answer({ ...scoresOf('b', 0.4), milliseconds: 300 });
    await settled();
    const models = () => asked.slice(2).map(({ content, model }) => `${content}: ${model}`);
    prompt.write('one t');
    await vi.advanceTimersByTimeAsync(149);
    expect(models()).toEqual(['one t: a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(models()).toEqual(['one t: a', 'one t: b']);
    prompt.write('one tw');
    await vi.advanceTimersByTimeAsync(100);
    prompt.write('one two');
    await vi.advanceTimersByTimeAsync(149);
    expect(models().slice(2)).toEqual(['one tw: a', 'one two: a']);
  });

  it('withdraws the run in flight when the text changes', async () => {
    const { asked, prompt } = lane(['a']);
    prompt.write('pine');
    await vi.advanceTimersByTimeAsync(150);
    prompt.write('pineapple');
    expect(asked[0]!.signal!.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(150);
    asked[1]!.answer(scoresOf('a', 0.9));
    await settled();
    expect(prompt.store.get()).toMatchObject({ scored: 'pineapple', pending: [] });
  });

  it('W16: a reply to an earlier text is dropped, even from a model that cannot be stopped', async () => {
    const { asked, prompt } = lane(['a'], true);
    prompt.write('first');
    await vi.advanceTimersByTimeAsync(150);
    prompt.write('second');
    await vi.advanceTimersByTimeAsync(150);
    asked[1]!.answer(scoresOf('a', 0.2));
    await settled();
    asked[0]!.answer(scoresOf('a', 0.9));
    await settled();
    expect(prompt.store.get().scores.a!.probabilities[0]).toBe(0.2);
    expect(prompt.store.get().scored).toBe('second');
  });

  it('keeps the old bars until the new ones are there', async () => {
    const { asked, prompt } = lane(['a']);
    prompt.write('one');
    await vi.advanceTimersByTimeAsync(150);
    asked[0]!.answer(scoresOf('a', 0.4));
    await settled();
    prompt.write('one two');
    expect(prompt.store.get().scores.a!.probabilities[0]).toBe(0.4);
    expect(prompt.store.get().pending).toEqual(['a']);
  });

  it('forgets everything when emptied', async () => {
    const { asked, prompt } = lane(['a'], true);
    prompt.write('one');
    await vi.advanceTimersByTimeAsync(150);
    prompt.write('');
    asked[0]!.answer(scoresOf('a', 0.4));
    await settled();
    expect(prompt.store.get()).toMatchObject({ text: '', scores: {}, pending: [], scored: '' });
  });

  it('W01: what somebody else ended is Needs review, not pending for ever', async () => {
    const { asked, prompt } = lane(['a']);
    prompt.write('one');
    await vi.advanceTimersByTimeAsync(150);
    asked[0]!.fail(new CancelledError('The worker was ended.', 'closed'));
    await settled();
    const { scores, pending } = prompt.store.get();
    expect(pending).toEqual([]);
    expect(scores.a).toMatchObject({ status: 'error', reason: expect.stringContaining('Score it again') });
  });

  it('W01: a failed call is Needs review, never clear', async () => {
    const { asked, prompt } = lane(['a']);
    prompt.write('one');
    await vi.advanceTimersByTimeAsync(150);
    asked[0]!.fail(new FailedError('worker-died', 'The worker died twice. Try again.'));
    await settled();
    const scores = prompt.store.get().scores.a!;
    expect(scores).toMatchObject({ status: 'error', code: 'worker-died' });
    expect(judged(scores, policyOf({ a: [rule(0.4, 0.7)] })).verdict).toBe('needs-review');
  });
});
