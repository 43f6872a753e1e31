/** The rows: in progress, ready, available. A model is in one list at a time. */
import type { ReactNode } from 'react';
import type { BenchModel } from '../../state/models';
import { isOwn } from '../../state/own-card';
import { headOnly } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button, type FolderDrop, Icon, ProgressSteps } from '../../ui';
import { installSteps } from './steps';
import { availableState, progressWords, type RowState, readyState, rowFacts } from './words';

export interface ListsProps {
  models: readonly BenchModel[];
  selected: string | undefined;
  over: FolderDrop | null;
  /** `card`: to read it; `files`: to give it its files. */
  onChoose(id: string, go?: 'card' | 'files'): void;
  onDelete(id: string): void;
  /** A new one of one's own, or the card of one that could not be installed. */
  onOwn(id?: string): void;
}

export function Lists({ models, selected, over, onChoose, onDelete, onOwn }: ListsProps) {
  const { jobs } = useStore(useBench().installs.store);
  const under = (id: string) => {
    const job = jobs.get(id);
    return job !== undefined && job.state !== 'failed';
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
            <p className="meta">safetensors or ONNX, with a card you fill in</p>
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
  const { jobs, picked } = useStore(bench.installs.store);
  const { card } = model;
  const job = jobs.get(card.id);
  const under = job !== undefined && job.state !== 'failed';
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
      {under ? (
        <ProgressSteps
          label={`${job.doing === 'remove' ? 'Deleting' : 'Installing'} ${card.name}`}
          steps={installSteps(job)}
          text={progressWords(job)}
        />
      ) : (
        <State
          state={
            model.state === 'available'
              ? availableState(card, job, picked.get(card.id)?.length ?? 0)
              : job?.error
                ? {
                    tone: 'bad',
                    icon: 'warn',
                    fact: 'Not deleted.',
                    rest: job.error.message,
                    code: job.error.code,
                  }
                : readyState(model)
          }
        />
      )}
      <div className="model__acts">
        <Acts model={model} under={under} {...on} />
      </div>
    </article>
  );
}

type ActsProps = Pick<RowProps, 'model' | 'onChoose' | 'onDelete' | 'onOwn'> & { under: boolean };

function Acts({ model, under, onChoose, onDelete, onOwn }: ActsProps) {
  const bench = useBench();
  const { card, state, error } = model;
  const { jobs } = useStore(bench.installs.store);
  const { chosen } = useStore(bench.models.store);
  const job = jobs.get(card.id);
  if (under)
    return job?.doing === 'install' ? (
      <Button
        size="small"
        disabled={job.state === 'cancelling'}
        aria-label={`Cancel the installation of ${card.name}`}
        onClick={() => bench.installs.cancel(card.id)}
      >
        Cancel
      </Button>
    ) : null;
  if (state === 'available')
    return (
      <>
        {job && isOwn(card) ? (
          <Button size="small" aria-label={`Correct the card of ${card.name}`} onClick={() => onOwn(card.id)}>
            Correct the card
          </Button>
        ) : (
          <Button
            size="small"
            aria-label={job ? `Try other files for ${card.name}` : `Install from files: ${card.name}`}
            onClick={() => onChoose(card.id, 'files')}
          >
            {job ? 'Try other files' : 'Install from files'}
          </Button>
        )}
        {job?.state === 'failed' && (
          <Button
            size="small"
            variant="bare"
            iconOnly
            icon="close"
            aria-label={`Dismiss the error of ${card.name}`}
            onClick={() => bench.installs.dismiss(card.id)}
          />
        )}
      </>
    );
  const on = chosen.includes(card.id);
  return (
    <>
      {error && (
        <Button
          size="small"
          aria-label={`Open ${card.name} again`}
          onClick={() => void bench.reopen(card.id)}
        >
          Try again
        </Button>
      )}
      {!headOnly(model) && (
        <Button
          size="small"
          variant={on ? 'bare' : 'default'}
          icon={on ? 'check' : 'plus'}
          pressed={on}
          reserve="Add to bench"
          aria-label={`${card.name} on the bench`}
          onClick={() => bench.choose(card.id, !on)}
        >
          {on ? 'On the bench' : 'Add to bench'}
        </Button>
      )}
      {state === 'installed' ? (
        <Button
          size="small"
          variant="bare"
          iconOnly
          icon="trash"
          aria-label={`Delete ${card.name}`}
          onClick={() => onDelete(card.id)}
        />
      ) : (
        <span className="model__gap" />
      )}
    </>
  );
}

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
