import { expect, it, vi } from 'vitest';
import type { SerializedError } from '../core/errors';
import type { Scores } from '../core/policy';
import { judge, type Policy } from '../core/policy';
import { Announcer } from './announce';
import { Pictures } from './pictures';
import { Prompt } from './prompt';
import { FakeWinnow, scoresOf, settled } from './testing';
import { heedWithdrawn } from './withdrawn';

const reason: SerializedError = {
  ...{ kind: 'failed', code: 'self-test-failed', data: {} },
  message: 'M answered wrongly in a check between items. Score it again.',
};
const policy: Policy = {
  version: 1,
  models: { m: { rules: [{ score: 'pineapple', labels: ['pineapple'], review: 0.45, block: 0.7 }] } },
} as unknown as Policy;

it('W08: pictures and a prompt whose scores do not hold need review, and can be scored again', async () => {
  const winnow = new FakeWinnow([]);
  const given: Scores[] = [];
  const answer = (model: string) => {
    given.push(scoresOf(model, 0.1));
    return Promise.resolve(given.at(-1)!);
  };
  winnow.classifyImage = (_, { model }) => answer(model);
  winnow.classifyText = (_, { model }) => answer(model);
  winnow.preview = () => new Promise(() => {});
  const pictures = new Pictures({ winnow, models: () => ['m', 'n'], settle: 0 });
  const prompt = new Prompt(winnow, () => ['m'], { settle: 0, live: 0 });
  const announcer = new Announcer();
  const machine = { heard: vi.fn() };
  const stop = heedWithdrawn({ winnow, pictures, prompt, announcer, machine });
  const [one = '', other = ''] = pictures.add([new Blob(['1']), new Blob(['2'])]);
  await vi.waitFor(() => expect(pictures.get(other)!.state).toBe('done'));
  prompt.write('A crate of lemons');
  await vi.waitFor(() => expect(prompt.store.get().pending).toEqual([]));

  const said = pictures.get(one)!.scores;
  winnow.withdraw([said.m!, prompt.store.get().scores.m!], reason);
  expect(announcer.assertive.get()).toBe(reason.message);
  const now = pictures.get(one)!.scores;
  expect(now.m).toMatchObject({ status: 'error', probabilities: [], code: 'self-test-failed' });
  expect(judge(now.m!, policy).verdict).toBe('needs-review');
  expect(prompt.store.get().scores.m).toMatchObject({ status: 'error', reason: reason.message });
  // What another model said, and of another picture, stands.
  expect(now.n).toBe(said.n);
  expect(pictures.get(other)!.scores.m).toMatchObject({ status: 'scored' });

  const before = given.length;
  pictures.retry(one);
  await vi.waitFor(() => expect(pictures.get(one)!.scores.m?.status).toBe('scored'));
  expect(given).toHaveLength(before + 1);
  stop();
  winnow.withdraw([pictures.get(one)!.scores.m!], reason);
  await settled();
  expect(pictures.get(one)!.scores.m).toMatchObject({ status: 'scored' });
  pictures.dispose();
  prompt.dispose();
  announcer.dispose();
});
