/** The Triage screen: nothing yet, or a run. */

import { type RefObject, useEffect } from 'react';
import { useBench, useStore } from '../../state/use';
import type { VeilHandle } from '../../ui';
import { Resting } from './BreakNote';
import { ColumnsDialog } from './ColumnsDialog';
import { EmptyView } from './EmptyView';
import { ReportView } from './ReportView';
import { RunView } from './RunView';
import { SecondPassView } from './SecondPassView';
import './triage.css';
import './review.css';
import './care.css';

export interface TriageViewProps {
  veil: RefObject<VeilHandle | null>;
  /** The field of the filter, which a key goes to. */
  filter: RefObject<HTMLInputElement | null>;
  /** Run that the address names. */
  run?: string | undefined;
  /** How it is looked at, as the address has it. */
  look?: string | undefined;
  onEnforced(): void;
  onModels(): void;
}

export function TriageView(props: TriageViewProps) {
  const { triage, breaks } = useBench();
  const { resting } = useStore(breaks.store);
  const { screening, asking } = useStore(triage.store);
  const panel = useStore(triage.panels.store);
  useOpenRun(props.run, props.look);
  return (
    <>
      {screening && resting ? (
        <Resting />
      ) : screening && panel === 'report' ? (
        <ReportView screening={screening} />
      ) : screening && panel === 'second-pass' && triage.second ? (
        <SecondPassView screening={screening} second={triage.second} veil={props.veil} />
      ) : screening ? (
        <RunView key={screening.run.header.id} screening={screening} {...props} />
      ) : (
        <EmptyView {...props} />
      )}
      <ColumnsDialog asking={asking} />
    </>
  );
}

/** The open run stands in the address, so that a reload or a crash comes back to it. */
function useOpenRun(named: string | undefined, look: string | undefined): void {
  const { triage } = useBench();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the address names is opened once, when the screen is
  useEffect(() => {
    void triage.visit();
    if (named !== undefined && !triage.store.get().screening) void triage.open(named, look);
  }, [triage]);
}
