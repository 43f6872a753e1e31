import { describe, expect, it, vi } from 'vitest';
import { testHeader } from '../../core/triage/testing';
import { FailedError } from '../../sdk/errors';
import { Awake } from './awake';
import { Left } from './left';
import { followPage } from './page-life';
import { drawn, gatheredItems, gathering, judgedStage, stage } from './testing';

function page() {
  const kept = new Map<string, string>();
  const left = new Left(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }));
  const target = new EventTarget();
  const dispatch = (name: string, more: object = {}) => {
    const event = Object.assign(new Event(name, { cancelable: true }), more);
    target.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { target, left, dispatch };
}

describe('the page goes', () => {
  it('T09: asks only where a decision would be lost', async () => {
    const it = await judgedStage([0.9, 0.8], testHeader(), true);
    const { target, left, dispatch } = page();
    const stop = followPage(target, left, () => it.screening);
    expect(dispatch('beforeunload')).toBe(false);
    it.keeping.fails = new FailedError('storage-full', 'Not saved. There is no room.');
    it.screening.acts.select(0);
    it.screening.acts.decide('block');
    // On its way, and after it has failed.
    expect(dispatch('beforeunload')).toBe(true);
    await drawn();
    expect(dispatch('beforeunload')).toBe(true);
    // Gone into memory only: it would be lost, until an export has it.
    it.keeping.fails = new FailedError('storage-unavailable', 'Nothing is kept here.');
    await it.screening.decisions.again('i1');
    expect(dispatch('beforeunload')).toBe(true);
    await it.screening.export('run');
    expect(dispatch('beforeunload')).toBe(false);
    stop();
    it.screening.acts.decide('clear');
    expect(dispatch('beforeunload')).toBe(false);
  });

  it('T10: on purpose, and says so for the run that is open', async () => {
    const it = stage();
    const { target, left, dispatch } = page();
    followPage(target, left, () => undefined);
    dispatch('pagehide');
    expect(left.take(it.screening.run.header.id)).toBe(false);
    followPage(target, left, () => it.screening);
    dispatch('pagehide');
    expect(left.take('another')).toBe(false);
    dispatch('pagehide');
    expect(left.take(it.screening.run.header.id)).toBe(true);
    expect(left.take(it.screening.run.header.id)).toBe(false);
  });

  it('T07: and comes back as it was: what other tabs did meanwhile is read', async () => {
    const { target, left, dispatch } = page();
    const refresh = vi.fn(async () => {});
    followPage(target, left, () => ({ ...stage().screening, refresh, atRisk: 0 }));
    dispatch('pageshow', { persisted: false });
    expect(refresh).not.toHaveBeenCalled();
    dispatch('pageshow', { persisted: true });
    expect(refresh).toHaveBeenCalledTimes(1);
  });
});

describe('T05 a lock', () => {
  function fake() {
    const held: Promise<unknown>[] = [];
    const request = vi.fn((_name: string, _options: LockOptions, work: () => Promise<unknown>) => {
      const holding = work();
      held.push(holding);
      return holding;
    });
    return { held, locks: { request } as unknown as LockManager, request };
  }

  it('is held once, let go of, and asked for again', async () => {
    const { held, locks, request } = fake();
    const awake = new Awake('a', locks);
    awake.hold(true);
    awake.hold(true);
    expect(request).toHaveBeenCalledTimes(1);
    expect(request).toHaveBeenCalledWith('a', { mode: 'shared' }, expect.any(Function));
    awake.hold(false);
    await held[0];
    awake.hold(true);
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('is held while something is judged, and no longer', async () => {
    const { held, request } = fake();
    vi.stubGlobal('navigator', { locks: { request } });
    try {
      const it = stage();
      await it.screening.begin(gathering(gatheredItems(1)), new AbortController());
      expect(request).toHaveBeenCalledTimes(1);
      it.screening.stop();
      await held[0];
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
