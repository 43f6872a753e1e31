import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deadlineOf } from './deadline';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is over after its time, and not once it was stopped', () => {
  const late = vi.fn();
  deadlineOf(60_000, late);
  const stop = deadlineOf(60_000, late);
  vi.advanceTimersByTime(59_999);
  expect(late).not.toHaveBeenCalled();
  stop();
  vi.advanceTimersByTime(1);
  expect(late).toHaveBeenCalledTimes(1);
});

it('T08: an hour of sleep is nobody’s failure; what hangs afterwards is', () => {
  const late = vi.fn();
  deadlineOf(60_000, late);
  vi.advanceTimersByTime(30_000);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(30_000);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(59_999);
  expect(late).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(late).toHaveBeenCalledTimes(1);
});

it('S18: a clock that is set back changes nothing', () => {
  const late = vi.fn();
  deadlineOf(60_000, late);
  vi.setSystemTime(Date.now() - 86_400_000);
  vi.advanceTimersByTime(60_000);
  expect(late).toHaveBeenCalledTimes(1);
});
