import type { ReactNode } from 'react';
import { Button } from './Button';
import { Icon, type IconName } from './Icon';

export interface NoticeAction {
  label: string;
  onClick(): void;
}

export interface NoticeProps {
  tone?: 'plain' | 'warn' | 'bad' | undefined;
  icon?: IconName | undefined;
  /** The bold fact. */
  title: string;
  /** A sentence with what to do. */
  children?: ReactNode;
  action?: NoticeAction | undefined;
  /** What stands before it. */
  first?: NoticeAction | undefined;
  /** Announced when it appears: `status` politely, `alert` at once. Silent unless told. */
  live?: 'status' | 'alert' | undefined;
}

export function Notice({ tone = 'plain', icon, title, children, action, first, live }: NoticeProps) {
  return (
    <div className="note" data-tone={tone} role={live}>
      <Icon name={icon ?? (tone === 'plain' ? 'clock' : 'warn')} />
      <p className="note__text">
        <b>{title}</b> {children}
      </p>
      {[first, action].map(
        (one) =>
          one && (
            <Button key={one.label} size="small" onClick={one.onClick}>
              {one.label}
            </Button>
          ),
      )}
    </div>
  );
}
