/** A short sample of `npm run soak -- sessions`; that measures memory too. */
import { expect, test } from '../support/sdk-page';
import { answersOf, begin, reopen, restart, type Subject, through } from './sessions';

const SUBJECTS: readonly Subject[] = [
  { model: 'starter-image', task: 'image' },
  { model: 'starter-text', task: 'text' },
];
const SAMPLE = [3, 1, 4, 15];

test('A model that is opened anew, again and again, loses nothing of what goes through it', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await begin(page, 1, { count: 6, small: true });
  for (const subject of SUBJECTS) {
    const fresh = await answersOf(page, subject, SAMPLE);
    const count = subject.task === 'text' ? 600 : 40;
    const [ended] = await Promise.all([
      page.evaluate(
        async ([model, most]) => {
          let times = 0;
          globalThis.scored = 0;
          // Each time when something is in the worker, and while it is still opening.
          while (globalThis.scored < most - 10) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            if (times < 8)
              await (times % 2 === 0 ? globalThis.winnow.release(model) : globalThis.winnow.prefer(model));
            times += 1;
          }
          return times;
        },
        [subject.model, count] as const,
      ),
      // Rejects with the first that was not scored.
      through(page, subject, 0, count),
      answersOf(page, subject, SAMPLE).then((answers) => expect(answers).toBe(fresh)),
    ]);
    expect(ended).toBeGreaterThan(2);
  }
});

test('After many items, turns of two models and starts anew, answers are those of a fresh start', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await begin(page, 1, { count: 6, small: true });
  const fresh = await Promise.all(SUBJECTS.map((subject) => answersOf(page, subject, SAMPLE)));
  for (const subject of SUBJECTS) await through(page, subject, 0, 40);
  for (let turn = 0; turn < 3; turn++) {
    const at = turn % 2;
    expect(await reopen(page, SUBJECTS[at]!.model)).toBe('wasm');
    expect(await answersOf(page, SUBJECTS[at]!, SAMPLE)).toBe(fresh[at]);
  }
  await restart(page, 1);
  for (const [at, subject] of SUBJECTS.entries())
    expect(await answersOf(page, subject, SAMPLE)).toBe(fresh[at]);
});
