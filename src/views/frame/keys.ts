/** Keys of the whole window. Never while typing, never on repeat, never under an open dialog. */
import { type RefObject, useEffect, useRef } from 'react';
import type { VeilHandle } from '../../ui';

export interface KeyActions {
  /** By `KeyboardEvent.key`, letters in lower case. Not called with Ctrl, Alt or Meta held. */
  readonly plain: Readonly<Record<string, () => void>>;
  readonly find: () => void;
  readonly undo: () => void;
}

const TYPING = 'input, textarea, select, [contenteditable="true"]';
/** Space belongs to what has the focus when that is something to press. */
const PRESSABLE = 'button, a[href], summary, [role="button"], [role="slider"], [role="radio"]';
/** Arrows belong to these. */
const STEPPING = '[role="slider"], [role="listbox"], [role="radio"], [role="button"]';

export function useKeys(actions: KeyActions, veil: RefObject<VeilHandle | null>): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    // A hold that began here must end here, wherever the key is let go.
    let held = false;
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing || underDialog()) return;
      const typing = within(event, TYPING);
      if (event.ctrlKey || event.metaKey) return control(event, typing, latest.current);
      if (typing || event.altKey) return;
      if (event.key === ' ') {
        if (within(event, PRESSABLE) || !veil.current) return;
        held = true;
        veil.current.press();
        event.preventDefault();
        return;
      }
      if (event.key.startsWith('Arrow') && within(event, STEPPING)) return;
      const action = latest.current.plain[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    const up = (event: KeyboardEvent) => {
      if (event.key !== ' ' || !held) return;
      held = false;
      veil.current?.release();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
    };
  }, [veil]);
}

function control(event: KeyboardEvent, typing: boolean, { find, undo }: KeyActions): void {
  if (event.altKey || event.shiftKey) return;
  const key = event.key.toLowerCase();
  // A text field has an undo of its own; the palette is no letter and works everywhere.
  if (key === 'k') find();
  else if (key === 'z' && !typing) undo();
  else return;
  event.preventDefault();
}

function underDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

function within(event: Event, selector: string): boolean {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}
