/** The segments of an installation. */
import type { InstallJob } from '../../state/installs';
import type { ProgressStep } from '../../ui';
import { isBytes } from './words';

/** From files on this machine nothing is downloaded; the segment is there once something is. */
export function installSteps({ progress, state, doing }: InstallJob): readonly ProgressStep[] {
  const downloads = progress?.phase === 'download';
  const all = [
    ...(downloads ? [{ phase: 'download', name: 'Download', weight: 3 }] : []),
    { phase: 'prepare', name: 'Prepare', weight: 3 },
    { phase: 'check', name: 'Check', weight: 1 },
  ];
  if (doing === 'remove') return [{ name: 'Delete', value: 0, state: 'now' }];
  const at = Math.max(
    0,
    all.findIndex(({ phase }) => phase === progress?.phase),
  );
  const done = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  // Reading back what was written is the first half of the check; running it is not counted in bytes.
  const part = progress?.phase === 'check' && isBytes(progress.total) ? done / 2 : done;
  const now = state === 'cancelling' ? 'paused' : 'now';
  return all.map(({ name, weight }, index) => ({
    name,
    weight,
    value: index < at ? 1 : index === at ? part : 0,
    state: index < at ? 'done' : index === at ? now : 'todo',
  }));
}
