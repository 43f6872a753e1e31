/** The rows: in progress, ready, available. A model is in one list at a time. */
import type { ReactNode } from 'react';
import type { InstallJob } from '../../state/installs';
import type { BenchModel } from '../../state/models';
import type { Elsewhere } from '../../state/tabs';
import { useBench, useStore } from '../../state/use';
import { Button, type FolderDrop, Icon, ProgressSteps } from '../../ui';
import { Acts } from './Acts';
import { rowFacts } from './facts';
import { elsewhereSteps, installSteps } from './steps';
import {
  availableState,
  elsewhereWords,
  failedState,
  progressWords,
  type RowState,
  readyState,
} from './words';

export interface ListsProps {
  models: readonly BenchModel[];
  selected: string | undefined;
  over: FolderDrop | null;
  /** `card`: to read it; `install`: to say where its files come from. */
  onChoose(id: string, go?: 'card' | 'install'): void;
  onDelete(id: string): void;
  /** A new one of one's own, or the card of one that could not be installed. */
  onOwn(id?: string): void;
}

export function Lists({ models, selected, over, onChoose, onDelete, onOwn }: ListsProps) {
  const bench = useBench();
  const { jobs } = useStore(bench.installs.store);
  const elsewhere = useStore(bench.tabs.elsewhere);
  const under = (id: string) => {
    const job = jobs.get(id);
    return job === undefined ? elsewhere.has(id) : job.state !== 'failed';
  };
  const inProgress = models.filter(({ card }) => under(card.id));
  const rest = models.filter(({ card }) => !under(card.id));
  const ready = rest.filter(({ state }) => state !== 'available');
  const available = rest.filter(({ state }) => state === 'available');
  const row = { selected, over, onChoose, onDelete, onOwn };
  return (
    <div className="lists">
      <List title="In progress" count={inProgress.length}>
        {inProgress.map((model) => (
          <Row key={model.card.id} model={model} {...row} />
        ))}
      </List>
      <List title="Ready" count={ready.length}>
        {ready.map((model) => (
          <Row key={model.card.id} model={model} {...row} />
        ))}
      </List>
      <List title="Available" count={available.length} always>
        {available.map((model) => (
          <Row key={model.card.id} model={model} {...row} />
        ))}
        <article className="model" data-row="own" aria-label="Your own model">
          <div className="model__what">
            <p className="model__name">Your own model</p>
            <p className="meta">From the Hub or from files, with a card you fill in</p>
          </div>
          <State
            state={{
              tone: 'plain',
              icon: 'info',
              fact: 'Any family Winnow reads.',
              rest: 'Same bars, thresholds and policy',
            }}
          />
          <div className="model__acts">
            <Button size="small" data-pick onClick={() => onOwn()} aria-label="Add your own model">
              Add
            </Button>
          </div>
        </article>
      </List>
    </div>
  );
}

function List({
  title,
  count,
  always,
  children,
}: {
  title: string;
  count: number;
  always?: boolean;
  children: ReactNode;
}) {
  if (count === 0 && !always) return null;
  return (
    <section aria-label={title}>
      <div className="list-title">
        <h2>{title}</h2>
        <span className="meta num">{count}</span>
      </div>
      <div className="list">{children}</div>
    </section>
  );
}

interface RowProps extends Omit<ListsProps, 'models'> {
  model: BenchModel;
}

function Row({ model, selected, over, ...on }: RowProps) {
  const bench = useBench();
  const { jobs } = useStore(bench.installs.store);
  const { card } = model;
  const job = jobs.get(card.id);
  const elsewhere = useStore(bench.tabs.elsewhere).get(card.id);
  const under =
    (job !== undefined && job.state !== 'failed') || (job === undefined && elsewhere !== undefined);
  const takes = model.state === 'available' && !under;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the name in it is a button; the row only widens it
    <article
      className="model"
      data-row={card.id}
      data-drop={takes ? card.id : undefined}
      data-over={(takes && over?.on === card.id) || undefined}
      aria-label={card.name}
      aria-current={selected === card.id || undefined}
      onClick={(event) => {
        if (!(event.target as Element).closest('button, a, input')) on.onChoose(card.id);
      }}
    >
      <div className="model__what">
        <button
          type="button"
          className="model__name"
          data-pick
          aria-label={`${card.name}, show its card`}
          onClick={() => on.onChoose(card.id, 'card')}
        >
          {card.name}
        </button>
        <p className="meta">{rowFacts(model)}</p>
      </div>
      <Middle model={model} job={job} elsewhere={elsewhere} under={under} />
      <div className="model__acts">
        <Acts model={model} job={job} under={under} {...on} />
      </div>
    </article>
  );
}

interface MiddleProps {
  model: BenchModel;
  job: InstallJob | undefined;
  elsewhere: Elsewhere | undefined;
  under: boolean;
}

function Middle({ model, job, elsewhere, under }: MiddleProps) {
  const bench = useBench();
  const { picked } = useStore(bench.installs.store);
  const online = useStore(bench.online.store);
  const { card } = model;
  if (under && job)
    return (
      <ProgressSteps
        label={`${DOING[job.doing]} ${card.name}`}
        steps={installSteps(job)}
        text={progressWords(job)}
      />
    );
  if (under && elsewhere)
    return (
      <ProgressSteps
        label={`Installing ${card.name} in another tab`}
        steps={elsewhereSteps(elsewhere)}
        text={elsewhereWords(elsewhere)}
      />
    );
  if (model.state === 'available') {
    const waiting = picked.get(card.id)?.length ?? 0;
    return <State state={availableState(model, { job, picked: waiting, online })} />;
  }
  return <State state={job?.error ? failedState(job.error, job, model) : readyState(model)} />;
}

const DOING = {
  install: 'Installing',
  repair: 'Repairing',
  remove: 'Deleting',
  discard: 'Deleting',
} as const;

export function State({ state: { tone, icon, fact, rest, code } }: { state: RowState }) {
  return (
    <div className="state" data-tone={tone}>
      <Icon name={icon} />
      <p>
        <b>{fact}</b> {rest}
        {code && <code className="state__code">{code}</code>}
      </p>
    </div>
  );
}
