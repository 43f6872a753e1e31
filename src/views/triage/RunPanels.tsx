/** The dialogs over a run. */
import type { Screening, ScreenView } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { BulkPanel } from './BulkPanel';
import { ExportDialog } from './ExportDialog';
import { RunSettings } from './RunSettings';
import { ViewDialog } from './ViewDialog';

export function RunPanels({ screening, view }: { screening: Screening; view: ScreenView }) {
  const { panels } = useBench().triage;
  const open = useStore(panels.store);
  const close = () => panels.close();
  const of = { screening, view, onClose: close };
  return (
    <>
      <BulkPanel screening={screening} />
      <ExportDialog {...of} open={open === 'export'} onReport={() => panels.open('report')} />
      <RunSettings {...of} open={open === 'settings'} />
      <ViewDialog {...of} open={open === 'columns'} />
    </>
  );
}
