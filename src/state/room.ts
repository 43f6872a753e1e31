/** What the browser says of its room for this page. An estimate, and it may allow less. */
import { Store } from './store';

export interface RoomState {
  /** Bytes, all that this page keeps. */
  readonly used: number;
  /** Bytes the browser reckons it would take in all. */
  readonly quota: number;
}

export type Estimate = () => Promise<{ usage?: number; quota?: number }>;

export class Room {
  readonly store = new Store<RoomState | undefined>(undefined);

  constructor(readonly estimate: Estimate) {}

  async refresh(): Promise<void> {
    try {
      const { usage, quota } = await this.estimate();
      this.store.set(usage === undefined || quota === undefined ? undefined : { used: usage, quota });
    } catch {
      // Denied, or not there: the screen says nothing about room then.
      this.store.set(undefined);
    }
  }
}
