/** What lies over the run that is open: opened by a button, a key, the palette or the toast, so it belongs to none of them. */
import { Store } from '../store';

export type Panel = 'export' | 'settings' | 'columns' | 'report' | 'second-pass';

export class Panels {
  /** `report` and `second-pass` take the place of the run; the others are dialogs. */
  readonly store = new Store<Panel | undefined>(undefined);

  open(panel: Panel): void {
    this.store.set(panel);
  }

  close(): void {
    this.store.set(undefined);
  }
}
