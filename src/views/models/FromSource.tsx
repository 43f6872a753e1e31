/** Install from this site, the Hub or a mirror: what it needs to be told, what it would send, and the start. */
import { type FormEvent, useRef, useState } from 'react';
import type { SourceInfo } from '../../sdk/types';
import type { BenchModel } from '../../state/models';
import type { Choice } from '../../state/sources';
import { useBench, useStore } from '../../state/use';
import { Button, ErrorNotice, Field, FilePick, Icon } from '../../ui';
import { bytes } from '../bench/words';
import { Change } from './Failure';
import {
  amount,
  changeOf,
  knownAll,
  knownOne,
  nextStep,
  partWords,
  startWords,
  tightWords,
} from './sourceWords';
import { TokenField } from './TokenField';
import { shortHash } from './words';

export function FromSource({ model }: { model: BenchModel }) {
  const bench = useBench();
  const { sources } = bench;
  useStore(sources.store);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const choice = sources.choice(model);
  const missing = sources.missing(model);
  const known = choice.look?.status === 'known' ? choice.look.info : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing) form.current?.querySelector('input')?.focus();
    else if (sources.lacking(model).length > 0)
      form.current?.querySelector<HTMLElement>('.waiting button')?.focus();
    else if (known || (model.interrupted && !choice.look)) bench.install(model);
    else if (choice.look?.status !== 'asking') void sources.look(model);
  };
  return (
    <form ref={form} className="stack" noValidate onSubmit={submit}>
      {choice.kind === 'hub' && (
        <TokenField model={model} missing={tried && missing === 'token'} done={known !== undefined} />
      )}
      {choice.kind === 'mirror' && (
        <Field
          label="Address of the folder"
          type="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://models.example.org/name/"
          value={choice.url}
          onChange={(event) => sources.address(model, event.target.value)}
          hint="This page may fetch from its own site and from the Hub; another host has to be allowed by whoever serves it."
          error={
            tried && missing === 'address'
              ? 'Give an address, such as https://models.example.org/name/'
              : undefined
          }
        />
      )}
      {known && <Files info={known} />}
      {known && <Tight model={model} info={known} />}
      {known && known.elsewhere.length > 0 && <Elsewhere model={model} />}
      {choice.look?.error && <LookFailed model={model} choice={choice} error={choice.look.error} />}
      <div className="row wrap">
        <Button size="small" variant="main" submit disabled={choice.look?.status === 'asking'}>
          {label(model, choice)}
        </Button>
        {choice.look?.status === 'asking' && (
          <Button size="small" variant="bare" onClick={() => sources.stop(model.card.id)}>
            Stop
          </Button>
        )}
      </div>
      {!known && !choice.look && choice.kind !== 'bundle' && !model.interrupted && (
        <p className="meta">Shows what would be fetched before anything is.</p>
      )}
    </form>
  );
}

function label({ interrupted }: BenchModel, { look }: Choice): string {
  if (look?.status === 'asking') return 'Asking what it has';
  if (look?.status === 'failed') return 'Ask again';
  if (look?.info) return startWords(look.info);
  return interrupted ? 'Resume' : 'Install';
}

function Files({ info }: { info: SourceInfo }) {
  const all = knownAll(info);
  if (info.files.length === 0) return <p className="card__text num">{amount(info)}</p>;
  return (
    <>
      <ul className="needs" aria-label="Files to fetch">
        {info.files.map((file) => (
          <li key={`${file.repo}/${file.path}`} data-here={file.here >= file.bytes}>
            <Icon name={file.here >= file.bytes ? 'check' : 'file'} />
            <div>
              <p>
                <code>{file.path}</code>
                <span className="num needs__size">{bytes(file.bytes)}</span>
              </p>
              <p className="meta">
                {file.repo}
                {file.revision && `, revision ${shortRevision(file.revision)}`}
                {file.sha256 && (
                  <>
                    {', '}
                    <code title={`SHA-256 ${file.sha256}`}>{shortHash(file.sha256)}</code>
                  </>
                )}
                {!all && ` · ${knownOne(file)}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
      <p className="card__text num">
        <b>{amount(info)}</b> {all ?? partWords(info)}
      </p>
    </>
  );
}

/** What is prepared as it comes is what is kept; otherwise both are here until the model is promoted. */
function Tight({ model: { card }, info }: { model: BenchModel; info: SourceInfo }) {
  const { room, installs } = useBench();
  const { precision, usual } = useStore(installs.store);
  const flavour = precision.get(card.id) ?? usual.get(card.id) ?? card.install?.precision.wasm;
  const kept = info.files.length === 0 || !flavour ? 0 : (card.install?.kept?.[flavour] ?? 0);
  const words = tightWords(info, kept, useStore(room.store).room);
  if (!words) return null;
  return (
    <p className="meta" role="status">
      {words}
    </p>
  );
}

/** CLIP's head, for one, is published on another site than its tower. */
function Elsewhere({ model }: { model: BenchModel }) {
  const { sources } = useBench();
  const { look, given } = sources.choice(model);
  const lacking = sources.lacking(model);
  return (
    <div className="waiting">
      <p className="card__text">
        {lacking.length > 0
          ? 'Not on this source. Get it where it is published, then give it here:'
          : 'Not on this source, and given from this machine:'}
      </p>
      <ul className="needs">
        {look?.info?.elsewhere.map(({ path, url, optional }) => {
          const here = given.find((one) => one.path.endsWith(path.slice(path.lastIndexOf('/') + 1)));
          return (
            <li key={path} data-here={here !== undefined}>
              <Icon name={here ? 'check' : 'file'} />
              <div>
                <p>
                  <code>{path}</code>
                  {here && <span className="num needs__size">{bytes(here.file.size)}</span>}
                </p>
                <p className="meta">
                  {/^https:/.test(url) && (
                    <a href={url} target="_blank" rel="noreferrer">
                      {new URL(url).host}
                    </a>
                  )}
                  {optional && ', if there is one'}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
      <div>
        <FilePick
          size="small"
          icon="file"
          label={`Choose what is missing for ${model.card.name}`}
          onFiles={(files) => sources.give(model, files)}
        >
          Choose files
        </FilePick>
      </div>
    </div>
  );
}

function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 8) : revision;
}

function LookFailed({
  model,
  choice,
  error,
}: {
  model: BenchModel;
  choice: Choice;
  error: NonNullable<NonNullable<Choice['look']>['error']>;
}) {
  const { sources } = useBench();
  const { step } = nextStep(error, { from: choice.kind }, model);
  const change = changeOf(error);
  return (
    <>
      <ErrorNotice
        title={error.code === 'gated' ? 'Needs access.' : 'Nothing was fetched.'}
        reason={error.message}
        code={error.code}
        action={
          step === 'accept'
            ? { label: 'Accept the change', onClick: () => void sources.look(model, true) }
            : undefined
        }
      />
      {change && <Change change={change} />}
    </>
  );
}
