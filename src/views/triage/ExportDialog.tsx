/** Everything that leaves the run, and in which form. */
import { useState } from 'react';
import type { ExportKind } from '../../sdk/triage/types';
import { toWinnowError } from '../../state/errors';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { Button, Dialog, ErrorNotice } from '../../ui';
import { fileNameOf, saveBlob } from '../models/saveFile';
import { KeepNames } from './KeepNames';

const KINDS: readonly {
  readonly kind: ExportKind;
  readonly title: string;
  readonly does: string;
  readonly file: string;
}[] = [
  {
    kind: 'csv',
    title: 'Table',
    does: 'CSV for spreadsheets: one line per item with verdict, decision, scores and thresholds.',
    file: 'decisions.csv',
  },
  {
    kind: 'jsonl',
    title: 'JSON lines',
    does: 'One line per item with all evidence, for other programs.',
    file: 'decisions.jsonl',
  },
  {
    kind: 'run',
    title: 'Run file',
    does: 'The whole run with its chain of records. It can be opened here again, and checked by others with npm run verify-export.',
    file: 'run.jsonl',
  },
  {
    kind: 'hard-csv',
    title: 'Hard cases',
    does: 'CSV of what was skipped, what models disagree on, and what was decided otherwise than the verdict.',
    file: 'hard-cases.csv',
  },
  {
    kind: 'hard-jsonl',
    title: 'Hard cases as JSON lines',
    does: 'The same items with all evidence, for other programs.',
    file: 'hard-cases.jsonl',
  },
];

export interface ExportDialogProps {
  screening: Screening;
  view: ScreenView;
  open: boolean;
  onClose(): void;
  onReport(): void;
}

export function ExportDialog({ screening, view, open, onClose, onReport }: ExportDialogProps) {
  const [problem, setProblem] = useState<string>();
  const save = async (kind: ExportKind, file: string) => {
    try {
      saveBlob(`${fileNameOf(view.name)}-${file}`, await screening.export(kind));
      setProblem(undefined);
    } catch (thrown) {
      setProblem(toWinnowError(thrown).message);
    }
  };
  return (
    <Dialog open={open} onClose={onClose} title="Export">
      <div className="stack">
        {problem && <ErrorNotice title="Not exported." reason={problem} />}
        <p className="soft">
          Exports hold hashes, scores and decisions, and no pictures and no texts. Of what was marked as a
          concern they hold its hash, time, label, model and decision.
        </p>
        <KeepNames screening={screening} view={view} />
        <ul className="exports">
          {KINDS.map(({ kind, title, does, file }) => (
            <li key={kind}>
              <div>
                <h3>{title}</h3>
                <p className="meta">{does}</p>
              </div>
              <Button icon="save" aria-label={`Export: ${title}`} onClick={() => void save(kind, file)}>
                Save
              </Button>
            </li>
          ))}
          <li>
            <div>
              <h3>Report</h3>
              <p className="meta">
                One page to print: counts, thresholds, models, what was not checked, and how far decisions
                agree.
              </p>
            </div>
            <Button icon="file" aria-label="Open the report" onClick={onReport}>
              Open
            </Button>
          </li>
        </ul>
      </div>
    </Dialog>
  );
}
