/** X15: asks once before everything goes, and lists what that is. */
import { useEffect, useState } from 'react';
import { toWinnowError } from '../../state/errors';
import { decided } from '../../state/kept-runs';
import { useBench, useStore } from '../../state/use';
import { Button, Dialog, ErrorNotice } from '../../ui';
import { bytes, count } from '../bench/words';
import { RunsExport, runsSum } from './RunsExport';

export interface ClearDialogProps {
  open: boolean;
  onClose(): void;
}

export function ClearDialog({ open, onClose }: ClearDialogProps) {
  const bench = useBench();
  const [state, setState] = useState<{ busy: boolean; error?: ReturnType<typeof toWinnowError> }>();
  const close = () => {
    if (state?.busy) return;
    setState(undefined);
    onClose();
  };
  useEffect(() => {
    if (open) void bench.runs.refresh();
  }, [open, bench]);
  const clear = async () => {
    if (state?.busy) return;
    setState({ busy: true });
    try {
      await bench.clear();
    } catch (thrown) {
      setState({ busy: false, error: toWinnowError(thrown) });
    }
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title="Clear everything on this machine?"
      foot={
        <>
          <Button onClick={close} disabled={state?.busy}>
            Keep everything
          </Button>
          <Button variant="main" icon="trash" onClick={() => void clear()} disabled={state?.busy}>
            {state?.busy ? 'Clearing' : 'Clear everything'}
          </Button>
        </>
      }
    >
      <p>This deletes what Winnow keeps in this browser, in all its tabs:</p>
      <List />
      <p>
        Files on your disk are not touched. Models then have to be fetched again, where they are not part of
        Winnow. This cannot be undone.
      </p>
      {state?.error && (
        <ErrorNotice
          live="alert"
          title="Not everything was cleared."
          reason={state.error.message}
          code={state.error.code}
        />
      )}
    </Dialog>
  );
}

function List() {
  const bench = useBench();
  const { models } = useStore(bench.models.store);
  const { room } = useStore(bench.room.store);
  const { jobs } = useStore(bench.installs.store);
  const { runs } = useStore(bench.runs.store);
  const installed = models.filter(({ state }) => state === 'installed');
  const size = installed.reduce((sum, { bytes: each }) => sum + each, 0);
  const downloads = room?.kept ?? [];
  const arrived = downloads.reduce((sum, { kept }) => sum + kept, 0);
  const running = [...jobs.values()].filter(({ state }) => state !== 'failed').length;
  return (
    <ul className="dots clear">
      <li>
        <b>Runs of triage</b>:{' '}
        {runs ? (runs.length === 0 ? 'there is none' : runsSum(runs)) : 'all there are'}
        {decided(runs).length > 0 && (
          <>
            , which nobody can fetch again. <b>Export them first</b> if you need them:
            <RunsExport />
          </>
        )}
      </li>
      <li>
        <b>Models</b>:{' '}
        {installed.length === 0
          ? 'none is installed'
          : `${installed.map(({ card }) => card.name).join(', ')}; ${bytes(size)}`}
      </li>
      <li>
        <b>Downloads</b>:{' '}
        {downloads.length === 0
          ? 'none is unfinished'
          : `${count(downloads.length)} unfinished, ${bytes(arrived)}`}
        {running > 0 && '; what is being installed now is cancelled'}
      </li>
      <li>
        <b>What was learned of models’ files</b>: their revisions, sizes and SHA-256
      </li>
      <li>
        <b>Folders that runs came from</b>: the way back to them. The folders themselves stay
      </li>
      <li>
        <b>What was measured of this machine</b>: its threads, and which backend each model runs on
      </li>
      <li>
        <b>Settings</b>: thresholds, which models stand on the bench, theme, the reveal setting, addresses of
        mirrors
      </li>
      <li>
        <b>What is open now</b>: prompt, pictures, their scores, and a Hub token if you gave one
      </li>
    </ul>
  );
}
