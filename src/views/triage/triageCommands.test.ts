import { describe, expect, it, vi } from 'vitest';
import { Store } from '../../state/store';
import { Panels } from '../../state/triage/panels';
import { drawn, judgedStage } from '../../state/triage/testing';
import type { Triage, TriageState } from '../../state/triage/triage';
import { filterCommands } from '../../ui/commands';
import { triageCommands } from './triageCommands';

async function made() {
  const { screening } = await judgedStage([0.9, 0.1]);
  const store = new Store<TriageState>({ phase: 'open', earlier: [], kept: [], tables: [], screening });
  const filter = vi.fn();
  const triage = { store, panels: new Panels() } as unknown as Triage;
  const run = (label: string) =>
    triageCommands(triage, filter)
      .find((one) => one.label === label)!
      .run();
  return { screening, triage, filter, run };
}

describe('the palette of triage', () => {
  it('decides, and takes back what was decided here and nothing else', async () => {
    const { screening, run } = await made();
    run('Next item');
    run('Block');
    await drawn();
    expect(screening.row(0).decision).toBe('block');
    run('Undo');
    await drawn();
    expect(screening.row(0).decision).toBeUndefined();
    run('Redo');
    await drawn();
    expect(screening.row(0).decision).toBe('block');
  });

  it('sorts, filters and opens what lies over the run; each label is there once', async () => {
    const { screening, triage, filter, run } = await made();
    run('Sort by uncertainty');
    expect(screening.list.order).toBe('uncertainty');
    screening.arrange({ filters: { verdict: ['block'] } });
    run('Clear filters');
    expect(screening.list.filters).toEqual({});
    run('Filter by name or hash');
    expect(filter).toHaveBeenCalled();
    run('Export');
    expect(triage.panels.store.get()).toBe('export');
    const ids = triageCommands(triage, filter).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('finds the report by its name, and nothing that decides', async () => {
    const { triage, filter } = await made();
    const [first] = filterCommands(triageCommands(triage, filter), 'report');
    expect(first?.commands.map(({ label }) => label)).toEqual(['Report']);
  });
});
