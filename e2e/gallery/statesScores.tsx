import { useEffect, useState } from 'react';
import { Button, ScoreBar, type ScoreState, ThresholdRail, VerdictBadge } from '../../src/ui';
import { longLabel } from './longWords';
import type { GalleryState } from './states';

const verdicts = ['clear', 'review', 'block', 'needs-review', 'pending'] as const;

function band(value: number, review: number, block: number): ScoreState {
  return value >= block ? 'block' : value >= review ? 'review' : 'clear';
}

/** A bar with its rail, as every panel has them. */
export function Tuned(props: { label: string; value: number; review: number; block: number; top?: boolean }) {
  const [lines, setLines] = useState({ review: props.review, block: props.block });
  const [commits, setCommits] = useState(0);
  return (
    <>
      <ScoreBar
        label={props.label}
        value={props.value}
        state={band(props.value, lines.review, lines.block)}
        review={lines.review}
        block={lines.block}
        top={props.top}
      />
      <ThresholdRail
        label={props.label}
        {...lines}
        onChange={setLines}
        onCommit={() => setCommits(commits + 1)}
        say={(mark, value) => `${Math.round((1 - value) * 100)} items to ${mark}`}
      />
      <output hidden data-commits={commits} data-lines={`${lines.review} ${lines.block}`} />
    </>
  );
}

/** Scores as they arrive: nothing but fills and numbers may move. */
function Arriving() {
  const [step, setStep] = useState(0);
  const value = [undefined, 0.12, 0.12, 0.58, 0.91][step];
  const state: ScoreState = step === 0 || step === 2 ? 'busy' : band(value ?? 0, 0.45, 0.7);
  return (
    <>
      <div className="scores">
        <ScoreBar label="pineapple" state={state} value={value} review={0.45} block={0.7} top={step === 4} />
        <ScoreBar
          label="other"
          state={step === 0 ? 'busy' : 'plain'}
          value={value === undefined ? undefined : 1 - value}
        />
      </div>
      <p className="row wrap">
        {step === 0 || step === 2 ? (
          <VerdictBadge verdict="pending" />
        ) : (
          <VerdictBadge verdict={verdicts[step % 4]!} />
        )}
        <Button size="small" onClick={() => setStep((step + 1) % 5)}>
          Next
        </Button>
      </p>
    </>
  );
}

function Sweeping() {
  const [on, setOn] = useState(false);
  useEffect(() => setOn(true), []);
  return (
    <div className="scores">
      <ScoreBar label="first time" state="busy" />
      <ScoreBar label="again" state={on ? 'busy' : 'clear'} value={0.38} review={0.45} block={0.7} />
    </div>
  );
}

export const scoreStates: readonly GalleryState[] = [
  {
    name: 'verdicts',
    caption: 'Weight grows with the verdict: none, tint, solid. Dashed means nobody has judged it.',
    render: () => (
      <>
        <div className="row wrap gap">
          {verdicts.map((word) => (
            <VerdictBadge key={word} verdict={word} />
          ))}
        </div>
        <div className="row wrap gap">
          {verdicts.map((word) => (
            <VerdictBadge key={word} verdict={word} bare />
          ))}
        </div>
        <div className="row wrap gap">
          {verdicts.map((word) => (
            <VerdictBadge key={word} verdict={word} size={28} />
          ))}
        </div>
      </>
    ),
  },
  {
    name: 'scores',
    caption: 'Clear, review, block; no risk; no score. An empty bar never stands for a missing one.',
    render: () => (
      <div className="scores">
        <ScoreBar label="clear" state="clear" value={0.22} review={0.45} block={0.7} />
        <ScoreBar label="review" state="review" value={0.56} review={0.45} block={0.7} />
        <ScoreBar label="block, strongest" state="block" value={0.91} review={0.45} block={0.7} top />
        <ScoreBar label="just under the line" state="review" value={0.6996} review={0.45} block={0.7} />
        <ScoreBar label="no risk label" state="plain" value={0.78} />
        <ScoreBar label="no score" state="none" review={0.45} block={0.7} />
      </div>
    ),
  },
  {
    name: 'scores-busy',
    caption: 'Sweeps after 300 ms; an old fill stays until the new one is there.',
    render: Sweeping,
  },
  { name: 'scores-arriving', caption: 'Nothing moves but the answer.', render: Arriving },
  {
    name: 'scores-long',
    caption: 'Long and right-to-left labels.',
    render: () => (
      <div className="scores">
        <Tuned label={longLabel} value={0.4} review={0.45} block={0.7} />
        <Tuned label="Wahrscheinlichkeitsverteilung" value={0.81} review={0.45} block={0.7} top />
        <Tuned label="أناناس" value={0.5} review={0.3} block={0.7} />
      </div>
    ),
  },
  {
    name: 'rail',
    caption: 'Apart, closer than 16 px, together, at the ends.',
    render: () => (
      <div className="scores">
        <Tuned label="apart" value={0.4} review={0.45} block={0.7} />
        <Tuned label="close" value={0.52} review={0.5} block={0.54} />
        <Tuned label="one line only" value={0.4} review={0.6} block={0.6} />
        <Tuned label="nothing clears" value={0.4} review={0} block={0.8} />
        <Tuned label="nothing blocks" value={0.4} review={0.9} block={1} />
      </div>
    ),
  },
  {
    name: 'rail-rtl',
    caption: 'Right-to-left interface.',
    render: () => (
      <div className="scores" dir="rtl">
        <Tuned label="أناناس" value={0.4} review={0.45} block={0.7} top />
        <Tuned label="خط واحد" value={0.8} review={0.6} block={0.6} />
      </div>
    ),
  },
  {
    name: 'rail-off',
    caption: 'Lines that cannot be moved now.',
    render: () => (
      <div className="scores">
        <ScoreBar label="pineapple" state="none" review={0.45} block={0.7} />
        <ThresholdRail label="pineapple" review={0.45} block={0.7} disabled onChange={() => undefined} />
      </div>
    ),
  },
];
