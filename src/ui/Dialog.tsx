import { type ReactNode, useId } from 'react';
import { Button } from './Button';
import { useModal } from './useModal';

export interface DialogProps {
  open: boolean;
  onClose(): void;
  title: string;
  children: ReactNode;
  /** Buttons at the foot. */
  foot?: ReactNode;
  wide?: boolean | undefined;
}

/** Native dialog: the browser traps focus, makes the rest inert, closes on Esc and gives focus back. */
export function Dialog({ open, onClose, title, children, foot, wide }: DialogProps) {
  const { ref, onClosed, onCancelled } = useModal(open, onClose);
  const id = useId();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the dialog's own; the click is the backdrop
    <dialog
      ref={ref}
      className="dialog"
      data-wide={wide || undefined}
      aria-labelledby={id}
      onClose={onClosed}
      onCancel={onCancelled}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog__box">
        <header className="dialog__head">
          <h2 id={id}>{title}</h2>
          <Button variant="bare" size="small" iconOnly icon="close" aria-label="Close" onClick={onClose} />
        </header>
        {open && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          <div className="dialog__body" tabIndex={0}>
            {children}
          </div>
        )}
        {open && foot && <footer className="dialog__foot">{foot}</footer>}
      </div>
    </dialog>
  );
}
