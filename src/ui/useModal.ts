import { type RefObject, useEffect, useRef } from 'react';

interface Modal {
  readonly ref: RefObject<HTMLDialogElement | null>;
  /** For the element's `close` event, which comes late: by then another dialog may be open that must stay so. */
  onClosed(): void;
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
  return { ref, onClosed: () => open && onClose() };
}
