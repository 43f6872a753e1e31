/** Focus that survives a model moving from list to list: its row is drawn anew there, and the button may be gone. */
import { type RefObject, useEffect, useRef } from 'react';

/** For the element around every row. Rows carry `data-row`, and one button in them `data-pick`. */
export function useKeptFocus(): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null);
  const last = useRef<string>(undefined);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const note = (event: FocusEvent) => {
      const inside = event.target instanceof Element && element.contains(event.target);
      if (inside) last.current = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset.row;
      // Somebody went elsewhere on purpose; a dialog gives its focus back by itself.
      else if (event.target instanceof Element && !event.target.closest('dialog')) last.current = undefined;
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
    document.addEventListener('focusin', note);
    document.addEventListener('pointerdown', away);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', note);
      document.removeEventListener('pointerdown', away);
    };
  }, []);
  return root;
}
