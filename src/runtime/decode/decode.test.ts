/** The parts of decoding that need no browser: deadline, sampling, readings of alpha. */
import { describe, expect, it, vi } from 'vitest';
import { CancelledError, FailedError } from '../../core/errors';
import { readings } from './alpha';
import { Deadline } from './deadline';
import { sampledIndices } from './frames';

const never = () => new Promise<never>(() => {});
const later = <T>(milliseconds: number, value: T) =>
  new Promise<T>((resolve) => setTimeout(() => resolve(value), milliseconds));

describe('Deadline', () => {
  it('I19 gives up a decoder that hangs', async () => {
    const error = await new Deadline(undefined, 20).within(never()).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FailedError);
    expect(error).toMatchObject({
      code: 'timeout',
      message: 'The decoder stopped after 10 s. Look at it yourself, or try a smaller copy.',
    });
  });

  it('counts all steps together, but not the time between them', async () => {
    const deadline = new Deadline(undefined, 1000);
    await deadline.within(later(300, 1));
    await later(1000, 0);
    await expect(deadline.within(later(10, 2))).resolves.toBe(2);
    await expect(deadline.within(never())).rejects.toThrow('stopped');
  });

  it('does not count time in which the thread computes: a result that came meanwhile is taken', async () => {
    // Heard of after the timers that are due: as the browser's decoders are.
    const found = later(50, 0).then(() => new Promise((heard) => setImmediate(heard, 'in time')));
    const step = new Deadline(undefined, 800).within(found);
    await later(1, 0);
    for (const started = performance.now(); performance.now() - started < 1000; );
    await expect(step).resolves.toBe('in time');
  });

  it('hands late results back to be freed, and only those', async () => {
    const release = vi.fn();
    await expect(new Deadline(undefined, 5).within(later(30, 'late'), release)).rejects.toThrow();
    await expect(new Deadline(undefined, 5000).within(later(1, 'early'), release)).resolves.toBe('early');
    await later(200, 0);
    expect(release.mock.calls).toEqual([['late']]);
  });

  it('listens to its signal, before and during a step', async () => {
    const controller = new AbortController();
    const step = new Deadline(controller.signal).within(never());
    controller.abort();
    await expect(step).rejects.toBeInstanceOf(CancelledError);
    await expect(new Deadline(controller.signal).within(later(1, 0))).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('sampledIndices', () => {
  it.each([
    [1, [0]],
    [2, [0, 1]],
    [8, [0, 1, 2, 3, 4, 5, 6, 7]],
    [9, [0, 1, 2, 3, 5, 6, 7, 8]],
    [240, [0, 34, 68, 102, 137, 171, 205, 239]],
  ])('I04 I05 of %i frames', (total, expected) => {
    expect(sampledIndices(total)).toEqual(expected);
  });
});

describe('readings', () => {
  const names = (...pixels: number[][]) =>
    readings({ data: Uint8Array.from(pixels.flat()), width: pixels.length, height: 1 }).map(
      ({ name }) => name,
    );

  it('I18 are one for opaque pixels and three for hidden colours', () => {
    expect(names([1, 2, 3, 255], [0, 0, 0, 255])).toEqual(['']);
    expect(names([1, 2, 3, 255], [9, 0, 0, 0])).toEqual(['as stored', 'on white', 'on black']);
    expect(names([1, 2, 3, 254])).toEqual(['as stored', 'on white', 'on black']);
    // Black under full transparency: as stored is what is seen on black.
    expect(names([1, 2, 3, 255], [0, 0, 0, 0])).toEqual(['on white', 'on black']);
  });

  it('I18 composite with rounding to nearest', () => {
    const stored = { data: Uint8Array.of(200, 0, 255, 0, 100, 101, 7, 128), width: 2, height: 1 };
    const [asStored, white, black] = readings(stored).map(({ pixels }) => [...pixels().data]);
    expect(asStored).toEqual([...stored.data]);
    expect(white).toEqual([255, 255, 255, 255, 177, 178, 131, 255]);
    expect(black).toEqual([0, 0, 0, 255, 50, 51, 4, 255]);
  });
});
