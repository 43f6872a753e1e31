/** Runs of triage with decisions, each with the way out of this browser: before they are deleted, by anybody. */
import { useState } from 'react';
import type { RunInfo } from '../../core/triage/types';
import { toWinnowError } from '../../state/errors';
import { decided } from '../../state/kept-runs';
import { useBench, useStore } from '../../state/use';
import { Button, Dialog, ErrorNotice } from '../../ui';
import { count } from '../bench/words';
import { fileNameOf, saveBlob } from './saveFile';

export function RunsExport() {
  const bench = useBench();
  const { runs } = useStore(bench.runs.store);
  const [problem, setProblem] = useState<string>();
  /** Ids of those that were saved from here. */
  const [saved, setSaved] = useState<readonly string[]>([]);
  const save = async ({ id, now }: RunInfo) => {
    try {
      saveBlob(`${fileNameOf(now.name)}-run.jsonl`, await bench.runs.export(id));
      setSaved((ids) => [...ids, id]);
      setProblem(undefined);
    } catch (thrown) {
      setProblem(toWinnowError(thrown).message);
    }
  };
  return (
    <>
      {problem && <ErrorNotice live="alert" title="Not exported." reason={problem} />}
      <ul className="room" aria-label="Runs of triage">
        {decided(runs).map((run) => (
          <li key={run.id}>
            <span>{run.now.name}</span>
            <span className="num">{recordsWords(run.tail.seq)}</span>
            <Button
              size="small"
              icon={saved.includes(run.id) ? 'check' : 'save'}
              reserve="Exported"
              aria-label={`Export ${run.now.name}`}
              onClick={() => void save(run)}
            >
              {saved.includes(run.id) ? 'Exported' : 'Export'}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

export function RunsDialog({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Export runs of triage">
      <p className="soft">
        A run file holds the run with its chain of records: hashes, scores and decisions, no pictures and no
        texts. Triage opens it again here or in another browser.
      </p>
      <RunsExport />
    </Dialog>
  );
}

/** "2 runs, 41 decisions", each undoing of one counted as well. */
export function runsSum(runs: readonly RunInfo[]): string {
  const records = runs.reduce((sum, { tail }) => sum + tail.seq, 0);
  return `${count(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}, ${recordsWords(records)}`;
}

const recordsWords = (records: number): string =>
  `${count(records)} ${records === 1 ? 'decision' : 'decisions'}`;
