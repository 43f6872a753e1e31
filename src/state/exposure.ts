/** Seconds that pictures were in clear view: for the person at the screen, in memory, never exported. */
import { Store } from './store';

export interface ExposureState {
  readonly seconds: number;
  readonly reveals: number;
}

export class Exposure {
  readonly store = new Store<ExposureState>({ seconds: 0, reveals: 0 });

  /** After each look: how long it was. */
  add(milliseconds: number): void {
    if (!(milliseconds >= 0)) return;
    this.store.update(({ seconds, reveals }) => ({
      seconds: seconds + milliseconds / 1000,
      reveals: reveals + 1,
    }));
  }
}
