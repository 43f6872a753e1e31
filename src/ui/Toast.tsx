import { type KeyboardEvent, useEffect, useState } from 'react';
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
  readonly actions?: readonly ToastAction[];
  /** A question that may be left open, on a line of its own. */
  readonly choices?: { readonly label: string; readonly of: readonly ToastAction[] } | undefined;
}

export interface ToastAction {
  readonly label: string;
  readonly shortcut?: string;
  onClick(): void;
}

export interface ToastProps {
  toast: ToastMessage | null;
  onDismiss(): void;
  /** How long a status stays, in milliseconds; 10 s unless told. Hover and focus hold it. */
  milliseconds?: number | undefined;
}

/** Arrows go from choice to choice, round and round; Home and End to the ends. The keys of the screen do not hear of it. */
function stepBetween(event: KeyboardEvent<HTMLElement>): void {
  const all = [...event.currentTarget.querySelectorAll('button')];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
  const to: Record<string, number> = {
    ...{ ArrowRight: at + forward, ArrowLeft: at - forward, ArrowDown: at + 1, ArrowUp: at - 1 },
    ...{ Home: 0, End: -1 },
  };
  const step = to[event.key];
  if (at < 0 || step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  all.at(step % all.length)?.focus();
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
          {toast.choices && (
            // biome-ignore lint/a11y/useSemanticElements: buttons, not fields
            <div
              className="toast__choices"
              role="group"
              aria-label={toast.choices.label}
              onKeyDown={stepBetween}
            >
              <span>{toast.choices.label}</span>
              {toast.choices.of.map((choice) => (
                <Button key={choice.label} size="small" shortcut={choice.shortcut} onClick={choice.onClick}>
                  {choice.label}
                </Button>
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  );
}
