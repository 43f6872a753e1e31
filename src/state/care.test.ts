/** Wellbeing: what is shown and how, how long, and when to stop for a while. */
import { describe, expect, it, vi } from 'vitest';
import { blurAll } from './blur-all';
import { Breaks, LOOKS, SECONDS } from './breaks';
import { Exposure } from './exposure';
import { Settings } from './settings';
import { Keeper, STORAGE_KEY } from './storage';

function disk(kept: Record<string, string> = {}) {
  const map = new Map(Object.entries(kept));
  const storage = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
  return { map, settings: () => new Settings(new Keeper(() => storage)) };
}

describe('settings of what is shown', () => {
  it('C07: begin with blur and grey on, at each visit; their strength is kept', () => {
    const it = disk();
    const first = it.settings();
    first.turnLook('blur', false);
    first.turnLook('grey', false);
    first.strength('blurStrength', 1.5);
    first.strength('greyStrength', 0.7);
    first.turn('holdTexts', true);
    first.turn('breaks', false);
    expect(first.store.get()).toMatchObject({ blur: false, grey: false });
    expect(it.settings().store.get()).toMatchObject({
      ...{ blur: true, grey: true, covered: false },
      ...{ blurStrength: 1.5, greyStrength: 0.7, holdTexts: true, breaks: false },
    });
    expect(it.map.get(STORAGE_KEY)).not.toMatch(/"blur"|"grey"|covered/);
  });

  it('C07: a strength that would show what is hidden is not taken, from a person or from storage', () => {
    const it = disk();
    const settings = it.settings();
    settings.strength('blurStrength', 0);
    settings.strength('greyStrength', Number.NaN);
    expect(settings.store.get()).toMatchObject({ blurStrength: 0.5, greyStrength: 1 });
    for (const blurStrength of [0, -1, 0.49, 9, '1', null]) {
      const { settings: read } = disk({ [STORAGE_KEY]: JSON.stringify({ version: 1, blurStrength }) });
      expect(read().store.get().blurStrength).toBe(1);
    }
  });

  it('Blur all hides pictures and texts on every screen, and puts blur and grey on', () => {
    const settings = disk().settings();
    settings.turnLook('blur', false);
    settings.toggleGrey();
    const pictures = { blurAll: vi.fn() };
    blurAll({ settings, pictures: pictures as never });
    expect(pictures.blurAll).toHaveBeenCalledOnce();
    expect(settings.store.get()).toMatchObject({ blur: true, grey: true, covered: true });
    settings.uncover();
    expect(settings.store.get().covered).toBe(false);
  });
});

describe('C10 the break note', () => {
  const made = () => {
    const settings = disk().settings();
    const exposure = new Exposure();
    const breaks = new Breaks(exposure, settings);
    const look = (times: number, milliseconds = 100) => {
      for (let time = 0; time < times; time++) exposure.add(milliseconds);
    };
    return { settings, breaks, look, note: () => breaks.store.get().note };
  };

  it('C10: comes after so many looks, between two items and not before', () => {
    const it = made();
    it.look(LOOKS - 1);
    it.breaks.between();
    expect(it.note()).toBeUndefined();
    it.look(1);
    expect(it.note()).toBeUndefined();
    it.breaks.between();
    expect(it.note()).toMatchObject({ reveals: LOOKS });
  });

  it('C10: comes by the clock, too: seconds in view, however few the looks', () => {
    const it = made();
    it.look(SECONDS / 20 - 1, 20_000);
    it.breaks.between();
    expect(it.note()).toBeUndefined();
    it.look(1, 20_000);
    it.breaks.between();
    expect(it.note()?.seconds).toBeCloseTo(SECONDS, 6);
  });

  it('C10: is put away, counts anew from there, and says only what came since', () => {
    const it = made();
    it.look(LOOKS);
    it.breaks.between();
    it.breaks.dismiss();
    it.breaks.between();
    expect(it.note()).toBeUndefined();
    it.look(LOOKS + 2);
    it.breaks.between();
    expect(it.note()?.reveals).toBe(LOOKS + 2);
  });

  it('C10: a break hides everything until it is over, and is no reason for another', () => {
    const it = made();
    it.look(LOOKS);
    it.breaks.between();
    it.breaks.rest();
    it.breaks.between();
    expect(it.breaks.store.get()).toEqual({ resting: true });
    it.breaks.goOn();
    it.breaks.between();
    expect(it.breaks.store.get()).toEqual({ resting: false });
  });

  it('C10: is off in settings, and goes when it is switched off', () => {
    const it = made();
    it.look(LOOKS);
    it.breaks.between();
    it.settings.turn('breaks', false);
    expect(it.note()).toBeUndefined();
    it.breaks.between();
    expect(it.note()).toBeUndefined();
  });
});

describe('C11 exposure', () => {
  it('C11: counts seconds and looks in memory; a clock that went backwards counts nothing', () => {
    const it = disk();
    const exposure = new Exposure();
    exposure.add(1_500);
    exposure.add(-5);
    exposure.add(Number.NaN);
    exposure.add(500);
    expect(exposure.store.get()).toEqual({ seconds: 2, reveals: 2 });
    expect(it.map.size).toBe(0);
  });
});
