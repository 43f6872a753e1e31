import { useState } from 'react';
import type { Report } from '../../src/core/triage/report';
import { Button } from '../../src/ui';
import { ColumnsDialog } from '../../src/views/triage/ColumnsDialog';
import { ReportPage } from '../../src/views/triage/ReportPage';
import '../../src/views/triage/report.css';
import '../../src/views/triage/triage.css';
import { longName } from './longWords';
import type { GalleryState } from './states';

const count = (all: number) => ({ all, open: 0 });
const hash = '7c1e90ab'.repeat(8);

const report: Report = {
  run: { id: hash.slice(0, 32), name: longName, createdAt: '2026-01-02T03:04:05.000Z' },
  ...{ items: 4812, kinds: { image: 4000, text: 812 } },
  verdicts: {
    ...{ clear: count(2684), review: count(318), block: count(61), waiting: count(0) },
    'needs-review': count(43),
  },
  decisions: { clear: 70, block: 20, escalate: 5, skip: 3, concern: 1, open: 4716 },
  differs: { clear: 2, block: 1 },
  ...{ disagree: 12, partly: 4, undone: 2, moved: true },
  errors: [{ code: 'unsupported-format', items: 43 }],
  labels: [{ label: longName.slice(0, 40), items: 7 }],
  secondPass: {
    ...{ items: 10, same: 9, share: 0.9, kappa: 0.74 },
    pairs: [
      { first: 'clear', second: 'clear', items: 9 },
      { first: 'block', second: 'clear', items: 1 },
    ],
  },
  models: [
    {
      ...{ id: 'fruit', name: 'Fruit classifier', task: 'image', labels: ['plain', 'pineapple'] },
      ...{ sha256: hash, revision: '1', precision: 'exact', backend: 'wasm', preprocessing: 'image-1' },
    },
  ],
  thresholds: {
    fruit: { rules: [{ score: 'pineapple', labels: ['pineapple'], review: 0.45, block: 0.7 }] },
  },
  tail: { seq: 101, hash },
};

function ChoosingColumn() {
  const [open, setOpen] = useState(false);
  const columns = [
    { name: 'id', samples: ['a-1', 'a-2'] },
    { name: longName, samples: ['The lake is calm', 'Bread needs salt'] },
  ];
  const asking = {
    name: 'prompts.csv',
    look: { format: 'delimited', encoding: 'utf-8', header: true, columns } as const,
    columns: { text: 1, id: 0 },
    answer: () => setOpen(false),
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Choose a column</Button>
      <ColumnsDialog asking={open ? asking : undefined} />
    </>
  );
}

export const runPageStates: readonly GalleryState[] = [
  {
    name: 'run-report',
    caption: 'One page of A4 when printed.',
    render: () => <ReportPage report={report} at="2026-01-02T05:04:05.000Z" by="Team B" />,
  },
  {
    name: 'dialog-column',
    caption: 'Another column of a table, with its first rows.',
    alone: true,
    render: ChoosingColumn,
  },
];
