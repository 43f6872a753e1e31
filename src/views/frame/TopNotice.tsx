/** The one notice under the bar: the most serious of what is true now. */
import { useState } from 'react';
import type { Bench } from '../../state/bench';
import { toWinnowError } from '../../state/errors';
import type { Screening } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Notice } from '../../ui';
import { count } from '../bench/words';
import { fileNameOf, saveBlob } from '../models/saveFile';

/** `undefined` when there is nothing to say; the shell then leaves no room for it. */
export function useTopNotice(): React.ReactNode {
  const bench = useBench();
  const { status, error } = useStore(bench.models.store);
  const { source, linkProblem } = useStore(bench.thresholds.store);
  const canvas = useStore(bench.canvas);
  const lost = useStore(bench.lost);
  const updated = useStore(bench.updated);
  const { lost: lostRuns } = useStore(bench.runs.store);
  const { screening } = useStore(bench.triage.store);
  const online = useStore(bench.online.store);
  const { room } = useStore(bench.room.store);
  const [hushed, setHushed] = useState<readonly string[]>([]);
  const hush = (label: string, id: string) => ({ label, onClick: () => setHushed((ids) => [...ids, id]) });
  if (status === 'failed')
    return (
      <Notice
        tone="bad"
        live="alert"
        title="The models could not be listed."
        action={{ label: 'Try again', onClick: () => void bench.start() }}
      >
        {error?.message} Nothing can be scored until they are.{' '}
        <code className="note__code">{error?.code}</code>
      </Notice>
    );
  const reload = { label: 'Reload', onClick: () => location.reload() };
  if (updated)
    return (
      <Notice tone="warn" live="status" title="Updated in another tab." action={reload}>
        A newer version of Winnow keeps what is installed and decided from now on. Nothing was deleted. What
        is open here works until you leave; export what is not saved, then reload.
      </Notice>
    );
  if (room?.newer)
    return (
      <Notice tone="warn" title="Created by a newer version." action={reload}>
        What this browser keeps cannot be read by this version of Winnow. Nothing was deleted. Reload this
        page to use the newer one.
      </Notice>
    );
  if (room?.unreadable)
    return (
      <Notice tone="warn" title="Kept by a newer version." action={reload}>
        {room.unreadable === 1 ? 'A model' : `${room.unreadable} models`} in this browser cannot be read by
        this version of Winnow. Nothing was deleted. Reload this page to use the newer one.
      </Notice>
    );
  if (lost.length + lostRuns > 0 && !hushed.includes('lost'))
    return (
      <Notice
        tone="warn"
        title={`No longer here: ${[...lost, ...lostRunsWords(lostRuns)].join(', ')}.`}
        action={hush('Hide', 'lost')}
        {...(lostRuns > 0 && screening
          ? { first: { label: 'Export the open run', onClick: () => void exportRun(bench, screening) } }
          : {})}
      >
        The browser deleted what it kept for this page, or somebody cleared its data.{' '}
        {lost.length > 0 && (
          <>
            <a href="#/models">Install again</a> what you need.{' '}
          </>
        )}
        {lostRuns > 0 && (
          <>
            <a href="#/triage">Restore runs</a> from the run files you exported
            {screening ? '; the open run is in the memory of this tab.' : '.'}
          </>
        )}
      </Notice>
    );
  if (bench.generation > 0 && !hushed.includes('cleared'))
    return (
      <Notice icon="check" live="status" title="Everything is cleared." action={hush('Hide', 'cleared')}>
        Winnow is as it was on its first visit.
      </Notice>
    );
  if (canvas && !canvas.exact && !hushed.includes('canvas'))
    return (
      <Notice tone="warn" title="This browser alters pictures." action={hush('Hide', 'canvas')}>
        Pixels come back up to {canvas.largest} of 255 off, so scores differ from other machines. Turn off its
        fingerprinting protection for this page, or use another browser.
      </Notice>
    );
  if (source === 'link')
    return (
      <Notice
        title="The thresholds come from the link."
        action={{ label: 'Use my own', onClick: () => bench.thresholds.unfollow() }}
      >
        Your own are kept until you move a line. {linkProblem}
      </Notice>
    );
  if (linkProblem && !hushed.includes('link'))
    return (
      <Notice tone="warn" title="The link’s thresholds were not used." action={hush('Hide', 'link')}>
        {linkProblem} Yours are unchanged.
      </Notice>
    );
  if (bench.keeper.denied && !hushed.includes('storage'))
    return (
      <Notice tone="warn" title="Private mode." action={hush('Hide', 'storage')}>
        This browser keeps nothing for this page. Thresholds, runs of triage and their decisions last until
        the tab closes: copy thresholds as a policy, and export runs, before you leave.
      </Notice>
    );
  if (!online)
    return (
      <Notice icon="offline" title="You are offline.">
        What is installed works as before; only downloads wait.
      </Notice>
    );
  return undefined;
}

const lostRunsWords = (runs: number): readonly string[] =>
  runs === 0 ? [] : [`${count(runs)} ${runs === 1 ? 'run' : 'runs'} of triage`];

/** While it is in memory, a run can be exported whatever became of what was kept (A14). */
async function exportRun({ announcer }: Bench, screening: Screening): Promise<void> {
  try {
    saveBlob(`${fileNameOf(screening.store.get().name)}-run.jsonl`, await screening.export('run'));
  } catch (thrown) {
    announcer.alarm(`Not exported. ${toWinnowError(thrown).message}`);
  }
}
