/** A run on one page, to be printed: what was judged and by what, what was decided, and what was not checked. */
import { useEffect, useRef, useState } from 'react';
import type { Report } from '../../core/triage/report';
import { toWinnowError } from '../../state/errors';
import { reportOfRun } from '../../state/triage/reporting';
import type { Screening } from '../../state/triage/screening';
import { useBench } from '../../state/use';
import { Button, ErrorNotice } from '../../ui';
import { ReportPage } from './ReportPage';
import './report.css';

export function ReportView({ screening }: { screening: Screening }) {
  const { triage } = useBench();
  const [made, setMade] = useState<{ report: Report; at: string }>();
  const [problem, setProblem] = useState<string>();
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    head.current?.focus();
    screening.decisions.quiet();
    reportOfRun(screening).then(
      (report) => gone || setMade({ report, at: new Date().toISOString() }),
      (thrown: unknown) => gone || setProblem(toWinnowError(thrown).message),
    );
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) triage.panels.close();
    };
    window.addEventListener('keydown', close);
    return () => {
      gone = true;
      window.removeEventListener('keydown', close);
    };
  }, [screening, triage]);
  return (
    <div className="reporting">
      <div className="reporting__acts row wrap" ref={head} tabIndex={-1}>
        <Button size="small" icon="back" shortcut="Esc" onClick={() => triage.panels.close()}>
          Back to the items
        </Button>
        <Button size="small" variant="main" icon="file" className="push" onClick={() => window.print()}>
          Print
        </Button>
      </div>
      {problem && <ErrorNotice title="The report could not be made." reason={problem} />}
      {!problem && !made && <p role="status">Counting.</p>}
      {made && (
        <ReportPage
          {...made}
          by={screening.run.now.settings.by}
          title={screening.run.now.settings.keepNames ? screening.title : undefined}
        />
      )}
    </div>
  );
}
