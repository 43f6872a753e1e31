/** How a model gets here: how far it is, or where from, in which flavour, and what that would fetch. */
import { useEffect } from 'react';
import type { Precision } from '../../core/policy/types';
import type { BenchModel } from '../../state/models';
import { type SourceKind, waysTo } from '../../state/sources';
import { useBench, useStore } from '../../state/use';
import { Button, ProgressSteps } from '../../ui';
import { bytes } from '../bench/words';
import { Failure } from './Failure';
import { FromFiles } from './FromFiles';
import { FromSource } from './FromSource';
import { State } from './Lists';
import { wayWords } from './sourceWords';
import { elsewhereSteps, installSteps } from './steps';
import { availableState, elsewhereWords, progressWords, variant } from './words';

export function InstallSection({ model }: { model: BenchModel }) {
  const { installs, tabs } = useBench();
  const { jobs } = useStore(installs.store);
  const elsewhere = useStore(tabs.elsewhere).get(model.card.id);
  const job = jobs.get(model.card.id);
  if (job && job.state !== 'failed')
    return (
      <section>
        <h3>{job.doing === 'install' ? 'Being installed' : 'Being deleted'}</h3>
        <ProgressSteps
          label={`${job.doing === 'install' ? 'Installing' : 'Deleting'} ${model.card.name}`}
          steps={installSteps(job)}
          text={progressWords(job)}
        />
        {job.doing === 'install' && (
          <p className="meta">
            {job.from !== 'files' && 'Download gets the files and compares them with what is known of them; '}
            {job.from === 'files' ? 'Prepare' : 'prepare'} rewrites the weights for this browser; check runs
            the model on known inputs. It is offered only if all succeed. You can go on working.
          </p>
        )}
      </section>
    );
  if (elsewhere)
    return (
      <section>
        <h3>Being installed in another tab</h3>
        <ProgressSteps
          label={`Installing ${model.card.name} in another tab`}
          steps={elsewhereSteps(elsewhere)}
          text={elsewhereWords(elsewhere)}
        />
        <p className="meta">It can be cancelled there. It will be ready in both.</p>
      </section>
    );
  return <Choose model={model} />;
}

function Choose({ model }: { model: BenchModel }) {
  const { installs, sources, online } = useBench();
  const { jobs } = useStore(installs.store);
  const isOnline = useStore(online.store);
  useStore(sources.store);
  const { kind } = sources.choice(model);
  const { card, state, interrupted } = model;
  const job = jobs.get(card.id);
  return (
    <>
      {kind !== 'bundle' && <Variants model={model} />}
      <section id="model-install" aria-label={`Install ${card.name}`}>
        <h3>{state === 'available' ? 'Install' : 'Install again'}</h3>
        {job?.error && job.doing !== 'remove' && <Failure model={model} job={job} error={job.error} />}
        {!job && interrupted && (
          <div className="row wrap">
            <State state={availableState(model, { job, picked: 0, online: isOnline })} />
            <span className="push">
              <Button size="small" variant="bare" onClick={() => void installs.discard(card)}>
                Discard
              </Button>
            </span>
          </div>
        )}
        <Ways model={model} chosen={kind} />
        {kind === 'files' ? <FromFiles card={card} /> : <FromSource key={kind} model={model} />}
      </section>
    </>
  );
}

function Ways({ model, chosen }: { model: BenchModel; chosen: SourceKind }) {
  const { sources } = useBench();
  const ways = waysTo(model);
  if (ways.length === 1) return null;
  return (
    <fieldset className="options" aria-label="Where from">
      {ways.map((kind) => {
        const { name, note } = wayWords(kind, model);
        return (
          <label key={kind}>
            <input
              type="radio"
              name={`from-${model.card.id}`}
              checked={kind === chosen}
              onChange={() => sources.choose(model, kind)}
            />
            <span>{name}</span>
            <small>{note}</small>
          </label>
        );
      })}
    </fieldset>
  );
}

/** Flavours, where the card says what each takes. */
function Variants({ model: { card } }: { model: BenchModel }) {
  const { installs } = useBench();
  const { precision, usual: found } = useStore(installs.store);
  useEffect(() => void installs.learn(card), [installs, card]);
  const kept = Object.entries(card.install?.kept ?? {}) as [Precision, number][];
  if (!card.install || kept.length < 2) return null;
  const usual = found.get(card.id) ?? card.install.precision.wasm;
  const chosen = precision.get(card.id) ?? usual;
  return (
    <section>
      <h3 id="variants">Variant, size when stored</h3>
      <fieldset className="options" aria-labelledby="variants">
        {kept.map(([name, size]) => (
          <label key={name}>
            <input
              type="radio"
              name="variant"
              checked={chosen === name}
              onChange={() => installs.prefer(card.id, name === usual ? undefined : name)}
            />
            <span>
              {variant(name).name}
              {name === usual && ' · default'}
            </span>
            <span className="num">{bytes(size)}</span>
            <small>{variant(name).note}</small>
          </label>
        ))}
      </fieldset>
    </section>
  );
}
