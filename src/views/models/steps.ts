/** The segments of an installation. */
import type { Progress } from '../../rpc/contract';
import type { InstallJob } from '../../state/installs';
import type { Elsewhere } from '../../state/tabs';
import type { ProgressStep } from '../../ui';
import { isBytes } from './words';

/** From files on this machine nothing is downloaded. */
export function installSteps({
  progress,
  state,
  doing,
  from = 'files',
}: InstallJob): readonly ProgressStep[] {
  if (doing === 'remove' || doing === 'discard') return [{ name: 'Delete', value: 0, state: 'now' }];
  const held = state === 'cancelling' || progress?.state?.kind === 'waiting';
  return stepsOf(progress, doing === 'repair' || from !== 'files', held ? 'paused' : 'now');
}

export function elsewhereSteps({ progress }: Elsewhere): readonly ProgressStep[] {
  return stepsOf(progress, progress === undefined || progress.phase === 'download', 'now');
}

function stepsOf(
  progress: Progress | undefined,
  downloads: boolean,
  now: 'now' | 'paused',
): readonly ProgressStep[] {
  const all = [
    ...(downloads || progress?.phase === 'download'
      ? [{ phase: 'download', name: 'Download', weight: 3 }]
      : []),
    { phase: 'prepare', name: 'Prepare', weight: downloads ? 1 : 3 },
    { phase: 'check', name: 'Check', weight: 1 },
  ];
  const at = Math.max(
    0,
    all.findIndex(({ phase }) => phase === progress?.phase),
  );
  const done = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  // Reading back what was written is the first half of the check; running it is not counted in bytes.
  const part = progress?.phase === 'check' && isBytes(progress.total) ? done / 2 : done;
  return all.map(({ name, weight }, index) => ({
    name,
    weight,
    value: index < at ? 1 : index === at ? part : 0,
    state: index < at ? 'done' : index === at ? now : 'todo',
  }));
}
