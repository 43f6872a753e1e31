/** What a panel shows in place of its bars while its model is being opened. */
import { useEffect, useState } from 'react';
import type { BenchModel } from '../../state/models';
import { ProgressSteps } from '../../ui';
import { bytes } from './words';

/** A model out of the cache opens sooner than this; a flash of progress would only unsettle. */
const PATIENCE = 300;

const STEPS = [
  { phase: 'download', name: 'Read', weight: 3 },
  { phase: 'prepare', name: 'Prepare', weight: 1 },
  { phase: 'check', name: 'Check', weight: 1 },
] as const;

export function Opening({ model }: { model: BenchModel }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  const { progress, card, activity } = model;
  const at = STEPS.findIndex((step) => step.phase === progress?.phase);
  const fraction = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  const steps = STEPS.map((step, index) => ({
    name: step.name,
    weight: step.weight,
    value: index < at ? 1 : index === at ? fraction : 0,
    state: index < at ? ('done' as const) : index === Math.max(0, at) ? ('now' as const) : ('todo' as const),
  }));
  const restarting = activity?.state === 'restarting';
  const stopped =
    activity?.error?.code === 'gpu-lost'
      ? 'Graphics reset – continuing.'
      : 'It stopped and is being started again.';
  return (
    <div className="panel__cover">
      <ProgressSteps
        label={`Opening ${card.name}`}
        steps={steps}
        text={restarting ? stopped : told(progress)}
      />
    </div>
  );
}

function told(progress: BenchModel['progress']): string {
  if (!progress || progress.total === 0) return 'Opening.';
  return progress.phase === 'download'
    ? `${bytes(progress.done)} of ${bytes(progress.total)}`
    : `${progress.done} of ${progress.total}`;
}
