/** Whether names of files are kept with a run: in its settings, and where they would leave it. */
import type { Screening, ScreenView } from '../../state/triage/screening';

export function KeepNames({ screening, view }: { screening: Screening; view: ScreenView }) {
  return (
    <label className="settings__check">
      <input
        type="checkbox"
        checked={view.keepNames}
        onChange={(event) => void screening.keepNames(event.target.checked)}
      />
      Keep the names of files with this run, and export them
    </label>
  );
}
