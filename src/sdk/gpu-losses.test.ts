import { describe, expect, it } from 'vitest';
import { GpuLosses } from './gpu-losses';

function losses() {
  let time = 0;
  const found = new GpuLosses(() => time);
  const lose = (milliseconds: number, epoch = found.epoch) => {
    time += milliseconds;
    found.note(epoch);
    return found.tooMany;
  };
  return { found, lose };
}

describe('W07 losses of the graphics device', () => {
  it('are too many at the second within a minute, and stay so', () => {
    const { lose } = losses();
    expect([lose(0), lose(60_000), lose(600_000)]).toEqual([false, true, true]);
  });

  it('are single ones when a minute lies between', () => {
    const { lose } = losses();
    expect([lose(0), lose(60_001), lose(60_001)]).toEqual([false, false, false]);
  });

  it('count once when several models lose the same device, however late they notice', () => {
    const { lose } = losses();
    expect([lose(0, 0), lose(5, 0), lose(20_000, 0)]).toEqual([false, false, false]);
  });

  it('count each when different models tell of them', () => {
    const { lose } = losses();
    // The second was opened after the first loss.
    expect([lose(0, 0), lose(5, 0), lose(1_000, 1)]).toEqual([false, false, true]);
  });

  it('are forgotten when somebody asks for it again', () => {
    const { found, lose } = losses();
    lose(0);
    expect(lose(1)).toBe(true);
    found.forget();
    expect(found.tooMany).toBe(false);
    expect(lose(1)).toBe(false);
  });
});
