/** Where a page lies in place of the run, its keys are that page's, and none reaches an item that is not in sight. */
import type { Decision } from '../../core/triage/types';
import type { Triage } from '../../state/triage/triage';

const AGAIN: Readonly<Record<string, Decision>> = {
  ...{ a: 'clear', x: 'block', e: 'escalate', s: 'skip', c: 'concern' },
};

type Keys = Readonly<Record<string, () => void>>;

export function pageKeys(triage: Triage, keys: Keys): Keys {
  return Object.fromEntries(
    Object.entries(keys).map(([key, act]) => [
      key,
      () => {
        const panel = triage.panels.store.get();
        const decision = AGAIN[key];
        if (panel === 'second-pass' && decision) triage.second?.decide(decision);
        else if (panel === 'second-pass' && key === 'Backspace') act();
        else if (panel !== 'second-pass' && panel !== 'report') act();
      },
    ]),
  );
}
