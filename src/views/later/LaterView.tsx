/** A place that has its address and its purpose, and says that it is not built yet. */
import { EmptyState } from '../../ui';
import { LATER } from '../frame/texts';

export function LaterView({ place }: { place: keyof typeof LATER }) {
  const { title, sentence, points } = LATER[place];
  return (
    <EmptyState
      level="page"
      icon={place}
      title={title}
      sentence={sentence}
      points={points}
      actions={
        <a className="btn btn--main" href="#/bench">
          Go to the bench
        </a>
      }
    />
  );
}
