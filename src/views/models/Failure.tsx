/** Why a model is not installed, and what helps, on its card. */
import type { SerializedError } from '../../core/errors';
import type { InstallJob } from '../../state/installs';
import type { BenchModel } from '../../state/models';
import { isOwn } from '../../state/own-card';
import { useBench } from '../../state/use';
import { ErrorNotice } from '../../ui';
import { MakeRoom } from './MakeRoom';
import { changeOf, nextStep } from './sourceWords';
import { failedState, shortHash } from './words';

export interface FailureProps {
  model: BenchModel;
  job: InstallJob;
  error: SerializedError;
}

export function Failure({ model, job, error }: FailureProps) {
  const bench = useBench();
  const { step, label } = nextStep(error, job, model);
  const { fact, rest } = failedState(error, job, model);
  const change = changeOf(error);
  const dismiss = { label: 'Dismiss', onClick: () => bench.installs.dismiss(model.card.id) };
  const action = {
    again: { label, onClick: () => void bench.install(model) },
    accept: { label, onClick: () => void bench.accept(model) },
    source: dismiss,
    files: dismiss,
    room: { label: 'Try again', onClick: () => void bench.again(model, job) },
  }[step];
  return (
    <>
      <ErrorNotice
        title={fact}
        reason={rest}
        code={error.code}
        action={isOwn(model.card) && step !== 'again' ? dismiss : action}
      />
      {change && <Change change={change} />}
      {step === 'room' && <MakeRoom error={error} />}
    </>
  );
}

/** What it was and what it is now: two hashes, or two revisions. */
export function Change({ change }: { change: NonNullable<ReturnType<typeof changeOf>> }) {
  return (
    <div className="change">
      <dl className="facts">
        <dt>File</dt>
        <dd>
          <code>{change.file}</code>
        </dd>
        <dt>Was</dt>
        <dd>
          <code title={change.was}>{shortHash(change.was)}</code>
        </dd>
        <dt>Is now</dt>
        <dd>
          <code title={change.is}>{shortHash(change.is)}</code>
        </dd>
      </dl>
      <p className="meta">
        It was the first when it was learned. Accept the change if its authors published a new version; if in
        doubt, look at their page.
      </p>
    </div>
  );
}
