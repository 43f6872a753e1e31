/** C04: a hash list is asked, and tells nothing else. */
import { describe, expect, it } from 'vitest';
import { Listed } from './listed';
import { Screening } from './screening';
import { drawn, FakeBatch, fruitScores, gatheredItems, gathering, stage } from './testing';

const canary = 'c0ffee'.repeat(10);
/** Of the second item; the others are nobody's. */
const hashes = [`${canary}0001`, `${canary}0002`, `${canary}0003`];

async function withList() {
  const listed = new Listed();
  let batch: FakeBatch | undefined;
  const { screening: plain } = stage();
  const screening = new Screening(plain.run, {
    winnow: {
      preview: () => Promise.reject(new Error()),
      batch: (options) => (batch = new FakeBatch(options)),
    },
    announcer: { say() {}, alarm() {} },
    ...{ settle: 0, sort: 0, listed },
  });
  await screening.begin(gathering(gatheredItems(3)), new AbortController());
  for (const [at, value] of [0.9, 0.5, 0.2].entries())
    batch!.answer(`i${at + 1}`, fruitScores(value), hashes[1]!.slice(0, -1) + at);
  await drawn();
  return { listed, screening };
}

const file = (lines: readonly string[]) => new Blob([lines.join('\n')]);

describe('C04 a hash list', () => {
  it('C04: marks items whose hash is on it, which can be filtered by', async () => {
    const { listed, screening } = await withList();
    const own = screening.run.items[1]!.sha256;
    screening.arrange({ filters: { mark: ['listed'] } });
    expect([...screening.store.get().shown]).toEqual([]);
    await listed.load(file(['# known', own, `${canary}ffff`]));
    screening.arrange({});
    expect([...screening.store.get().shown]).toEqual([1]);
    expect(listed.store.get()).toEqual({ reading: false, size: 2, skipped: 0 });
    listed.clear();
    screening.arrange({});
    expect([...screening.store.get().shown]).toEqual([]);
  });

  it('C04: has no say in a verdict, and is in no record, export or state', async () => {
    const { listed, screening } = await withList();
    const before = screening.store.get().counts;
    const foreign = `${canary}abcd`;
    await listed.load(file([screening.run.items[1]!.sha256, foreign]));
    screening.acts.select(1);
    for (const decision of ['block', 'concern'] as const) screening.acts.decide(decision);
    await drawn();
    expect(screening.store.get().counts.review.all).toBe(before.review.all);
    const kinds = ['csv', 'jsonl', 'hard-csv', 'hard-jsonl', 'run'] as const;
    const exports = await Promise.all(kinds.map(async (kind) => (await screening.export(kind)).text()));
    const written = [
      ...exports,
      JSON.stringify(screening.run.snapshot(), (_, value) => (value instanceof Map ? [...value] : value)),
      JSON.stringify(listed.store.get()),
      JSON.stringify(listed),
      JSON.stringify(screening.row(1)),
    ];
    for (const text of written) {
      expect(text).not.toContain(foreign);
      expect(text.toLowerCase()).not.toMatch(/"listed"|listed,/);
    }
    // The scan sees what is there.
    expect(exports.join()).toContain(screening.run.items[1]!.sha256);
  });

  it('C04: a file that is none leaves the one before, and says nothing of what it held', async () => {
    const { listed } = await withList();
    await listed.load(file([hashes[0]!]));
    await listed.load(file(['canary-words', 'more']));
    expect(listed.has(hashes[0]!)).toBe(true);
    expect(listed.store.get()).toMatchObject({ reading: false, size: 1, error: { code: 'invalid-input' } });
    expect(JSON.stringify(listed.store.get())).not.toContain('canary');
  });

  it('C04: the one chosen last counts, whichever is read first', async () => {
    const { listed } = await withList();
    await Promise.all([listed.load(file([hashes[0]!])), listed.load(file([hashes[2]!]))]);
    expect([hashes[0]!, hashes[2]!].map((hash) => listed.has(hash))).toEqual([false, true]);
  });
});
