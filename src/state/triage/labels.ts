/** The labels of a team's own policy: nine have keys, and an item may have several. */
import type { Deciding, Run } from '../../sdk/triage/types';

/** Fits a chip, and is no place for a note. */
const LONGEST = 40;

/** The record that puts a label on an item, or takes it off. `at`: from 0. */
export function toggledLabel(
  run: Pick<Run, 'now' | 'items' | 'journal'>,
  ordinal: number | undefined,
  at: number,
): Deciding | undefined {
  const label = run.now.settings.labels[at];
  const item = ordinal === undefined ? undefined : run.items[ordinal];
  if (label === undefined || !item) return undefined;
  const { labels } = run.journal.of(item.id);
  const on = labels.includes(label);
  return {
    ...{ item: item.id, decision: 'label' },
    labels: on ? labels.filter((one) => one !== label) : [...labels, label],
  };
}

/** Items keep the labels they have, whatever there is to choose from. */
export async function changeLabels(
  run: Pick<Run, 'now' | 'change'>,
  labels: readonly string[],
): Promise<void> {
  const clean = labels.map((label) => label.trim().slice(0, LONGEST)).filter((label) => label !== '');
  // A failure is told by `onSaving`.
  await run.change({ settings: { ...run.now.settings, labels: [...new Set(clean)] } }).catch(() => {});
}
