import { describe, expect, it, vi } from 'vitest';
import { FailedError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { Canary } from './canary';
import type { WithdrawnScores } from './on-machine';

const scored = (status: Scores['status'] = 'scored'): Scores => ({
  ...{ status, model: 'm', labels: ['a'], probabilities: [0.5], backend: 'webgpu', precision: 'exact' },
  ...{ milliseconds: 1, coverage: { unit: 'whole', checked: 1, total: 1 } },
});

function stage(every = 5) {
  const wrong = vi.fn(async () => {});
  const withdraw = vi.fn();
  const right = vi.fn();
  return { wrong, right, withdraw, canary: new Canary({ name: 'M', every, wrong, right, withdraw }) };
}

/** Right for so many checks, then zeros for ever: a device that was lost. */
function worker(good: number) {
  let checks = 0;
  const canary = vi.fn(async () => {
    if (++checks > good)
      throw new FailedError('invalid-output', 'The model gave the same score for every label.');
    return 0;
  });
  return { canary };
}

describe('W08: a canary', () => {
  it('is asked every so many items, and withdraws just what was said since it last sang', async () => {
    const { canary, wrong, withdraw } = stage();
    const remote = worker(2);
    const given: Scores[] = [];
    for (let at = 0; at < 14; at++) {
      const scores = scored();
      await canary.answered(remote, scores, `hash ${at}`);
      given.push(scores);
    }
    expect(remote.canary).toHaveBeenCalledTimes(2);
    expect(withdraw).not.toHaveBeenCalled();
    await expect(canary.answered(remote, scored())).rejects.toMatchObject({ code: 'worker-died' });
    expect(wrong).toHaveBeenCalledWith(expect.objectContaining({ code: 'invalid-output' }));
    const [[scores, error]] = withdraw.mock.calls as [[WithdrawnScores[], FailedError]];
    expect(scores).toHaveLength(4);
    expect(scores[0]).toMatchObject({
      model: 'm',
      backend: 'webgpu',
      sha256: 'hash 10',
      at: expect.any(Number),
    });
    for (const [at, each] of scores.entries()) expect(each.scores).toBe(given[10 + at]);
    expect(error).toMatchObject({
      code: 'self-test-failed',
      message: expect.stringContaining('Score it again.'),
    });
  });

  it('hands out nothing that was answered while it is asked, and each worker has its own', async () => {
    const { canary, withdraw } = stage(3);
    const [bad, good] = [worker(0), worker(9)];
    const early = [scored(), scored()];
    for (const scores of early) await canary.answered(bad, scores);
    for (let at = 0; at < 7; at++) await canary.answered(good, scored());
    const late = await Promise.allSettled([1, 2, 3].map(() => canary.answered(bad, scored())));
    expect(late.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(withdraw).toHaveBeenCalledTimes(1);
    const [[of]] = withdraw.mock.calls as [[WithdrawnScores[]]];
    expect(of.map((one) => one.scores)).toEqual(early);
  });

  it('takes a worker that died for dead, and what could not be scored for nothing', async () => {
    const { canary, wrong, withdraw } = stage(2);
    const remote = { canary: vi.fn(() => Promise.reject(new FailedError('worker-died', 'It stopped.'))) };
    for (let at = 0; at < 5; at++) await canary.answered(remote, scored('error'));
    expect(remote.canary).not.toHaveBeenCalled();
    await canary.answered(remote, scored());
    await expect(canary.answered(remote, scored())).rejects.toMatchObject({ code: 'worker-died' });
    expect(wrong).not.toHaveBeenCalled();
    expect(withdraw).not.toHaveBeenCalled();
  });

  it('W07: a device that was lost meanwhile, or a run that was stopped beside it, is nobody’s wrong answer', async () => {
    for (const code of ['gpu-lost', 'gpu-unavailable', 'timeout'] as const) {
      const { canary, wrong, withdraw } = stage(2);
      const remote = { canary: vi.fn(() => Promise.reject(new FailedError(code, 'Gone.'))) };
      await canary.answered(remote, scored());
      // Whoever supervises the worker is told what it was.
      await expect(canary.answered(remote, scored())).rejects.toMatchObject({ code });
      expect(wrong).not.toHaveBeenCalled();
      expect(withdraw).not.toHaveBeenCalled();
    }
    const { canary, wrong, withdraw } = stage(2);
    const stopped = () => Promise.reject(new FailedError('inference-failed', 'It stopped.'));
    const once = { canary: vi.fn(async () => 0).mockImplementationOnce(stopped) };
    for (let at = 0; at < 3; at++) await canary.answered(once, scored());
    expect(once.canary).toHaveBeenCalledTimes(2);
    const always = { canary: vi.fn(stopped) };
    await canary.answered(always, scored());
    await expect(canary.answered(always, scored())).rejects.toMatchObject({ code: 'worker-died' });
    expect(always.canary).toHaveBeenCalledTimes(2);
    expect(wrong).not.toHaveBeenCalled();
    expect(withdraw).not.toHaveBeenCalled();
  });

  it('is asked at once of a worker that was opened without, and nothing is handed out before', async () => {
    const { canary, right, withdraw } = stage();
    let sing = () => {};
    const slow = { canary: vi.fn(() => new Promise<void>((resolve) => (sing = resolve))) };
    canary.doubt(slow);
    expect(slow.canary).toHaveBeenCalledTimes(1);
    let handed = 0;
    const first = Promise.all([canary.answered(slow, scored()), canary.assured(slow)]).then(() => handed++);
    await new Promise((resolve) => setTimeout(resolve));
    expect(handed).toBe(0);
    sing();
    await first;
    expect(right).toHaveBeenCalledTimes(1);
    const bad = worker(0);
    canary.doubt(bad);
    await expect(canary.assured(bad)).rejects.toMatchObject({ code: 'worker-died' });
    // Also whoever comes when it is over.
    await expect(canary.answered(bad, scored())).rejects.toMatchObject({ code: 'worker-died' });
    expect(withdraw).not.toHaveBeenCalled();
  });

  it('is asked behind the first answer of a worker whose first layers were asked, and takes that back', async () => {
    const { canary, wrong, withdraw } = stage();
    const good = worker(9);
    canary.opened(good, 'beyond the beginning');
    expect(good.canary).not.toHaveBeenCalled();
    await canary.answered(good, scored('error'));
    expect(good.canary).not.toHaveBeenCalled();
    await canary.answered(good, scored());
    expect(good.canary).toHaveBeenCalledTimes(1);
    await canary.answered(good, scored());
    expect(good.canary).toHaveBeenCalledTimes(1);

    let sing = () => {};
    const fails = new FailedError('self-test-failed', 'Off.');
    const bad = { canary: vi.fn(() => new Promise<void>((_, reject) => (sing = () => reject(fails)))) };
    canary.opened(bad, 'beyond the beginning');
    const given = scored();
    await canary.answered(bad, given, 'hash');
    // Whoever answers meanwhile waits for what comes of it.
    const next = canary.answered(bad, scored());
    sing();
    await expect(next).rejects.toMatchObject({ code: 'worker-died' });
    expect(wrong).toHaveBeenCalledTimes(1);
    expect(withdraw).toHaveBeenCalledTimes(1);
    expect(withdraw.mock.calls[0]![0]).toMatchObject([{ scores: given, sha256: 'hash' }]);
  });

  it('is asked at once where nobody waits for an answer, or an answer cannot be taken back', async () => {
    const { canary } = stage();
    const opened = worker(9);
    canary.opened(opened, 'beyond the beginning');
    canary.doubtIfDue(opened);
    canary.doubtIfDue(opened);
    await canary.answered(opened, scored());
    expect(opened.canary).toHaveBeenCalledTimes(1);
    const bad = worker(0);
    canary.opened(bad, 'beyond the beginning');
    await expect(canary.assured(bad)).rejects.toMatchObject({ code: 'worker-died' });
  });

  it('is asked at once when a worker gives numbers that are no scores, and again only when it is time', async () => {
    const invalid = (): Scores => ({ ...scored('error'), code: 'invalid-output' });
    const { canary, wrong, withdraw } = stage(5);
    const [given, bad] = [scored(), worker(0)];
    await canary.answered(bad, given);
    await expect(canary.answered(bad, invalid())).rejects.toMatchObject({ code: 'worker-died' });
    expect(wrong).toHaveBeenCalledTimes(1);
    expect(withdraw.mock.calls[0]![0]).toMatchObject([{ scores: given }]);
    // An odd item at a worker that is right: its like are items as any.
    const good = worker(9);
    for (let at = 0; at < 5; at++) await canary.answered(good, invalid());
    expect(good.canary).toHaveBeenCalledTimes(1);
    await canary.answered(good, invalid());
    expect(good.canary).toHaveBeenCalledTimes(2);
  });

  it('is asked every so many answers that cannot be taken back, too', async () => {
    const { canary, wrong } = stage(3);
    const remote = worker(1);
    for (let at = 0; at < 5; at++) await canary.assured(remote);
    expect(remote.canary).toHaveBeenCalledTimes(1);
    const odd = worker(0);
    await expect(canary.assured(odd, 'invalid-output')).rejects.toMatchObject({ code: 'worker-died' });
    wrong.mockClear();
    await expect(canary.assured(remote)).rejects.toMatchObject({ code: 'worker-died' });
    expect(wrong).toHaveBeenCalledTimes(1);
  });
});
