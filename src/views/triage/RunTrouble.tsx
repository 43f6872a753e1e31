/** Above the items: what keeps the run from going on, or its decisions from being kept. Nothing where all is well. */
import type { ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { ErrorNotice, Notice } from '../../ui';

export function RunTrouble({ view }: { view: ScreenView }) {
  const { triage } = useBench();
  const { otherVersion } = useStore(triage.store);
  const goOn = { label: 'Try again', onClick: () => void triage.goOn() };
  return (
    <>
      {!view.kept && (
        <Notice
          tone="warn"
          title="This run is in this tab only."
          action={{ label: 'Export', onClick: () => triage.panels.open('export') }}
          live="status"
        >
          The browser does not keep it, or has deleted what it kept. Decisions go on in memory: export them
          before you leave.
        </Notice>
      )}
      {view.error && (
        <ErrorNotice
          title="Nothing more is judged."
          reason={view.error.message}
          code={view.error.code}
          action={triage.canGoOn ? goOn : undefined}
        />
      )}
      <NotOpened />
      {otherVersion && <OtherVersion />}
    </>
  );
}

/** What could not be opened, imported or listed, until it is dismissed. */
export function NotOpened() {
  const { triage } = useBench();
  const { error } = useStore(triage.store);
  if (!error) return null;
  return (
    <ErrorNotice
      title="That could not be opened."
      reason={error.message}
      code={error.code}
      action={{ label: 'Dismiss', onClick: () => triage.hush() }}
    />
  );
}

/** T11: tabs of two versions do not understand each other. */
export function OtherVersion() {
  return (
    <Notice
      tone="warn"
      title="Another tab runs another version of Winnow."
      action={{ label: 'Reload', onClick: () => location.reload() }}
      live="status"
    >
      Reload both before you decide anything, so that they write the same things.
    </Notice>
  );
}
