/** How a person likes to work. Theme and press-once are kept; colour is asked for anew each visit. */
import type { Keeper, Theme } from './storage';
import { Store } from './store';

export interface SettingsState {
  readonly theme: Theme;
  /** Reveal by a press instead of a hold, for people who cannot hold. */
  readonly pressOnce: boolean;
  /** Grey on reveal; off shows colour. */
  readonly grey: boolean;
}

export class Settings {
  readonly store: Store<SettingsState>;

  constructor(readonly keeper: Keeper) {
    const { theme = 'system', pressOnce = false } = keeper.kept;
    this.store = new Store({ theme, pressOnce, grey: true });
  }

  theme(theme: Theme): void {
    this.keeper.keep({ theme });
    this.store.update((state) => ({ ...state, theme }));
  }

  pressOnce(pressOnce: boolean): void {
    this.keeper.keep({ pressOnce });
    this.store.update((state) => ({ ...state, pressOnce }));
  }

  toggleGrey(): void {
    this.store.update((state) => ({ ...state, grey: !state.grey }));
  }
}
