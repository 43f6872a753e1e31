import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export interface BlankProps {
  icon: IconName;
  title?: string | undefined;
  /** One sentence. */
  children?: ReactNode;
}

/** What stands where something will be: no result yet, nothing found, not available here. */
export function Blank({ icon, title, children }: BlankProps) {
  return (
    <div className="blank">
      <Icon name={icon} size={24} />
      {title && <p className="blank__title">{title}</p>}
      {children && <p>{children}</p>}
    </div>
  );
}
