import { describe, expect, it, vi } from 'vitest';
import { Panels } from '../../state/triage/panels';
import type { Triage } from '../../state/triage/triage';
import { pageKeys } from './pageKeys';

describe('W16 keys on a page in place of the run', () => {
  it('reach no item that is not in sight, and decide in the second pass what it shows', () => {
    const decide = vi.fn();
    const triage = { panels: new Panels(), second: { decide } } as unknown as Triage;
    const act = vi.fn();
    const keys = pageKeys(triage, { x: act, j: act, Backspace: act });
    keys.x!();
    expect(act).toHaveBeenCalledTimes(1);
    triage.panels.open('report');
    for (const key of ['x', 'j', 'Backspace']) keys[key]!();
    expect(act).toHaveBeenCalledTimes(1);
    triage.panels.open('second-pass');
    keys.j!();
    keys.x!();
    expect(decide).toHaveBeenCalledWith('block');
    expect(act).toHaveBeenCalledTimes(1);
    keys.Backspace!();
    expect(act).toHaveBeenCalledTimes(2);
    // A dialog has keys of its own, which `frame/keys` sees to.
    triage.panels.open('export');
    keys.x!();
    expect(act).toHaveBeenCalledTimes(3);
  });
});
