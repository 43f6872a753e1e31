import { type RefObject, type SyntheticEvent, useEffect, useRef } from 'react';

interface Modal {
  readonly ref: RefObject<HTMLDialogElement | null>;
  /** For the element's `close` event, which comes late: by then another dialog may be open that must stay so, or this one again. */
  onClosed(): void;
  /**
   * For its `cancel` event, which is Esc. Left to itself the browser closes and gives focus back before `close` comes:
   * a key pressed in between would open what still counts as open, which does nothing.
   */
  onCancelled(event: SyntheticEvent): void;
}

/** A native dialog that is modal while `open`: the browser traps focus and gives it back. */
export function useModal(open: boolean, onClose: () => void): Modal {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open === open) return;
    if (open) dialog.showModal();
    else dialog.close();
  }, [open]);
  return {
    ref,
    onClosed: () => open && !ref.current?.open && onClose(),
    onCancelled: (event) => {
      // A file dialog that is left without a choice says the same, and it bubbles.
      if (event.target !== event.currentTarget) return;
      event.preventDefault();
      onClose();
    },
  };
}
