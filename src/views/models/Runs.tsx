/** What a model runs on here, why, and the way to choose otherwise. */
import { useId } from 'react';
import type { Backend } from '../../core/policy/types';
import type { BenchModel } from '../../state/models';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice } from '../../ui';
import { BACKENDS } from '../bench/words';

const AUTOMATIC = 'automatic';

export function Runs({ model: { card, runs, activity } }: { model: BenchModel }) {
  const { machine } = useBench();
  const { measuring, error } = useStore(machine.store);
  const id = useId();
  if (!runs) return null;
  const options: Readonly<Record<string, string>> = {
    [AUTOMATIC]: 'Automatic',
    ...Object.fromEntries(runs.backends.map((backend) => [backend, BACKENDS[backend]])),
  };
  const busy = activity?.state === 'opening' || activity?.state === 'restarting';
  return (
    <section>
      <div className="row">
        <h3>Runs on</h3>
        <span className="push">
          <Button
            size="small"
            variant="bare"
            disabled={measuring || busy}
            onClick={() => void machine.measure(card.id)}
          >
            {measuring ? 'Measuring' : 'Measure again'}
          </Button>
        </span>
      </div>
      <div className="fieldset">
        <label className="sr" htmlFor={id}>
          Runs on
        </label>
        <select
          id={id}
          className="field"
          value={runs.chosen ?? AUTOMATIC}
          disabled={measuring}
          aria-describedby={`${id}-why`}
          onChange={({ target }) =>
            void machine.prefer(card.id, target.value === AUTOMATIC ? undefined : (target.value as Backend))
          }
        >
          {Object.entries(options).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <p className="meta num" id={`${id}-why`}>
          {runs.why}
        </p>
      </div>
      {error && <ErrorNotice title="Not measured." reason={error.message} code={error.code} />}
    </section>
  );
}
