import { describe, expect, it } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import type { Decision } from '../../core/triage/types';
import { reportOfRun } from './reporting';
import { setPseudonym, setSecondPass } from './run-settings';
import { agreementWords, SecondPass } from './second-pass';
import { drawn, judgedStage } from './testing';

const settings = { keepNames: true, labels: [], secondPass: { percent: 100, seed: 1 } };

async function made(count: number, first: readonly Decision[], percent = 100) {
  const header = testHeader({ settings: { ...settings, secondPass: { percent, seed: 1 } } });
  const { screening } = await judgedStage(
    Array.from({ length: count }, (_, at) => at / count),
    header,
  );
  const second = new SecondPass(screening);
  for (const [at, decision] of first.entries())
    await screening.run.decide([{ item: `i${at + 1}`, decision }]);
  await drawn();
  second.begin();
  return { screening, second, at: () => second.store.get().at };
}

describe('the second pass', () => {
  it('asks again for what was decided, in no order that tells, and writes beside the first decision', async () => {
    const { screening, second, at } = await made(4, ['clear', 'block', 'skip', 'concern']);
    expect(second.store.get()).toMatchObject({ due: 2, percent: 100 });
    const order = [at()];
    expect(second.decide('block')).toBe(true);
    await drawn();
    order.push(at());
    second.decide('block');
    await drawn();
    expect(order.toSorted()).toEqual([0, 1]);
    expect(second.store.get()).toMatchObject({ due: 0, agreement: { items: 2, same: 1, share: 0.5 } });
    expect(at()).toBeUndefined();
    expect(second.decide('clear')).toBe(false);
    // The decision in force is the first.
    expect([0, 1].map((one) => screening.row(one).decision)).toEqual(['clear', 'block']);
    expect(screening.run.record(5)).toMatchObject({ second: true, decision: 'block', unseen: true });
    const { secondPass, decisions } = await reportOfRun(screening);
    expect(secondPass).toMatchObject({ items: 2, same: 1 });
    expect(decisions).toMatchObject({ clear: 1, block: 1 });
    expect(agreementWords(secondPass)).toBe('1 of 2 the same, 50.0 %, kappa 0.00');
  });

  it('is undone like any other, and the item is due again', async () => {
    const { screening, second } = await made(1, ['clear']);
    second.decide('escalate');
    await drawn();
    expect(second.store.get().due).toBe(0);
    await screening.acts.undo();
    await drawn();
    expect(second.store.get().due).toBe(1);
    expect(screening.row(0).decision).toBe('clear');
  });

  it('passes over what is skipped, which comes last, and writes nothing', async () => {
    const { screening, second, at } = await made(3, ['clear', 'clear', 'clear']);
    const first = at();
    second.decide('skip');
    expect(at()).not.toBe(first);
    expect(screening.run.tail.seq).toBe(3);
    second.decide('clear');
    await drawn();
    second.decide('clear');
    await drawn();
    expect(at()).toBe(first);
  });

  it('C01 a concern takes effect at once, and never comes round again', async () => {
    const { screening, second } = await made(1, ['clear']);
    second.decide('concern');
    await drawn();
    expect(screening.row(0).decision).toBe('concern');
    await expect(screening.looks.reveal(0)).rejects.toThrow();
    expect(second.store.get()).toMatchObject({ due: 0, agreement: { items: 0 } });
  });

  it('takes the share that is asked for, the same ones each time; 0 is off', async () => {
    const all = Array.from({ length: 200 }, () => 'clear' as const);
    const { screening, second } = await made(200, all, 25);
    const { due } = second.store.get();
    expect(due).toBeGreaterThan(25);
    expect(due).toBeLessThan(80);
    expect(new SecondPass(screening).store.get().due).toBe(due);
    await setSecondPass(screening.run, 0);
    await drawn();
    expect(second.store.get()).toMatchObject({ percent: 0, due: 0 });
    await setSecondPass(screening.run, 250);
    expect(screening.run.now.settings.secondPass.percent).toBe(100);
  });
});

describe('a pseudonym', () => {
  it('goes into every record from then on, in one line; an empty one into none', async () => {
    const { screening } = await made(3, []);
    await setPseudonym(screening.run, '  Team\n\u202eB  ');
    await screening.run.decide([{ item: 'i1', decision: 'clear' }]);
    expect(screening.run.record(1)?.by).toBe('Team B');
    await setPseudonym(screening.run, '   ');
    await screening.run.decide([{ item: 'i2', decision: 'clear' }]);
    expect(screening.run.record(2)).not.toHaveProperty('by');
    expect(screening.run.now.settings).not.toHaveProperty('by');
  });
});
