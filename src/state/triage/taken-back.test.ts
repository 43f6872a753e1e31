import { describe, expect, it } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import { FailedError } from '../../sdk/errors';
import { OpenRun } from '../../sdk/triage/run';
import type { Winnow } from '../../sdk/types';
import { HandedOut, TakingBack, takenBack } from './taken-back';
import { drawn, FakeKeeping, fruitScores, gatheredItems, gathering, judgedStage, stage } from './testing';

const reason = new FailedError('self-test-failed', 'M answered wrongly.').serialize();
type Listener = Parameters<Winnow['onWithdrawn']>[0];

describe('W08 scores that are withdrawn after their run was closed', () => {
  it('are known by run and item, copies included; whoever is open is told by its batch', () => {
    const handed = new HandedOut();
    const [one, other] = [{}, {}];
    const scores = fruitScores(0.1);
    for (const item of ['i1', 'i4']) handed.note(scores, one, 'a', item);
    handed.note(scores, other, 'b', 'i2');
    handed.note(fruitScores(0, { status: 'error', probabilities: [] }), one, 'a', 'i9');
    const taken = handed.take([scores, fruitScores(0.1)], other);
    expect([...taken].map(([run, back]) => [run, [...back.keys()]])).toEqual([['a', ['i1', 'i4']]]);
    expect(handed.take([scores], undefined).size).toBe(0);
  });

  it('are written into the run before it can be opened again, which says so and scores them once its files are here', async () => {
    let tell: Listener = () => {};
    const scores = [fruitScores(0.1), fruitScores(0.2, { milliseconds: 4 })];
    const kept = OpenRun.fresh(new FakeKeeping(), testHeader(), false);
    const taking = new TakingBack(
      {
        onWithdrawn: (listener) => {
          tell = listener;
          return () => {};
        },
        runs: { open: async () => kept } as unknown as Winnow['runs'],
      },
      () => undefined,
    );
    const before = stage(testHeader(), false, kept, { handedOut: taking.handedOut });
    await before.screening.begin(gathering(gatheredItems(2)), new AbortController());
    scores.forEach((one, at) => {
      before.batch().answer(`i${at + 1}`, one);
    });
    before.batch().finish();
    await drawn();
    await before.screening.dispose();

    tell([scores[1]!], reason, []);
    const again = (await taking.open(kept.header.id)) as OpenRun;
    const it = stage(testHeader(), false, again);
    await drawn();
    expect(it.said).toEqual([
      'The scores of one item did not hold. It needs review until it is scored again.',
    ]);
    expect(it.screening.row(0).word).toBe('clear');
    expect(it.screening.row(1)).toMatchObject({ word: 'needs-review', detail: 'M answered wrongly.' });
    expect(it.screening.store.get().progress).toMatchObject({ stage: 'waiting', judged: 1, total: 2 });
    await it.screening.begin(gathering(gatheredItems(2)), new AbortController());
    expect(it.batch().items.map(({ id }) => id)).toEqual(['i2']);
    it.batch().answer('i2', fruitScores(0.2));
    it.batch().finish();
    await drawn();
    expect(it.screening.store.get().progress).toMatchObject({ stage: 'done', judged: 2 });
    expect(it.screening.row(1).word).toBe('clear');
    // It has others by now.
    expect(takenBack(again, new Map([['i2', scores[1]!]]), reason)).toEqual([]);
  });

  it('are taken back at once in a run that was opened again meanwhile', async () => {
    const it = await judgedStage([0.1, 0.2]);
    const given = it.screening.run.scores('i2')[0]!;
    const open = stage(testHeader(), false, it.screening.run as OpenRun);
    open.screening.inflow.takeBack(
      new Map([['i2', fruitScores(0.2, { milliseconds: given.milliseconds })]]),
      reason,
    );
    await drawn();
    expect(open.screening.row(1).word).toBe('needs-review');
    expect(open.screening.store.get()).toMatchObject({
      counts: { 'needs-review': { all: 1 } },
      progress: { stage: 'waiting', judged: 1 },
    });
    expect(open.said).toEqual([
      'The scores of one item did not hold. It needs review until it is scored again.',
    ]);
  });
});
