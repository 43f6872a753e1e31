import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, FailedError } from '../core/errors';
import type { Scores } from '../core/policy/types';
import { type DeviceNote, type DeviceNotes, type Measured, NO_NOTES, noted } from '../rpc/device';
import { Machine, type MachineParts } from './machine';
import type { MeasureOptions } from './measure';
import type { ActivityState } from './types';

type Shares = Omit<Measured, 'at'>;
const shares: Shares = {
  ...{ milliseconds: 900, timings: [], cores: 4, threads: 2, pool: { workers: 2, threads: 2 } },
};
/** Measuring under way, to be ended by the test; rejects when it is told to give way. */
let under: { finish: () => void; signal: AbortSignal | undefined }[] = [];

vi.mock('./measure', () => ({
  inWorkers: () => async () => ({ float32: 1, int8: 1 }),
  findShares: (_: unknown, { signal }: MeasureOptions) =>
    new Promise<Shares>((resolve, reject) => {
      under.push({ finish: () => resolve(shares), signal });
      signal?.addEventListener('abort', () => reject(new CancelledError()));
    }),
}));

beforeEach(() => {
  vi.useFakeTimers();
  under = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function stage({
  cores = 4,
  threads,
  kept = NO_NOTES,
}: {
  cores?: number;
  threads?: number;
  kept?: DeviceNotes;
} = {}) {
  vi.stubGlobal('navigator', { userAgent: 'test', hardwareConcurrency: cores });
  vi.stubGlobal('crossOriginIsolated', true);
  let notes = kept;
  const remote = {
    device: async () => notes,
    noteDevice: async (_: string, note: DeviceNote) => {
      notes = noted(notes, note);
      return notes;
    },
  };
  const anew = vi.fn();
  const machine = new Machine({
    ...{ url: '', glue: '', threads, anew, changed: () => {} },
    runtime: async () => ({}) as never,
    downloads: { run: (job: (remote: unknown) => unknown) => job(remote) } as MachineParts['downloads'],
  });
  const heard = (...states: ActivityState[]) => {
    for (const state of states) machine.heard({ model: 'm', state, restarts: 0 });
  };
  return { machine, anew, heard, notes: () => notes };
}
const later = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

describe('measuring in the background', () => {
  it('begins once something was scored and all is quiet, and only where it is not known', async () => {
    const { heard, notes } = stage();
    heard('opening', 'ready');
    await later(60_000);
    expect(under).toHaveLength(0);
    heard('busy', 'ready');
    await later(9_000);
    expect(under).toHaveLength(0);
    await later(2_000);
    expect(under).toHaveLength(1);
    under[0]!.finish();
    await later();
    expect(notes().measured).toMatchObject({ threads: 2, cores: 4 });
    heard('busy', 'ready');
    await later(60_000);
    expect(under).toHaveLength(1);
    // What was measured with other cores is not known of these.
    const other = stage({ cores: 8, kept: notes() });
    other.heard('busy', 'ready');
    await later(11_000);
    expect(under).toHaveLength(2);
  });

  it('is not done where there is nothing to share, or the page has said how', async () => {
    for (const how of [{ cores: 1 }, { threads: 2 }]) {
      const one = stage(how);
      one.heard('busy', 'ready');
      await later(60_000);
      await one.machine.hooks.measure();
    }
    expect(under).toHaveLength(0);
  });

  it('gives way to whoever scores', async () => {
    const { heard, notes } = stage();
    heard('busy', 'ready');
    await later(11_000);
    heard('busy');
    await later();
    expect(under[0]!.signal?.aborted).toBe(true);
    expect(notes().measured).toBeUndefined();
    heard('ready');
    await later(11_000);
    expect(under).toHaveLength(2);
  });
});

describe('measuring before a model gets more workers', () => {
  it('is done while that model holds its items back, once', async () => {
    const { machine, heard, notes } = stage();
    heard('busy');
    const held = machine.hooks.measure();
    await later();
    expect(under).toHaveLength(1);
    under[0]!.finish();
    await held;
    expect(notes().measured).toMatchObject({ threads: 2 });
    await machine.hooks.measure();
    expect(under).toHaveLength(1);
  });

  it('holds nothing back for long on a machine that is too busy', async () => {
    const { machine, heard, notes } = stage();
    heard('busy');
    let held = true;
    void machine.hooks.measure().then(() => {
      held = false;
    });
    await later(2_000);
    expect(held).toBe(true);
    await later(1_500);
    expect(held).toBe(false);
    expect(notes().measured).toBeUndefined();
  });

  it('lets it go on unmeasured where another model scores', async () => {
    const { machine, heard, notes } = stage();
    heard('busy');
    const held = machine.hooks.measure();
    await later();
    machine.heard({ model: 'other', state: 'busy', restarts: 0 });
    await held;
    expect(notes().measured).toBeUndefined();
  });
});

describe('measuring again', () => {
  it('waits until nothing is scored, forgets what was demoted, and has models opened anew', async () => {
    const { machine, heard, notes, anew } = stage();
    await machine.device.demote({ id: 'm', of: 'build' }, 'webgpu', new FailedError('invalid-output', '.'));
    expect(Object.keys(notes().models.m!)).toHaveLength(1);
    heard('busy');
    const measuring = machine.api().measure();
    await later(1_000);
    expect(under).toHaveLength(0);
    heard('ready');
    await later(100);
    under[0]!.finish();
    expect(await measuring).toMatchObject({ threads: 2 });
    expect(notes().models).toEqual({});
    expect(anew).toHaveBeenCalledWith();
  });

  it('says so when something is scored each time', async () => {
    const { machine, heard } = stage();
    const measuring = machine
      .api()
      .measure()
      .catch((thrown: unknown) => thrown);
    for (let time = 0; time < 3; time++) {
      await later(100);
      heard('busy', 'ready');
    }
    await later(100);
    expect(await measuring).toMatchObject({ code: 'timeout' });
    expect(under).toHaveLength(3);
  });

  it('ends when it is withdrawn, or Winnow is closed', async () => {
    for (const how of ['signal', 'close'] as const) {
      const { machine } = stage();
      const controller = new AbortController();
      const measuring = machine
        .api()
        .measure({ signal: controller.signal })
        .catch((thrown: unknown) => thrown);
      await later(100);
      if (how === 'signal') controller.abort();
      else machine.close();
      await later(100);
      expect(await measuring).toMatchObject({ kind: 'cancelled' });
    }
  });
});

it('a choice is kept and the model opened anew; W08: withdrawn scores are told, with what finds copies of them', async () => {
  const { machine, notes, anew } = stage();
  await machine.api().prefer('m', 'webgpu');
  expect(notes().prefer).toEqual({ m: 'webgpu' });
  expect(anew).toHaveBeenCalledWith('m');
  const told = vi.fn();
  const deaf = machine.api().onWithdrawn(told);
  const scores = { model: 'm', backend: 'wasm' } as Scores;
  const of = [{ model: 'm', backend: 'wasm', sha256: 'ab', at: 1, scores }] as const;
  machine.hooks.withdrawn(of, new FailedError('self-test-failed', 'It was wrong.'));
  expect(told).toHaveBeenCalledWith([scores], expect.objectContaining({ code: 'self-test-failed' }), of);
  deaf();
  machine.hooks.withdrawn(of, new FailedError('self-test-failed', '.'));
  expect(told).toHaveBeenCalledTimes(1);
});
