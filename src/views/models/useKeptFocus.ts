/** Focus that survives a model moving from list to list: its row is drawn anew there, and the button may be gone. */
import { type RefObject, useEffect, useRef } from 'react';

/** For the element around every row. Rows carry `data-row`, and one button in them `data-pick`. */
export function useKeptFocus(): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  const last = useRef<string>(undefined);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const note = ({ target }: FocusEvent) => {
      // A dialog gives its focus back by itself, to what may be gone by then.
      if (!(target instanceof Element) || target.closest('dialog')) return;
      last.current = element.contains(target)
        ? target.closest<HTMLElement>('[data-row]')?.dataset.row
        : undefined;
    };
    const restore = () => {
      if (last.current === undefined || document.activeElement !== document.body) return;
      const row = [...element.querySelectorAll<HTMLElement>('[data-row]')].find(
        (each) => each.dataset.row === last.current && each.querySelector('[data-pick]'),
      );
      (
        row?.querySelector<HTMLElement>('[data-pick]') ?? element.querySelector<HTMLElement>('[data-pick]')
      )?.focus();
    };
    const away = (event: PointerEvent) => {
      if (event.target instanceof Element && !event.target.closest('button, a, input, select'))
        last.current = undefined;
    };
    const observer = new MutationObserver(restore);
    observer.observe(element, { childList: true, subtree: true });
    // Does not bubble.
    element.addEventListener('close', restore, { capture: true });
    document.addEventListener('focusin', note);
    document.addEventListener('pointerdown', away);
    return () => {
      observer.disconnect();
      element.removeEventListener('close', restore, { capture: true });
      document.removeEventListener('focusin', note);
      document.removeEventListener('pointerdown', away);
    };
  }, []);
  return root;
}
