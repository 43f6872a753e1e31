/** The run's name, how far it is, and what can be done with the whole of it. */

import type { CSSProperties } from 'react';
import { judgedWords, paceWords } from '../../state/triage/progress';
import type { Screening, ScreenView } from '../../state/triage/screening';
import { agreementWords, type SecondPass } from '../../state/triage/second-pass';
import { useBench, useStore } from '../../state/use';
import { Button } from '../../ui';
import { count } from '../bench/words';
import { FolderButton } from './FolderButton';
import { leaveRun } from './leaveRun';

export function RunHead({ screening, view }: { screening: Screening; view: ScreenView }) {
  const { triage } = useBench();
  const { progress } = view;
  const pace = paceWords(progress);
  return (
    <div className="runbar">
      <Button
        variant="bare"
        size="small"
        iconOnly
        icon="back"
        aria-label="All runs"
        onClick={() => leaveRun(triage)}
      />
      <h1 className="clip">{view.name}</h1>
      <div className="run">
        <p className="meta num clip">
          <span className="soft">{judgedWords(progress)}</span>
          {pace && ` · ${pace}`}
        </p>
        <div
          className="run__bar"
          role="progressbar"
          aria-label="Judging"
          aria-valuemin={0}
          aria-valuemax={Math.max(1, progress.total)}
          aria-valuenow={progress.judged}
          style={{ '--v': progress.total === 0 ? 0 : progress.judged / progress.total } as CSSProperties}
        >
          <i />
        </div>
      </div>
      <span className="row push runbar__acts">
        <Steering screening={screening} stage={progress.stage} />
        {triage.second && <Again second={triage.second} />}
        <Button
          size="small"
          variant="bare"
          iconOnly
          icon="bench"
          aria-label="Settings of this run"
          onClick={() => triage.panels.open('settings')}
        />
        <Button
          size="small"
          variant="bare"
          iconOnly
          icon="file"
          aria-label="Report"
          onClick={() => triage.panels.open('report')}
        />
        <Button size="small" icon="save" onClick={() => triage.panels.open('export')}>
          Export
        </Button>
      </span>
    </div>
  );
}

/** The way into the second pass, while there is one. */
function Again({ second }: { second: SecondPass }) {
  const { panels } = useBench().triage;
  const { percent, due, agreement } = useStore(second.store);
  if (percent === 0) return null;
  return (
    <Button
      size="small"
      icon="retry"
      title={agreementWords(agreement) || undefined}
      onClick={() => panels.open('second-pass')}
    >
      Second pass, {count(due)} due
    </Button>
  );
}

function Steering({ screening, stage }: { screening: Screening; stage: ScreenView['progress']['stage'] }) {
  const { triage } = useBench();
  const { kept } = useStore(triage.store);
  if (stage === 'waiting')
    return kept.length > 0 ? (
      <Button size="small" icon="folder" onClick={() => void triage.findAgain()}>
        Find the files again
      </Button>
    ) : (
      <FolderButton small onPicked={(input) => void triage.add(input)} />
    );
  if (stage === 'stopped' && triage.canGoOn)
    return (
      <Button size="small" icon="next" onClick={() => void triage.goOn()}>
        Go on
      </Button>
    );
  if (stage === 'done' || stage === 'stopped') return null;
  const paused = stage === 'paused';
  return (
    <>
      <Button
        size="small"
        icon={paused ? 'next' : 'pause'}
        reserve="Resume"
        onClick={() => (paused ? screening.resume() : screening.pause())}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button size="small" variant="bare" onClick={() => screening.stop()}>
        Stop
      </Button>
    </>
  );
}
