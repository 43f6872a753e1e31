/** Under the table: what was decided, whether it is saved, the way back, and the way into the review where it is a sheet. */
import { ordinalOf } from '../../state/triage/intake';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Button, Key } from '../../ui';
import { count } from '../bench/words';
import { bulkWords } from './BulkPanel';

export interface DockProps {
  screening: Screening;
  view: ScreenView;
  onReview(): void;
}

export function Dock({ screening, view, onReview }: DockProps) {
  const { exposure } = useBench();
  const { seconds } = useStore(exposure.store);
  return (
    <div className="deskbar">
      <span className="num deskbar__count">{count(view.decided)} decided</span>
      {view.unsaved > 0 ? (
        <Button
          size="small"
          icon="warn"
          className="deskbar__unsaved"
          onClick={() => screening.acts.select(ordinalOf(screening.decisions.failed[0]!))}
        >
          {count(view.unsaved)} not saved
        </Button>
      ) : (
        <span className="deskbar__saved" data-state={view.saving.state}>
          {savedWords(view)}
        </span>
      )}
      <Button
        size="small"
        variant="bare"
        icon="undo"
        shortcut="Ctrl Z"
        onClick={() => void screening.acts.undo()}
      >
        Undo
      </Button>
      <Button
        size="small"
        shortcut="D"
        className="deskbar__bulk"
        disabled={view.shown.length === 0}
        onClick={() => screening.bulk.ask()}
      >
        Decide {bulkWords(screening)}
      </Button>
      {/* One line, from its end: what does not fit is left out as a whole. */}
      <span className="deskbar__rest">
        <span className="deskbar__view num">
          Picture time in view: {duration(seconds)}. Only you see this.
        </span>
        <span className="deskbar__keys">
          <Key>?</Key> all keys
        </span>
        <span className="deskbar__keys">
          <Key>J</Key> <Key>K</Key> move
        </span>
        <span className="deskbar__keys">
          <Key>F</Key> similar
        </span>
      </span>
      <Button variant="main" className="push deskbar__review" onClick={onReview}>
        Review {count(view.open)} open
      </Button>
    </div>
  );
}

/** "Saved" only when it is. */
function savedWords({ saving, kept }: ScreenView): string {
  if (!kept || saving.state === 'memory') return 'In this tab only. Export before you leave.';
  return { saved: 'Saved', saving: 'Saving', slow: 'Still saving…', failed: 'Not saved' }[saving.state];
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
