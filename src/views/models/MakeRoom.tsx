/** What could go to make room for a model, the largest first. */
import type { SerializedError } from '../../core/errors';
import { useBench, useStore } from '../../state/use';
import { Button } from '../../ui';
import { bytes } from '../bench/words';
import { useAsking } from './asking';

export function MakeRoom({ error }: { error: SerializedError }) {
  const { models: list, room: state } = useBench();
  const { models } = useStore(list.store);
  const { room } = useStore(state.store);
  const { onDelete } = useAsking();
  const installed = models.filter((model) => model.state === 'installed').sort((a, b) => b.bytes - a.bytes);
  const downloads = room?.kept.reduce((sum, { kept }) => sum + kept, 0) ?? 0;
  const needed = typeof error.data.bytes === 'number' ? error.data.bytes : undefined;
  return (
    <div className="waiting">
      <p className="card__text">
        {needed === undefined ? '' : `It needs ${bytes(needed)}. `}
        {installed.length + downloads === 0
          ? 'Winnow keeps nothing else here that could go: free some space on this disk.'
          : 'What could go, the largest first:'}
      </p>
      <ul className="room">
        {installed.map(({ card, bytes: size }) => (
          <li key={card.id}>
            <span>{card.name}</span>
            <span className="num">{bytes(size)}</span>
            <Button
              size="small"
              aria-label={`Delete ${card.name} to make room`}
              onClick={() => onDelete(card.id)}
            >
              Delete
            </Button>
          </li>
        ))}
        {downloads > 0 && (
          <li>
            <span>Unfinished downloads</span>
            <span className="num">{bytes(downloads)}</span>
            <Button
              size="small"
              aria-label="Discard unfinished downloads to make room"
              onClick={() => void state.discard()}
            >
              Discard
            </Button>
          </li>
        )}
      </ul>
    </div>
  );
}
