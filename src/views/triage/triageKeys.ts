/** Keys of the Triage screen, and its toast. Never while typing, on repeat or under a dialog: `frame/keys` sees to that. */

import { Store } from '../../state/store';
import type { Said } from '../../state/triage/decisions';
import type { Screening } from '../../state/triage/screening';
import { SKIP_REASONS } from '../../state/triage/skipping';
import type { Triage } from '../../state/triage/triage';
import { useStore } from '../../state/use';
import type { ToastMessage } from '../../ui';

const of = (triage: Triage) => (act: (screening: Screening) => void) => () => {
  const { screening } = triage.store.get();
  if (screening) act(screening);
};

/** With Shift: ranges. */
export function triageRangeKeys(triage: Triage): Readonly<Record<string, () => void>> {
  const on = of(triage);
  const by = (rows: number) => on(({ acts }) => acts.markBy(rows));
  return {
    ...{ j: by(1), k: by(-1), ArrowDown: by(1), ArrowUp: by(-1), PageDown: by(10), PageUp: by(-10) },
    ...{ Home: by(Number.NEGATIVE_INFINITY), End: by(Number.POSITIVE_INFINITY) },
  };
}

export function triageKeys(triage: Triage, filter: () => void): Readonly<Record<string, () => void>> {
  const on = of(triage);
  const numbers = Object.fromEntries(
    Array.from({ length: 9 }, (_, at) => [`${at + 1}`, on(({ acts }) => acts.number(at))]),
  );
  return {
    ...numbers,
    a: on(({ acts }) => acts.decide('clear')),
    x: on(({ acts }) => acts.decide('block')),
    e: on(({ acts }) => acts.decide('escalate')),
    s: on(({ acts }) => acts.decide('skip')),
    c: on(({ acts }) => acts.decide('concern')),
    j: on(({ acts }) => acts.move(1)),
    k: on(({ acts }) => acts.move(-1)),
    ArrowDown: on(({ acts }) => acts.move(1)),
    ArrowUp: on(({ acts }) => acts.move(-1)),
    PageDown: on(({ acts }) => acts.move(10)),
    PageUp: on(({ acts }) => acts.move(-10)),
    Home: on(({ acts }) => acts.move(Number.NEGATIVE_INFINITY)),
    End: on(({ acts }) => acts.move(Number.POSITIVE_INFINITY)),
    ArrowRight: on(({ acts }) => acts.turnStack(true)),
    ArrowLeft: on(({ acts }) => acts.turnStack(false)),
    d: on(({ bulk }) => bulk.ask()),
    f: on(({ acts }) => acts.similar()),
    w: on(({ acts, looks }) => acts.setBlind(!looks.blind)),
    n: () => document.querySelector<HTMLElement>('[data-note]')?.focus(),
    Escape: on(({ acts }) => acts.leave()),
    Backspace: on(({ acts }) => void acts.undo()),
    '/': filter,
  };
}

const NOTHING = new Store<Said | undefined>(undefined);

/** What the run says, as the one toast of the page. */
export function useTriageToast(triage: Triage): { said: ToastMessage | null; hush: () => void } {
  const { screening } = useStore(triage.store);
  const said = useStore(screening?.decisions.said ?? NOTHING);
  const hush = () => {
    screening?.acts.skipping.done();
    screening?.decisions.hush();
  };
  if (!screening || !said) return { said: null, hush };
  const { id, tone, text, can, item = '' } = said;
  const { acts, decisions } = screening;
  const asks = acts.skipping.asks(said.item);
  const choices = asks && {
    label: 'Why?',
    of: SKIP_REASONS.map((label, at) => ({
      ...{ label, shortcut: `${at + 1}` },
      onClick: () => acts.number(at),
    })),
  };
  const actions = {
    undo: [{ label: 'Undo', shortcut: 'Ctrl Z', onClick: () => void acts.undo() }],
    redo: [{ label: 'Redo', shortcut: 'Ctrl Shift Z', onClick: () => void acts.redo() }],
    retry: [
      { label: 'Retry', onClick: () => void decisions.again(item) },
      { label: 'Export', onClick: () => triage.panels.open('export') },
    ],
    replace: [
      { label: 'Replace', onClick: () => void decisions.again(item) },
      { label: 'Keep theirs', onClick: () => decisions.drop(item) },
    ],
    nothing: [],
  }[can];
  const words = asks ? `${text} 1 to ${SKIP_REASONS.length} say why.` : text;
  return { said: { id: `triage-${id}`, tone, text: words, actions, ...(choices && { choices }) }, hush };
}
