import type { CSSProperties } from 'react';
import { formatLine, formatScore } from './format';
import { useDelayed } from './hooks';
import { Track } from './Track';

export type ScoreState = 'clear' | 'review' | 'block' | 'plain' | 'none' | 'busy';

export interface ScoreBarProps {
  label: string;
  /** `plain`: carries no risk, no zones. `none`: no score. `busy`: scoring; a value given with it keeps its fill. */
  state: ScoreState;
  /** 0 to 1; left out for `none` and for a first `busy`. */
  value?: number | undefined;
  /** Lines of this label, 0 to 1; both or neither. */
  review?: number | undefined;
  block?: number | undefined;
  /** The label that decided: set in 600. */
  top?: boolean | undefined;
}

const bands = { clear: 'Clear band', review: 'Review band', block: 'Block band' } as const;

function bandOf(value: number, review?: number, block?: number): 'clear' | 'review' | 'block' | 'plain' {
  if (review === undefined || block === undefined) return 'plain';
  return value >= block ? 'block' : value >= review ? 'review' : 'clear';
}

/** What a screen reader hears after the value. */
function spoken(band: ScoreState, review?: number, block?: number): string {
  if (band === 'plain' || band === 'none' || band === 'busy' || review === undefined || block === undefined)
    return '';
  return `, ${bands[band]}; review from ${formatLine(review)}, block from ${formatLine(block)}`;
}

/** One label: name, track, value. Height and columns never change with the state. */
export function ScoreBar({ label, state, value, review, block, top = false }: ScoreBarProps) {
  const waiting = useDelayed(state === 'busy', 300);
  const lines = review === undefined || block === undefined ? [] : [review, block];
  const band = state === 'busy' ? (value === undefined ? 'busy' : bandOf(value, review, block)) : state;
  const shown = value === undefined || state === 'none' ? undefined : value;
  const style = { '--v': shown ?? 0, '--r': review ?? 1, '--b': block ?? 1 } as CSSProperties;
  return (
    <div className="score" data-band={band} data-busy={waiting || undefined} data-top={top || undefined}>
      <span className="score__label" title={label}>
        {label}
      </span>
      <Track style={style} zones={lines.length > 0 && band !== 'plain' && state !== 'none'} />
      <span className="score__value">
        {state === 'none' ? (
          <>
            <span aria-hidden="true">–</span>
            <span className="sr">no score</span>
          </>
        ) : shown === undefined || waiting ? (
          <>
            <span aria-hidden="true">…</span>
            <span className="sr">scoring</span>
          </>
        ) : (
          <>
            {formatScore(shown, lines)}
            <span className="sr">{spoken(band, review, block)}</span>
          </>
        )}
      </span>
    </div>
  );
}
