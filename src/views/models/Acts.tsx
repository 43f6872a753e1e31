/** What can be done with a model, at the end of its row. */
import type { InstallJob } from '../../state/installs';
import { cancels } from '../../state/installs';
import type { BenchModel } from '../../state/models';
import { isOwn } from '../../state/own-card';
import { headOnly } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import { Button } from '../../ui';
import { bytes } from '../bench/words';
import { nextStep } from './sourceWords';
import { isDamaged } from './words';

export interface ActsProps {
  model: BenchModel;
  job: InstallJob | undefined;
  /** It is on its way in or out, here or in another tab. */
  under: boolean;
  onChoose(id: string, go?: 'card' | 'install'): void;
  onDelete(id: string): void;
  onOwn(id?: string): void;
}

export function Acts(props: ActsProps) {
  const { model, job, under } = props;
  if (under) return job ? <Cancel job={job} /> : null;
  if (job?.error) return <AfterFailure {...props} job={job} error={job.error} />;
  return model.state === 'available' ? <Get {...props} /> : <Have {...props} />;
}

function Cancel({ job }: { job: InstallJob }) {
  const { installs } = useBench();
  if (!cancels(job)) return null;
  return (
    <Button
      size="small"
      disabled={job.state === 'cancelling'}
      aria-label={`Cancel the ${job.doing === 'repair' ? 'repair' : 'installation'} of ${job.card.name}`}
      onClick={() => installs.cancel(job.card.id)}
    >
      Cancel
    </Button>
  );
}

/** A model that is not here: getting it, or what is left of an attempt. */
function Get({ model, onChoose }: ActsProps) {
  const bench = useBench();
  const { card, interrupted } = model;
  const ask = () => {
    bench.sources.ask(model);
    onChoose(card.id, 'install');
  };
  if (!interrupted)
    return (
      <Button size="small" aria-label={`Install ${card.name}`} onClick={ask}>
        Install
      </Button>
    );
  return (
    <>
      <Button
        size="small"
        aria-label={`Resume the download of ${card.name}`}
        onClick={() => {
          if (!bench.install(model)) onChoose(card.id, 'install');
        }}
      >
        Resume
      </Button>
      <Button
        size="small"
        variant="bare"
        aria-label={`Discard what arrived of ${card.name}`}
        onClick={() => void bench.installs.discard(card)}
      >
        Discard
      </Button>
    </>
  );
}

type AfterFailureProps = ActsProps & { job: InstallJob; error: NonNullable<InstallJob['error']> };

function AfterFailure({ model, job, error, onChoose, onOwn, onDelete }: AfterFailureProps) {
  const bench = useBench();
  const { card } = model;
  const { step, label } = nextStep(error, job, model);
  const install = () => {
    bench.sources.ask(model);
    onChoose(card.id, 'install');
  };
  const act = {
    again: () => bench.again(model, job),
    accept: () => bench.accept(model),
    source: install,
    files: () => {
      bench.sources.choose(model, 'files');
      install();
    },
    room: () => onChoose(card.id, 'install'),
  }[step];
  const own = isOwn(card) && model.state === 'available' && step !== 'again' && step !== 'room';
  return (
    <>
      {job.doing === 'remove' || job.doing === 'discard' ? (
        <Button size="small" aria-label={`Delete ${card.name}`} onClick={() => onDelete(card.id)}>
          Try again
        </Button>
      ) : own ? (
        <Button size="small" aria-label={`Correct the card of ${card.name}`} onClick={() => onOwn(card.id)}>
          Correct the card
        </Button>
      ) : (
        <Button size="small" aria-label={`${label}: ${card.name}`} onClick={act}>
          {label}
        </Button>
      )}
      <Button
        size="small"
        variant="bare"
        iconOnly
        icon="close"
        aria-label={`Dismiss the error of ${card.name}`}
        onClick={() => bench.installs.dismiss(card.id)}
      />
    </>
  );
}

/** A model that is here: on the bench or not, repaired, deleted. */
function Have({ model, onChoose, onDelete }: ActsProps) {
  const bench = useBench();
  const { card, state, error } = model;
  const { chosen } = useStore(bench.models.store);
  const on = chosen.includes(card.id);
  const damaged = state === 'installed' && isDamaged(model);
  return (
    <>
      {damaged && <Repair model={model} onChoose={onChoose} />}
      {error && !damaged && (
        <Button
          size="small"
          aria-label={`Open ${card.name} again`}
          onClick={() => void bench.reopen(card.id)}
        >
          Try again
        </Button>
      )}
      {!headOnly(model) && !damaged && (
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

function Repair({ model, onChoose }: Pick<ActsProps, 'model' | 'onChoose'>) {
  const bench = useBench();
  const { card, installed, repairBytes: cost } = model;
  const from = installed?.origin?.kind ?? 'files';
  const files = from === 'files';
  return (
    <Button
      size="small"
      aria-label={
        files
          ? `Choose the files of ${card.name} again`
          : `Repair ${card.name}${cost === undefined ? '' : `, ${bytes(cost)} to fetch`}`
      }
      onClick={() => {
        if (!files) return void bench.installs.repair(card, from);
        bench.sources.choose(model, 'files');
        onChoose(card.id, 'install');
      }}
    >
      {files ? 'Choose files again' : cost === undefined ? 'Repair' : `Repair, ${bytes(cost)}`}
    </Button>
  );
}
