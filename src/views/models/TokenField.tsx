/** A Hub token: what it is for, where it goes, and that it is kept nowhere. */
import { useState } from 'react';
import type { BenchModel } from '../../state/models';
import { useBench, useStore } from '../../state/use';
import { Button, Field } from '../../ui';

export interface TokenFieldProps {
  model: BenchModel;
  /** What it would be asked for is known already. */
  done: boolean;
  /** It was asked for and not given. */
  missing: boolean;
}

export function TokenField({ model, missing, done }: TokenFieldProps) {
  const { sources } = useBench();
  const { token } = useStore(sources.store);
  const [wanted, setWanted] = useState(false);
  const gated = sources.gated(model);
  if (!gated && !wanted && token === '')
    return done ? null : (
      <p className="meta">
        <button type="button" className="link link--own" onClick={() => setWanted(true)}>
          Use a Hub token
        </button>
      </p>
    );
  return (
    <>
      {gated && <Agreement model={model} />}
      <TokenInput missing={missing} focus={wanted && !gated} />
    </>
  );
}

function Agreement({ model: { card } }: Pick<TokenFieldProps, 'model'>) {
  return (
    <ol className="ways card__text">
      <li>
        <p>
          Agree on{' '}
          {/^https:/.test(card.source.url) ? (
            <a href={card.source.url} target="_blank" rel="noreferrer">
              the model’s page
            </a>
          ) : (
            'the model’s page'
          )}
          , signed in to the Hub: its authors ask for that.
        </p>
      </li>
      <li>
        <p>
          Make a token that may read it in{' '}
          <a href="https://huggingface.co/settings/tokens" target="_blank" rel="noreferrer">
            your Hub settings
          </a>
          , and paste it here. A mirror or files need none.
        </p>
      </li>
    </ol>
  );
}

export function TokenInput({ missing, focus }: { missing: boolean; focus?: boolean }) {
  const { sources } = useBench();
  const { token } = useStore(sources.store);
  return (
    <div className="token">
      <Field
        label="Hub token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="off"
        autoFocus={focus}
        value={token}
        onChange={(event) => sources.token(event.target.value)}
        hint="Kept in memory until this tab closes, written nowhere, and sent to huggingface.co only."
        error={missing ? 'Paste a token, such as hf_…' : undefined}
      />
      {token !== '' && (
        <Button size="small" variant="bare" onClick={() => sources.token('')}>
          Forget token
        </Button>
      )}
    </div>
  );
}
