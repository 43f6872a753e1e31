/** The palette's commands of the Triage screen, with their keys. Commands only: names and texts are never searched. */
import type { Order } from '../../core/triage/orders';
import type { Screening } from '../../state/triage/screening';
import type { Triage } from '../../state/triage/triage';
import type { Command } from '../../ui';
import { leaveRun } from './leaveRun';
import { ORDERS } from './orders';

type More = Partial<Pick<Command, 'shortcut' | 'icon' | 'words'>>;

function command(label: string, run: () => void, more: More = {}): Command {
  return { id: `triage-${label}`, group: 'This screen', label, run, ...more };
}

/** `filter`: puts the caret into the field of the filter. */
export function triageCommands(triage: Triage, filter: () => void): readonly Command[] {
  const { screening, earlier } = triage.store.get();
  const panel = triage.panels.store.get();
  // Nothing of the run is in sight there, so nothing of it is decided.
  if (screening && (panel === 'report' || panel === 'second-pass'))
    return [
      command('Back to the items', () => triage.panels.close(), { shortcut: 'Esc', icon: 'back' }),
      ...deciding(screening).filter(({ label }) => label === 'Undo' || label === 'Redo'),
    ];
  if (screening)
    return [
      ...deciding(screening),
      ...looking(triage, screening, filter),
      ...running(triage, screening),
      command('All runs', () => leaveRun(triage), { icon: 'back', words: 'close leave' }),
    ];
  return earlier.map(({ id, now }) => ({
    ...command(`Go on with ${now.name}`, () => void triage.open(id), { icon: 'triage', words: 'open run' }),
    id: `triage-run-${id}`,
  }));
}

function deciding({ acts, bulk, looks }: Screening): readonly Command[] {
  return [
    command('Next item', () => acts.move(1), { shortcut: 'J' }),
    command('Previous item', () => acts.move(-1), { shortcut: 'K' }),
    command('Clear', () => acts.decide('clear'), { shortcut: 'A', icon: 'clear', words: 'decide' }),
    command('Block', () => acts.decide('block'), { shortcut: 'X', icon: 'block', words: 'decide' }),
    command('Escalate', () => acts.decide('escalate'), { shortcut: 'E', icon: 'up', words: 'decide' }),
    command('Skip', () => acts.decide('skip'), { shortcut: 'S', icon: 'skip', words: 'decide later' }),
    command('Mark a concern', () => acts.decide('concern'), {
      ...{ shortcut: 'C', icon: 'warn', words: 'child safety hand off release' },
    }),
    command('Decide what is marked, or all that is shown', () => bulk.ask(), {
      shortcut: 'D',
      words: 'bulk',
    }),
    command('Mark all that is shown', () => acts.markAll(), { shortcut: 'Ctrl A', words: 'select' }),
    command('Similar items', () => acts.similar(), { shortcut: 'F', words: 'near alike duplicates' }),
    command(looks.blind ? 'Look again' : 'Decide without looking', () => acts.setBlind(!looks.blind), {
      ...{ shortcut: 'W', icon: 'hidden', words: 'unseen' },
    }),
    command('Undo', () => void acts.undo(), { shortcut: 'Ctrl Z', icon: 'undo', words: 'take back' }),
    command('Redo', () => void acts.redo(), { shortcut: 'Ctrl Shift Z', words: 'again' }),
    command('Go to the next open item', () => acts.reviewOpen(), { words: 'review' }),
  ];
}

function looking({ panels }: Triage, screening: Screening, filter: () => void): readonly Command[] {
  const { order, filters } = screening.store.get();
  const sort = (to: Order) => screening.arrange({ order: to });
  return [
    command('Filter by name or hash', filter, { shortcut: '/', icon: 'search', words: 'find' }),
    ...(Object.keys(filters).length > 0
      ? [command('Clear filters', () => screening.arrange({ filters: {} }), { icon: 'close', words: 'all' })]
      : []),
    ...ORDERS.filter(({ value }) => value !== order).map(({ value, label }) =>
      command(`Sort by ${label.toLowerCase()}`, () => sort(value), { words: 'order' }),
    ),
    command('Columns and views', () => panels.open('columns'), { icon: 'triage', words: 'table saved' }),
    command('Export', () => panels.open('export'), { icon: 'save', words: 'csv json run file save' }),
    command('Second pass', () => panels.open('second-pass'), { icon: 'retry', words: 'again blind sample' }),
    command('Report', () => panels.open('report'), { icon: 'file', words: 'print page' }),
    command('Settings of this run', () => panels.open('settings'), {
      icon: 'bench',
      words: 'pseudonym names second pass',
    }),
  ];
}

function running(triage: Triage, screening: Screening): readonly Command[] {
  const { stage } = screening.store.get().progress;
  if (stage === 'judging' || stage === 'reading')
    return [
      command('Pause', () => screening.pause(), { icon: 'pause' }),
      command('Stop', () => screening.stop(), { icon: 'close', words: 'cancel' }),
    ];
  if (stage === 'paused') return [command('Resume', () => screening.resume(), { icon: 'next' })];
  if (stage === 'waiting')
    return [command('Find the files again', () => void triage.findAgain(), { icon: 'folder' })];
  if (stage === 'stopped' && triage.canGoOn)
    return [command('Go on', () => void triage.goOn(), { icon: 'next', words: 'resume' })];
  return [];
}
