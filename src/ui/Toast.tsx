import { useEffect, useState } from 'react';
import { Button } from './Button';
import { useLatest } from './hooks';
import { Icon, type IconName } from './Icon';

export interface ToastMessage {
  /** A new id starts the clock again. */
  readonly id: string | number;
  /** `alert`: a failure; said once, and stays until it is settled. */
  readonly tone: 'status' | 'alert';
  readonly icon?: IconName;
  readonly text: string;
  readonly actions?: readonly { readonly label: string; readonly shortcut?: string; onClick(): void }[];
}

export interface ToastProps {
  toast: ToastMessage | null;
  onDismiss(): void;
  /** How long a status stays, in milliseconds; 10 s unless told. Hover and focus hold it. */
  milliseconds?: number | undefined;
}

/** One at a time. The live regions stay in the document, empty, so that the first message is heard too. */
export function Toast({ toast, onDismiss, milliseconds = 10_000 }: ToastProps) {
  const [held, setHeld] = useState(false);
  const dismiss = useLatest(onDismiss);
  const id = toast?.id;
  const fades = toast?.tone === 'status' && !held;
  useEffect(() => {
    if (id === undefined || !fades) return;
    const timer = setTimeout(() => dismiss.current(), milliseconds);
    return () => clearTimeout(timer);
  }, [id, fades, milliseconds, dismiss]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hover and focus only hold the clock
    <div
      className="toasts"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <div role="status" className="sr">
        {toast?.tone === 'status' ? toast.text : ''}
      </div>
      <div role="alert" className="sr">
        {toast?.tone === 'alert' ? toast.text : ''}
      </div>
      {toast && (
        <div className="toast" data-tone={toast.tone}>
          <Icon name={toast.icon ?? (toast.tone === 'alert' ? 'warn' : 'check')} />
          <span className="toast__text">{toast.text}</span>
          {toast.actions?.map((action) => (
            <Button key={action.label} size="small" shortcut={action.shortcut} onClick={action.onClick}>
              {action.label}
            </Button>
          ))}
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="close"
            aria-label="Dismiss"
            onClick={onDismiss}
          />
        </div>
      )}
    </div>
  );
}
