/** S15: decisions that the browser may delete are said to be so, with the way out; quietly, because it is no fault. */
import { useEffect, useState } from 'react';
import { decided } from '../../state/kept-runs';
import { useBench, useStore } from '../../state/use';
import { RunsDialog } from '../models/RunsExport';

export function KeptNote() {
  const bench = useBench();
  const { room } = useStore(bench.room.store);
  const { runs } = useStore(bench.runs.store);
  const [exporting, setExporting] = useState(false);
  useEffect(() => void bench.runs.refresh(), [bench]);
  if (!room || room.persisted || decided(runs).length === 0) return null;
  return (
    <>
      <p className="meta">
        The browser may delete runs when it runs short of room.{' '}
        <button type="button" className="link link--own" onClick={() => setExporting(true)}>
          Export runs
        </button>
      </p>
      <RunsDialog open={exporting} onClose={() => setExporting(false)} />
    </>
  );
}
