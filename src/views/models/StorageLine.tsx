/** What is kept, per model, and what the browser says of its room. */
import type { CSSProperties } from 'react';
import type { BenchModel } from '../../state/models';
import { useBench, useStore } from '../../state/use';
import { bytes } from '../bench/words';

export function StorageLine() {
  const { models: state, room: known } = useBench();
  const { models, status } = useStore(state.store);
  const room = useStore(known.store);
  const kept = models
    .filter((model): model is BenchModel & { installed: object } => model.installed !== undefined)
    .sort((a, b) => b.bytes - a.bytes);
  const sum = kept.reduce((total, model) => total + model.bytes, 0);
  const free = room && Math.max(0, room.quota - room.used);
  if (status === 'loading') return <div className="store" />;
  return (
    <div className="store">
      <p className="row wrap num">
        <b>{sum === 0 ? 'No installed model yet' : `${bytes(sum)} kept`}</b>
        <span className="meta">
          {free === undefined
            ? 'The browser does not say how much room it has.'
            : `The browser reports about ${rough(free)} more. It may allow less.`}
        </span>
      </p>
      {kept.length > 0 && (
        <>
          <div className="store__bar" aria-hidden="true">
            {kept.map(({ card, bytes: size }) => (
              <i key={card.id} style={{ '--v': size } as CSSProperties} />
            ))}
          </div>
          <ul className="store__key num">
            {kept.map(({ card, bytes: size }) => (
              <li key={card.id}>
                <i aria-hidden="true" />
                {card.name} {bytes(size)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Two digits: it is an estimate. */
function rough(value: number): string {
  if (value < 1e9) return bytes(Number(value.toPrecision(2)));
  return `${Number((value / 1e9).toPrecision(2))} GB`;
}
