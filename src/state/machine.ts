/** What models run on: chosen by hand or by what is measured, from the Models screen. */
import type { Backend } from '../core/policy/types';
import { type SerializedError, toWinnowError } from '../sdk/errors';
import type { Activity, Winnow } from '../sdk/types';
import type { Announcer } from './announce';
import { Store } from './store';

export interface MachineState {
  readonly measuring: boolean;
  /** Why it could not be measured. */
  readonly error?: SerializedError;
  /** W07: resets of the graphics processor that cost a worker; above 0, the last of them is still to be shown. */
  readonly reset?: number;
}

export interface MachineOptions {
  readonly winnow: Pick<Winnow, 'measure' | 'prefer'>;
  readonly announcer: Announcer;
  /** Opens a model anew, after it was chosen what on. */
  readonly open: (model: string) => void;
}

export class Machine {
  readonly store = new Store<MachineState>({ measuring: false });
  #resets = 0;

  constructor(private readonly options: MachineOptions) {}

  /** What models do: a reset is told while what it interrupted goes on. */
  heard({ state, error }: Pick<Activity, 'state' | 'error'>): void {
    if (state !== 'restarting' || error?.code !== 'gpu-lost') return;
    this.#resets += 1;
    this.store.update((known) => ({ ...known, reset: this.#resets }));
  }

  /** It was seen. */
  dismiss(): void {
    this.store.update(({ reset: _, ...known }) => known);
  }

  /** *Measure again*. What goes wrong is shown, never thrown. */
  async measure(model: string): Promise<void> {
    if (this.store.get().measuring) return;
    const { winnow, announcer, open } = this.options;
    this.store.set({ measuring: true });
    try {
      await winnow.measure();
      this.store.set({ measuring: false });
      announcer.say('Measured.');
      open(model);
    } catch (thrown) {
      const error = toWinnowError(thrown);
      this.store.set({ measuring: false, ...(error.kind !== 'cancelled' && { error: error.serialize() }) });
    }
  }

  /** From the next opening on, which is now; undefined: by what is measured. */
  async prefer(model: string, backend: Backend | undefined): Promise<void> {
    await this.options.winnow.prefer(model, backend);
    this.options.open(model);
  }
}
