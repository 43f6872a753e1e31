/** A repository of the Hub: looked into on request, its network chosen from what it has. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { SerializedError } from '../../core/errors';
import { toWinnowError } from '../../state/errors';
import { type HubPick, parseRepo, usualNetwork } from '../../state/own-hub';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, Field } from '../../ui';
import { bytes } from '../bench/words';
import { TokenInput } from './TokenField';

export interface OwnHubProps {
  pick: HubPick | undefined;
  /** Nothing was chosen. */
  error: string | undefined;
  onPick(pick: HubPick | undefined): void;
}

export function OwnHub({ pick, error, onPick }: OwnHubProps) {
  const [repo, setRepo] = useState(pick?.found.repo ?? '');
  const [revision, setRevision] = useState('');
  const { state, look, stop } = useLook(onPick);
  const [tried, setTried] = useState(false);
  const name = parseRepo(repo);
  const token = useToken(state?.error);
  const submit = () => {
    setTried(true);
    if (name) void look({ ...name, ...(revision.trim() !== '' && { revision: revision.trim() }) });
  };
  /** Not the whole form's: there is nothing to install yet. */
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    submit();
  };
  const wrong = tried && !name ? 'Its name on the Hub, such as owner/name.' : undefined;
  return (
    <section className="stack" data-bad={error !== undefined || undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter in its fields means its own button */}
      <div className="stack" onKeyDown={enter}>
        <div className="own__pair">
          <Field
            label="Repository"
            placeholder="owner/name"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={repo}
            error={wrong ?? (pick ? undefined : error)}
            hint="In transformers.js format, or safetensors of a family Winnow reads."
            onChange={(event) => {
              setRepo(event.target.value);
              onPick(undefined);
            }}
          />
          <Field
            label="Revision"
            placeholder="main"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={revision}
            hint="A commit, tag or branch. It is pinned to the commit of now."
            onChange={(event) => {
              setRevision(event.target.value);
              onPick(undefined);
            }}
          />
        </div>
        {token && <TokenInput missing={false} />}
        <div className="row wrap">
          <Button size="small" disabled={state?.busy} onClick={submit}>
            {state?.busy ? 'Looking' : 'Look it up'}
          </Button>
          {state?.busy && (
            <Button size="small" variant="bare" onClick={stop}>
              Stop
            </Button>
          )}
        </div>
      </div>
      {state?.error && (
        <ErrorNotice
          live="alert"
          title="Not found out."
          reason={state.error.message}
          code={state.error.code}
        />
      )}
      {pick && <Networks pick={pick} onPick={onPick} />}
    </section>
  );
}

interface LookState {
  readonly busy: boolean;
  readonly error?: SerializedError;
}

function useLook(onPick: OwnHubProps['onPick']) {
  const { winnow, sources } = useBench();
  const [state, setState] = useState<LookState>();
  const asking = useRef<AbortController>(undefined);
  useEffect(() => () => asking.current?.abort(), []);
  const look = async (name: { repo: string; revision?: string }) => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    const { token } = sources.store.get();
    setState({ busy: true });
    onPick(undefined);
    try {
      const source = { kind: 'hub', ...(token !== '' && { token }) } as const;
      const found = await winnow.repository(name, { source, signal: controller.signal });
      if (asking.current !== controller) return;
      setState(undefined);
      onPick({ found, network: usualNetwork(found) });
    } catch (thrown) {
      if (asking.current !== controller) return;
      const error = toWinnowError(thrown);
      setState(error.kind === 'cancelled' ? undefined : { busy: false, error: error.serialize() });
    }
  };
  return { state, look, stop: () => asking.current?.abort() };
}

/** Once the Hub asked for one, or one was given: a repository may be private or gated. */
function useToken(error: SerializedError | undefined): boolean {
  const { sources } = useBench();
  const { token } = useStore(sources.store);
  const [asked, setAsked] = useState(false);
  const asks = error?.code === 'gated' || error?.code === 'not-found';
  useEffect(() => setAsked((before) => before || asks), [asks]);
  return asked || token !== '';
}

function Networks({ pick, onPick }: { pick: HubPick; onPick(pick: HubPick): void }) {
  const id = useId();
  const { found, network } = pick;
  return (
    <>
      <p className="meta">
        {found.repo} at <code title={found.revision}>{found.revision.slice(0, 8)}</code>
        {found.small.length > 0
          ? `. Read from ${found.small.map(({ name }) => name).join(', ')}. Compare what is filled in below with the model’s own page.`
          : '. It has no configuration: fill in what its page says.'}
      </p>
      <fieldset className="options" aria-labelledby={id}>
        <legend id={id} className="fieldset__label own__legend">
          Network
        </legend>
        {found.networks.map(({ path, bytes: size, beside = [] }) => (
          <label key={path}>
            <input
              type="radio"
              name={id}
              checked={path === network}
              onChange={() => onPick({ found, network: path })}
            />
            <code className="own__path">{path}</code>
            <span className="num">{bytes(size)}</span>
            {beside.length > 0 && <small>With {beside.join(', ')}</small>}
          </label>
        ))}
      </fieldset>
    </>
  );
}
