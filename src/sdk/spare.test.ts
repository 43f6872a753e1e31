import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RuntimeAssets } from '../rpc/contract';
import { Spare } from './spare';

interface Life {
  readonly number: number;
  ended: boolean;
  readonly remote: { startRuntime(runtime: RuntimeAssets): Promise<void> };
  end(): void;
  busyWhen(busy: () => boolean): void;
}

const lives: Life[] = [];
const startRuntime = vi.fn<(runtime: RuntimeAssets) => Promise<void>>();
const busyWhen = vi.fn();

vi.mock('./lifeline', () => ({
  startWorker: async (): Promise<Life> => {
    const life: Life = {
      ...{ number: lives.length, ended: false, remote: { startRuntime }, busyWhen },
      end: () => {
        life.ended = true;
      },
    };
    lives.push(life);
    return life;
  },
}));

const assets = Promise.resolve({ threads: 1 } as RuntimeAssets);
const never = () => false;
const spare = () => new Spare({ url: '', idle: 60_000 });
const numberOf = (life: unknown) => (life as Life).number;

describe('a worker that is there before it is needed', () => {
  beforeEach(() => {
    lives.splice(0);
    vi.clearAllMocks();
    startRuntime.mockResolvedValue();
  });

  it('has its runtime started, and is whoever asks first’s', async () => {
    const one = spare();
    await one.warm(assets, 2);
    expect(startRuntime.mock.calls).toEqual([[{ threads: 2 }]]);
    const busy = () => true;
    expect(numberOf(await one.worker(busy, Promise.resolve(2)))).toBe(0);
    expect(busyWhen).toHaveBeenCalledWith(busy);
    expect(numberOf(await one.worker(never, Promise.resolve(2)))).toBe(1);
    one.end();
    expect(lives.map(({ ended }) => ended)).toEqual([false, false]);
  });

  it('is given before its runtime is started, and then not started behind somebody’s back', async () => {
    const one = spare();
    expect(numberOf(await one.worker(never, Promise.resolve(4)))).toBe(0);
    await one.warm(assets, 2);
    expect(startRuntime).not.toHaveBeenCalled();
  });

  it.each([
    ['runs on other threads', () => Promise.resolve(1)],
    ['is to run something else', () => Promise.resolve(undefined)],
    ['cannot be chosen for', () => Promise.reject(new Error('no'))],
  ])('is ended where it %s', async (_, threads) => {
    const one = spare();
    await one.warm(assets, 2);
    expect(numberOf(await one.worker(never, threads()))).toBe(1);
    expect(lives[0]!.ended).toBe(true);
  });

  it('that has died meanwhile is not handed out', async () => {
    const one = spare();
    await one.warm(assets, 2);
    lives[0]!.ended = true;
    expect(numberOf(await one.worker(never, Promise.resolve(2)))).toBe(1);
  });

  it('ends when nobody wants it for long, and when it is let go of', async () => {
    vi.useFakeTimers();
    try {
      const one = spare();
      const other = spare();
      other.end();
      await vi.advanceTimersByTimeAsync(0);
      expect(lives.map(({ ended }) => ended)).toEqual([false, true]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(lives[0]!.ended).toBe(true);
      expect(numberOf(await one.worker(never, Promise.resolve(1)))).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
