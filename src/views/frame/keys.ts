/** Keys of the whole window. Never while typing, never on repeat, never under an open dialog. */
import { type RefObject, useEffect, useRef } from 'react';
import type { VeilHandle } from '../../ui';

export interface KeyActions {
  /** By `KeyboardEvent.key`, letters in lower case. Not called with Ctrl, Alt or Meta held. */
  readonly plain: Readonly<Record<string, () => void>>;
  /** With Shift held; what is not here is done as without it. */
  readonly shifted?: Readonly<Record<string, () => void>>;
  readonly find: () => void;
  readonly undo: () => void;
  readonly redo?: () => void;
  /** Ctrl A. */
  readonly all?: () => void;
}

const TYPING = 'input, textarea, select, [contenteditable="true"]';
/** Space belongs to what has the focus when that is something to press. */
const PRESSABLE = 'button, a[href], summary, [role="button"], [role="slider"], [role="radio"]';
/** Arrows belong to these. */
const STEPPING = '[role="slider"], [role="listbox"], [role="radio"], [role="button"]';
/** What scrolls a part of the page that has the focus (WCAG 2.1.1). */
const SCROLLING = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

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
      if (SCROLLING.has(event.key) && scrolls(event.target)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const { plain, shifted = {} } = latest.current;
      const action = (event.shiftKey ? shifted[key] : undefined) ?? plain[key];
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

function control(event: KeyboardEvent, typing: boolean, { find, undo, redo, all }: KeyActions): void {
  if (event.altKey) return;
  const key = event.key.toLowerCase();
  if (event.shiftKey) {
    if (key !== 'z' || typing || !redo) return;
    event.preventDefault();
    redo();
    return;
  }
  // A text field has an undo of its own; the palette is no letter and works everywhere.
  if (key === 'k') find();
  else if (key === 'z' && !typing) undo();
  else if (key === 'a' && !typing && all) all();
  else return;
  event.preventDefault();
}

function underDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** The focus is in a part marked `data-scrolls`, and that, or what it stands in, has more than it shows. */
function scrolls(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  let part: Element | null = target.closest('[data-scrolls]');
  for (; part && part !== document.body; part = part.parentElement)
    if (part.scrollHeight > part.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(part).overflowY))
      return true;
  return false;
}

function within(event: Event, selector: string): boolean {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}
