/** Says that a break is due: by looks and by seconds in view, between two items, once. It never stops anybody. */
import type { Exposure, ExposureState } from './exposure';
import type { Settings } from './settings';
import { Store } from './store';

/** Looks, and seconds of pictures in clear view, after which a break is due. */
export const LOOKS = 40;
export const SECONDS = 300;

export interface BreaksState {
  /** What there was since the last break, when that became too much; the note says it. */
  readonly note?: ExposureState;
  /** Everything is out of sight until *Go on*. */
  readonly resting: boolean;
}

export class Breaks {
  readonly store = new Store<BreaksState>({ resting: false });
  /** Counted from here. */
  #since: ExposureState = { seconds: 0, reveals: 0 };

  constructor(
    private readonly exposure: Pick<Exposure, 'store'>,
    private readonly settings: Pick<Settings, 'store'>,
  ) {
    settings.store.subscribe(() => {
      if (!settings.store.get().breaks && this.store.get().note) this.store.set({ resting: false });
    });
  }

  /** Another item is on the screen, hidden: the only moment at which the note may appear. */
  between(): void {
    if (!this.settings.store.get().breaks || this.store.get().note || this.store.get().resting) return;
    const { seconds, reveals } = this.exposure.store.get();
    const note = { seconds: seconds - this.#since.seconds, reveals: reveals - this.#since.reveals };
    if (note.reveals >= LOOKS || note.seconds >= SECONDS) this.store.set({ note, resting: false });
  }

  /** *Not now*: counting begins anew. */
  dismiss(): void {
    this.#since = this.exposure.store.get();
    this.store.set({ resting: false });
  }

  /** *Hide list*. */
  rest(): void {
    this.#since = this.exposure.store.get();
    this.store.set({ resting: true });
  }

  goOn(): void {
    this.dismiss();
  }
}
