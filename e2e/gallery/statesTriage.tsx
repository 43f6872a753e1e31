import { useState } from 'react';
import { DecideBar, type DecisionWord, Histogram, Segments, Tally, TextVeil } from '../../src/ui';
import { HandOff } from '../../src/views/triage/HandOff';
import '../../src/views/bench/bench.css';
import '../../src/views/triage/triage.css';
import '../../src/views/triage/review.css';
import '../../src/views/triage/care.css';
import type { GalleryState } from './states';
import { TriageStage } from './triageStage';

function Deciding({ first, disabled }: { first?: DecisionWord; disabled?: boolean }) {
  const [value, setValue] = useState(first);
  const [advances, setAdvances] = useState(true);
  const [blind, setBlind] = useState(false);
  return (
    <DecideBar
      value={value}
      disabled={disabled}
      onDecide={setValue}
      advances={advances}
      onAdvances={setAdvances}
      about="All 14 alike"
      blind={blind}
      onBlind={setBlind}
    />
  );
}

function Sieving() {
  const [lines, setLines] = useState({ review: 0.4, block: 0.7 });
  const bins = Uint32Array.from(
    { length: 100 },
    (_, at) => Math.round(400 / (1 + Math.abs(at - 12))) + (at === 90 ? 40 : 0),
  );
  return <Histogram label="pineapple" bins={bins} {...lines} onChange={setLines} />;
}

function Showing() {
  const [value, setValue] = useState<'all' | 'open' | 'decided'>('all');
  return (
    <Segments<'all' | 'open' | 'decided'>
      label="Show"
      value={value}
      options={[
        { value: 'all', label: 'All' },
        { value: 'open', label: 'Open', count: 2_684 },
        { value: 'decided', label: 'Decided' },
      ]}
      onChange={setValue}
    />
  );
}

const counts = (all: number, open: number) => ({ all, open });
const item = { kind: 'image', sha256: 'b41d07aa'.repeat(8) } as const;

export const triageStates: readonly GalleryState[] = [
  { name: 'decide', caption: 'Nothing decided yet.', render: () => <Deciding /> },
  { name: 'decide-done', caption: 'Blocked.', render: () => <Deciding first="block" /> },
  { name: 'decide-concern', caption: 'Marked as a concern.', render: () => <Deciding first="concern" /> },
  { name: 'decide-off', caption: 'Nothing to decide.', render: () => <Deciding disabled /> },
  {
    name: 'tally',
    caption: 'How many of each, and how many are open.',
    render: () => (
      <Tally
        counts={{
          ...{ clear: counts(2_684, 120), review: counts(318, 261), block: counts(61, 17) },
          'needs-review': counts(43, 43),
        }}
      />
    ),
  },
  { name: 'histogram', caption: 'Items per score, over both lines.', render: () => <Sieving /> },
  { name: 'segments', caption: 'One of a few.', render: () => <Showing /> },
  {
    name: 'concern-undone',
    caption: 'A concern taken back; a copy of one that is in force says the same.',
    render: () => <HandOff item={{ ...item, kind: 'text' }} marked={false} />,
  },
  {
    name: 'text-veil',
    caption: 'A text that is held.',
    render: () => (
      <TextVeil
        name="Text 12"
        itemKey="12"
        onReveal={async () => ({ text: 'A text about a quay.', close() {} })}
      />
    ),
  },
  { name: 'triage-run', caption: 'Every state of an item.', alone: true, render: () => <TriageStage /> },
  {
    name: 'triage-settings',
    caption: 'How a person likes to work.',
    alone: true,
    render: () => <TriageStage settings />,
  },
];
