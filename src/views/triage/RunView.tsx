/** A run: how far it is, its lines, its items, and the one that is looked at. */
import { useEffect, useRef, useState } from 'react';
import type { Screening } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { useNarrow } from '../../ui';
import { BreakNote, useBreaks } from './BreakNote';
import { Dock } from './Dock';
import { FilterBar } from './FilterBar';
import { ReviewPane } from './ReviewPane';
import { RunHead } from './RunHead';
import { RunNotes } from './RunNotes';
import { RunPanels } from './RunPanels';
import { RunTrouble } from './RunTrouble';
import { SieveBar } from './SieveBar';
import { SimilarBar } from './SimilarBar';
import { Table } from './Table';
import type { TriageViewProps } from './TriageView';
import { useAnywhereDrop } from './useAnywhereDrop';
import { useViewAddress } from './useViewAddress';

export interface RunViewProps extends TriageViewProps {
  screening: Screening;
}

export function RunView({ screening, veil, filter, run, look }: RunViewProps) {
  const { triage } = useBench();
  const view = useStore(screening.store);
  const narrow = useNarrow();
  useBreaks(view.selected);
  const work = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => keepClear(work.current!, end.current!), []);
  /** Where the review is a sheet. */
  const [reviewing, setReviewing] = useState(false);
  const late = useLate();
  useViewAddress(screening, view, run, look);
  useAnywhereDrop((input) => void triage.add(input));
  useEffect(() => {
    if (!reviewing) return;
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) setReviewing(false);
    };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [reviewing]);
  const review = () => {
    screening.acts.reviewOpen();
    setReviewing(true);
  };
  return (
    <div className="triage">
      <div className="work" ref={work}>
        <RunHead screening={screening} view={view} />
        <RunTrouble view={view} />
        <RunNotes screening={screening} view={view} />
        <SieveBar screening={screening} view={view} />
        {screening.list.likeness ? (
          <SimilarBar screening={screening} />
        ) : (
          <FilterBar screening={screening} view={view} filter={filter} />
        )}
        {late ? (
          <Table
            screening={screening}
            view={view}
            tall={narrow}
            scroller={narrow ? work : undefined}
            onOpen={() => {
              if (view.selected === undefined) screening.acts.move(1);
              setReviewing(true);
            }}
          />
        ) : (
          <div className="grid" />
        )}
        <div className="work__end" ref={end}>
          <BreakNote />
          <Dock screening={screening} view={view} onReview={review} />
        </div>
      </div>
      <ReviewPane
        screening={screening}
        view={view}
        veil={veil}
        open={reviewing}
        onClose={() => setReviewing(false)}
      />
      {late && <RunPanels screening={screening} view={view} />}
    </div>
  );
}

/** After the first drawing: a run is opened in two tasks, neither of which keeps a key waiting. */
function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true));
    return () => clearTimeout(timer);
  }, []);
  return late;
}

/** Where the end of the column lies over the list: what is scrolled to, and the selected row if it is in sight, stays above it. */
function keepClear(work: HTMLElement, end: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    work.style.scrollPaddingBottom = `${end.offsetHeight + 4}px`;
    const row = work.querySelector('.grid__row[data-current]');
    if (row && row.getBoundingClientRect().top < work.getBoundingClientRect().bottom)
      row.scrollIntoView({ block: 'nearest' });
  });
  observer.observe(end);
  return () => observer.disconnect();
}
