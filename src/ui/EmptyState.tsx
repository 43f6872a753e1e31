import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export interface EmptyStateProps {
  icon: IconName;
  title: string;
  sentence: string;
  /** What will be there, a line each; for a place that is not built yet. */
  points?: readonly string[] | undefined;
  /** At most two buttons or links. */
  actions?: ReactNode;
  /** `page`: the whole place is empty, its title is the page's head. */
  level?: 'page' | 'section' | undefined;
}

export function EmptyState({ icon, title, sentence, points, actions, level = 'section' }: EmptyStateProps) {
  const Head = level === 'page' ? 'h1' : 'h3';
  return (
    <section className="empty" data-level={level}>
      <Icon name={icon} size={24} />
      <Head>{title}</Head>
      <p>{sentence}</p>
      {points && points.length > 0 && (
        <ul>
          {points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
      {actions && <div className="row wrap">{actions}</div>}
    </section>
  );
}
